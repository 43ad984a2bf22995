"""The tables into the private part: one folder each, some hundreds of rows in a file, as they stood at one moment.

tables.json                            which tables, how many rows, what stays behind and why
tables/renewal.Cycle/000001.jsonl      {"id": IDENTITY, COLUMN: VALUE, REFERENCE: NAME}
later/issuing.Award/000001.jsonl       {"public_id": …, REFERENCE: NAME}, filled in when everything is there
people.jsonl                           the names of staff to whom rows refer; they are told, not taken over
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection, models, transaction

from testamur_site.foundation.tenancy.api import Carried, Institution, as_json, tenant

from ..carrying.references import names, origin
from ..carrying.tables import LATER, LEFT_BEHIND, OTHERWISE, carried
from .bags import PAYLOAD, Progress
from .workplace import Workplace

ROWS = 500
BYTES = 4 << 20
ROOT = f"private/{PAYLOAD}"


def write(institution: Institution, place: Workplace, progress: Progress) -> None:
    """All tables, from the beginning: they must agree with one another, so that nothing of an earlier run is continued."""
    for folder in ("tables", "later"):
        place.clear(f"{ROOT}/{folder}")
    people: set[int] = set()
    written: dict[str, int] = {}
    unnamed: dict[str, int] = {}
    origin()  # before the moment that is read: it may have to be written
    with _moment():
        for table in carried():
            lines, left = _Lines(place, f"tables/{table.label}"), 0
            for row in _rows(institution, table, people):
                if row is None:
                    left += 1
                else:
                    lines.add(row)
                    progress("tables", sum(written.values()) + lines.count)
            lines.end()
            written[table.label], unnamed[table.label] = lines.count, left
        for model, columns in LATER.items():
            lines = _Lines(place, f"later/{model._meta.label}")
            for row in _later(institution, model, columns):
                lines.add(row)
            lines.end()
        found = get_user_model().objects.filter(pk__in=people).order_by("public_id")
        told = [{"public_id": person.public_id, "name": person.get_full_name()} for person in found]
    place.put(f"{ROOT}/people.jsonl", b"".join(map(line, told)))
    contents = {
        "origin": origin(),
        "carried": written,
        "otherwise": OTHERWISE,
        "leftBehind": LEFT_BEHIND,
        "refersToNobodyKnown": {label: count for label, count in unnamed.items() if count},
    }
    place.put(
        f"{ROOT}/tables.json", json.dumps(contents, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"
    )


def line(value: Any) -> bytes:
    return (
        json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode() + b"\n"
    )


@contextmanager
def _moment() -> Iterator[None]:
    """Everything that is read inside is as it stood when the block began. SQLite reads so by itself."""
    if connection.in_atomic_block:  # whoever called has chosen
        yield
        return
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


class _Lines:
    """Files of lines, none of them large."""

    def __init__(self, place: Workplace, folder: str) -> None:
        self._place, self._folder = place, folder
        self._rows: list[bytes] = []
        self._size = self._number = self.count = 0

    def add(self, row: dict[str, Any]) -> None:
        content = line(row)
        self._rows.append(content)
        self._size += len(content)
        self.count += 1
        if len(self._rows) >= ROWS or self._size >= BYTES:
            self.end()

    def end(self) -> None:
        if self._rows:
            self._number += 1
            self._place.put(f"{ROOT}/{self._folder}/{self._number:06}.jsonl", b"".join(self._rows))
            self._rows, self._size = [], 0


def _chunks(institution: Institution, rows: models.QuerySet[Any]) -> Iterator[list[Any]]:
    after = 0
    while True:
        with tenant(institution):
            some = list(rows.filter(pk__gt=after).order_by("pk")[:100])
        if not some:
            return
        yield some
        after = some[-1].pk


def _rows(institution: Institution, table: Carried, people: set[int]) -> Iterator[dict[str, Any] | None]:
    """Each row; None for one that needs somebody or something that has no name outside of here."""
    with tenant(institution):
        every = table.model.objects.filter(**table.only)
    for some in _chunks(institution, every):
        identities = names(institution, table.model, [row.pk for row in some])
        called = {
            name: names(institution, column.related_model, _numbers(some, column))
            for name, column in table.references.items()
        }
        for row in some:
            values = {"id": identities[row.pk], **as_json(row, table.values)}
            for name, column in table.references.items():
                number = getattr(row, column.attname)
                values[name] = called[name].get(number)
                if column.related_model is get_user_model() and number is not None:
                    people.add(number)
                if values[name] is None and not column.null:
                    yield None
                    break
            else:
                yield values


def _later(institution: Institution, model: type[models.Model], columns: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    fields = {name: model._meta.get_field(name) for name in columns}
    some_set = models.Q(*[(f"{name}__isnull", False) for name in columns], _connector=models.Q.OR)
    with tenant(institution):
        every = model._default_manager.filter(some_set)
    for some in _chunks(institution, every):
        called = {
            name: names(institution, column.related_model, _numbers(some, column)) for name, column in fields.items()
        }
        for row in some:
            found = {name: called[name].get(getattr(row, column.attname)) for name, column in fields.items()}
            if any(found.values()):
                yield {"public_id": row.public_id, **{name: value for name, value in found.items() if value}}


def _numbers(rows: list[Any], column: Any) -> list[int]:
    return sorted({number for row in rows if (number := getattr(row, column.attname)) is not None})
