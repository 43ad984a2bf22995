"""What a condition looks at: where that is nothing but what the credential says of itself, its answer can be remembered by that.

The hundredth learner with the same course, and the same grade in it, then costs a look-up. A condition that looks at the person or at other
credentials has no such key. The day of the decision is part of the key of whatever counts from it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from testamur.pathways.conditions import DATES, Combined, Compare, Condition
from testamur.pathways.dates import Moment
from testamur.pathways.holdings import Holding

STATIC = frozenset(
    {
        "achievement",
        "issuer",
        "category",
        "skill",
        "type",
        "language",
        "mode",
        "term",
        "source",
        "level",
        "grade",
        "credits",
    }
)
_TODAY = "decision"  # the day that a rule counts from; a credential may state another of that name
Subjects = tuple[tuple[str, str], ...]  # what a condition looks at: (subject, name)
Reader = Callable[[Holding, date], Any]  # what a credential says of it, on a day of decision


def subjects_of(condition: Condition) -> Subjects | None:
    """What a condition looks at, where that is nothing but what the credential says of itself and the day of the decision; None where it
    looks at anything else."""
    if isinstance(condition, Compare):
        if condition.subject in STATIC:
            return ((condition.subject, condition.name),)
        if condition.subject in DATES and (moments := _moments(condition)) is not None:
            counted = {moment.base for moment in moments if isinstance(moment.base, str)}
            if counted <= {_TODAY}:
                return ((condition.subject, ""), *(((_TODAY, ""),) if counted else ()))
        return None
    if not isinstance(condition, Combined):
        return None
    found: set[tuple[str, str]] = set()
    for part in condition.parts:
        of_part = subjects_of(part)
        if of_part is None:
            return None
        found |= set(of_part)
    return tuple(sorted(found))


def _moments(condition: Compare) -> list[Moment] | None:
    """The moments that a date is compared with; None where it is compared with anything else."""
    found: list[Moment] = []
    for how, operand in condition.tests:
        if how == "windows":
            found += [moment for pair in operand for moment in pair]
        elif how in ("from", "until", "after", "before"):
            found.append(operand)
        else:
            return None
    return found if all(isinstance(moment, Moment) for moment in found) else None


def reader_of(subjects: Subjects) -> Reader:
    """What a credential says of these subjects, as a key."""
    readers = [_reader(subject, name) for subject, name in subjects]
    if len(readers) == 1:
        return readers[0]
    if len(readers) == 2:
        one, other = readers
        return lambda holding, on: (one(holding, on), other(holding, on))
    return lambda holding, on: tuple([read(holding, on) for read in readers])


def _reader(subject: str, name: str) -> Reader:
    match subject:
        case "achievement":
            return lambda holding, _: (holding.achievement, holding.codes)
        case "category":
            return lambda holding, _: holding.categories
        case "skill":
            return lambda holding, _: holding.skills
        case "level":
            return lambda holding, _: holding.levels.get(name)
        case "grade":
            return lambda holding, _: holding.grades.get(name)
        case "credits":
            return lambda holding, _: holding.credits.get(name)
        case "decision":
            return lambda holding, on: (holding.dates.get(_TODAY), holding.attributes.get(_TODAY), on)
        case _ if subject in DATES:
            return lambda holding, _: holding.dates.get(subject)
    return lambda holding, _: getattr(holding, subject)
