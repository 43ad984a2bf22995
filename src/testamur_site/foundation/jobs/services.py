"""Everything that is ever written to a job. Each step is one conditional UPDATE whose count says whether we still may."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.module_loading import import_string

from testamur_site.foundation.tenancy.api import (
    Institution,
    current_institution,
    insert_rows,
    new_public_id,
    unscoped,
)

from . import wake
from .models import Job, Status
from .rules import FROM_THE_FUTURE, LONGEST_PAUSE, LOST_AGAIN, LOST_UNTIL, ROOM, pause_after, wait_for_machine
from .turns import turns

WORKER_LOST = "jobs.worker_lost"
ALL = "the worker serves all institutions"


class UnknownHandler(ValueError):
    """The path of a job names nothing callable in a module that may hold jobs."""


def handler_at(path: str) -> Any:
    """The function named by "module.function". Raises UnknownHandler."""
    if not path.startswith(tuple(settings.TESTAMUR_JOB_MODULES)):
        raise UnknownHandler(f"{path} is not in a module that may hold jobs.")
    try:
        function = import_string(path)
    except ImportError as error:
        raise UnknownHandler(f"There is no job {path}.") from error
    if not callable(function):
        raise UnknownHandler(f"{path} is not a function.")
    return function


def enqueue(
    path: str,
    args: Mapping[str, Any],
    *,
    key: str | None = None,
    queue: str = "default",
    institution: Institution | None = None,
    total: int = 0,
    run_after: datetime | None = None,
    priority: int = 0,
    max_attempts: int = 5,
) -> Job:
    """Queue a job in the caller's transaction: it exists exactly when that commits.

    `path` is "module.function" of a handler; `args` JSON values; `key` makes it unique: a second call with the same key returns the
    first job, whatever became of it. Without `institution` the active one is taken. Raises UnknownHandler.
    """
    handler_at(path)
    institution = institution or current_institution()
    job = Job(
        institution=institution,
        path=path,
        args=dict(args),
        key=key,
        queue=queue,
        total=total,
        priority=priority,
        max_attempts=max_attempts,
        run_after=run_after or timezone.now(),
    )
    with unscoped("a job's key is unique on the whole platform"):
        if key is None:
            job.save(force_insert=True)
        else:
            Job.objects.bulk_create([job], ignore_conflicts=True)
            job = Job.objects.get(key=key)
    transaction.on_commit(wake.up)
    return job


@contextmanager
def bookkeeping() -> Iterator[None]:
    """On SQLite: commits in this block do not wait for the disk (decision 0056).

    Only for what the queue writes about itself. A power cut may undo it, from its end; then a job runs once more, as after a kill, and
    finds its own trace. The next commit of the work itself brings this to the disk with it. Without effect inside a transaction.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=NORMAL")
    try:
        yield
    finally:
        if connection.connection is not None:  # a new one begins with FULL
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA synchronous=FULL")


def room() -> bool:
    """Whether there is room for a job: on a disk that is nearly full its claim may still be written, and its end not. Of a database server
    we do not know."""
    if connection.vendor != "sqlite":
        return True
    folder = Path(str(connection.settings_dict["NAME"])).parent
    return not folder.is_dir() or shutil.disk_usage(folder).free >= ROOM


def enqueue_many(
    path: str,
    jobs: Sequence[tuple[Mapping[str, Any], str, int]],
    *,
    institution: Institution | None = None,
    queue: str = "default",
    priority: int = 0,
    max_attempts: int = 5,
) -> None:
    """Queue many jobs of one kind in the caller's transaction: of each its `args`, its `key` and its `total`. Raises UnknownHandler, and
    IntegrityError for a key that was used before."""
    handler_at(path)
    institution = institution or current_institution()
    with unscoped("a job's key is unique on the whole platform"):
        insert_rows(
            Job,
            ("args", "key", "total"),
            ((dict(args), key, total) for args, key, total in jobs),
            institution_id=institution.pk if institution is not None else None,
            path=path,
            queue=queue,
            priority=priority,
            max_attempts=max_attempts,
            run_after=timezone.now(),
            created_at=timezone.now(),
        )
    transaction.on_commit(wake.up)


def claim(queues: Sequence[str] = ()) -> Job | None:
    """Take the next job that is due, or one whose worker has vanished, and lease it to the caller; None when there is nothing.

    The institutions take turns (`turns`); of one, the job with the highest priority that has waited longest comes first. A job whose last
    allowed attempt vanished with its worker is closed as failed on the way.
    """
    now = timezone.now()
    wanted = due(now) & Q(queue__in=queues) if queues else due(now)
    with unscoped(ALL):
        # Look before taking a transaction: on SQLite it would lock all writers out, once a second, for nothing.
        if not Job.objects.filter(wanted).exists():
            return None
    for institution in turns(queues, now):
        if (job := _claim_of(institution, wanted, now)) is not None:
            return job
    return None


def _claim_of(institution: int | None, wanted: Q, now: datetime) -> Job | None:
    with unscoped(ALL):
        rows = Job.objects.filter(wanted, institution=institution).order_by("-priority", "run_after", "created_at")
        return _take_first(rows, now)


def claim_one(job: str) -> Job | None:
    """Take this very job, as `claim` would, for whoever was told whose turn it is; None when it is not due (any more)."""
    now = timezone.now()
    with unscoped(ALL):
        rows = Job.objects.filter(due(now), pk=job)
        return _take_first(rows, now) if rows.exists() else None


def due(now: datetime) -> Q:
    """What can be claimed: jobs that wait and whose time has come, and those whose worker has vanished."""
    return Q(status=Status.QUEUED, run_after__lte=now) | Q(status=Status.RUNNING, lease_until__lt=now)


def _take_first(rows: Any, now: datetime) -> Job | None:
    with bookkeeping(), transaction.atomic():
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True, of=("self",))
        while (job := rows.first()) is not None:
            mine = Job.objects.filter(pk=job.pk, lease_token=job.lease_token, status=job.status)
            if job.status == Status.RUNNING and (job.attempts >= job.max_attempts or job.cancel_requested):
                lost = {"type": "WorkerLost", "code": WORKER_LOST, "facts": {"attempts": job.attempts}}
                mine.update(
                    status=Status.CANCELLED if job.cancel_requested else Status.FAILED,
                    error=lost,
                    finished_at=now,
                    lease_token="",
                    lease_until=None,
                )
                continue
            token = new_public_id()
            taken = mine.update(
                status=Status.RUNNING,
                lease_token=token,
                lease_until=now + settings.TESTAMUR_JOB_LEASE,
                attempts=F("attempts") + 1,
                started_at=now,
            )
            if taken:
                job.refresh_from_db()
                return job
    return None


def _mine(job: Job) -> Any:
    return Job.objects.filter(pk=job.pk, lease_token=job.lease_token, status=Status.RUNNING)


def extend(job: Job) -> bool:
    """Move the lease on; False when it is no longer ours."""
    with unscoped(ALL), bookkeeping():
        return bool(_mine(job).update(lease_until=timezone.now() + settings.TESTAMUR_JOB_LEASE))


def report_progress(job: Job, done: int, total: int | None) -> bool:
    values: dict[str, Any] = {"done": done, "lease_until": timezone.now() + settings.TESTAMUR_JOB_LEASE}
    if total is not None:
        values["total"] = total
    with unscoped(ALL), bookkeeping():
        return bool(_mine(job).update(**values))


def lock_lease(job: Job) -> bool:
    """Inside a transaction: whether the lease is still ours, and keep it so until the transaction ends."""
    with unscoped(ALL):
        # exists() would drop FOR UPDATE; fetching the row keeps it.
        return _mine(job).select_for_update(of=("self",)).values_list("pk", flat=True).first() is not None


def finish(job: Job, result: Any) -> bool:
    """Close as done. False (and nothing written) when the lease is no longer ours."""
    with unscoped(ALL), bookkeeping():
        return bool(
            _mine(job).update(
                status=Status.DONE,
                result=result,
                error=None,
                finished_at=timezone.now(),
                lease_token="",
                lease_until=None,
            )
        )


def fail(job: Job, error: Mapping[str, Any], *, for_good: bool = False) -> bool:
    """Close as failed, or queue again after a pause while attempts are left. False when the lease is no longer ours."""
    now = timezone.now()
    values: dict[str, Any] = {"error": dict(error), "lease_token": "", "lease_until": None}
    if for_good or job.attempts >= job.max_attempts:
        values |= {"status": Status.FAILED, "finished_at": now}
    else:
        values |= {"status": Status.QUEUED, "run_after": now + pause_after(job.attempts)}
    with unscoped(ALL):
        return bool(_mine(job).update(**values))


def put_off(job: Job, error: Mapping[str, Any]) -> bool:
    """Queue again what failed because of the machine (a full disk, a database that is gone). No attempt is counted."""
    times = int((job.error or {}).get("times", 0)) + 1
    with unscoped(ALL):
        return bool(
            _mine(job).update(
                error={**error, "times": times},
                lease_token="",
                lease_until=None,
                status=Status.QUEUED,
                attempts=F("attempts") - 1,
                run_after=timezone.now() + wait_for_machine(times),
            )
        )


def mend_times(now: datetime) -> int:
    """Give jobs that were stamped while the clock was ahead the times that they would have had: else they wait for years. How many.

    A lease that ends later than any lease that is given now is over (its holder, if there is one, is fenced by its token). Of a job that
    was queued in the future the pause that was meant begins now; one that failed there is due. So is one that was begun before the clock
    jumped: nothing that has been begun waits longer than the longest pause, and without an error, when its turn was over, not at all.
    """
    far, mended = now + FROM_THE_FUTURE, 0
    begun = Q(started_at__isnull=False) & (Q(error__isnull=True) | Q(run_after__gt=far + LONGEST_PAUSE))
    with unscoped(ALL):
        held = Job.objects.filter(status=Status.RUNNING, lease_until__gt=far + settings.TESTAMUR_JOB_LEASE)
        mended += held.update(lease_until=now - FROM_THE_FUTURE)
        waiting = Job.objects.filter(status=Status.QUEUED, run_after__gt=far)
        for job in waiting.filter(Q(created_at__gt=far) | Q(started_at__gt=far) | begun):
            pause = max(job.run_after - job.created_at, timedelta(0)) if job.started_at is None else timedelta(0)
            same = Job.objects.filter(pk=job.pk, status=Status.QUEUED, run_after=job.run_after)
            mended += same.update(run_after=now + pause, created_at=min(job.created_at, now), started_at=None)
    return mended


def retry_lost(now: datetime) -> int:
    """Queue once more, for one attempt, what was given up because its workers died (`rules.LOST_AGAIN`). How many."""
    with unscoped(ALL):
        lost = Job.objects.filter(
            status=Status.FAILED,
            error__code=WORKER_LOST,
            finished_at__lt=now - LOST_AGAIN,
            created_at__gt=now - LOST_UNTIL,
        )
        return lost.update(
            status=Status.QUEUED, attempts=F("max_attempts") - 1, run_after=now, started_at=None, finished_at=None
        )


def put_back(job: Job) -> bool:
    """Queue a running job again, behind what is due now: it has not ended, but others have their turn. False when the lease was lost.

    What went wrong before it came so far is over, and counts no more."""
    values: dict[str, Any] = {
        "status": Status.QUEUED,
        "error": None,
        "run_after": timezone.now(),
        "lease_token": "",
        "lease_until": None,
    }
    values["attempts"] = F("attempts") - 1
    with unscoped(ALL), bookkeeping():
        return bool(_mine(job).update(**values))


def close_cancelled(job: Job) -> bool:
    with unscoped(ALL):
        return bool(
            _mine(job).update(status=Status.CANCELLED, finished_at=timezone.now(), lease_token="", lease_until=None)
        )


def cancel(job: Job) -> bool:
    """Ask a job to stop: at once when it waits, at its next progress report when it runs. False when it had already ended."""
    with unscoped("the caller holds the job"):
        waiting = Job.objects.filter(pk=job.pk, status=Status.QUEUED)
        if waiting.update(status=Status.CANCELLED, cancel_requested=True, finished_at=timezone.now()):
            return True
        return bool(Job.objects.filter(pk=job.pk, status=Status.RUNNING).update(cancel_requested=True))


def retry(job: Job) -> bool:
    """Queue a failed or cancelled job again with fresh attempts. False when it is in another state."""
    with unscoped("the caller holds the job"):
        ended = Job.objects.filter(pk=job.pk, status__in=[Status.FAILED, Status.CANCELLED])
        again = bool(
            ended.update(
                status=Status.QUEUED, attempts=0, run_after=timezone.now(), cancel_requested=False, finished_at=None
            )
        )
    transaction.on_commit(wake.up)
    return again
