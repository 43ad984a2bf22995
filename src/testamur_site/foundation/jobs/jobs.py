"""The queue's own housekeeping."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from testamur_site.foundation.tenancy.api import unscoped

from .handle import JobHandle
from .models import Job, Status

KEPT = timedelta(days=90)


def forget_finished_jobs(job: JobHandle) -> dict[str, int]:  # noqa: ARG001
    """Delete jobs that ended more than 90 days ago. Nobody may keep a protecting foreign key to a job."""
    with unscoped("housekeeping of the whole queue"):
        ended = Job.objects.filter(
            status__in=[Status.DONE, Status.FAILED, Status.CANCELLED], finished_at__lt=timezone.now() - KEPT
        )
        return {"deleted": ended.delete()[0]}
