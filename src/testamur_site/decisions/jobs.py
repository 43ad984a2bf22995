"""What workers do. Arguments are public identifiers; every handler may be killed and run again."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from testamur_site.enrolment.api import Enrolment, enrolment_by_public_id, submission_by_public_id
from testamur_site.foundation.accounts.api import User
from testamur_site.foundation.jobs.api import GiveUp, JobHandle
from testamur_site.foundation.tenancy.api import unscoped

from .errors import WrongState
from .services import forget, note_withdrawal, refresh, suspect

LOOKED_AT = timedelta(weeks=8)
"""How long after the end of an offering."""


def result_agreed(job: JobHandle, *, submission: str) -> None:
    """Marking has agreed on a result: work out whether a decision can be proposed."""
    found = submission_by_public_id(submission)
    if found is None:
        raise GiveUp("submission.gone")
    refresh(found.enrolment)
    job.progress(1)


def look_again(job: JobHandle) -> None:
    """By the clock: deadlines pass without an event. Who takes part in an offering that has ended is looked at again, for some weeks."""
    today = timezone.now().date()
    with unscoped("the platform looks at the offerings of all institutions"):
        found = Enrolment.objects.select_related("institution", "version__institution").filter(
            state="enrolled", offering__ends_on__lt=today, offering__ends_on__gte=today - LOOKED_AT
        )
        waiting = list(found.order_by("pk"))
    for done, enrolment in enumerate(waiting, 1):
        refresh(enrolment)
        job.progress(done)


def enrolment_withdrawn(job: JobHandle, *, enrolment: str) -> None:
    """A learner has left: put it on record."""
    found = enrolment_by_public_id(enrolment)
    if found is None:
        raise GiveUp("enrolment.gone")
    try:
        note_withdrawal(found)
    except WrongState:
        return  # they came back before we looked
    job.progress(1)


def suspect_copy(job: JobHandle, *, submission: str, suspicion: str, reporter: int, reference: str) -> None:
    """Somebody who compared texts suspects a copy: put it on record, once for each of their findings (`reference`)."""
    found = submission_by_public_id(submission)
    person = User.objects.filter(pk=reporter).first()
    if found is None or person is None:
        raise GiveUp("submission.gone")
    suspect(found.enrolment, suspicion, submission=found, actor=person, reference=reference)
    job.progress(1)


def learner_erased(job: JobHandle, *, learner: str) -> None:
    """A learner's data are erased: their words and those about them go, what was decided stays."""
    job.progress(forget(learner))
