"""What workers do. Arguments are public identifiers; every handler may be killed and run again."""

from __future__ import annotations

from testamur_site.enrolment.api import enrolment_by_public_id, submission_by_public_id
from testamur_site.foundation.accounts.api import User
from testamur_site.foundation.jobs.api import GiveUp, JobHandle

from .errors import WrongState
from .services import forget, note_withdrawal, refresh, suspect


def result_agreed(job: JobHandle, *, submission: str) -> None:
    """Marking has agreed on a result: work out whether a decision can be proposed."""
    found = submission_by_public_id(submission)
    if found is None:
        raise GiveUp("submission.gone")
    refresh(found.enrolment)
    job.progress(1)


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
