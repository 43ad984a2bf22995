from __future__ import annotations

from django.utils import timezone

from testamur_site.foundation.tenancy.api import unscoped

from .models import Job, Status


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
