"""From a version of the catalogue to the plain facts that the checks of the profiles look at."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from testamur_site.catalogue.api import (
    AchievementVersion,
    completeness,
    credit_unit,
    duration_in_hours,
    needs_decision,
    outcomes_of_task,
    tasks_of,
)

from .profiles import Programme, TaskFacts
from .rules import months_between

SELF_STUDY = "/learning-activity/b660f5dcea"
ATTENDANCE = "/assessment/7331eb4762"


def programme_of(version: AchievementVersion, review_on: date | None = None, today: date | None = None) -> Programme:
    """What is known of a version. `review_on` is the review date that is thought of, `today` the day from which it is counted."""
    d = version.description
    tasks = tasks_of(version)
    return Programme(
        titles={tag: title for tag, title in d.title.items() if title},
        elements={element.key: element.presence.value for element in completeness(version).elements},
        outcomes=tuple(_any(outcome.title) for outcome in d.outcomes),
        outcome_keys=tuple(outcome.key or f"#{number}" for number, outcome in enumerate(d.outcomes, 1)),
        outcomes_with_skill=sum(bool(outcome.skills) for outcome in d.outcomes),
        hours=duration_in_hours(d.workload),
        contact_hours=_contact_hours(d.activities),
        credits=dict(_credits(d.credits)),
        eqf_level=_eqf(d.eqf_level),
        other_level=bool(d.cycle or d.national_levels),
        assessments=len(d.assessments),
        assessments_with_supervision=sum(bool(one.supervision) for one in d.assessments),
        attendance_only=bool(d.assessments) and all(_ends(one.type, ATTENDANCE) for one in d.assessments),
        tasks=tuple(
            TaskFacts(
                title=_any(task.title),
                outcomes=frozenset(outcomes_of_task(d, task)),
                has_rubric=bool(task.rubric),
                supervision_stated=task.supervision is not None,
            )
            for task in tasks
        ),
        assessed_award=needs_decision(version),
        quality_bodies=sum(bool(_any(one.body)) for one in d.quality_assurance),
        quality_descriptions=sum(bool(_any(one.description)) for one in d.quality_assurance),
        organisations=_names(version),
        integration=d.integration is not None,
        partners=len(d.partners),
        validity=d.validity,
        review_months=months_between(today, review_on) if today and review_on else None,
    )


def _any(text: Any) -> str:
    """The English words, else the first there are."""
    return text.get("en") or next((words for words in text.values() if words), "")


def _ends(concept: Any, ending: str) -> bool:
    return concept is not None and concept.uri.endswith(ending)


def _contact_hours(activities: Iterable[Any]) -> Decimal | None:
    """Hours of all activities but self-study; None when there are none, or one does not say its type or its hours."""
    total, there = Decimal(0), False
    for activity in activities:
        there = True
        hours = duration_in_hours(activity.workload)
        if activity.type is None or hours is None:
            return None
        if not activity.type.uri.endswith(SELF_STUDY):
            total += hours
    return total if there else None


def _credits(stated: Iterable[Any]) -> Iterable[tuple[str, Decimal]]:
    for one in stated:
        unit = credit_unit(one.system)
        try:
            points = Decimal(one.points)
        except InvalidOperation:
            continue
        if unit is not None and points.is_finite():
            yield unit.key, points


def _eqf(level: Any) -> int | None:
    digits = level.uri.rsplit("/", 1)[-1] if level is not None else ""
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) == 1 else None


def _names(version: AchievementVersion) -> tuple[str, ...]:
    institution = version.institution
    names = {institution.name, *(entry.get("name", "") for entry in institution.translations.values())}
    names |= {name for one in version.description.organisations for name in one.name.values()}
    return tuple(sorted(name for name in names if len(name) > 2))
