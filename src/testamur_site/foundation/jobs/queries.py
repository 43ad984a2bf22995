from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils import timezone

from testamur_site.foundation.tenancy.api import unscoped

from .models import Job, Status
from .rules import UNATTENDED


def oldest_waiting_seconds() -> float:
    """For how long the oldest job that is due has been waiting; 0 when none is."""
    now = timezone.now()
    with unscoped("the platform watches its own queue"):
        first = (
            Job.objects.filter(status=Status.QUEUED, run_after__lte=now)
            .order_by("run_after")
            .values_list("run_after", flat=True)
            .first()
        )
    return (now - first).total_seconds() if first else 0.0


def unattended(jobs: QuerySet[Job]) -> bool:
    """Whether all of these jobs that have not ended could have been begun a while ago (`rules.UNATTENDED`), and nobody works in their
    queues: then no worker runs for them, as far as can be seen from the queue. False where all have ended."""
    now = timezone.now()
    left = jobs.filter(status__in=(Status.QUEUED, Status.RUNNING))
    waited = Q(status=Status.QUEUED, run_after__lt=now - UNATTENDED) | Q(
        status=Status.RUNNING, lease_until__lt=now - UNATTENDED
    )
    queues = set(left.filter(waited).values_list("queue", flat=True))
    if not queues or left.exclude(waited).exists():
        return False
    with unscoped("a worker serves all institutions"):
        return not Job.objects.filter(status=Status.RUNNING, lease_until__gte=now, queue__in=queues).exists()
