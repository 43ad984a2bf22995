"""What every write of enrolment has in common: the trace in the audit trail, and the hand-over to those above."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from testamur_site.foundation.audit import api as audit
from testamur_site.foundation.jobs.api import enqueue

from ..models import Enrolment, Learner, LearnerList, Submission

AFTER_SUBMISSION = "testamur_site.assessment.jobs.submitted"
"""The job that gives a submission to its assessors. Enrolment knows that there is one, not who."""
AFTER_WITHDRAWAL = "testamur_site.assessment.jobs.withdrawn"
"""The job that takes a submission back from its assessors."""
AFTER_ERASURE = "testamur_site.decisions.jobs.learner_erased"
"""The job that empties what is said of a person above."""
AFTER_LEAVING = "testamur_site.decisions.jobs.enrolment_withdrawn"
"""The job that puts it on record that somebody who took part has left."""


def about_enrolment(action: str, enrolment: Enrolment, actor: Any = None, **facts: Any) -> None:
    _record(action, f"enrolment:{enrolment.public_id}", enrolment, actor, facts)


def about_submission(action: str, submission: Submission, actor: Any = None, **facts: Any) -> None:
    facts = {"task": submission.task_key, "attempt": submission.attempt, **facts}
    _record(action, f"submission:{submission.public_id}", submission, actor, facts)


def about_learner(action: str, learner: Learner, actor: Any = None, **facts: Any) -> None:
    _record(action, f"learner:{learner.public_id}", learner, actor, facts)


def about_list(action: str, listed: LearnerList, actor: Any = None, **facts: Any) -> None:
    _record(action, f"offering:{listed.offering.public_id}", listed, actor, facts)


def _record(
    action: str, target: str, row: Enrolment | Submission | Learner | LearnerList, actor: Any, facts: Mapping[str, Any]
) -> None:
    audit.record(action, target, institution=row.institution, actor=actor, facts=facts)


def hand_over(path: str, submission: Submission) -> None:
    """Queue the job at `path` for a submission, in the transaction of the change, once for each attempt."""
    enqueue(
        path,
        {"submission": submission.public_id},
        key=f"{path.rpartition('.')[2]}:{submission.public_id}",
        institution=submission.institution,
    )
