"""How severe an assessor is: how much lower they mark than the others, on the same works.

    mark = worth of the work + leniency of the assessor + error

by least squares over all marks. So nobody is called severe for having been given weak works. Assessors can only be compared where a
chain of works joins them; groups without such a chain are kept apart.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite, sqrt

from testamur.assessment.reliability.alpha import Rating
from testamur.assessment.reliability.interval import CONFIDENCE, Interval, check_confidence, student_t
from testamur.errors import InputError, TooLarge

MAX_ASSESSORS = 300
MAX_RATINGS = 50_000


@dataclass(frozen=True, slots=True)
class Severity:
    """One assessor. `severity`: by how many points they mark lower (negative: higher) than the mean of their group, with its interval;
    its bounds are None where the marks leave no error to measure. `group` numbers the assessors that can be compared with each other;
    the value is None for somebody who shares no work with anybody. `mean` is the plain mean of their marks."""

    assessor: str
    severity: Interval
    group: int
    mean: float

    @property
    def differs(self) -> bool | None:
        """Whether the interval leaves out 0; None where there is no interval."""
        if self.severity.low is None or self.severity.high is None:
            return None
        return self.severity.low > 0 or self.severity.high < 0


def severity(ratings: Iterable[Rating], *, confidence: float = CONFIDENCE) -> list[Severity]:
    """Every assessor's severity, the most severe first; those who cannot be compared come last.

    `ratings` have numbers (points, per cent). Intervals are Student's, each for itself: of twenty assessors who are alike, one will
    seem to differ at confidence .95. Raises InputError (`assessment.reliability.value`, `.twice`, `.confidence`) and TooLarge
    (over 300 assessors or 50,000 ratings).
    """
    check_confidence(confidence)
    table = _table(ratings)
    found: list[Severity] = []
    for number, group in enumerate(_groups(table), 1):
        found += _compare(number, {assessor: table[assessor] for assessor in group}, confidence)
    return sorted(found, key=lambda one: (one.severity.value is None, -(one.severity.value or 0.0), one.assessor))


_Table = dict[str, dict[str, float]]  # assessor → work → mark


def _table(ratings: Iterable[Rating]) -> _Table:
    table: _Table = {}
    for number, (unit, rater, value) in enumerate(ratings):
        if isinstance(value, str) or not isfinite(value):
            raise InputError("Severity is measured on numbers.", code="assessment.reliability.value")
        marks = table.setdefault(rater, {})
        if unit in marks:
            raise InputError("One assessor rated one work twice.", code="assessment.reliability.twice")
        marks[unit] = float(value)
        if number >= MAX_RATINGS or len(table) > MAX_ASSESSORS:
            raise TooLarge(
                f"At most {MAX_ASSESSORS} assessors and {MAX_RATINGS:,} ratings are compared.",
                code="assessment.reliability.too_many",
            )
    return table


def _by_work(table: _Table) -> dict[str, list[str]]:
    assessors: dict[str, list[str]] = {}
    for assessor in sorted(table):
        for work in table[assessor]:
            assessors.setdefault(work, []).append(assessor)
    return assessors


def _groups(table: _Table) -> list[list[str]]:
    """The assessors whom works join."""
    by_work = _by_work(table)
    left, groups = set(table), []
    for start in sorted(table):
        if start not in left:
            continue
        left.discard(start)
        group, waiting = [], [start]
        while waiting:
            assessor = waiting.pop()
            group.append(assessor)
            for other in {other for work in table[assessor] for other in by_work[work]} & left:
                left.discard(other)
                waiting.append(other)
        groups.append(sorted(group))
    return groups


def _compare(number: int, table: _Table, confidence: float) -> list[Severity]:
    assessors = sorted(table)
    means = {assessor: sum(marks.values()) / len(marks) for assessor, marks in table.items()}
    if len(assessors) == 1:
        only = assessors[0]
        return [Severity(only, Interval(None, count=len(table[only])), number, means[only])]
    place = {assessor: at for at, assessor in enumerate(assessors)}
    size = len(assessors)
    # The worths of the works are eliminated: what is left is a Laplacian over the assessors. Adding a matrix of ones (the condition
    # that the leniencies sum to 0) makes it regular without changing the solution.
    matrix = [[1.0] * size for _ in range(size)]
    right = [0.0] * size
    by_work = _by_work(table)
    for work, raters in by_work.items():
        mean = sum(table[assessor][work] for assessor in raters) / len(raters)
        for assessor in raters:
            at = place[assessor]
            right[at] += table[assessor][work] - mean
            matrix[at][at] += 1
            for other in raters:
                matrix[at][place[other]] -= 1 / len(raters)
    inverse = _inverse(matrix)
    leniency = [sum(a * b for a, b in zip(row, right, strict=True)) for row in inverse]
    squares = 0.0
    for work, raters in by_work.items():
        rests = [table[assessor][work] - leniency[place[assessor]] for assessor in raters]
        centre = sum(rests) / len(rests)
        squares += sum((rest - centre) ** 2 for rest in rests)
    freedom = sum(map(len, table.values())) - len(by_work) - size + 1
    # The variance of a leniency is σ² times the diagonal of the pseudo-inverse, which is the inverse less the matrix of ones / n².
    width = student_t(confidence, freedom) * sqrt(squares / freedom) if freedom > 0 else None
    results = []
    for assessor in assessors:
        at = place[assessor]
        value = -leniency[at]
        spread = None if width is None else width * sqrt(max(inverse[at][at] - 1 / size**2, 0.0))
        interval = Interval(
            value,
            None if spread is None else value - spread,
            None if spread is None else value + spread,
            len(table[assessor]),
        )
        results.append(Severity(assessor, interval, number, means[assessor]))
    return results


def _inverse(matrix: list[list[float]]) -> list[list[float]]:
    """Gauss and Jordan. The matrix is positive definite, so no pivot is chosen."""
    size = len(matrix)
    rows = [row[:] + [float(at == place) for place in range(size)] for at, row in enumerate(matrix)]
    for at in range(size):
        pivot = rows[at][at]
        rows[at] = [value / pivot for value in rows[at]]
        for other in range(size):
            if other != at and (factor := rows[other][at]) != 0:
                rows[other] = [value - factor * by for value, by in zip(rows[other], rows[at], strict=True)]
    return [row[size:] for row in rows]
