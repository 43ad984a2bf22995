"""The tables of an exit, read and taken over. Every row is checked before anything is written; what is here already stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db import models, transaction

from testamur_site.foundation.tenancy.api import (
    Carried,
    Institution,
    NotAnArchive,
    TenantModel,
    from_json,
    tenant,
    unscoped,
)

from ..carrying.references import adopted, is_identity, rows
from ..carrying.tables import LATER, carried
from ..models import AdoptedRow
from ..writing.bags import Progress
from ..writing.files import pieces
from .conflicts import Refused
from .reading import Source

AT_ONCE = 200


@dataclass(slots=True)
class Adopted:
    """How many rows of each table came new, and how many were left out because what they need is not here."""

    new: dict[str, int] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)
    files: int = 0


Keep = Callable[[Carried, Mapping[str, Any]], str]
"""Keeps the file of a row in the store of its table, and gives its name there; '' where the row has none, or the exit does not have it."""


def kept_file(source: Source, table: Carried, values: Mapping[str, Any]) -> str:
    """Raises OSError."""
    stored = table.stored
    file = source.file(values[stored.digest]) if stored is not None and stored.has_file(values) else None
    if stored is None or file is None:
        return ""
    with file:
        return stored.keep(pieces(file))


def check(source: Source, existing: Institution | None, against: list[str], progress: Progress) -> int:
    """Read every row as it will be written; how many there are. Adds what speaks against them. Raises Refused, NotAnArchive, KeyError,
    TypeError, ValueError."""
    known = {table.label for table in carried()}
    strange = source.folders("tables") - known or source.folders("later") - {model._meta.label for model in LATER}
    if strange:
        named = ", ".join(sorted(strange)[:5])
        raise Refused(
            [f"This exit holds tables that are not known here ({named}). Import it with the version that wrote it."]
        )
    seen = 0
    for table in carried():
        lines = source.folder(f"tables/{table.label}")
        while some := list(islice(lines, AT_ONCE)):
            for row in some:
                _values(table, row)
            taken = _taken(table, existing, some)
            against.extend(f"The row {name} of {table.label} belongs to another institution here." for name in taken)
            seen += len(some)
            progress("checking", seen)
    return seen


def adopt(
    institution: Institution,
    source: Source,
    *,
    same_address: bool,
    progress: Progress,
    done: Callable[[], None],
    keep: Keep,
) -> Adopted:
    """Take the tables over, some hundreds of rows in one transaction; `done` is told after each. What came before is found, not repeated.
    Raises what `check` raises, and database errors."""
    found, seen = Adopted(), 0
    for table in carried():
        lines = source.folder(f"tables/{table.label}")
        while some := list(islice(lines, AT_ONCE)):
            with transaction.atomic():
                _Chunk(institution, table, same_address, found, keep).adopt(some)
            seen += len(some)
            progress("tables", seen)
            done()
    for table in carried():
        lines = source.folder(f"tables/{table.label}") if table.at_first else iter(())
        while some := list(islice(lines, AT_ONCE)):
            with transaction.atomic():
                _settle(institution, table, some)
            done()
    for model in LATER:
        lines = source.folder(f"later/{model._meta.label}")
        while some := list(islice(lines, AT_ONCE)):
            with transaction.atomic():
                _fill_in(institution, model, some, same_address)
            done()
    return found


def _values(table: Carried, row: Mapping[str, Any]) -> dict[str, Any]:
    if not is_identity(row["id"]):
        raise NotAnArchive("id")
    for name, column in table.references.items():
        if row[name] is None and not column.null:
            raise NotAnArchive(name)
    return from_json(table.model, row, table.values)


def _taken(table: Carried, existing: Institution | None, some: Sequence[Mapping[str, Any]]) -> list[str]:
    if "public_id" not in table.values:
        return []
    with unscoped("an identifier that is taken is a conflict, whoever has it"):
        found = table.model.objects.filter(public_id__in=[row["public_id"] for row in some])
        if existing is not None:
            found = found.exclude(institution=existing)
        return list(found.values_list("public_id", flat=True))


class _Chunk:
    """Some rows of one table, in the caller's transaction."""

    def __init__(
        self, institution: Institution, table: Carried, same_address: bool, counted: Adopted, keep: Keep
    ) -> None:
        self._institution, self._table, self._counted, self._keep = institution, table, counted, keep
        self._same_address = same_address
        self._self = {name for name, column in table.references.items() if column.related_model is table.model}
        self._moments = [
            name
            for name in table.values
            if getattr(table.model._meta.get_field(name), "auto_now", False)
            or getattr(table.model._meta.get_field(name), "auto_now_add", False)
        ]

    def adopt(self, some: list[dict[str, Any]]) -> None:
        known = adopted(self._institution, self._table.model, [row["id"] for row in some])
        waiting: list[dict[str, Any]] = []
        for row in some:
            if row["id"] in known:
                continue
            if any(row[name] == other["id"] for name in self._self for other in waiting):
                self._write(waiting)
                waiting = []
            waiting.append(row)
        self._write(waiting)

    def _write(self, some: list[dict[str, Any]]) -> None:
        label = self._table.label
        meant = {
            name: rows(
                self._institution, column.related_model, [row[name] for row in some], same_address=self._same_address
            )
            for name, column in self._table.references.items()
        }
        fresh: list[tuple[str, TenantModel]] = []
        traces: list[tuple[str, int]] = []
        for row in some:
            values = _values(self._table, row)
            numbers = {name: meant[name](row[name]) for name in meant}
            if any(numbers[name] is None and not column.null for name, column in self._table.references.items()):
                self._counted.left_out[label] = self._counted.left_out.get(label, 0) + 1
                continue
            for name, number in numbers.items():
                values[self._table.references[name].attname] = number
            here = self._existing(values)
            if here is not None:
                traces.append((row["id"], here))
                continue
            values |= {name: make() for name, make in self._table.fresh.items()}
            values |= self._table.at_first
            if self._table.stored is not None:
                kept = self._keep(self._table, values)
                values[self._table.stored.column] = kept
                self._counted.files += bool(kept)
            fresh.append((row["id"], self._table.model(institution=self._institution, **values)))
        with tenant(self._institution):
            wanted = [{name: getattr(row, name) for name in self._moments} for _, row in fresh]
            made = self._table.model.objects.bulk_create([row for _, row in fresh])
            for row, moments in zip(made, wanted, strict=True):
                if moments:
                    self._table.model.objects.filter(pk=row.pk).update(**moments)
            traces += [(identity, row.pk) for (identity, _), row in zip(fresh, made, strict=True)]
            AdoptedRow.objects.bulk_create(
                [
                    AdoptedRow(institution=self._institution, table=label, identity=identity, number=number)
                    for identity, number in traces
                ]
            )
        self._counted.new[label] = self._counted.new.get(label, 0) + len(fresh)

    def _existing(self, values: Mapping[str, Any]) -> int | None:
        """The row here that what must be unique says is the same: somebody has made it anew in between."""
        for columns in _unique(self._table.model):
            wanted = {name: values.get(name) for name in columns if name != "institution_id"}
            if any(value is None for value in wanted.values()):
                continue
            with tenant(self._institution):
                found: int | None = self._table.model.objects.filter(**wanted).values_list("pk", flat=True).first()
            if found is not None:
                return found
        return None


def _unique(model: type[models.Model]) -> Iterator[tuple[str, ...]]:
    """The sets of columns (as attributes) of which a table holds each combination once."""
    for column in model._meta.concrete_fields:
        if column.unique and not column.primary_key:
            yield (column.attname,)
    for rule in model._meta.constraints:
        if isinstance(rule, models.UniqueConstraint) and rule.condition is None and rule.fields:
            yield tuple(model._meta.get_field(name).attname for name in rule.fields)


def _settle(institution: Institution, table: Carried, some: list[dict[str, Any]]) -> None:
    """Give rows that were taken over what they could not have at first."""
    with tenant(institution):
        numbers = dict(
            AdoptedRow.objects.filter(table=table.label, identity__in=[row["id"] for row in some]).values_list(
                "identity", "number"
            )
        )
        for row in some:
            if row["id"] in numbers:
                values = from_json(table.model, row, table.at_first)
                table.model.objects.filter(pk=numbers[row["id"]], **table.at_first).update(**values)


def _fill_in(
    institution: Institution, model: type[models.Model], some: list[dict[str, Any]], same_address: bool
) -> None:
    for name in LATER[model]:
        column = model._meta.get_field(name)
        called = [row[name] for row in some if row.get(name) is not None]
        meant = rows(institution, column.related_model, called, same_address=same_address)
        for row in some:
            number = meant(row.get(name))
            if number is not None:
                with tenant(institution):
                    own = model._default_manager.filter(public_id=str(row["public_id"]), **{f"{name}__isnull": True})
                    own.update(**{column.attname: number})
