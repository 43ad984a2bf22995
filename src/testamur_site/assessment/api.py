"""The door of assessment.

Everything here runs inside a tenant (`staff_view`, `learner_view` and jobs do). Returned models are for reading; what changes goes through
the functions.
"""

from __future__ import annotations

from .archive import TABLES as ARCHIVED_TABLES
from .designs import Design, design_of, model_of
from .designs import tasks as task_designs
from .errors import AssessmentError, NoSuchTask, NotAllowedNow, ResultAgreed
from .models import Mark, TaskMarking, TaskResult, Validator
from .queries import (
    Event,
    all_agreed,
    assessor_organisations,
    assessors_of,
    events,
    latest_submissions,
    marking_of,
    marks_of,
    result_of,
    results_of,
)
from .reading.oversight import Spread, Standing, helpfulness, spreads, standings
from .reading.reviews import reviews_waiting, self_assessment_open
from .reading.worklists import counts as queue_counts
from .rules import MarkState, PeerPhase, ResultState, Role
from .services.settling import reopen

__all__ = [
    "ARCHIVED_TABLES",
    "AssessmentError",
    "Design",
    "Event",
    "Mark",
    "MarkState",
    "NoSuchTask",
    "NotAllowedNow",
    "PeerPhase",
    "ResultAgreed",
    "ResultState",
    "Role",
    "Spread",
    "Standing",
    "TaskMarking",
    "TaskResult",
    "Validator",
    "all_agreed",
    "assessor_organisations",
    "assessors_of",
    "design_of",
    "events",
    "helpfulness",
    "latest_submissions",
    "marking_of",
    "marks_of",
    "model_of",
    "queue_counts",
    "reopen",
    "result_of",
    "results_of",
    "reviews_waiting",
    "self_assessment_open",
    "spreads",
    "standings",
    "task_designs",
]
