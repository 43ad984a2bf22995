"""The dry run: a class list becomes a draft whose rows all have a verdict. Nothing is awarded, and a draft is forgotten after a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import islice
from operator import attrgetter
from typing import Any, BinaryIO

from django.db import transaction
from django.db.models import F, Min, Window
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import get_language

from testamur_site.catalogue.api import AchievementVersion, expires_on
from testamur_site.foundation.audit import api as audit
from testamur_site.foundation.tables.api import (
    CellRefused,
    Problem,
    Table,
    clean_email,
    match_headers,
    open_table,
    same_person_key,
    unprotect,
)
from testamur_site.foundation.tenancy.api import existing, insert_rows, tenant, unscoped

from ..documents import result_names, scales_of
from ..errors import NotAllowedNow
from ..models import Award, Batch, BatchRow
from ..rules import BatchState, EarlierAward, Row, Terms, Verdict, evaluate, latest_today
from . import common

AT_ONCE = 1000
"""Rows that are judged and written together; a list with more is read in portions."""

_NOT_STARTED = (BatchState.DRAFT, BatchState.READING)

ROWS_KEPT = timedelta(days=90)
"""How long the rows of a list are kept after its batch has ended: to fetch, mend and explain refused ones."""


def draft_batch(
    version: AchievementVersion,
    content: bytes | BinaryIO,
    *,
    file_name: str = "",
    encoding: str | None = None,
    default_date: date | None = None,
    award_again: bool = False,
    language: str = "en",
    actor: Any = None,
) -> Batch:
    """Read an uploaded class list and judge every row. The file itself is not kept.

    `default_date` is for rows without a date, `language` for rows without one; `award_again` awards also those who hold it already.
    Rows are read, judged and written `AT_ONCE` at a time: a long list is "being read" until its last row stands.
    Raises `tables.TableRefused` (nothing is kept) and NotOffered.
    """
    institution = version.institution
    with tenant(institution):
        common.offered(version)
        found = open_table(content, encoding=encoding)
        match = match_headers(found.table.header, result_names(version))
        batch = Batch(
            institution=institution,
            micro_credential_id=version.micro_credential_id,
            version=version,
            state=BatchState.READING if found.count > AT_ONCE else BatchState.DRAFT,
            file_name=file_name[-120:],
            reading=_reading(found.table, match.collisions, language),
            header=list(found.table.header),
            columns=list(match.columns),
            default_date=default_date,
            award_again=award_again,
            created_by=actor,
        )
        facts = {"rows": found.count, "microCredential": version.micro_credential.public_id}
        target = f"batch:{batch.public_id}"
        if batch.state == BatchState.DRAFT:
            with transaction.atomic():
                batch.save(force_insert=True)
                _judge_and_write(batch, found.read())
                audit.record("batch.drafted", target, institution=institution, actor=actor, facts=facts)
            return batch
        batch.save(force_insert=True)
        try:
            _judge_and_write(batch, found.read())
            with transaction.atomic():
                _refuse_repeated(batch)
                Batch.objects.filter(pk=batch.pk, state=BatchState.READING).update(state=BatchState.DRAFT)
                audit.record("batch.drafted", target, institution=institution, actor=actor, facts=facts)
        except BaseException:
            Batch.objects.filter(pk=batch.pk).delete()
            raise
        batch.state = BatchState.DRAFT
        return batch


def judge_again(batch: Batch, columns: Sequence[str], *, award_again: bool, default_date: date | None) -> None:
    """Judge the rows of a draft anew: with columns as a person mapped them, and what was awarded meanwhile.

    Raises NotAllowedNow when it is a draft no more.
    """
    with tenant(batch.institution):
        batch.columns = [*columns, *[""] * len(batch.header)][: len(batch.header)]
        batch.award_again, batch.default_date = award_again, default_date
        batch.reading = {**batch.reading, "collisions": {}}
        with transaction.atomic():
            common.lock(batch.institution)
            changed = Batch.objects.filter(pk=batch.pk, state=BatchState.DRAFT).update(
                columns=batch.columns, award_again=award_again, default_date=default_date, reading=batch.reading
            )
            if not changed:
                raise NotAllowedNow(state=batch.state)
            line, several = -1, False
            while some := list(
                batch.rows.filter(line__gt=line).order_by("line").values_list("line", "cells")[:AT_ONCE]
            ):
                batch.rows.filter(line__gt=line, line__lte=some[-1][0]).delete()
                _judge_and_write(batch, some)
                several, line = several or line >= 0, some[-1][0]
            if several:
                _refuse_repeated(batch)


def _judge_and_write(batch: Batch, rows: Iterable[tuple[int, Sequence[str]]]) -> None:
    remaining = iter(rows)
    while some := list(islice(remaining, AT_ONCE)):
        judged = _judged(batch, some)
        with transaction.atomic():
            _write_rows(batch, some, judged)


def _refuse_repeated(batch: Batch) -> None:
    """The same address twice in a list that was judged in portions: within one portion the rules have seen it, across them the database
    does. The first row counts, whatever was said about it."""
    everywhere = batch.rows.exclude(email="").annotate(first=Window(Min("line"), partition_by=[Lower("email")]))
    repeated = everywhere.filter(first__lt=F("line")).order_by("line")
    for pk, problems, first in repeated.values_list("pk", "problems", "first").iterator(chunk_size=AT_ONCE):
        kept = [one for one in problems if one["code"] != "email.twice" and not one["code"].startswith("already.")]
        problem = Problem("email.twice", {"row": first}, "email")
        batch.rows.filter(pk=pk).update(verdict=Verdict.REFUSED.value, problems=[*kept, problem.to_json()])


def discard(batch: Batch, *, actor: Any = None) -> None:
    """Forget a draft and its rows. Raises NotAllowedNow when it was started."""
    with tenant(batch.institution), transaction.atomic():
        common.lock(batch.institution)
        if not Batch.objects.filter(pk=batch.pk, state__in=_NOT_STARTED).exists():
            raise NotAllowedNow(state=batch.state)
        audit.record("batch.discarded", f"batch:{batch.public_id}", institution=batch.institution, actor=actor)
        Batch.objects.filter(pk=batch.pk, state__in=_NOT_STARTED).delete()


def forget_drafts() -> int:
    """Discard the drafts whose day is over; how many."""
    with unscoped("the platform forgets old drafts of all institutions"):
        old = list(
            Batch.objects.select_related("institution").filter(state__in=_NOT_STARTED, expires_at__lt=timezone.now())[
                :100
            ]
        )
    forgotten = 0
    for batch in old:
        try:
            discard(batch)
        except NotAllowedNow:
            continue
        forgotten += 1
    return forgotten


def forget_rows() -> int:
    """Delete the rows of lists that ended a while ago; how many. The awards stay; what was refused then nobody will mend any more."""
    ended = timezone.now() - ROWS_KEPT
    with unscoped("the platform forgets old class lists of all institutions"):
        some = list(BatchRow.objects.filter(batch__finished_at__lt=ended).values_list("pk", flat=True)[:1000])
        BatchRow.objects.filter(pk__in=some).delete()
    return len(some)


def _reading(table: Table, collisions: Mapping[str, Sequence[int]], language: str) -> dict[str, Any]:
    """How the file was read, for the person to see: kind, encoding, sheet, and columns that claim the same field."""
    return {
        "kind": table.kind,
        "encoding": table.encoding,
        "certain": table.encoding_certain,
        "sheet": table.sheet,
        "otherSheets": list(table.other_sheets),
        "collisions": {field: list(positions) for field, positions in collisions.items()},
        "language": language,
    }


def _judged(batch: Batch, rows: Iterable[tuple[int, Sequence[str]]]) -> list[Row]:
    rows = list(rows)
    terms = Terms(
        today=latest_today(timezone.now().date()),
        default_date=batch.default_date,
        default_language=batch.reading.get("language", "en"),
        scales=scales_of(batch.version, get_language()),
        earlier=_earlier(batch, rows),
        award_again=batch.award_again,
    )
    judged = evaluate(rows, batch.columns, terms)
    validity = batch.version.description.validity
    for row in judged:
        if (
            row.awarded_date is not None
            and row.valid_until is None
            and "valid_until" not in {p.field for p in row.problems}
        ):
            row.valid_until = expires_on(row.awarded_date, validity)
    return judged


def _earlier(batch: Batch, rows: Iterable[tuple[int, Sequence[str]]]) -> dict[str, EarlierAward]:
    """What the people of this list hold already, asked for in portions: a micro-credential may have a hundred thousand awards."""
    if "email" not in batch.columns:
        return {}
    position = batch.columns.index("email")
    keys = set()
    for _, cells in rows:
        try:
            keys.add(same_person_key(clean_email(unprotect(cells[position].strip()))))
        except CellRefused:
            continue
    return earlier_awards(batch.micro_credential_id, keys)


def earlier_awards(micro_credential: int, keys: Iterable[str]) -> dict[str, EarlierAward]:
    """For those of `keys` (folded addresses) that hold the micro-credential: what they hold."""
    wanted, found = sorted(keys), {}
    # The index is asked first: most of a new list holds nothing, and then nothing need be read.
    held = sorted(existing(Award, "award_key", wanted, micro_credential_id=micro_credential))
    for start in range(0, len(held), 500):
        rows = Award.objects.filter(micro_credential=micro_credential, award_key__in=held[start : start + 500])
        for key, state, awarded in rows.values_list("award_key", "state", "awarded_date"):
            found[key] = EarlierAward(state, awarded)
    return found


def _write_rows(batch: Batch, cells: Iterable[tuple[int, Sequence[str]]], rows: Iterable[Row]) -> None:
    texts = dict(cells)
    insert_rows(
        BatchRow,
        ("line", "cells", *_JUDGED, "verdict", "problems"),
        (
            (
                row.line,
                list(texts[row.line]),
                *_judged_values(row),
                Verdict(row.verdict).value,
                [problem.to_json() for problem in row.problems],
            )
            for row in rows
        ),
        institution_id=batch.institution_id,
        batch_id=batch.pk,
    )


_JUDGED = ("name", "email", "language", "awarded_date", "valid_until", "results", "evidence")
_judged_values = attrgetter(*_JUDGED)
