"""When two questions are one, how long a plan is kept, and how far it is. No Django, no database."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from testamur import strict_json
from testamur.pathways import Constraints, Objective
from testamur.pathways.planning import Stage

MOST: Final = 2_000
"""Offerings that a plan is made of: those that begin first."""

ALTERNATIVES: Final = 2
PATIENCE: Final = 30.0
"""Deterministic seconds of the solver for one question in all: what bounds the time that a learner waits, on any machine."""

KEPT: Final = timedelta(days=90)
MOST_KEPT: Final = 20
"""Plans of one participant; the oldest makes place."""

MOST_OPEN: Final = 2
"""Plans of one participant that are being worked out at the same time."""

MOST_WITHOUT: Final = 20


class PlanState(StrEnum):
    OPEN = "open"  # waits for a worker, or is being worked out
    READY = "ready"  # there is an answer: a plan, or why there is none
    REFUSED = "refused"  # the question cannot be asked of a planner
    CANCELLED = "cancelled"  # by the learner
    FAILED = "failed"  # it ended without an answer: whoever worked on it died of it, again and again


ENDED_WITHOUT_ANSWER: Final = (PlanState.CANCELLED, PlanState.FAILED)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a learner asked: their wishes. None or empty: no such wish. `budget` in hundredths; `without` are offerings."""

    objective: Objective = Objective.CHEAPEST
    budget: int | None = None
    hours: Decimal | None = None
    by: date | None = None
    languages: frozenset[str] = frozenset()
    mode: str = ""
    without: frozenset[str] = frozenset()

    def constraints(self, begin: date) -> Constraints:
        """The wishes as the planner reads them, for a plan that begins on `begin`. Raises InputError."""
        return Constraints(
            begin=begin,
            by=self.by,
            budget=self.budget,
            hours_per_week=self.hours,
            languages=self.languages,
            modes=frozenset({self.mode} if self.mode else ()),
            without=self.without,
        )

    def values(self) -> dict[str, Any]:
        """As JSON values, always written the same way."""
        return {
            "objective": self.objective.value,
            "budget": self.budget,
            "hours": None if self.hours is None else str(self.hours.normalize()),
            "by": None if self.by is None else self.by.isoformat(),
            "languages": sorted(self.languages),
            "mode": self.mode,
            "without": sorted(self.without),
        }


def asked_of(values: Mapping[str, Any]) -> Asked:
    """What `Asked.values` wrote."""
    return Asked(
        objective=Objective(values["objective"]),
        budget=values["budget"],
        hours=None if values["hours"] is None else Decimal(values["hours"]),
        by=None if values["by"] is None else date.fromisoformat(values["by"]),
        languages=frozenset(values["languages"]),
        mode=values["mode"],
        without=frozenset(values["without"]),
    )


def question_key(asked: Asked, day: date, *state: Any) -> str:
    """Two questions are one where the same is asked on the same day and nothing has changed that the answer is made of: `state`, as JSON
    values."""
    return hashlib.sha256(strict_json.dumps([asked.values(), day.isoformat(), *state])).hexdigest()


def steps(stage: Stage, number: int) -> tuple[int, int]:
    """How many of the parts of the work are done when `stage` begins, and how many there are: reading, the plan, each alternative."""
    total = 2 + ALTERNATIVES
    done = {Stage.READING: 0, Stage.SEARCHING: 1, Stage.LOOSENING: 2, Stage.ALTERNATIVES: 1 + number}[stage]
    return done, total
