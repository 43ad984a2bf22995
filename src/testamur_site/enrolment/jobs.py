"""What workers do by the clock. Every handler may be killed and run again."""

from __future__ import annotations

from testamur_site.foundation.accounts.api import User
from testamur_site.foundation.jobs.api import GiveUp, JobHandle
from testamur_site.foundation.tenancy.api import unscoped

from .models import LearnerList
from .services import enrolling, lists, portfolio, reminders


def remind(job: JobHandle) -> None:
    """Tell learners what is due soon, once for each task and day."""
    with unscoped("deadlines come to learners of all institutions"):
        for done in reminders.remind_all():
            job.progress(done)


def enrol_list(job: JobHandle, *, learner_list: str, actor: str) -> None:
    """Enrol a class list, some rows at a time; what was done before a crash is done."""
    listed = LearnerList.objects.filter(public_id=learner_list).first()
    if listed is None:
        raise GiveUp("learner_list.gone")
    person = User.objects.filter(public_id=actor).first() if actor else None
    while True:
        with job.transaction():
            done = lists.enrol_some(listed, person)
        if not done:
            return
        job.progress(job.done + done)


def forget_unconfirmed(job: JobHandle) -> None:
    """Delete applications that nobody confirmed, and class lists whose day is over."""
    with unscoped("applications to all institutions grow old"):
        while some := enrolling.forget_unconfirmed():
            job.progress(job.done + some)
        lists.forget_lists()


def sweep_evidence(job: JobHandle) -> None:
    """Delete stored files that belong to nothing."""
    with unscoped("the store is one for all institutions"):
        job.progress(portfolio.sweep())
