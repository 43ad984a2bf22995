"""What every write of marking has in common: the lock, the trace in the audit trail, and the hand-over to those above."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from testamur_site.enrolment.api import Submission, end_of_day
from testamur_site.foundation.audit import api as audit
from testamur_site.foundation.jobs.api import enqueue
from testamur_site.foundation.tenancy.api import Institution

from ..models import Mark, TaskMarking, TaskResult

RESULT_AGREED = "testamur_site.decisions.jobs.result_agreed"
"""The job of the capability above that is told of every agreed result."""

SETTLE = "testamur_site.assessment.jobs.settle"


def lock(institution: Institution) -> None:
    """One writer per institution at a time. Taken first in every transaction here, so that no two can wait for each other."""
    Institution.objects.select_for_update(no_key=True).only("pk").get(pk=institution.pk)


def due_after(time: timedelta) -> datetime:
    """The end of the day that is so long from today: deadlines are days, and a day ends when it has ended everywhere (decision 0025)."""
    return end_of_day(timezone.localdate() + time)


def undo_time() -> timedelta:
    """How long the last mark of a submission can be taken back before its result is agreed (setting TESTAMUR_UNDO_MARK)."""
    value: timedelta = getattr(settings, "TESTAMUR_UNDO_MARK", timedelta(minutes=5))
    return value


def fresh(mark: Mark) -> Mark:
    """The mark as it is now, locked, with what its rules need."""
    return (
        Mark.objects.select_for_update(of=("self",))
        .select_related("submission__enrolment__version", "submission__enrolment__learner", "validator")
        .get(pk=mark.pk)
    )


def current_result(submission: Submission) -> TaskResult | None:
    """The result of the latest round; None before marking began."""
    return TaskResult.objects.filter(submission=submission).order_by("-round").first()


def marking_of(institution: Institution, offering_id: int, task_key: str) -> TaskMarking:
    """The row of a task of an offering, made on first use. Call it holding the lock."""
    found, _ = TaskMarking.objects.get_or_create(
        offering_id=offering_id, task_key=task_key, defaults={"institution": institution}
    )
    return found


def record(
    action: str, target: Mark | TaskResult | Any, *, actor: Any = None, facts: Mapping[str, Any] | None = None
) -> None:
    """One audit entry, in the transaction of the change. Facts name identifiers and codes, never persons or words that were typed."""
    name = type(target).__name__.lower()
    audit.record(action, f"{name}:{target.public_id}", institution=target.institution, actor=actor, facts=facts or {})


def settle_later(submission: Submission, at: datetime | None = None) -> None:
    """Queue the settling of a submission's result for the moment at which its last mark can no longer be taken back."""
    when = at or timezone.now()
    enqueue(
        SETTLE,
        {"submission": submission.public_id},
        key=f"settle:{submission.public_id}:{int(when.timestamp() * 1000)}",
        institution=submission.institution,
        run_after=when,
    )


def tell_decisions(submission: Submission, result: TaskResult) -> None:
    """Queue the job that looks whether a decision can be taken now, in the transaction in which the result was agreed."""
    enqueue(
        RESULT_AGREED,
        {"submission": submission.public_id},
        key=f"result-agreed:{submission.public_id}:{result.round}",
        institution=submission.institution,
    )


def handed_in(offering_id: int, task_key: str) -> list[Submission]:
    """The submissions whose authors take part: the latest attempt of each, handed in and of a learner who is still there."""
    rows = (
        Submission.objects.filter(enrolment__offering_id=offering_id, task_key=task_key, state="submitted")
        .exclude(enrolment__state="withdrawn")
        .select_related("enrolment__learner", "enrolment__version")
        .order_by("enrolment_id", "attempt")
    )
    latest = {one.enrolment_id: one for one in rows}
    return sorted(latest.values(), key=lambda one: one.pk)
