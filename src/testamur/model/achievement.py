"""What can be achieved: the achievement, its criteria, its alignments to frameworks and the results it may have.

Source: Open Badges 3.0, data models Achievement, Criteria, Alignment, ResultDescription, RubricCriterionLevel.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from testamur.model.node import Node
from testamur.model.profile import IdentifierEntry, Image, Profile, Related


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria(Node):
    """What it takes: the address of a page that says so, a Markdown text that says so, or both. It has no type in OB 3.0."""

    id: str | None = None
    narrative: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment(Node):
    """A link to a node of a framework: a skill, an outcome, a level. `target_type` is an `AlignmentTargetType`, begins with `ext:`,
    or is absent."""

    TYPES: ClassVar[tuple[str, ...]] = ("Alignment",)

    target_name: str
    target_url: str
    target_code: str | None = None
    target_description: str | None = None
    target_framework: str | None = None
    target_type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RubricCriterionLevel(Node):
    """One level of a rubric criterion. `points` is a string in OB 3.0."""

    TYPES: ClassVar[tuple[str, ...]] = ("RubricCriterionLevel",)

    id: str
    name: str
    alignment: tuple[Alignment, ...] = ()
    description: str | None = None
    level: str | None = None
    points: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultDescription(Node):
    """A possible result: what is measured, on which scale, and what is required. `allowed_value` is ordered from low to high."""

    TYPES: ClassVar[tuple[str, ...]] = ("ResultDescription",)

    id: str
    name: str
    result_type: str
    alignment: tuple[Alignment, ...] = ()
    allowed_value: tuple[str, ...] = ()
    required_level: str | None = None
    required_value: str | None = None
    rubric_criterion_level: tuple[RubricCriterionLevel, ...] = ()
    value_max: str | None = None
    value_min: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Achievement(Node):
    """A collection of information about an accomplishment. `credits_available` is in credit points (the narrative names the
    system); `in_language` is a BCP 47 tag."""

    TYPES: ClassVar[tuple[str, ...]] = ("Achievement",)

    id: str
    name: str
    description: str
    criteria: Criteria
    achievement_type: str | None = None
    alignment: tuple[Alignment, ...] = ()
    creator: Profile | None = None
    credits_available: float | None = None
    endorsement: tuple[Mapping[str, Any], ...] = ()
    endorsement_jwt: tuple[str, ...] = ()
    field_of_study: str | None = None
    human_code: str | None = None
    image: Image | None = None
    in_language: str | None = None
    other_identifier: tuple[IdentifierEntry, ...] = ()
    related: tuple[Related, ...] = ()
    result_description: tuple[ResultDescription, ...] = ()
    specialization: str | None = None
    tag: tuple[str, ...] = ()
    version: str | None = None
