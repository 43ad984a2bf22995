"""The worker: claims jobs one after the other and runs them.

As a command:      python -m testamur_site.foundation.jobs [--queue NAME]… (see `__main__.py`)
In a process:      start_thread(), or run_worker(stop) in a thread of one's own
In tests:          run_pending()

A worker that is killed leaves its lease behind; when that has run out, another worker takes the job again. A worker that was only
slow finds at its next word that the lease is no longer its own, and its closing UPDATE changes nothing.
"""

from __future__ import annotations

import logging
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, close_old_connections, connection
from django.utils import timezone, translation

from testamur.errors import SignerUnavailable, TestamurError
from testamur_site.foundation.tenancy.api import tenant

from . import services, wake
from .handle import GiveUp, JobHandle, JobStopped, LeaseLost, TurnOver
from .models import Job
from .rules import MACHINE

log = logging.getLogger("testamur_site.jobs")

HOUSEKEEPING_SECONDS = 60


class _Heartbeat:
    """Extends the lease from a thread with its own connection while the handler works."""

    def __init__(self, job: Job, handle: JobHandle) -> None:
        self._job, self._handle = job, handle
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="job-heartbeat", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        lease: timedelta = settings.TESTAMUR_JOB_LEASE
        last = time.monotonic()
        try:
            while not self._stop.wait(lease.total_seconds() / 3):
                try:
                    if not services.extend(self._job):
                        self._handle.mark_lost()
                        return
                    last = time.monotonic()
                except (DatabaseError, InterfaceError):
                    # Locked or restarting: try again. But after a whole lease without a word somebody else may have begun.
                    connection.close()
                    if time.monotonic() - last > lease.total_seconds():
                        self._handle.mark_lost()
        finally:
            connection.close()


def _describe(error: BaseException) -> dict[str, Any]:
    """Type, code, facts and place of an error, without its message, which may quote what a person typed."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else ""
    described = {"type": f"{type(error).__module__}.{type(error).__qualname__}", "code": "jobs.error", "place": place}
    if isinstance(error, TestamurError | GiveUp):
        described |= {"code": error.code, "facts": error.facts}
    return described


def _of_the_machine(error: BaseException) -> bool:
    """Whether the machine is at fault (a full disk, a database that is gone or busy, whoever holds the keys does not answer) and not the
    work: then trying again later helps, however often it takes."""
    if isinstance(error, OSError):
        return error.errno in MACHINE
    return isinstance(error, OperationalError | InterfaceError | SignerUnavailable)


def run(job: Job, *, heartbeat: bool = True, reraise: bool = False) -> None:
    """Run one claimed job and close it. Only `reraise` lets the handler's error out, for tests."""
    handle = JobHandle(job)
    try:
        handler = services.handler_at(job.path)
        scope = tenant(job.institution) if job.institution else nullcontext()
        with (
            translation.override(settings.LANGUAGE_CODE),
            _Heartbeat(job, handle) if heartbeat else nullcontext(),
            scope,
        ):
            result = handler(handle, **job.args)
        if not services.finish(job, result):
            log.warning("job %s %s: finished, but another worker had taken over", job.pk, job.path)
    except LeaseLost:
        log.warning("job %s %s: the lease was lost, another worker has taken over", job.pk, job.path)
    except TurnOver:
        services.put_back(job)
    except JobStopped:
        services.close_cancelled(job)
    except Exception as error:
        for_good = isinstance(error, GiveUp | services.UnknownHandler)
        log.error("job %s %s: attempt %s failed", job.pk, job.path, job.attempts, exc_info=error)
        if _of_the_machine(error):
            if not connection.in_atomic_block:
                connection.close_if_unusable_or_obsolete()
            services.put_off(job, _describe(error))
        else:
            services.fail(job, _describe(error), for_good=for_good)
        if reraise:
            raise


def run_pending(queues: Sequence[str] = (), *, limit: int = 10_000, reraise: bool = True) -> int:
    """Run everything that is due, here and now, and return how many. For tests: no thread, and the handler's error comes out."""
    for count in range(limit):
        job = services.claim(queues)
        if job is None:
            return count
        run(job, heartbeat=False, reraise=reraise)
    return limit


def queue_periodic(now: datetime) -> None:
    """Queue what is due by the clock. The key holds the number of the period, so many workers queue it once."""
    for path, period in settings.TESTAMUR_PERIODIC_JOBS.items():
        number = int((now - datetime(2026, 1, 1, tzinfo=UTC)) / period)
        try:
            services.enqueue(path, {}, key=f"periodic:{path}:{number}", priority=-1)
        except services.UnknownHandler as error:
            # A mistake in the wiring must be seen, but must not stop the other work.
            log.error("periodic job %s cannot be queued", path, exc_info=error)


def keep_house(now: datetime) -> None:
    """What somebody has to do for the queue once in `HOUSEKEEPING_SECONDS`; many may do it at once."""
    services.mend_times(now)
    services.retry_lost(now)
    queue_periodic(now)


def run_worker(
    stop: threading.Event,
    *,
    queues: Sequence[str] = (),
    poll_seconds: float = 1.0,
    idle: Callable[[], None] | None = None,
) -> None:
    """Claim and run until `stop` is set; the job in hand is finished first. `idle` is called when there was nothing to do."""
    next_periodic = time.monotonic()  # not by the clock, which may be put back by years
    owed: Job | None = None  # claimed, and its end could not be written; until that is done nothing else is begun
    while not stop.is_set():
        close_old_connections()
        job = None
        seen = wake.committed()
        try:
            if time.monotonic() >= next_periodic:
                keep_house(timezone.now())
                next_periodic = time.monotonic() + HOUSEKEEPING_SECONDS
                if not services.room():
                    log.error("the disk is nearly full: no job is begun until there is room")
            if owed is not None:
                services.put_off(owed, {"type": "DatabaseError", "code": "jobs.database"})
                owed = None
            if services.room():
                owed = job = services.claim(queues)
            if job is not None:
                run(job)
            owed = None
        except (DatabaseError, InterfaceError) as error:
            log.error("the worker cannot reach the database; it will try again", exc_info=error)
            connection.close()
            if job is not None and not stop.is_set():
                wake.wait(poll_seconds)
        if job is None:
            if idle is not None:
                idle()
            if not stop.is_set():
                wake.rest(poll_seconds, seen)
    connection.close()


def start_thread(**options: Any) -> Callable[[], None]:
    """Start a worker in a thread of this process. Returns a function that stops it and waits for the job in hand."""
    stop = threading.Event()
    thread = threading.Thread(target=run_worker, args=(stop,), kwargs=options, name="job-worker", daemon=True)
    thread.start()

    def finish() -> None:
        stop.set()
        wake.up()
        thread.join()

    return finish
