"""Work on transactions. Arguments are primary keys."""

from __future__ import annotations

from django.utils import timezone

from testamur_site.foundation.jobs.api import JobHandle, enqueue

from . import services
from .models import Transaction


def advance(_job: JobHandle, *, transaction: int) -> None:
    """One step of one transaction."""
    services.advance(transaction)


def sweep(_job: JobHandle) -> int:
    """By the clock: a job for every transaction that is due, so that none waits for another; how many there are."""
    due = Transaction.objects.filter(state__in=services.OPEN, next_at__lte=timezone.now())
    for pk, next_at in due.values_list("pk", "next_at"):
        enqueue(
            "testamur_site.foundation.chain.jobs.advance",
            {"transaction": pk},
            key=f"chain:{pk}:{int(next_at.timestamp())}",
            queue=services.QUEUE,
            max_attempts=1,
        )
    return due.count()
