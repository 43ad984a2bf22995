"""Weighted kappa: agreement of two assessors on ordered categories, a disagreement weighing with the square of its distance.

    kappa = 1 - Σ weight · observed / Σ weight · expected,   weight = (place - other place)²

Source: Cohen, “Weighted kappa” (Psychological Bulletin 70, 1968); with squared weights it is an intraclass correlation (Fleiss and
Cohen 1973).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from testamur.assessment.reliability.interval import CONFIDENCE, RESAMPLES, Interval, bootstrapped
from testamur.errors import InputError

Pair = tuple[str, str]


def weighted_kappa(
    pairs: Sequence[Pair],
    categories: Sequence[str],
    *,
    confidence: float = CONFIDENCE,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Interval:
    """Kappa with its bootstrap interval. `pairs` are (what one assessor said, what the other said) of the same work; `categories` are
    all that could be said, in their order. The value is None where both always said one and the same.

    Raises InputError (`assessment.reliability.category` for a category that is not listed or is listed twice, `.confidence`).
    """
    place = {category: number for number, category in enumerate(categories)}
    if len(place) != len(categories) or any(one not in place or other not in place for one, other in pairs):
        raise InputError("A category is not listed, or is listed twice.", code="assessment.reliability.category")
    numbers = [(place[one], place[other]) for one, other in pairs]
    value = _kappa(numbers)
    low, high = bootstrapped(numbers, _kappa, confidence=confidence, resamples=resamples, seed=seed)
    return Interval(value, *((low, high) if value is not None else (None, None)), count=len(numbers))


def _kappa(pairs: Sequence[tuple[int, int]]) -> float | None:
    if not pairs:
        return None
    firsts, seconds = (Counter(pair[side] for pair in pairs) for side in (0, 1))
    observed = sum((one - other) ** 2 for one, other in pairs)
    expected = sum(
        times * other_times * (one - other) ** 2
        for one, times in firsts.items()
        for other, other_times in seconds.items()
    )
    return 1 - len(pairs) * observed / expected if expected else None
