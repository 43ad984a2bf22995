"""The dry run: a class list becomes a draft whose rows all have a verdict. Nothing is awarded, and a draft is forgotten after a day.

Of a list that somebody uploads (`receive_list`) only a short one is judged at once, in the request. A longer one is stored as it came and
judged by the workers (`lists/`): a page that others wait for must not stand behind a thousand rows. Who uploaded it waits for a moment, in
which most lists are judged.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date, timedelta
from typing import Any, BinaryIO

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language

from testamur_site.catalogue.api import AchievementVersion
from testamur_site.foundation.audit import api as audit
from testamur_site.foundation.jobs.api import enqueue, wait_until
from testamur_site.foundation.tables.api import Long, Table, TableRefused, look
from testamur_site.foundation.tenancy.api import new_public_id, tenant, unscoped

from ..errors import NotAllowedNow
from ..models import DRAFT_KEPT, Batch, BatchRow, ListReading
from ..rules import NOT_STARTED, BatchState, Stage
from . import common
from .lists.judging import judged, write_rows
from .lists.reading import Reader, how_read, note_columns
from .lists.stored import store

AT_ONCE = 1000
"""Rows that are judged and written together."""

FEW = 50
"""So many rows are judged by the process that answers pages, in some ten milliseconds."""

SOON_BYTES, SOON_ROWS = 1024 * 1024, 20_000
"""A list up to this size, a second or two of work, is what one person waits for: it comes before the work of cohorts and mails."""

ROWS_KEPT = timedelta(days=90)
"""How long the rows of a list are kept after its batch has ended: to fetch, mend and explain refused ones."""


def receive_list(version: AchievementVersion, file: BinaryIO, *, wait: float = 0.0, **options: Any) -> Batch:
    """Take an uploaded class list. A short one (`FEW`) comes back as a draft; a longer one is stored and "being read" by a job, or a draft
    where the job has ended within `wait` seconds.

    `options` as of `draft_batch`. Raises `tables.TableRefused` (nothing is kept) for what is wrong with a short list, for what the
    beginning of a long one shows, and for what the job has found while we waited; NotOffered.
    """
    with tenant(version.institution):
        batch, found = _received(version, file, options, FEW)
        with transaction.atomic():
            if isinstance(found, Table):
                _judge_at_once(batch, found)
                return batch
            size = _keep(batch, found, file, options.get("encoding"))
            _queue(batch, priority=_priority(size <= SOON_BYTES))
        _wait(batch, wait)
        if batch.state == BatchState.UNREADABLE:
            problem = batch.problem or {}
            with suppress(NotAllowedNow):  # somebody else has just discarded it
                discard(batch, actor=options.get("actor"))
            raise TableRefused(problem["code"], **problem["facts"])
        return batch


def _wait(batch: Batch, seconds: float) -> None:
    """Until its job has read the list, but not longer than that; the batch is as it is then. A discarded one stays as it was."""
    being_read = Batch.objects.filter(pk=batch.pk, state=BatchState.READING)
    if seconds and wait_until(lambda: not being_read.exists(), seconds):
        with suppress(Batch.DoesNotExist):
            batch.refresh_from_db()


def draft_batch(version: AchievementVersion, content: bytes | BinaryIO, **options: Any) -> Batch:
    """Read a class list to its end, here and now, and judge every row: for programs that can wait. The file is not kept.

    `file_name`; `encoding`, where a person chose one; `default_date` is for rows without a date, `language` for rows without one;
    `award_again` awards also those who hold it already; `actor`. Raises `tables.TableRefused` (nothing is kept) and NotOffered.
    """
    file = io.BytesIO(content) if isinstance(content, bytes) else content
    with tenant(version.institution):
        batch, found = _received(version, file, options, AT_ONCE)
        with transaction.atomic():
            if isinstance(found, Table):
                _judge_at_once(batch, found)
                return batch
            _keep(batch, found, file, options.get("encoding"))
        try:
            for _ in read_on(batch):
                pass
        except BaseException:
            _forget(batch)
            raise
        return batch


def read_on(batch: Batch, *, writing: common.Writing = transaction.atomic) -> Iterator[tuple[int, int]]:
    """Take the reading of a long list to its end; yields after each step how many rows are judged, and of how many. Safe to repeat.

    Raises `TableRefused` where the file cannot be read after all.
    """
    yield from Reader(batch, writing, AT_ONCE).steps()


def refuse(batch: Batch, refusal: TableRefused, *, writing: common.Writing = transaction.atomic) -> None:
    """The file of a long list cannot be read: nothing of it is kept, and the page says why."""
    with tenant(batch.institution), writing():
        common.lock(batch.institution)
        problem = {"code": refusal.code, "facts": refusal.facts}
        if not Batch.objects.filter(pk=batch.pk, state=BatchState.READING).update(
            state=BatchState.UNREADABLE, problem=problem
        ):
            return
        ListReading.objects.filter(batch=batch).delete()
        target, facts = f"batch:{batch.public_id}", {"code": refusal.code}
        audit.record("batch.unreadable", target, institution=batch.institution, actor=batch.created_by, facts=facts)


def read_again(batch: Batch) -> None:
    """Queue again what is left of a reading, after its job gave up. In the caller's transaction; harmless at any time."""
    _queue(batch, nonce=f":{new_public_id()}")


def judge_again(
    batch: Batch, columns: Sequence[str], *, award_again: bool, default_date: date | None, wait: float = 0.0
) -> Batch:
    """Judge the rows of a draft anew: with columns as a person mapped them, and what was awarded meanwhile. A list that is not short is
    "being read" again by a job, or a draft where that has ended within `wait` seconds.

    Raises NotAllowedNow when it is a draft no more.
    """
    with tenant(batch.institution):
        _judge_again(batch, columns, award_again, default_date)
        if batch.state == BatchState.READING:
            _wait(batch, wait)
        return batch


def _judge_again(batch: Batch, columns: Sequence[str], award_again: bool, default_date: date | None) -> None:
    with transaction.atomic():
        batch.columns = [*columns, *[""] * len(batch.header)][: len(batch.header)]
        batch.award_again, batch.default_date = award_again, default_date
        batch.reading = {**batch.reading, "collisions": {}}
        common.lock(batch.institution)
        rows = batch.rows.count()
        state = BatchState.DRAFT if rows <= FEW else BatchState.READING
        changed = Batch.objects.filter(pk=batch.pk, state=BatchState.DRAFT).update(
            state=state,
            columns=batch.columns,
            award_again=award_again,
            default_date=default_date,
            reading=batch.reading,
            # Somebody works with it: it is not forgotten in the middle of that.
            expires_at=timezone.now() + DRAFT_KEPT,
        )
        if not changed:
            raise NotAllowedNow(state=batch.state)
        batch.state = state
        if state == BatchState.READING:
            ListReading.objects.create(
                institution=batch.institution, batch=batch, stage=Stage.AGAIN, rows=rows, language=_language()
            )
            _queue(batch, nonce=f":{new_public_id()}", priority=_priority(rows <= SOON_ROWS))
            return
        some = list(batch.rows.order_by("line").values_list("line", "cells"))
        found = judged(batch, some)
        batch.rows.all().delete()
        write_rows(batch, some, found)


def discard(batch: Batch, *, actor: Any = None) -> None:
    """Forget a list that was not started, and its rows. Raises NotAllowedNow when it was started."""
    with tenant(batch.institution), transaction.atomic():
        common.lock(batch.institution)
        # Locked before its rows go, so that a worker that is reading it writes no more of them.
        here = Batch.objects.select_for_update(of=("self",)).filter(pk=batch.pk, state__in=NOT_STARTED)
        if here.values_list("pk").first() is None:
            raise NotAllowedNow(state=batch.state)
        audit.record("batch.discarded", f"batch:{batch.public_id}", institution=batch.institution, actor=actor)
        _forget(batch)


def _forget(batch: Batch) -> None:
    Batch.objects.filter(pk=batch.pk, state__in=NOT_STARTED).delete()


def forget_drafts() -> int:
    """Discard the drafts whose day is over; how many."""
    with unscoped("the platform forgets old drafts of all institutions"):
        old = list(
            Batch.objects.select_related("institution").filter(state__in=NOT_STARTED, expires_at__lt=timezone.now())[
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


def _received(
    version: AchievementVersion, file: BinaryIO, options: dict[str, Any], at_most: int
) -> tuple[Batch, Table | Long]:
    """A batch for the list, not saved, and the list; or how it begins, where it has more rows than `at_most`."""
    common.offered(version)
    found = look(file, encoding=options.get("encoding"), at_most=at_most)
    batch = Batch(
        institution=version.institution,
        micro_credential=version.micro_credential,
        version=version,
        state=BatchState.DRAFT if isinstance(found, Table) else BatchState.READING,
        file_name=options.get("file_name", "")[-120:],
        default_date=options.get("default_date"),
        award_again=options.get("award_again", False),
        created_by=options.get("actor"),
    )
    how = how_read(found) if isinstance(found, Table) else {}
    note_columns(batch, found.header, {**how, "language": options.get("language", "en")})
    return batch, found


def _judge_at_once(batch: Batch, table: Table) -> None:
    batch.save(force_insert=True)
    write_rows(batch, table.rows, judged(batch, table.rows))
    facts = {"rows": len(table.rows), "microCredential": batch.micro_credential.public_id}
    target = f"batch:{batch.public_id}"
    audit.record("batch.drafted", target, institution=batch.institution, actor=batch.created_by, facts=facts)


def _keep(batch: Batch, long: Long, file: BinaryIO, encoding: str | None) -> int:
    """Store it to be read; its size in bytes."""
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    batch.save(force_insert=True)
    reading = ListReading.objects.create(
        institution=batch.institution,
        batch=batch,
        stage=Stage.LOOKING if long.delimiter else Stage.CONVERTING,
        size=size,
        encoding=encoding or "",
        language=_language(),
    )
    store(reading, file)
    facts = {"bytes": size, "microCredential": batch.micro_credential.public_id}
    target = f"batch:{batch.public_id}"
    audit.record("batch.uploaded", target, institution=batch.institution, actor=batch.created_by, facts=facts)
    return size


def _queue(batch: Batch, nonce: str = "", priority: int = 0) -> None:
    enqueue(
        "testamur_site.issuing.jobs.read_list",
        {"batch": batch.public_id},
        institution=batch.institution,
        key=f"read-list:{batch.public_id}{nonce}",
        priority=priority,
        # Every attempt carries the list a step further, so many killed workers in a row are no reason to give up.
        max_attempts=50,
    )


def _priority(soon: bool) -> int:
    return 5 if soon else 0


def _language() -> str:
    return get_language() or "en"
