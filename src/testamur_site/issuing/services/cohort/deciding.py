"""From the ready rows of a class list to awards, and on to credentials: some hundred rows at a time, by as many workers as there are.

A short list is decided in the transaction that starts it. Of a long one the workers decide the rows of their own job, so that nobody waits
for a transaction of a million rows; what is decided is what was pinned when the batch was started. `Batch.undecided` counts the ready rows
that are still to come, in the transaction that decides them. The same transaction stores the prepared bytes.

Nothing here takes the lock of the institution: the row of the status lists and the batch's row are locked, in this order, and whoever
holds the institution's lock waits for them and never they for it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from testamur_site.foundation.keys.api import signing_key
from testamur_site.foundation.tables.api import same_person_key
from testamur_site.foundation.tenancy.api import (
    existing,
    insert_rows,
    new_keys,
    new_public_ids,
    tenant,
    unsaved,
    values_of,
)
from testamur_site.status import api as status

from ...models import Award, Batch, BatchRow
from ...rules import UNSIGNED, AwardData, AwardState, BatchState, Verdict
from .. import common, pipeline
from . import kept
from .ahead import Ahead, is_elsewhere
from .composing import Ground, Made
from .storing import store

_COLUMNS, _values = values_of(Award)
_entry_of: Any = Award._meta.get_field("status_entry")
_ROW = ("line", "name", "email", "awarded_date", "valid_until", "language", "results", "evidence")
_TRIES = 5


class _Stopped(Exception):
    """The batch is not being issued any more. Nothing was written."""


def decide(
    batch: Batch, first: int, last: int, *, actor: Any = None, ground: Ground | None = None
) -> tuple[list[Award], list[Made]]:
    """Award the ready rows from line `first` to line `last` that are not decided yet, in the caller's transaction; the awards, each with
    its status entry, and what was prepared of them.

    The unique key decides: whoever was awarded since the dry run is set aside, not doubled. Nothing happens when the batch is no longer
    being issued. With `ground` the bytes are prepared and stored with their awards; what has anything unusual about it (refused by the
    lints, endorsed otherwise by now) is left to the pipeline, which notes it in the audit trail.
    """
    for _ in range(_TRIES):
        try:
            with transaction.atomic():
                return _decide(batch, first, last, actor, ground)
        except IntegrityError as error:  # somebody awarded one of these people in this very moment
            problem = error
        except _Stopped:
            return [], []
    raise problem


def _decide(batch: Batch, first: int, last: int, actor: Any, ground: Ground | None) -> tuple[list[Award], list[Made]]:
    """The batch itself is locked last, by its conditional update, so that workers wait for each other's commit and not for each other's
    composing. Of two at the same lines one meets the other's unique keys, and begins again."""
    made = Award.objects.filter(batch=batch, line__gte=first, line__lte=last)
    decided = set(made.values_list("line", flat=True))
    found = BatchRow.objects.filter(batch=batch, verdict=Verdict.READY, line__gte=first, line__lte=last)
    rows = [row for row in found.order_by("line").values_list(*_ROW) if row[0] not in decided]
    if not rows:
        return [], []
    keys = [common.again(row[2], batch.public_id) if batch.award_again else same_person_key(row[2]) for row in rows]
    held = existing(Award, "award_key", keys, micro_credential_id=batch.micro_credential_id)
    refreshed = common.can_be_renewed(batch.version)
    new = [(row, key) for row, key in zip(rows, keys, strict=True) if key not in held]
    awards = _awards(batch, new, refreshed, actor, many=ground is not None)
    prepared = _prepared(ground, awards)
    insert_rows(Award, _COLUMNS, map(_values, awards))
    store(prepared)
    aside = _set_aside(batch, [row[0] for row, key in zip(rows, keys, strict=True) if key in held])
    issuing = Batch.objects.filter(pk=batch.pk, state=BatchState.ISSUING)
    if not issuing.update(undecided=F("undecided") - len(awards) - aside):
        raise _Stopped
    return awards, prepared


def _prepared(ground: Ground | None, awards: list[Award]) -> list[Made]:
    """What can be prepared at once; these awards begin as prepared."""
    if ground is None or not awards:
        return []
    composed = ground.compose(awards)
    if composed.endorsed_otherwise:
        return []
    for one in composed.made:
        one.row.award.state = AwardState.PREPARED
    return composed.made


def _awards(
    batch: Batch, rows: list[tuple[tuple[Any, ...], str]], refreshed: bool, actor: Any, *, many: bool
) -> list[Award]:
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
    entries = status.allocate(batch.institution, len(rows), many=many)
    public_ids = new_public_ids()
    for ((line, *data), key), entry, pk in zip(rows, entries, new_keys(Award, len(rows)), strict=True):
        different = common.of_person(_data(data), refreshed)
        own = {"id": pk, "public_id": next(public_ids), "line": line, "award_key": key, "status_entry_id": entry.id}
        award = unsaved(Award, {**common_to_all, **different, **own})
        _entry_of.set_cached_value(award, entry)
        made.append(award)
    return made


def _data(values: list[Any]) -> AwardData:
    name, email, awarded_date, valid_until, language, results, evidence = values
    return AwardData(name, email, awarded_date, valid_until, language, results, evidence)


def _set_aside(batch: Batch, lines: list[int]) -> int:
    """How many rows were ready until now."""
    problem = [{"code": "already.meanwhile", "facts": {}, "field": ""}]
    aside = 0
    for start in range(0, len(lines), 400):
        rows = BatchRow.objects.filter(batch=batch, verdict=Verdict.READY, line__in=lines[start : start + 400])
        aside += rows.update(verdict=Verdict.ALREADY, problems=problem)
    return aside


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

    def least(self) -> int:
        """Of awards that are signed elsewhere meanwhile: short steps, so that what is signed and what is prepared come close behind each
        other."""
        return min(pipeline.SLICE, self.LEAST)

    def note(self, awards: int, seconds: float) -> None:
        if awards:
            self.rate = min(awards / max(seconds, 1e-3), 3 * self.rate)


_pace = _Pace()


def issue_lines(
    batch: Batch,
    first: int,
    last: int,
    *,
    actor: Any,
    writing: common.Writing,
    ended: Callable[[], bool] = lambda: False,
) -> Iterator[int]:
    """Take the rows from line `first` to line `last` to their end; yields after each step the last line that was done. Safe to repeat.

    When `ended` is true no further step is begun. Where the signing process has the key, a step is begun while another one is being
    signed (`ahead`).
    """
    with tenant(batch.institution), Ahead(batch.institution, writing) as ahead:
        start, elsewhere = first, is_elsewhere()
        while start <= last:
            begun = time.monotonic()
            end = min(start + (_pace.least() if elsewhere else _pace.step()) - 1, last)
            fresh: list[Award] = []
            made: list[Made] = []
            if batch.undecided:
                ground = _ground(batch)
                with writing():
                    fresh, made = decide(batch, start, end, actor=actor, ground=ground)
            pks = [award.pk for award in fresh]
            if not pks:
                left = Award.objects.filter(batch=batch, line__gte=start, line__lte=end, state__in=UNSIGNED)
                pks = list(left.order_by("pk").values_list("pk", flat=True))
            many = len(pks) >= _Pace.LEAST
            if elsewhere:
                ahead.begin(end, pks, fresh, made)
                yield from ahead.stored(all_of_them=False)
            else:
                for _ in pipeline.issue(batch.institution, pks, writing=writing, fresh=fresh, made=made):
                    pass
                _pace.note(len(pks), time.monotonic() - begun)
                yield end
            if many:
                fresh, made = [], []
                kept.settle()
            start = end + 1
            if ended():
                break
        yield from ahead.stored(all_of_them=True)


def _ground(batch: Batch) -> Ground | None:
    """What the awards of the batch have in common; None where the key that was pinned with it has been rotated away since."""
    signer = signing_key(batch.institution)
    return Ground(batch.institution, signer, [batch.version_id]) if signer.key_id == batch.key_id else None
