"""What workers do. Arguments are public identifiers; every handler may be killed and run again."""

from __future__ import annotations

from django.db import transaction

from testamur_site.enrolment.api import Submission
from testamur_site.foundation.jobs.api import JobHandle, enqueue
from testamur_site.foundation.tenancy.api import Institution, tenant

from .designs import test_design
from .errors import NoSuchTask
from .models import TaskMarking
from .services import allocation, forgetting, peers
from .services.common import lock
from .services.settling import agree_test
from .services.settling import settle as settle_now

COMPARE = "testamur_site.assessment.integrity.jobs.compare"


def submitted(_job: JobHandle, *, submission: str) -> None:
    """A learner has handed in: open the places of the marks, and let the author join a peer review that is on."""
    found = _submission(submission)
    if found is None:
        return
    if test_design(found.enrolment.version, found.task_key) is not None:
        agree_test(found)
        return
    try:
        result = allocation.open_submission(found)
    except NoSuchTask:
        return  # a task without a rubric is not marked here
    if result is not None:
        with transaction.atomic():
            lock(found.institution)
            peers.join(found)
        settle_now(found)  # says what is waited for
        enqueue(COMPARE, {"submission": found.public_id}, key=f"compare:{found.public_id}")


def withdrawn(_job: JobHandle, *, submission: str) -> None:
    """A learner took a submission back before it was due."""
    found = _submission(submission)
    if found is not None:
        allocation.drop_submission(found)


def settle(_job: JobHandle, *, submission: str) -> None:
    """The time in which the last mark could be taken back is over."""
    found = _submission(submission)
    if found is not None:
        settle_now(found)


def advance_peer_review(_job: JobHandle, *, marking: str) -> None:
    """Reviews are due, or the requirement of reviews falls."""
    found = TaskMarking.objects.select_related("institution").filter(public_id=marking).first()
    if found is not None:
        peers.advance(found)


def end_leases(_job: JobHandle) -> None:
    """By the clock: what was taken from the queue and left lying is open again, and what somebody has in hand who left."""
    for institution in Institution.objects.order_by("pk"):
        with tenant(institution), transaction.atomic():
            lock(institution)
            allocation.expire_leases()
            allocation.reclaim_from_leavers(institution)


def forget(job: JobHandle) -> None:
    """By the clock: words about learners who were erased, and names and addresses of validators whose link ended long ago."""
    for institution in Institution.objects.order_by("pk"):
        with tenant(institution):
            job.progress(job.done + forgetting.forget_words() + forgetting.forget_validators())


def _submission(public_id: str) -> Submission | None:
    return (
        Submission.objects.select_related("institution", "enrolment__learner", "enrolment__version")
        .filter(public_id=public_id)
        .first()
    )
