"""What workers do by the clock. Every handler may be killed and run again."""

from __future__ import annotations

from testamur_site.foundation.jobs.api import JobHandle
from testamur_site.foundation.tenancy.api import unscoped

from .services import enrolling, portfolio, reminders


def remind(job: JobHandle) -> None:
    """Tell learners what is due soon, once for each task and day."""
    with unscoped("deadlines come to learners of all institutions"):
        for done in reminders.remind_all():
            job.progress(done)


def forget_unconfirmed(job: JobHandle) -> None:
    """Delete applications that nobody confirmed."""
    with unscoped("applications to all institutions grow old"):
        while some := enrolling.forget_unconfirmed():
            job.progress(job.done + some)


def sweep_evidence(job: JobHandle) -> None:
    """Delete stored files that belong to nothing."""
    with unscoped("the store is one for all institutions"):
        job.progress(portfolio.sweep())
