"""A figure with its interval, and the gates that agreement has to pass."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import pi, sqrt, tan
from statistics import NormalDist
from typing import TypeVar

from testamur.errors import InputError

RELIABLE = 0.80
TENTATIVE = 0.667
CONFIDENCE = 0.95
RESAMPLES = 1_000
_LEAST_DEFINED = 0.5  # of the resamples; with fewer the interval would be that of another question

Unit = TypeVar("Unit")


@dataclass(frozen=True, slots=True)
class Interval:
    """A value between `low` and `high`; None where it is not defined, or where the marks do not bound it. `count` is how many things
    (works, marks) it rests on."""

    value: float | None
    low: float | None = None
    high: float | None = None
    count: int = 0


class Gate(StrEnum):
    """What agreement allows (Krippendorff, “Content Analysis”, 4th ed. 2019, chapter 12): to rely on the marks; to draw tentative
    conclusions; to moderate again; or nothing, because it could not be measured."""

    RELIABLE = "reliable"
    TENTATIVE = "tentative"
    MODERATE_AGAIN = "moderate_again"
    UNKNOWN = "unknown"


def gate(agreement: Interval) -> tuple[Gate, bool]:
    """(The gate that the value passes, whether the whole interval lies within it): from .80 reliable, from .667 tentative, below that
    the marks are to be moderated again. Not certain means that more doubly marked works are needed to know."""
    if agreement.value is None:
        return Gate.UNKNOWN, False
    reached = _gate(agreement.value)
    certain = (
        agreement.low is not None
        and agreement.high is not None
        and _gate(agreement.low) is reached
        and _gate(agreement.high) is reached
    )
    return reached, certain


def _gate(value: float) -> Gate:
    if value >= RELIABLE:
        return Gate.RELIABLE
    return Gate.TENTATIVE if value >= TENTATIVE else Gate.MODERATE_AGAIN


def check_confidence(confidence: float) -> None:
    """Raises InputError (`assessment.reliability.confidence`) unless 0.5 ≤ confidence < 1."""
    if not 0.5 <= confidence < 1:
        raise InputError("The confidence lies between 0.5 and 1.", code="assessment.reliability.confidence")


def bootstrapped(
    units: Sequence[Unit],
    statistic: Callable[[Sequence[Unit]], float | None],
    *,
    confidence: float,
    resamples: int,
    seed: int,
) -> tuple[float | None, float | None]:
    """The percentile interval of `statistic` over resamples of `units` (Efron 1979). Whole units are drawn, because what several
    assessors said of one work belongs together. (None, None) where fewer than two units are given, or where `statistic` is not defined
    for half of the resamples."""
    check_confidence(confidence)
    if len(units) < 2 or resamples < 1:
        return None, None
    chance = random.Random(seed)  # noqa: S311 - resampling that can be repeated, no secret
    drawn = (statistic(chance.choices(units, k=len(units))) for _ in range(resamples))
    values = sorted(value for value in drawn if value is not None)
    if len(values) < _LEAST_DEFINED * resamples:
        return None, None
    return _quantile(values, (1 - confidence) / 2), _quantile(values, (1 + confidence) / 2)


def _quantile(ordered: Sequence[float], share: float) -> float:
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def student_t(confidence: float, freedom: int) -> float:
    """The two-sided quantile of Student's t: exact for 1 and 2 degrees of freedom, else by the Cornish-Fisher expansion (Fisher and
    Cornish 1960; within one per cent from 3 degrees of freedom at confidence .95)."""
    share = (1 + confidence) / 2
    if freedom == 1:
        return tan(pi * (share - 0.5))
    if freedom == 2:
        return (2 * share - 1) * sqrt(2 / (4 * share * (1 - share)))
    z = NormalDist().inv_cdf(share)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / float(freedom) ** power for power, term in enumerate(terms, 1))
