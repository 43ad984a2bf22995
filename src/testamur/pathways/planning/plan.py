"""What comes out: a plan with the reason of each of its steps, or what would have to be different."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal, NoReturn

from testamur.pathways.planning.catalogue import Offering
from testamur.pathways.planning.question import Objective

Confirmed = Literal["holds", "not asked", "does not hold"]


@dataclass(frozen=True, slots=True)
class Serves:
    """Why a step is there. `kind`: `skill` or `requirement` of the goal, or `prerequisite` of another step; `name` is the skill, the
    requirement, or that step's offering."""

    kind: Literal["skill", "requirement", "prerequisite"]
    name: str


@dataclass(frozen=True, slots=True)
class Step:
    """One offering of the plan, with its first and its last day and what it is there for."""

    offering: Offering
    begins: date
    ends: date
    serves: tuple[Serves, ...]


@dataclass(frozen=True, slots=True)
class Week:
    """The hours of one week that begins on `begins`."""

    begins: date
    hours: Decimal


@dataclass(frozen=True, slots=True)
class Loosening:
    """That there would be a plan if one constraint were otherwise: `constraint` is its name in `Constraints`, `now` what it is, `needed`
    the least that would do (an amount in hundredths, a day, hours a week, or the further languages or modes)."""

    constraint: str
    now: Any
    needed: Any


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan. `cost` in hundredths of the currency; `ends` is the last day (None: nothing is to be done).

    - `proven`: nothing better in what was asked for first; otherwise `gap` is the share by which it could at most be better.
    - `lacking`: skills of the goal that nothing that comes into question gives; `loosen` which wish leaves out what would give some.
    - Of a programme: `confirmed` is what the engine says of the person with everything in the plan earned, `besides` the requirements that
      are not for credentials to meet (facts) or depend on what nobody knows yet, `assumed` what was taken for granted.
    - `examined`: the number of offerings that were left after what cannot serve was put aside.
    """

    objective: Objective
    steps: tuple[Step, ...]
    cost: int
    currency: str
    hours: Decimal
    ends: date | None
    weeks: tuple[Week, ...]
    proven: bool
    gap: float
    lacking: tuple[str, ...] = ()
    loosen: tuple[Loosening, ...] = ()
    confirmed: Confirmed = "not asked"
    besides: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()
    examined: int = 0

    @property
    def offerings(self) -> frozenset[str]:
        return frozenset(step.offering.id for step in self.steps)

    @property
    def busiest(self) -> Decimal:
        """The most hours of a week."""
        return max((week.hours for week in self.weeks), default=Decimal(0))


@dataclass(frozen=True, slots=True)
class NoPlan:
    """That no plan meets the constraints; `proven`, or only not found in time.

    Each of `loosen` would do alone; where none does, `together` says what would be needed of all. `lacking` are the skills or requirements
    that the catalogue does not reach whatever the constraints."""

    proven: bool
    loosen: tuple[Loosening, ...] = ()
    together: tuple[Loosening, ...] = ()
    lacking: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Planned:
    """The answer: `plan` and `alternatives` that differ from it and from each other in a third of their steps, best first; or `none`."""

    plan: Plan | None
    none: NoPlan | None = None
    alternatives: tuple[Plan, ...] = ()

    def __bool__(self) -> NoReturn:
        raise TypeError("look at planned.plan and planned.none")


@dataclass(frozen=True, slots=True)
class Difference:
    """What changes between two answers: numbers are after minus before, in the units of `Plan`; days are days."""

    before: Planned
    after: Planned
    cost: int | None = None
    hours: Decimal | None = None
    days: int | None = None
    added: tuple[Offering, ...] = ()
    removed: tuple[Offering, ...] = ()
    changed: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
