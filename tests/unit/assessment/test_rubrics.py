"""Rubrics: what a set of levels scores, and when a pass is certain."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from testamur.assessment.rubrics import Criterion, Level, Rubric, score
from testamur.errors import InputError, TooLarge

LEVELS = tuple(Level(key, Decimal(points)) for key, points in (("none", 0), ("some", 2), ("good", 4)))
ANALYSIS = Criterion("analysis", LEVELS, weight=Decimal(2), must_pass="some")
WRITING = Criterion("writing", LEVELS)
RUBRIC = Rubric("report", (ANALYSIS, WRITING))


def test_percent_is_weighted_points_of_the_maximum() -> None:
    reached = score(RUBRIC, {"analysis": "good", "writing": "some"})
    assert (reached.points, reached.maximum) == (Decimal(10), Decimal(12))
    assert reached.percent == Decimal("83.33")
    assert reached.passed(Decimal(50)) is True


def test_a_level_that_must_be_reached_fails_whatever_the_percent() -> None:
    reached = score(RUBRIC, {"analysis": "none", "writing": "good"})
    assert reached.failed_must_pass == ("analysis",)
    assert reached.passed(Decimal(0)) is False


def test_a_missing_criterion_is_not_zero() -> None:
    reached = score(RUBRIC, {"analysis": "good", "writing": ""})
    assert reached.percent is None
    assert reached.missing == ("writing",)
    assert (reached.least_percent, reached.most_percent) == (Decimal("66.67"), Decimal(100))
    assert reached.passed(Decimal(90)) is None
    assert reached.passed(Decimal(50)) is True, "whatever writing brings, it is enough"


def test_a_failure_is_certain_before_everything_is_marked() -> None:
    assert score(RUBRIC, {"analysis": "none"}).passed(Decimal(10)) is False
    assert score(RUBRIC, {"analysis": "some"}).passed(Decimal(90)) is False


def test_a_must_pass_criterion_that_is_missing_leaves_it_open() -> None:
    assert score(RUBRIC, {"writing": "good"}).passed(Decimal(0)) is None


def test_the_rounded_percent_decides() -> None:
    rubric = Rubric(
        "r", (Criterion("c", (Level("low", Decimal(0)), Level("near", Decimal("49.995")), Level("top", Decimal(100)))),)
    )
    reached = score(rubric, {"c": "near"})
    assert reached.percent == Decimal("50.00")
    assert reached.passed(Decimal(50)) is True


@pytest.mark.parametrize(
    ("levels", "code"),
    [
        ({"charm": "good"}, "assessment.rubric.unknown_criterion"),
        ({"writing": "superb"}, "assessment.rubric.unknown_level"),
    ],
)
def test_what_the_rubric_does_not_have_is_refused(levels: dict[str, str], code: str) -> None:
    with pytest.raises(InputError) as refused:
        score(RUBRIC, levels)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: replace(WRITING, levels=()), "assessment.rubric.no_levels"),
        (lambda: replace(WRITING, levels=LEVELS[::-1]), "assessment.rubric.order"),
        (lambda: replace(WRITING, levels=(LEVELS[0], LEVELS[0])), "assessment.rubric.key"),
        (lambda: replace(WRITING, must_pass="superb"), "assessment.rubric.must_pass"),
        (lambda: replace(WRITING, weight=Decimal(-1)), "assessment.rubric.number"),
        (lambda: replace(WRITING, weight=Decimal("NaN")), "assessment.rubric.number"),
        (lambda: replace(LEVELS[0], points=Decimal("1e99")), "assessment.rubric.number"),
        (lambda: replace(LEVELS[0], points=Decimal("1e-99")), "assessment.rubric.number"),
        (lambda: Rubric("r", (WRITING, WRITING)), "assessment.rubric.key"),
        (lambda: Rubric("r", ()), "assessment.rubric.no_points"),
        (lambda: Rubric("r", (replace(WRITING, weight=Decimal(0)),)), "assessment.rubric.no_points"),
    ],
)
def test_what_is_no_rubric_is_refused(make: object, code: str) -> None:
    with pytest.raises(InputError) as refused:
        make()  # type: ignore[operator]
    assert refused.value.code == code


def test_size_is_bounded() -> None:
    with pytest.raises(TooLarge):
        Rubric("r", tuple(replace(WRITING, key=f"c{number}") for number in range(51)))


NUMBERS = st.decimals(0, 100, places=2)


@st.composite
def rubrics(draw: st.DrawFn) -> Rubric:
    criteria = []
    for number in range(draw(st.integers(1, 4))):
        points = sorted(draw(st.lists(NUMBERS, min_size=1, max_size=3)))
        levels = tuple(Level(f"l{index}", value) for index, value in enumerate(points))
        must = draw(st.sampled_from(["", *(level.key for level in levels)]))
        criteria.append(Criterion(f"c{number}", levels, draw(NUMBERS), must))
    criteria.append(Criterion("sure", (Level("one", Decimal(0)), Level("two", Decimal(1)))))
    return Rubric("r", tuple(criteria))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(rubrics(), st.data(), st.decimals(0, 100, places=1))
def test_an_open_score_is_decided_exactly_when_every_completion_agrees(
    rubric: Rubric, data: st.DataObject, mark: Decimal
) -> None:
    chosen = {
        criterion.key: data.draw(st.sampled_from(["", *(level.key for level in criterion.levels)]))
        for criterion in rubric.criteria
    }
    partly = score(rubric, chosen)
    ways = [[chosen[c.key]] if chosen[c.key] else [level.key for level in c.levels] for c in rubric.criteria]
    finished = [score(rubric, dict(zip(chosen, way, strict=True))) for way in product(*ways)]
    verdicts = {each.passed(mark) for each in finished}
    assert None not in verdicts
    if partly.passed(mark) is not None:
        assert verdicts == {partly.passed(mark)}
    elif not any(c.must_pass for c in rubric.criteria):
        assert verdicts == {True, False}
    assert min(each.percent for each in finished) == partly.least_percent  # type: ignore[type-var]
    assert max(each.percent for each in finished) == partly.most_percent  # type: ignore[type-var]
    for each, way in zip(finished, product(*ways), strict=True):
        exact = sum(
            Fraction(c.weight) * Fraction(c.level(key).points) for c, key in zip(rubric.criteria, way, strict=True)
        )
        assert abs(Fraction(each.percent or 0) - 100 * exact / Fraction(rubric.maximum)) <= Fraction(1, 200)
