"""From the stored file of a long list to rows with verdicts, in steps that may be killed at any instant and done again.

1. Look through the file, to its end: only what can be read to its last row is judged. A workbook, or another encoding than UTF-8, is
   converted instead, once.
2. Judge some rows and keep them.
3. Compare the list with itself: an address that was seen in an earlier portion.
4. The list is a draft, and the file goes.

How far it is stands in one row (`ListReading`). Each step reads it, works without holding anything, and then changes it in the same
transaction as what it writes, under the condition that it still stands where it stood. So of two workers at the same list one has done
the step and the other finds out; and nothing is written for a list that was discarded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, BinaryIO

from django.utils import timezone, translation

from testamur_site.foundation.audit import api as audit
from testamur_site.foundation.tables.api import (
    MAX_BYTES,
    Measured,
    OtherEncoding,
    Place,
    Row,
    TableRefused,
    begin,
    match_headers,
    measure,
    read_on,
    read_table,
)
from testamur_site.foundation.tenancy.api import tenant

from ...documents import result_names
from ...models import DRAFT_KEPT, Batch, ListReading
from ...rules import BatchState, Stage
from .. import common
from .judging import judged, refuse_repeated, repeated, write_rows
from .stored import as_lines, read_lines, store, stored

LOOKED_AT_ONCE = 20_000
COMPARED_AT_ONCE = 20_000


_CHOSEN = ("header", "columns", "reading", "default_date", "award_again")


class _Overtaken(Exception):
    """Somebody else has gone on with this list, or discarded it. Nothing was written."""


class Reader:
    """Somebody who takes a list a step further. `at_once` rows are judged together."""

    def __init__(self, batch: Batch, writing: common.Writing, at_once: int) -> None:
        self.batch, self.writing, self.at_once = batch, writing, at_once
        self._file: tuple[tuple[int, int], BinaryIO] | None = None

    def steps(self) -> Iterator[tuple[int, int]]:
        """Read the list to its end; after each step how many rows are judged, and of how many. Ends early where somebody else goes on.

        Raises `TableRefused` where the file cannot be read; nothing is changed then.
        """
        step: dict[str, Callable[[ListReading], None]] = {
            Stage.LOOKING: self._look,
            Stage.CONVERTING: self._convert,
            Stage.JUDGING: self._judge,
            Stage.AGAIN: self._judge_again,
            Stage.COMPARING: self._compare,
        }
        known: int | None = None
        while True:
            # Not around the `yield`: whoever takes the steps may stop at any of them, and is then in a scope of their own.
            with tenant(self.batch.institution):
                reading = ListReading.objects.filter(batch=self.batch).first()
                if reading is None:
                    return
                try:
                    if reading.pk != known:
                        self._look_anew()
                        known = reading.pk
                    with translation.override(reading.language):
                        step[reading.stage](reading)
                except _Overtaken:
                    return
            yield reading.judged, reading.rows

    def _look_anew(self) -> None:
        """Take what a person chose for this reading: since we have looked, the list may have become a draft, and be judged anew by other
        columns. It does not change again before the reading ends. Raises _Overtaken."""
        try:
            self.batch.refresh_from_db(fields=_CHOSEN)
        except Batch.DoesNotExist:
            raise _Overtaken from None

    def _open(self, reading: ListReading) -> BinaryIO:
        """The file, opened once for all steps of a turn."""
        which = (reading.pk, reading.size)
        if self._file is None or self._file[0] != which:
            self._file = which, stored(reading)
        return self._file[1]

    def _look(self, reading: ListReading) -> None:
        file = self._open(reading)
        try:
            long = begin(file)
            known = Measured(Place(reading.offset, reading.number), reading.width, reading.rows)
            if not reading.offset:
                known = Measured(long.place, len(long.header))
            known = measure(file, long.delimiter, known, at_most=LOOKED_AT_ONCE)
        except OtherEncoding:
            if reading.size > MAX_BYTES:
                raise TableRefused("table.too_large", limit=MAX_BYTES // (1024 * 1024)) from None
            with self._changing(reading, stage=Stage.CONVERTING, offset=0, number=0, width=0, rows=0):
                return
        found = {"width": known.width, "rows": known.count}
        if not known.ended:
            with self._changing(reading, offset=known.place.offset, number=known.place.number, **found):
                return
        header = (*long.header, *[""] * known.width)[: max(known.width, len(long.header))]
        found["width"] = len(header)
        at = {"offset": long.place.offset, "number": long.place.number}
        with self._changing(reading, stage=Stage.JUDGING, delimiter=long.delimiter, **at, **found):
            self._note(header, {**self.batch.reading, "kind": "csv", "encoding": "utf-8", "certain": True})

    def _convert(self, reading: ListReading) -> None:
        file = self._open(reading)
        file.seek(0)
        table = read_table(file.read(), encoding=reading.encoding or None)
        lines = as_lines(table.rows)
        size = len(lines.getbuffer())
        found = {"width": len(table.header), "rows": len(table.rows), "size": size}
        with self._changing(reading, stage=Stage.JUDGING, delimiter="", offset=0, number=0, **found):
            reading.parts.all().delete()
            store(reading, lines)
            self._note(table.header, {**self.batch.reading, **how_read(table)})
        self._file = None

    def _note(self, header: Sequence[str], how: Mapping[str, Any]) -> None:
        """What is known of the list when it was read to its end: its columns, and how it was read."""
        note_columns(self.batch, header, how)
        Batch.objects.filter(pk=self.batch.pk).update(
            header=self.batch.header, columns=self.batch.columns, reading=self.batch.reading
        )

    def _judge(self, reading: ListReading) -> None:
        place, file = Place(reading.offset, reading.number), self._open(reading)
        rows: Sequence[Row]
        if reading.delimiter:
            rows, end = read_on(file, reading.delimiter, place, width=reading.width, at_most=self.at_once)
        else:
            rows, end = read_lines(file, place, self.at_once)
        found = judged(self.batch, rows)
        at = {"offset": end.offset, "number": end.number, "judged": reading.judged + len(rows)}
        if len(rows) < self.at_once:
            at |= {"stage": Stage.COMPARING, "number": 0}
        with self._changing(reading, **at):
            write_rows(self.batch, rows, found)

    def _judge_again(self, reading: ListReading) -> None:
        below = self.batch.rows.filter(line__gt=reading.number).order_by("line")
        rows = [(line, tuple(cells)) for line, cells in below.values_list("line", "cells")[: self.at_once]]
        found = judged(self.batch, rows)
        last = rows[-1][0] if rows else reading.number
        at = {"number": last, "judged": reading.judged + len(rows)}
        if len(rows) < self.at_once:
            at |= {"stage": Stage.COMPARING, "number": 0}
        with self._changing(reading, **at):
            self.batch.rows.filter(line__gt=reading.number, line__lte=last).delete()
            write_rows(self.batch, rows, found)

    def _compare(self, reading: ListReading) -> None:
        found = repeated(self.batch, reading.number, COMPARED_AT_ONCE)
        for start in range(0, len(found), self.at_once):
            some = found[start : start + self.at_once]
            with self._changing(reading, number=some[-1][0]):
                refuse_repeated(some)
            reading.number = some[-1][0]
        if len(found) == COMPARED_AT_ONCE:
            return
        with self.writing():
            common.lock(self.batch.institution)
            _still(self.batch, reading)
            finish(self.batch, reading)

    @contextmanager
    def _changing(self, reading: ListReading, **values: Any) -> Iterator[None]:
        """A transaction in which the reading moves on, and what is written with it. Raises _Overtaken."""
        with self.writing():
            _still(self.batch, reading)
            ListReading.objects.filter(pk=reading.pk).update(**values)
            yield
        reading.judged, reading.rows = values.get("judged", reading.judged), values.get("rows", reading.rows)


def _still(batch: Batch, reading: ListReading) -> None:
    """Lock the list, and see that it stands where it stood. Whoever discards it locks it too, before its rows go."""
    being_read = Batch.objects.select_for_update(no_key=True, of=("self",)).filter(
        pk=batch.pk, state=BatchState.READING
    )
    stands = {"stage": reading.stage, "offset": reading.offset, "number": reading.number}
    if being_read.values_list("pk").first() is None or not ListReading.objects.filter(pk=reading.pk, **stands).exists():
        raise _Overtaken


def finish(batch: Batch, reading: ListReading) -> None:
    """Its last row stands: the list is a draft for a day from now, and its file goes. In the caller's transaction."""
    batch.state, batch.expires_at = BatchState.DRAFT, timezone.now() + DRAFT_KEPT
    Batch.objects.filter(pk=batch.pk).update(state=batch.state, expires_at=batch.expires_at)
    if reading.size:  # judged anew, it was a draft before
        facts = {"rows": reading.rows, "microCredential": batch.micro_credential.public_id}
        target = f"batch:{batch.public_id}"
        audit.record("batch.drafted", target, institution=batch.institution, actor=batch.created_by, facts=facts)
    reading.delete()


def note_columns(batch: Batch, header: Sequence[str], how: Mapping[str, Any]) -> None:
    """Set the columns of a batch by their headings, and how its file was read. Not saved."""
    match = match_headers(header, result_names(batch.version))
    batch.header, batch.columns = list(header), list(match.columns)
    collisions = {field: list(positions) for field, positions in match.collisions.items()}
    batch.reading = {**how, "collisions": collisions}


def how_read(table: Any) -> dict[str, Any]:
    """How a file was read, for the person to see: kind, encoding, sheet."""
    return {
        "kind": table.kind,
        "encoding": table.encoding,
        "certain": table.encoding_certain,
        "sheet": table.sheet,
        "otherSheets": list(table.other_sheets),
    }
