"""What is read about marks and results. Inside a tenant, as every table here asks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from testamur_site.enrolment.api import Enrolment, Submission

from .designs import tasks
from .models import Mark, TaskMarking, TaskResult
from .rules import LIVE, MarkState, ResultState, Role


def result_of(submission: Submission) -> TaskResult | None:
    """The result of the latest round, whatever its state; None before marking began. `agreed` says whether it can be relied on."""
    return _results().filter(submission=submission).order_by("-round").first()


def results_of(submissions: Iterable[Submission]) -> dict[int, TaskResult]:
    """`result_of` of many, by the submissions' primary keys, with one query."""
    rows = _results().filter(submission__in=list(submissions)).order_by("round")
    return {result.submission_id: result for result in rows}


def _results() -> QuerySet[TaskResult]:
    return TaskResult.objects.select_related(
        "institution", "submission__enrolment__version", "submission__enrolment__learner", "decided_by"
    )


def marks_of(submission: Submission, *, every_round: bool = False) -> list[Mark]:
    """The done marks of the latest round (or of all), the oldest first: of staff, peers, validators, the author and moderators.
    Trials at samples are none."""
    rows = (
        Mark.objects.filter(submission=submission, state=MarkState.DONE)
        .exclude(role=Role.CALIBRATION)
        .select_related("user", "learner", "validator")
    )
    result = result_of(submission)
    if not every_round and result is not None:
        rows = rows.filter(round=result.round)
    return list(rows.order_by("done_at", "pk"))


def assessors_of(submission: Submission) -> set[int]:
    """Primary keys of the users who marked or moderated a submission, or have it in hand, in any round: none of them may decide an
    appeal about it."""
    rows = Mark.objects.filter(submission=submission, user__isnull=False, state__in=LIVE)
    return set(rows.values_list("user_id", flat=True))


def assessor_organisations(submission: Submission) -> list[dict[str, Any]]:
    """Who judged a submission, as organisations: the institution itself, and those of the validators whose marks count. Each with `name`,
    `url`, `role` (staff, peer, industry, moderator) and `count`, so many marks. Persons are not named."""
    institution = submission.institution
    result = result_of(submission)
    counted = _counted(result)
    found: dict[tuple[str, str, str], int] = {}
    for mark in marks_of(submission):
        if mark.role == Role.SELF or (counted and mark.public_id not in counted):
            continue
        if mark.role == Role.INDUSTRY and mark.validator is not None:
            key = (mark.validator.organisation_name, mark.validator.organisation_url, str(mark.role))
        else:
            key = (institution.name, institution.homepage or institution.public_url, str(mark.role))
        found[key] = found.get(key, 0) + 1
    return [{"name": name, "url": url, "role": role, "count": count} for (name, url, role), count in found.items()]


def _counted(result: TaskResult | None) -> set[str]:
    """The marks that went into a result, also those that a moderator had before them."""
    if result is None:
        return set()
    method = result.method
    return {one["mark"] for part in (method, method.get("moderated", {})) for one in part.get("marks", [])}


def latest_submissions(enrolment: Enrolment) -> dict[str, Submission]:
    """The latest attempt at each task that was handed in and counts (not a draft, not withdrawn), by the task's key."""
    rows = Submission.objects.filter(enrolment=enrolment, state__in=["submitted", "returned"]).select_related(
        "institution", "enrolment__version", "enrolment__learner", "enrolment__offering"
    )
    return {submission.task_key: submission for submission in rows.order_by("attempt")}


def all_agreed(enrolment: Enrolment) -> bool:
    """Whether every task of the enrolment's version that is marked has an agreed result for its latest attempt. False without tasks."""
    keys = [design.task.key for design in tasks(enrolment.version)]
    latest = latest_submissions(enrolment)
    if not keys or any(key not in latest for key in keys):
        return False
    results = results_of(latest.values())
    return all(
        (result := results.get(latest[key].pk)) is not None and result.state == ResultState.AGREED for key in keys
    )


def marking_of(offering: Any, task_key: str) -> TaskMarking | None:
    """What is decided for a task of an offering (sample, peer review); None while nothing is."""
    return TaskMarking.objects.filter(offering=offering, task_key=task_key).first()


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a submission: a code (`marked`, `declined`, `agreed`, `reopened`), when, and facts without names."""

    at: datetime
    code: str
    facts: dict[str, Any]


def events(submission: Submission) -> list[Event]:
    """What happened to a submission in marking, the oldest first."""
    found = []
    for result in TaskResult.objects.filter(submission=submission):
        if result.round > 1:
            found.append(Event(result.created_at, "reopened", {"round": result.round}))
        if result.agreed_at is not None:
            facts = {"round": result.round, "percent": str(result.percent), "moderated": "moderated" in result.method}
            found.append(Event(result.agreed_at, "agreed", facts))
    for mark in Mark.objects.filter(submission=submission).exclude(role=Role.CALIBRATION):
        facts = {"role": mark.role, "round": mark.round}
        if mark.done_at is not None:
            found.append(Event(mark.done_at, "marked", facts))
        if mark.conflict_declared:
            found.append(Event(mark.started_at or mark.created_at, "declined", facts))
    return sorted(found, key=lambda event: event.at)
