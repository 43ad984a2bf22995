"""What workers do. Arguments are public identifiers; every handler may be killed and run again."""

from __future__ import annotations

from django.utils import timezone

from testamur_site.foundation.jobs.api import JobHandle

from . import services
from .models import Transcript


def sign(job: JobHandle, *, transcript: str) -> None:
    """Sign a transcript whose maker was interrupted."""
    found = Transcript.objects.filter(public_id=transcript, signed=None).first()
    if found is not None:
        services.finish(found)
    job.progress(1)


def end_overdue(job: JobHandle) -> None:
    """By the clock: whatever was sent until a day that has passed."""
    done = 0
    while waiting := services.due(timezone.localdate()):
        for sending in waiting:
            services.end(sending)
            done += 1
        job.progress(done)
