"""What a check may look at: the facts of one programme as plain values, without a database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True)
class TaskFacts:
    """A task as far as rules ask: the outcomes that the criteria of its rubric look at, and whether supervision is stated."""

    title: str
    outcomes: frozenset[str] = frozenset()
    has_rubric: bool = False
    supervision_stated: bool = False


@dataclass(frozen=True)
class Programme:
    """Texts are language maps, hours and points decimal numbers. None: not said, or said in a way that cannot be counted.

    `elements` are the elements of Annex I of the EU recommendation: key → "present", "weak" or "missing". `credits` are points by the
    key of their system ("ects", "kr", "nz", "au", "ceu", "us"). `contact_hours` counts the activities that are not self-study; it is
    None unless each activity says its type and its hours. `organisations` are names of the institution and of all partners.
    `review_months` is the period until the next review, as proposed.
    """

    titles: Mapping[str, str] = field(default_factory=dict)
    elements: Mapping[str, str] = field(default_factory=dict)
    outcomes: tuple[str, ...] = ()
    outcome_keys: tuple[str, ...] = ()
    outcomes_with_skill: int = 0
    hours: Decimal | None = None
    contact_hours: Decimal | None = None
    credits: Mapping[str, Decimal] = field(default_factory=dict)
    eqf_level: int | None = None
    other_level: bool = False
    assessments: int = 0
    assessments_with_supervision: int = 0
    attendance_only: bool = False
    tasks: tuple[TaskFacts, ...] = ()
    assessed_award: bool = False
    quality_bodies: int = 0
    quality_descriptions: int = 0
    organisations: tuple[str, ...] = ()
    integration: bool = False
    partners: int = 0
    validity: str = ""
    review_months: int | None = None
