"""Criteria that tell nobody apart.

A criterion discriminates where works that are good otherwise also do well on it: its points go with those of the *rest* of the rubric
(the item-rest correlation of classical test theory; at least .20 is the usual rule: Ebel and Frisbie, “Essentials of Educational
Measurement”, 5th ed. 1991). Where nearly everybody is given one level, there is nothing to tell apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import atanh, sqrt, tanh
from statistics import NormalDist

from testamur.assessment.reliability.interval import CONFIDENCE, Interval, check_confidence
from testamur.assessment.rubrics.model import Rubric

LEAST_WORKS = 10
LEAST_CORRELATION = 0.20
ONE_LEVEL = 0.90  # of the works


@dataclass(frozen=True, slots=True)
class CriterionReport:
    """How one criterion was used. `findings`, codes:

    - `too_few`: fewer than ten works; nothing else is said;
    - `one_level`: nine tenths of the works were given one level (`commonest`);
    - `reversed`: works that are better otherwise do worse here (the whole interval is below 0);
    - `weak`: the correlation is below .20;
    - `unused_levels`: levels that nobody was given (`unused`).
    """

    criterion: str
    correlation: Interval
    counts: Mapping[str, int]
    commonest: str
    unused: tuple[str, ...]
    findings: tuple[str, ...]


def discrimination(
    rubric: Rubric, marked: Sequence[Mapping[str, str]], *, confidence: float = CONFIDENCE
) -> list[CriterionReport]:
    """How every criterion of `rubric` discriminates among the works of `marked` (each criterion key → level key).

    A work counts for a criterion where that and at least one other criterion was marked; the rest of the work is the weighted share of
    points of its other criteria. The interval is Fisher's. Raises InputError for keys that the rubric does not have, and for the
    confidence.
    """
    check_confidence(confidence)
    for levels in marked:
        for key, level in levels.items():
            rubric.criterion(key).level(level)
    return [_report(rubric, criterion.key, marked, confidence) for criterion in rubric.criteria]


def _report(rubric: Rubric, key: str, marked: Sequence[Mapping[str, str]], confidence: float) -> CriterionReport:
    criterion = rubric.criterion(key)
    found = Counter(levels[key] for levels in marked if key in levels)
    counts = {level.key: found[level.key] for level in criterion.levels}
    works = sum(counts.values())
    commonest = max(counts, key=lambda level: counts[level]) if works else ""
    unused = tuple(level for level, times in counts.items() if not times)
    points, rests = [], []
    for levels in marked:
        rest = _rest(rubric, key, levels)
        if key in levels and rest is not None:
            points.append(float(criterion.level(levels[key]).points))
            rests.append(rest)
    correlation = _correlation(points, rests, confidence)
    findings: list[str] = []
    if works < LEAST_WORKS:
        findings.append("too_few")
    else:
        if counts[commonest] >= ONE_LEVEL * works:
            findings.append("one_level")
        if correlation.high is not None and correlation.high < 0:
            findings.append("reversed")
        elif correlation.value is not None and correlation.value < LEAST_CORRELATION:
            findings.append("weak")
        if unused and len(unused) < len(counts) - 1:
            findings.append("unused_levels")
    return CriterionReport(key, correlation, counts, commonest, unused, tuple(findings))


def _rest(rubric: Rubric, without: str, levels: Mapping[str, str]) -> float | None:
    reached = most = 0.0
    for criterion in rubric.criteria:
        if criterion.key != without and criterion.key in levels:
            reached += float(criterion.weight * criterion.level(levels[criterion.key]).points)
            most += float(criterion.weight * criterion.highest)
    return reached / most if most else None


def _correlation(one: Sequence[float], other: Sequence[float], confidence: float) -> Interval:
    count = len(one)
    if count < 4:
        return Interval(None, count=count)
    mean, other_mean = sum(one) / count, sum(other) / count
    squares = sum((value - mean) ** 2 for value in one)
    other_squares = sum((value - other_mean) ** 2 for value in other)
    if squares < 1e-12 or other_squares < 1e-12:
        return Interval(None, count=count)
    products = sum((value - mean) * (rest - other_mean) for value, rest in zip(one, other, strict=True))
    value = min(max(products / sqrt(squares * other_squares), -1.0), 1.0)
    if abs(value) > 1 - 1e-12:
        return Interval(value, value, value, count)
    width = NormalDist().inv_cdf((1 + confidence) / 2) / sqrt(count - 3)
    return Interval(value, tanh(atanh(value) - width), tanh(atanh(value) + width), count)
