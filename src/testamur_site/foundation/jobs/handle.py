"""What a handler gets: `def handler(job: JobHandle, **args)`."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import transaction

from testamur_site.foundation.tenancy.api import Institution, unscoped

from . import services
from .models import Job

TURN = timedelta(seconds=1)
"""So long a job that consists of many steps works before others have their turn."""


class JobStopped(Exception):
    """The handler should end now, without saying anything more. A handler lets it pass."""


class LeaseLost(JobStopped):
    """Another worker has taken over, because we were silent for too long."""


class JobCancelled(JobStopped):
    """Somebody asked this job to stop."""


class TurnOver(JobStopped):
    """The handler has worked for its turn and is not at its end: it is queued again, behind what is due now, with all its attempts."""


class GiveUp(Exception):
    """Raised by a handler when another attempt cannot help. `code` is stable and dotted; `facts` hold no personal data."""

    def __init__(self, code: str, facts: Mapping[str, Any] | None = None) -> None:
        super().__init__(code)
        self.code, self.facts = code, dict(facts or {})


class JobHandle:
    """A claimed job. `id`, `institution` (None for the platform's own), `attempt` (1, 2, …), `done` as the last attempt left it."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._gone = threading.Event()
        self.id: str = job.pk
        self.institution: Institution | None = job.institution
        self.attempt: int = job.attempts
        self.last_attempt: bool = job.attempts >= job.max_attempts
        self.done: int = job.done
        self._begun = time.monotonic()

    def progress(self, done: int, total: int | None = None) -> None:
        """Tell how far we are; also extends the lease. Raises LeaseLost or JobCancelled: then stop.

        Call it between transactions: inside one nobody sees the progress before it commits.
        """
        if self._gone.is_set() or not services.report_progress(self._job, done, total):
            self._gone.set()
            raise LeaseLost
        self.done = done
        self.check()

    def check(self) -> None:
        """Raise JobCancelled when somebody asked this job to stop."""
        with unscoped(services.ALL):
            if Job.objects.filter(pk=self.id, cancel_requested=True).exists():
                raise JobCancelled

    def yield_turn(self) -> None:
        """Raise TurnOver when we have worked for a turn (`TURN`): others wait. Call it after a finished step; the handler is
        called again later, and must find its own trace."""
        if self.turn_is_over():
            raise TurnOver

    def turn_is_over(self) -> bool:
        """Whether we have worked for a turn: for a handler that has something to end before it calls `yield_turn`."""
        return time.monotonic() - self._begun >= TURN.total_seconds()

    def lost(self) -> bool:
        """Whether another worker has taken over, as far as we know without asking the database."""
        return self._gone.is_set()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """A transaction that commits only while the lease is ours: what a fenced worker wrote is rolled back. Raises LeaseLost."""
        with transaction.atomic():
            if not services.lock_lease(self._job):
                self._gone.set()
                raise LeaseLost
            yield

    def mark_lost(self) -> None:
        self._gone.set()
