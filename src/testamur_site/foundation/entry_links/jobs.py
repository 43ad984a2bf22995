from __future__ import annotations

from testamur_site.foundation.jobs.api import JobHandle

from . import services


def forget_old_links(job: JobHandle) -> None:
    """By the clock."""
    job.progress(services.forget_old_links())
