"""What the answers say of the ability, and what the ability says of the whole bank."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import exp, log, sqrt
from typing import NamedTuple

from testamur.assessment.adaptive.items import Answer, Item
from testamur.errors import InputError

GRID = tuple(-4.5 + 0.05 * step for step in range(181))


class Ability(NamedTuple):
    """`theta` and its standard error."""

    theta: float
    se: float


def estimate(answers: Iterable[Answer], *, mean: float = 0.0, deviation: float = 1.0) -> Ability:
    """The mean and the standard deviation of the ability after `answers` (expected a posteriori: Bock and Mislevy 1982), from a normal
    prior. Defined from the first answer on, also where all were right or all wrong; without answers it is the prior."""
    density = [-((theta - mean) ** 2) / (2 * deviation**2) for theta in GRID]
    for item, correct in answers:
        for place, theta in enumerate(GRID):
            value = item.a * (theta - item.b)
            density[place] -= log_one_plus_exp(-value if correct else value)
    highest = max(density)
    weights = [exp(value - highest) for value in density]
    total = sum(weights)
    theta = sum(weight * at for weight, at in zip(weights, GRID, strict=True)) / total
    variance = sum(weight * (at - theta) ** 2 for weight, at in zip(weights, GRID, strict=True)) / total
    return Ability(theta, sqrt(variance))


def log_one_plus_exp(value: float) -> float:
    """log(1 + exp(value)), for any value."""
    return value + log(1 + exp(-value)) if value > 0 else log(1 + exp(value))


def expected_percent(bank: Sequence[Item], ability: Ability) -> Ability:
    """The share of the whole bank, in per cent, that somebody of this ability answers correctly, with its standard error (by the delta
    method): what the test would have given if all items had been asked. Raises InputError for an empty bank."""
    _not_empty(bank)
    rights = [item.probability(ability.theta) for item in bank]
    slope = sum(item.a * right * (1 - right) for item, right in zip(bank, rights, strict=True)) / len(bank)
    return Ability(100 * sum(rights) / len(bank), 100 * slope * ability.se)


def ability_at(bank: Sequence[Item], percent: float) -> float:
    """The ability whose expected share of the bank is `percent`, found by bisection between -6 and 6. Raises InputError for an empty
    bank."""
    _not_empty(bank)
    low, high = -6.0, 6.0
    for _ in range(60):
        middle = (low + high) / 2
        if 100 * sum(item.probability(middle) for item in bank) / len(bank) < percent:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def verdict(ability: Ability, cut: float, *, z: float = 1.645) -> bool | None:
    """Whether the ability lies above `cut`: True or False where the cut is at least `z` standard errors away, else None: it cannot be
    decided."""
    if abs(ability.theta - cut) < z * ability.se:
        return None
    return ability.theta >= cut


def _not_empty(bank: Sequence[Item]) -> None:
    if not bank:
        raise InputError("The bank has no items.", code="assessment.adaptive.empty")
