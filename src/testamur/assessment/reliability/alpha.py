"""Krippendorff's alpha: agreement of any number of assessors, with marks missing, on four kinds of scale.

    alpha = 1 - observed disagreement / expected disagreement

1 is perfect agreement, 0 what chance would give, below 0 systematic disagreement. Works with fewer than two marks say nothing and
are left out. Source: Krippendorff, “Computing Krippendorff's Alpha-Reliability” (2011), whose examples are in the tests.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from math import isfinite
from typing import NamedTuple

from testamur.assessment.reliability.interval import CONFIDENCE, RESAMPLES, Interval, bootstrapped
from testamur.errors import InputError, TooLarge

METRICS = ("nominal", "ordinal", "interval", "ratio")
MAX_RATINGS = 200_000

Value = float | str
_Unit = tuple[tuple[Value, int], ...]  # the values that one work was given, each with how often


class Rating(NamedTuple):
    """`rater` gave the work `unit` this `value` (on a rubric: the place or the points of the level; nominal values may be words)."""

    unit: str
    rater: str
    value: Value


def krippendorff_alpha(
    ratings: Iterable[Rating],
    metric: str = "ordinal",
    *,
    confidence: float = CONFIDENCE,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Interval:
    """Alpha with its bootstrap interval; `count` is the number of works with at least two marks.

    `metric` is `nominal` (the same or not), `ordinal` (ranks), `interval` (differences) or `ratio` (proportions; values must not be
    negative). The value is None where no two marks of one work exist or all marks are the same: agreement cannot be told from a scale
    that was not used. The interval draws works anew and recomputes everything, expected disagreement too (Krippendorff's own bootstrap
    holds that fixed and is narrower).

    Raises InputError (`assessment.reliability.metric`, `.value`, `.twice`, `.confidence`) and TooLarge (over 200,000 ratings).
    """
    if metric not in METRICS:
        raise InputError(f"The metric is one of {', '.join(METRICS)}.", code="assessment.reliability.metric")
    units = _units(ratings, metric)
    statistic = _STATISTICS[metric]
    low, high = bootstrapped(units, statistic, confidence=confidence, resamples=resamples, seed=seed)
    value = statistic(units)
    return Interval(value, *((low, high) if value is not None else (None, None)), count=len(units))


def _units(ratings: Iterable[Rating], metric: str) -> list[_Unit]:
    given: dict[str, dict[str, Value]] = {}
    for number, (unit, rater, value) in enumerate(ratings):
        if number >= MAX_RATINGS:
            raise TooLarge(f"At most {MAX_RATINGS:,} ratings are compared.", code="assessment.reliability.too_many")
        if metric != "nominal" and (isinstance(value, str) or not isfinite(value) or (metric == "ratio" and value < 0)):
            raise InputError(
                f"This is no value on a scale of the kind “{metric}”.", code="assessment.reliability.value"
            )
        of_unit = given.setdefault(unit, {})
        if rater in of_unit:
            raise InputError("One assessor rated one work twice.", code="assessment.reliability.twice")
        of_unit[rater] = value
    # Sorted by work, so that the resamples do not depend on the order in which the marks came.
    return [
        tuple(sorted(Counter(given[unit].values()).items(), key=str)) for unit in sorted(given) if len(given[unit]) > 1
    ]


def _counts(units: Sequence[_Unit]) -> tuple[Counter[Value], int]:
    counts: Counter[Value] = Counter()
    for unit in units:
        for value, times in unit:
            counts[value] += times
    return counts, counts.total()


def _alpha(
    units: Sequence[_Unit], total: int, squared: Callable[[Value, Value], float], expected: float
) -> float | None:
    """`expected` is the sum of squared differences over all ordered pairs of values that anybody gave to anything."""
    if expected <= 0:
        return None
    observed = 0.0
    for unit in units:
        if len(unit) > 1:
            within = sum(
                times * other_times * squared(value, other)
                for place, (value, times) in enumerate(unit)
                for other, other_times in unit[place + 1 :]
            )
            observed += 2 * within / (sum(times for _, times in unit) - 1)
    return 1 - (total - 1) * observed / expected


def _nominal(units: Sequence[_Unit]) -> float | None:
    counts, total = _counts(units)
    expected = total**2 - sum(times**2 for times in counts.values())
    return _alpha(units, total, lambda one, other: float(one != other), expected)


def _by_number(units: Sequence[_Unit], number: Callable[[Counter[Value]], dict[Value, float]]) -> float | None:
    """Interval data; and ordinal data too, whose squared difference is that of mid-ranks."""
    counts, total = _counts(units)
    numbers = number(counts)
    centre = sum(times * numbers[value] for value, times in counts.items()) / total if total else 0.0
    expected = 2 * total * sum(times * (numbers[value] - centre) ** 2 for value, times in counts.items())
    if len(counts) < 2:
        return None  # not left to rounding
    return _alpha(units, total, lambda one, other: (numbers[one] - numbers[other]) ** 2, expected)


def _interval(units: Sequence[_Unit]) -> float | None:
    return _by_number(units, lambda counts: {value: float(value) for value in counts})


def _mid_ranks(counts: Counter[Value]) -> dict[Value, float]:
    ranks, below = {}, 0
    for value in sorted(counts, key=float):
        ranks[value] = below + counts[value] / 2
        below += counts[value]
    return ranks


def _ordinal(units: Sequence[_Unit]) -> float | None:
    return _by_number(units, _mid_ranks)


def _ratio(units: Sequence[_Unit]) -> float | None:
    counts, total = _counts(units)
    expected = sum(
        times * other_times * _proportion(value, other)
        for value, times in counts.items()
        for other, other_times in counts.items()
    )
    return _alpha(units, total, _proportion, expected)


def _proportion(one: Value, other: Value) -> float:
    together = float(one) + float(other)
    return ((float(one) - float(other)) / together) ** 2 if together else 0.0


_STATISTICS = {"nominal": _nominal, "ordinal": _ordinal, "interval": _interval, "ratio": _ratio}
