"""From the ready rows of a class list to awards, and on to credentials: some hundred rows at a time, by as many workers as there are.

A short list is decided in the transaction that starts it. Of a long one the workers decide the rows of their own job, so that nobody waits
for a transaction of a million rows; what is decided is what was pinned when the batch was started. `Batch.undecided` counts the ready rows
that are still to come, in the transaction that decides them.

Nothing here takes the lock of the institution: the batch's row and the row of its status lists are locked, in this order, and whoever
holds the institution's lock waits for them and never they for it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from operator import attrgetter
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from testamur_site.foundation.tables.api import same_person_key
from testamur_site.foundation.tenancy.api import existing, insert_rows, new_keys, new_public_id, tenant
from testamur_site.status import api as status

from ...models import Award, Batch, BatchRow
from ...rules import UNSIGNED, AwardData, BatchState, Verdict
from .. import common, pipeline

_COLUMNS = tuple(field.attname for field in Award._meta.concrete_fields)
_values = attrgetter(*_COLUMNS)
_entry_of: Any = Award._meta.get_field("status_entry")
_ROW = ("line", "name", "email", "awarded_date", "valid_until", "language", "results", "evidence")
_TRIES = 5


def decide(batch: Batch, first: int, last: int, *, actor: Any = None) -> list[Award]:
    """Award the ready rows from line `first` to line `last` that are not decided yet, in the caller's transaction; the awards, each with
    its status entry.

    The unique key decides: whoever was awarded since the dry run is set aside, not doubled. Nothing happens when the batch is no longer
    being issued.
    """
    for _ in range(_TRIES):
        try:
            with transaction.atomic():
                return _decide(batch, first, last, actor)
        except IntegrityError as error:  # somebody awarded one of these people in this very moment
            problem = error
    raise problem


def _decide(batch: Batch, first: int, last: int, actor: Any) -> list[Award]:
    locked = Batch.objects.select_for_update(of=("self",), no_key=True).filter(pk=batch.pk, state=BatchState.ISSUING)
    if locked.values_list("pk").first() is None:
        return []
    made = Award.objects.filter(batch=batch, line__gte=first, line__lte=last)
    decided = set(made.values_list("line", flat=True))
    found = BatchRow.objects.filter(batch=batch, verdict=Verdict.READY, line__gte=first, line__lte=last)
    rows = [row for row in found.order_by("line").values_list(*_ROW) if row[0] not in decided]
    if not rows:
        return []
    keys = [common.again(row[2], batch.public_id) if batch.award_again else same_person_key(row[2]) for row in rows]
    held = existing(Award, "award_key", keys, micro_credential_id=batch.micro_credential_id)
    refreshed = common.can_be_renewed(batch.version)
    new = [(row, key) for row, key in zip(rows, keys, strict=True) if key not in held]
    awards = _awards(batch, new, refreshed, actor)
    insert_rows(Award, _COLUMNS, map(_values, awards))
    _set_aside(batch, [row[0] for row, key in zip(rows, keys, strict=True) if key in held])
    Batch.objects.filter(pk=batch.pk).update(undecided=F("undecided") - len(rows))
    return awards


def _awards(batch: Batch, rows: list[tuple[tuple[Any, ...], str]], refreshed: bool, actor: Any) -> list[Award]:
    """An award for each row and its key, with its status entry, not saved. Made of the first by changing what differs: of a hundred
    thousand models, most of the time would go into defaults."""
    if not rows:
        return []
    pinned = {"content_hash": batch.content_hash, "endorsed_hash": batch.endorsed_hash, "key_id": batch.key_id}
    (_, *data), key = rows[0]
    model = common.new_award(
        batch.version, _data(data), award_key=key, actor=actor, refreshed=refreshed, batch=batch, **pinned
    )
    common_to_all = dict(zip(_COLUMNS, _values(model), strict=True))
    made = []
    entries = status.allocate(batch.institution, len(rows))
    for ((line, *data), key), entry, pk in zip(rows, entries, new_keys(Award, len(rows)), strict=True):
        one = _data(data)
        different = common.of_person(one, refreshed)
        values = {**common_to_all, **different, "id": pk, "public_id": new_public_id(), "line": line, "award_key": key}
        values["status_entry_id"] = entry.pk
        award = Award(*values.values())
        _entry_of.set_cached_value(award, entry)
        made.append(award)
    return made


def _data(values: list[Any]) -> AwardData:
    name, email, awarded_date, valid_until, language, results, evidence = values
    return AwardData(name, email, awarded_date, valid_until, language, results, evidence)


def _set_aside(batch: Batch, lines: list[int]) -> None:
    problem = [{"code": "already.meanwhile", "facts": {}, "field": ""}]
    for start in range(0, len(lines), 400):
        BatchRow.objects.filter(batch=batch, line__in=lines[start : start + 400]).update(
            verdict=Verdict.ALREADY, problems=problem
        )


class _Pace:
    """How many awards a step takes: as many as are likely to be issued in `SECONDS`, by how it went last. So nobody waits long for a step
    of an achievement whose credentials are slow, and those of others are not hindered by small steps.

    Never less than `LEAST`: on a busy machine a step costs half a second whatever is in it, and who answers with smaller ones gets slower
    still."""

    SECONDS = 1.0
    LEAST = 250

    def __init__(self) -> None:
        self.rate = 1000.0  # awards a second

    def step(self) -> int:
        return min(pipeline.SLICE, max(self.LEAST, int(self.rate * self.SECONDS)))

    def note(self, awards: int, seconds: float) -> None:
        if awards:
            self.rate = min(awards / max(seconds, 1e-3), 3 * self.rate)


_pace = _Pace()


def issue_lines(batch: Batch, first: int, last: int, *, actor: Any, writing: common.Writing) -> Iterator[int]:
    """Take the rows from line `first` to line `last` to their end; yields after each step the last line that was done. Safe to repeat."""
    with tenant(batch.institution):
        start = first
        while start <= last:
            begun = time.monotonic()
            end = min(start + _pace.step() - 1, last)
            fresh: list[Award] = []
            if batch.undecided:
                with writing():
                    fresh = decide(batch, start, end, actor=actor)
            left = Award.objects.filter(batch=batch, line__gte=start, line__lte=end, state__in=UNSIGNED)
            pks = [award.pk for award in fresh] or list(left.order_by("pk").values_list("pk", flat=True))
            for _ in pipeline.issue(batch.institution, pks, writing=writing, fresh=fresh):
                pass
            _pace.note(len(pks), time.monotonic() - begun)
            yield end
            start = end + 1
