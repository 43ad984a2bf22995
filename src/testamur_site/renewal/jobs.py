"""What workers do. Arguments are public identifiers; every handler may be killed and run again."""

from __future__ import annotations

from testamur_site.foundation.jobs.api import GiveUp, JobHandle

from . import services
from .queries import renewal_by_public_id


def carry_out(job: JobHandle, *, renewal: str) -> None:
    """Issue the successor, where whoever asked was interrupted."""
    found = renewal_by_public_id(renewal)
    if found is None:
        raise GiveUp("renewal.gone")
    services.carry_out(found)
    job.progress(1)


def remind(job: JobHandle) -> None:
    """Once a day: reminders, grace, and what lapses."""
    for done in services.look_at_all():
        job.progress(done)
