"""A rubric as a value: what is looked at (criteria), how well it can be met (levels), and what each level is worth.

Numbers are `Decimal`, so that a mark is the same on every machine. Texts are language maps (`{"en": …, "ko": …}`); none of them
decides anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

from testamur.errors import InputError, TooLarge

Text = Mapping[str, str]

MAX_CRITERIA = 50
MAX_LEVELS = 20
LARGEST_NUMBER = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class Level:
    """How well a criterion can be met. `points` are finite, not negative."""

    key: str
    points: Decimal
    name: Text = field(default_factory=dict)
    description: Text = field(default_factory=dict)

    def __post_init__(self) -> None:
        _freeze_texts(self, "name", "description")
        if not self.key:
            raise InputError("A level needs a key.", code="assessment.rubric.key")
        _check_number(self.points, "points", self.key)


@dataclass(frozen=True, slots=True)
class Criterion:
    """What is looked at, with its `levels` in ascending order of points.

    `weight` multiplies the points; 0 means that the criterion gives no points and only `must_pass` counts. `must_pass` is the key
    of the least level that passes, "" where the criterion alone fails nobody. `outcomes` are the keys of the learning outcomes
    that it shows.
    """

    key: str
    levels: tuple[Level, ...]
    weight: Decimal = Decimal(1)
    must_pass: str = ""
    name: Text = field(default_factory=dict)
    description: Text = field(default_factory=dict)
    outcomes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _freeze_texts(self, "name", "description")
        facts = {"criterion": self.key}
        if not self.key:
            raise InputError("A criterion needs a key.", code="assessment.rubric.key")
        if not self.levels:
            raise InputError("A criterion needs at least one level.", code="assessment.rubric.no_levels", facts=facts)
        if len(self.levels) > MAX_LEVELS:
            raise TooLarge(
                f"A criterion has at most {MAX_LEVELS} levels.", code="assessment.rubric.too_large", facts=facts
            )
        keys = [level.key for level in self.levels]
        if len(set(keys)) != len(keys):
            raise InputError(
                "Two levels of one criterion have the same key.", code="assessment.rubric.key", facts=facts
            )
        if any(lower.points > higher.points for lower, higher in zip(self.levels, self.levels[1:], strict=False)):
            raise InputError("Levels stand in ascending order of points.", code="assessment.rubric.order", facts=facts)
        if self.must_pass and self.must_pass not in keys:
            raise InputError(
                "The level that must be reached is none of the criterion's levels.",
                code="assessment.rubric.must_pass",
                facts={**facts, "level": self.must_pass},
            )
        _check_number(self.weight, "weight", self.key)

    @property
    def highest(self) -> Decimal:
        """The points of the highest level."""
        return self.levels[-1].points

    def level(self, key: str) -> Level:
        """The level `key`. Raises InputError (`assessment.rubric.unknown_level`)."""
        for level in self.levels:
            if level.key == key:
                return level
        raise InputError(
            "The criterion has no such level.",
            code="assessment.rubric.unknown_level",
            facts={"criterion": self.key, "level": key[:64]},
        )

    def reaches_must_pass(self, key: str) -> bool:
        """Whether level `key` stands at or above the one that must be reached."""
        keys = [level.key for level in self.levels]
        return not self.must_pass or keys.index(self.level(key).key) >= keys.index(self.must_pass)


@dataclass(frozen=True, slots=True)
class Rubric:
    """Criteria of which at least one can give points."""

    key: str
    criteria: tuple[Criterion, ...]
    title: Text = field(default_factory=dict)
    description: Text = field(default_factory=dict)

    def __post_init__(self) -> None:
        _freeze_texts(self, "title", "description")
        if len(self.criteria) > MAX_CRITERIA:
            raise TooLarge(f"A rubric has at most {MAX_CRITERIA} criteria.", code="assessment.rubric.too_large")
        keys = [criterion.key for criterion in self.criteria]
        if len(set(keys)) != len(keys):
            raise InputError("Two criteria of one rubric have the same key.", code="assessment.rubric.key")
        if self.maximum <= 0:
            raise InputError("A rubric needs a criterion that can give points.", code="assessment.rubric.no_points")

    @property
    def maximum(self) -> Decimal:
        """The points of the highest level of every criterion, each times its weight."""
        return sum((criterion.weight * criterion.highest for criterion in self.criteria), Decimal(0))

    def criterion(self, key: str) -> Criterion:
        """The criterion `key`. Raises InputError (`assessment.rubric.unknown_criterion`)."""
        for criterion in self.criteria:
            if criterion.key == key:
                return criterion
        raise InputError(
            "The rubric has no such criterion.",
            code="assessment.rubric.unknown_criterion",
            facts={"criterion": key[:64]},
        )


def _freeze_texts(value: object, *names: str) -> None:
    for name in names:
        object.__setattr__(value, name, MappingProxyType(dict(getattr(value, name))))


def _check_number(number: Decimal, what: str, key: str) -> None:
    if not number.is_finite() or number < 0 or number > LARGEST_NUMBER or _decimals(number) > 6:
        raise InputError(
            f"The {what} are a number from 0 to {LARGEST_NUMBER:,f} with at most six decimals.",
            code="assessment.rubric.number",
            facts={"of": key, "what": what},
        )


def _decimals(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0
