"""What a set of levels scores.

A criterion that nobody marked is not zero: as long as one is missing there is no per cent. Yet a failure can be certain before
everything is marked (a level that must be reached was missed, or not even the highest levels would reach the pass mark), and a
pass too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal

from testamur.assessment.rubrics.model import Rubric

_HUNDREDTH = Decimal("0.01")
_EXACT = Context(prec=60)  # a rubric's largest sum of products has fewer digits


@dataclass(frozen=True, slots=True)
class Score:
    """What was reached.

    - `points` of `maximum`: the weighted points of the criteria that were marked;
    - `percent`: points per maximum, rounded half up to two decimals; None while a criterion is `missing`;
    - `least_percent` and `most_percent`: what it is at least and at most, whatever the missing criteria bring;
    - `missing`: keys of criteria without a level; `failed_must_pass`: keys of criteria below the level that must be reached.
    """

    percent: Decimal | None
    points: Decimal
    maximum: Decimal
    least_percent: Decimal
    most_percent: Decimal
    missing: tuple[str, ...] = ()
    failed_must_pass: tuple[str, ...] = ()
    open_must_pass: bool = False

    def passed(self, pass_mark: Decimal) -> bool | None:
        """Whether this passes at `pass_mark` (per cent): True, False, or None where it cannot be decided yet.

        The rounded per cent decides, so that nobody who reads “50.00 %” has failed for a digit that is not shown.
        """
        if self.failed_must_pass or self.most_percent < pass_mark:
            return False
        if self.open_must_pass or self.least_percent < pass_mark:
            return None
        return True


def score(rubric: Rubric, levels: Mapping[str, str]) -> Score:
    """Score `levels` (criterion key → level key) by `rubric`.

    Points of a criterion = its weight × the points of the level; per cent = 100 × their sum ÷ the rubric's maximum. A criterion
    that `levels` does not name, or names with "", is missing. Raises InputError where `levels` names a criterion or a level that
    the rubric does not have (`assessment.rubric.unknown_criterion`, `assessment.rubric.unknown_level`).
    """
    for key in levels:
        rubric.criterion(key)
    points = least = most = Decimal(0)
    missing, failed, open_must_pass = [], [], False
    for criterion in rubric.criteria:
        chosen = levels.get(criterion.key, "")
        if chosen:
            reached = _EXACT.multiply(criterion.weight, criterion.level(chosen).points)
            points, least, most = points + reached, least + reached, most + reached
            if not criterion.reaches_must_pass(chosen):
                failed.append(criterion.key)
        else:
            missing.append(criterion.key)
            least += _EXACT.multiply(criterion.weight, criterion.levels[0].points)
            most += _EXACT.multiply(criterion.weight, criterion.highest)
            # The lowest level of a criterion may itself be enough; then nothing can go wrong there.
            open_must_pass |= not criterion.reaches_must_pass(criterion.levels[0].key)
    maximum = rubric.maximum
    return Score(
        percent=None if missing else _percent(points, maximum),
        points=points,
        maximum=maximum,
        least_percent=_percent(least, maximum),
        most_percent=_percent(most, maximum),
        missing=tuple(missing),
        failed_must_pass=tuple(failed),
        open_must_pass=open_must_pass,
    )


def _percent(points: Decimal, maximum: Decimal) -> Decimal:
    return _EXACT.divide(points * 100, maximum).quantize(_HUNDREDTH, rounding=ROUND_HALF_UP)
