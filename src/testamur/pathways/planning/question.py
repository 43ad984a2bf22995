"""What is asked: a goal, what the person holds, and under which constraints the way to it is looked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

import jsonschema_rs

from testamur.errors import InputError
from testamur.pathways.holdings import Case
from testamur.pathways.planning.catalogue import Catalogue, texts
from testamur.pathways.programme import Programme, Text
from testamur.pathways.reading import SCHEMA, NotAProgramme, read_programme, read_values, schema

GOAL = "testamur-goal/1"
MOST_SKILLS = 2_000
MOST_WEEKS = 260  # five years: whoever plans further plans again


class Objective(StrEnum):
    """What is made smallest first. Where it is equal: cheapest by the end, fastest by cost, lightest by cost."""

    CHEAPEST = "cheapest"  # cost
    FASTEST = "fastest"  # the day on which the last one ends
    LIGHTEST = "lightest"  # hours of work in all


@dataclass(frozen=True, slots=True)
class SkillsGoal:
    """To have each of these skills: an occupation's, or a list of one's own. `names` gives a skill's name by its identifier."""

    skills: frozenset[str]
    title: Text = field(default_factory=dict)
    names: Mapping[str, Text] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 0 < len(self.skills) <= MOST_SKILLS:
            raise InputError(f"A goal has between one and {MOST_SKILLS:,} skills.", code="planning.goal")


@dataclass(frozen=True, slots=True)
class ProgrammeGoal:
    """That a programme holds: a microdegree, a degree's advanced standing. `award` names one of several awards; by default the highest."""

    programme: Programme
    award: str = ""

    def __post_init__(self) -> None:
        if self.award and self.award not in {award.name for award in self.programme.default.awards}:
            known = ", ".join(award.name for award in self.programme.default.awards)
            raise InputError(f"There is no award “{self.award}”; there are: {known}.", code="planning.award")


Goal = SkillsGoal | ProgrammeGoal


@dataclass(frozen=True, slots=True)
class Constraints:
    """Under which the goal is to be reached. None or empty: no such constraint.

    - `begin`: the first day on which anything may begin. `by`: the last day on which everything is ended.
    - `budget` in the catalogue's currency, in hundredths. `hours_per_week`: the most in any week.
    - `languages`, `modes`: an offering that states another is left out; one that states none is not.
    - `without`: offerings (or achievements) that are not to be proposed.
    """

    begin: date
    by: date | None = None
    budget: int | None = None
    hours_per_week: Decimal | None = None
    languages: frozenset[str] = frozenset()
    modes: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if self.by is not None and self.by < self.begin:
            raise InputError("The last day lies before the first.", code="planning.days")
        if self.by is not None and (self.by - self.begin).days > MOST_WEEKS * 7:
            raise InputError("Plans go five years ahead at most; name an earlier day.", code="planning.days")
        if self.budget is not None and self.budget < 0:
            raise InputError("A budget is not negative.", code="planning.budget")
        if self.hours_per_week is not None and not 0 < self.hours_per_week <= 168:
            raise InputError("A week has more than no and at most 168 hours.", code="planning.hours")


@dataclass(frozen=True, slots=True)
class Question:
    """All that a plan is made of. `case` holds what the person has; of its facts a programme may ask."""

    goal: Goal
    catalogue: Catalogue
    case: Case
    constraints: Constraints
    objective: Objective = Objective.CHEAPEST


_GOAL_SCHEMA: Mapping[str, Any] = {
    "$defs": SCHEMA["$defs"],
    "type": "object",
    "properties": {
        "goal": {"const": GOAL},
        "title": {"$ref": "#/$defs/text"},
        "skills": {
            "type": "array",
            "minItems": 1,
            "maxItems": MOST_SKILLS,
            "items": {"type": "string", "minLength": 1, "maxLength": 500},
        },
        "names": {"type": "object", "additionalProperties": {"$ref": "#/$defs/text"}},
    },
    "additionalProperties": False,
    "required": ["goal", "skills"],
}
_VALIDATOR = jsonschema_rs.Draft202012Validator(dict(_GOAL_SCHEMA))


def read_goal(text: bytes | str, award: str = "") -> Goal:
    """The goal that `text` (YAML or JSON) writes: a programme of the requirement language, or skills (`goal: testamur-goal/1`).

    Raises NotAProgramme with every mistake and its line, InputError and ExtraMissing.
    """
    values, places = read_values(text)
    if not isinstance(values, dict) or "goal" not in values:
        return ProgrammeGoal(read_programme(text), award)
    if found := schema.found_by(_VALIDATOR, _GOAL_SCHEMA, values, places):
        raise NotAProgramme(found)
    if award:
        raise InputError("Only a programme has awards to choose from.", code="planning.award")
    names = {name: texts(value) for name, value in values.get("names", {}).items()}
    return SkillsGoal(frozenset(values["skills"]), texts(values.get("title", {})), names)
