"""Agreement, severity and discrimination: published examples, other ways to the same figure, and what cannot be said."""

from __future__ import annotations

import math
import random
import statistics
from decimal import Decimal
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from testamur.assessment.reliability import (
    METRICS,
    Gate,
    Interval,
    Rating,
    discrimination,
    gate,
    krippendorff_alpha,
    severity,
    weighted_kappa,
)
from testamur.assessment.reliability.interval import student_t
from testamur.assessment.rubrics import Criterion, Level, Rubric
from testamur.errors import InputError, TooLarge

SETTINGS = settings(max_examples=100, deadline=None, derandomize=True)


def ratings(table: dict[str, str]) -> list[Rating]:
    """One line of values for each assessor, one column for each work, a point where nothing was said."""
    return [
        Rating(f"u{place:02}", rater, float(value) if value.isdigit() else value)
        for rater, line in table.items()
        for place, value in enumerate(line.split())
        if value != "."
    ]


# The examples of Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011).
BINARY = ratings({"Meg": "0 1 0 0 0 0 0 0 1 0", "Owen": "1 1 1 0 0 1 0 0 0 0"})
NOMINAL = ratings({"Ben": "a a b b d c c c e d d a", "Gerry": "b a b b b c c c e d d d"})
FOUR = ratings(
    {
        "A": "1 2 3 3 2 1 4 1 2 . . .",
        "B": "1 2 3 3 2 2 4 1 2 5 . 3",
        "C": ". 3 3 3 2 3 4 2 2 5 1 .",
        "D": "1 2 3 3 2 4 4 1 2 5 1 .",
    }
)


@pytest.mark.parametrize(
    ("data", "metric", "alpha"),
    [
        (BINARY, "nominal", 0.095),
        (NOMINAL, "nominal", 0.692),
        (FOUR, "nominal", 0.743),
        (FOUR, "ordinal", 0.815),
        (FOUR, "interval", 0.849),
        (FOUR, "ratio", 0.797),
    ],
)
def test_krippendorffs_own_examples(data: list[Rating], metric: str, alpha: float) -> None:
    found = krippendorff_alpha(data, metric)
    assert found.value == pytest.approx(alpha, abs=0.0006)
    assert found.low is not None
    assert found.high is not None
    assert found.low <= found.value <= found.high


def by_definition(data: list[Rating], metric: str) -> float | None:
    """Alpha from the coincidence matrix, as the paper writes it."""
    units: dict[str, list[float]] = {}
    for unit, _, value in data:
        units.setdefault(unit, []).append(float(value))
    pairable = [values for values in units.values() if len(values) > 1]
    scale = sorted({value for values in pairable for value in values})
    matrix = dict.fromkeys(product(scale, scale), 0.0)
    for values in pairable:
        for one, first in enumerate(values):
            for other, second in enumerate(values):
                if one != other:
                    matrix[first, second] += 1 / (len(values) - 1)
    margin = {c: sum(matrix[c, k] for k in scale) for c in scale}
    total = sum(margin.values())

    def squared(c: float, k: float) -> float:
        if metric == "nominal":
            return float(c != k)
        if metric == "interval":
            return (c - k) ** 2
        if metric == "ratio":
            return ((c - k) / (c + k)) ** 2 if c + k else 0.0
        low, high = min(c, k), max(c, k)
        return (sum(margin[g] for g in scale if low <= g <= high) - (margin[c] + margin[k]) / 2) ** 2

    expected = sum(margin[c] * margin[k] * squared(c, k) for c, k in product(scale, scale))
    if not expected:
        return None
    return 1 - (total - 1) * sum(matrix[c, k] * squared(c, k) for c, k in product(scale, scale)) / expected


TABLES = st.lists(
    st.lists(st.one_of(st.none(), st.integers(0, 4)), min_size=3, max_size=3), min_size=1, max_size=8
).map(
    lambda table: [
        Rating(f"u{unit}", f"r{rater}", float(value))
        for unit, line in enumerate(table)
        for rater, value in enumerate(line)
        if value is not None
    ]
)


@SETTINGS
@given(TABLES, st.sampled_from(METRICS), st.randoms(use_true_random=False))
def test_alpha_is_what_its_definition_says(data: list[Rating], metric: str, chance: random.Random) -> None:
    found = krippendorff_alpha(data, metric, resamples=5)
    assert found.value == (None if (exact := by_definition(data, metric)) is None else pytest.approx(exact, abs=1e-9))
    shuffled = data[:]
    chance.shuffle(shuffled)
    assert krippendorff_alpha(shuffled, metric, resamples=5) == found


@SETTINGS
@given(TABLES, st.floats(0.1, 9), st.floats(-9, 9))
def test_what_each_scale_leaves_unchanged(data: list[Rating], factor: float, shift: float) -> None:
    changes = {
        "nominal": lambda value: 3 - value,
        "ordinal": lambda value: value**3 + value,
        "interval": lambda value: value * factor + shift,
        "ratio": lambda value: value * factor,
    }
    for metric, change in changes.items():
        changed = [rating._replace(value=change(rating.value)) for rating in data]
        here, there = (krippendorff_alpha(some, metric, resamples=0) for some in (data, changed))
        assert there.value == (None if here.value is None else pytest.approx(here.value, abs=1e-6))


def test_agreement_cannot_be_told_from_a_scale_that_was_not_used() -> None:
    assert krippendorff_alpha([], "nominal") == Interval(None)
    assert krippendorff_alpha(ratings({"A": "3 3 3", "B": "3 3 3"})) == Interval(None, count=3)
    assert krippendorff_alpha(ratings({"A": "1 2 . .", "B": ". . 3 4"})) == Interval(None)
    assert krippendorff_alpha(ratings({"A": "1 2 3 4", "B": "1 2 3 4"})).value == 1


def test_the_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    chance = random.Random(11)

    def cohort(size: int) -> list[Rating]:
        worths = [chance.gauss(0, 2) for _ in range(size)]
        return [
            Rating(f"u{place}", rater, float(round(worth + chance.gauss(0, 1))))
            for place, worth in enumerate(worths)
            for rater in ("a", "b")
        ]

    truth = krippendorff_alpha(cohort(20_000), "interval", resamples=0).value
    assert truth is not None
    covered = 0
    for _ in range(60):
        found = krippendorff_alpha(cohort(60), "interval", resamples=50)
        covered += found.low <= truth <= found.high  # type: ignore[operator]
    assert 51 <= covered <= 60, "of 60 intervals at 95 %"


@pytest.mark.parametrize(
    ("data", "metric", "error"),
    [
        ([Rating("u", "a", 1.0)], "cosmic", InputError),
        ([Rating("u", "a", math.nan)], "interval", InputError),
        ([Rating("u", "a", "good")], "ordinal", InputError),
        ([Rating("u", "a", -1.0)], "ratio", InputError),
        ([Rating("u", "a", 1.0), Rating("u", "a", 2.0)], "ordinal", InputError),
        ((Rating(f"u{n}", "a", 1.0) for n in range(200_001)), "ordinal", TooLarge),
    ],
)
def test_what_cannot_be_compared_is_refused(data: list[Rating], metric: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        krippendorff_alpha(data, metric)


def test_gates() -> None:
    assert gate(Interval(0.85, 0.81, 0.9)) == (Gate.RELIABLE, True)
    assert gate(Interval(0.80, 0.7, 0.9)) == (Gate.RELIABLE, False)
    assert gate(Interval(0.667, 0.667, 0.79)) == (Gate.TENTATIVE, True)
    assert gate(Interval(0.66, 0.1, 0.66)) == (Gate.MODERATE_AGAIN, True)
    assert gate(Interval(0.66)) == (Gate.MODERATE_AGAIN, False)
    assert gate(Interval(None)) == (Gate.UNKNOWN, False)


def test_kappa_of_two_categories_is_cohens() -> None:
    pairs = [("yes", "yes")] * 20 + [("yes", "no")] * 5 + [("no", "yes")] * 10 + [("no", "no")] * 15
    found = weighted_kappa(pairs, ["no", "yes"])
    assert found.value == pytest.approx(0.4)
    assert found.low is not None
    assert found.low < 0.4 < found.high  # type: ignore[operator]


@SETTINGS
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=20))
def test_squared_weights_make_kappa_a_correlation(pairs: list[tuple[int, int]]) -> None:
    """2 · covariance / (variance + variance + squared difference of means): Fleiss and Cohen 1973."""
    one, other = (np.array([pair[side] for pair in pairs], dtype=float) for side in (0, 1))
    below = one.var() + other.var() + (one.mean() - other.mean()) ** 2
    exact = 2 * ((one - one.mean()) * (other - other.mean())).mean() / below if below > 1e-12 else None
    found = weighted_kappa([(str(a), str(b)) for a, b in pairs], ["0", "1", "2", "3"], resamples=0).value
    assert found == (None if exact is None else pytest.approx(exact, abs=1e-9))


def test_kappa_refuses_unknown_categories() -> None:
    with pytest.raises(InputError):
        weighted_kappa([("a", "z")], ["a", "b"])
    with pytest.raises(InputError):
        weighted_kappa([("a", "a")], ["a", "a"])


@pytest.mark.parametrize(
    ("confidence", "freedom", "quantile"),
    [  # from the tables of any textbook
        (0.90, 1, 6.314), (0.95, 1, 12.706), (0.99, 1, 63.657), (0.90, 2, 2.920), (0.95, 2, 4.303), (0.99, 2, 9.925),
        (0.90, 3, 2.353), (0.95, 3, 3.182), (0.90, 5, 2.015), (0.95, 5, 2.571), (0.99, 5, 4.032), (0.95, 10, 2.228),
        (0.99, 10, 3.169), (0.95, 30, 2.042), (0.95, 120, 1.980),
    ],
)  # fmt: skip
def test_students_t(confidence: float, freedom: int, quantile: float) -> None:
    assert student_t(confidence, freedom) == pytest.approx(quantile, rel=0.01)


def test_severity_is_least_squares() -> None:
    chance = random.Random(3)
    raters, works = [f"r{n}" for n in range(5)], [f"w{n}" for n in range(14)]
    data = [
        Rating(work, rater, 60 + 3 * w - 2 * r + chance.gauss(0, 4))
        for w, work in enumerate(works)
        for r, rater in enumerate(raters)
        if chance.random() < 0.6
    ]
    design = np.zeros((len(data) + 1, len(works) + len(raters)))
    marks = np.zeros(len(data) + 1)
    for row, (unit, rater, value) in enumerate(data):
        design[row, works.index(unit)] = design[row, len(works) + raters.index(rater)] = 1
        marks[row] = value
    design[-1, len(works) :] = 1  # leniencies sum to 0
    solution, _, rank, _ = np.linalg.lstsq(design, marks)
    freedom = len(data) + 1 - rank
    variance = ((marks - design @ solution) ** 2).sum() / freedom
    covariance = np.linalg.pinv(design[:-1].T @ design[:-1])
    found = {one.assessor: one for one in severity(data)}
    for at, rater in enumerate(raters):
        value = -solution[len(works) + at]
        # The contrast "this assessor less the mean of all" in the pseudo-inverse of the whole design.
        contrast = np.zeros(len(works) + len(raters))
        contrast[len(works) :] = -1 / len(raters)
        contrast[len(works) + at] += 1
        width = student_t(0.95, freedom) * math.sqrt(variance * contrast @ covariance @ contrast)
        interval = found[rater].severity
        assert interval.value == pytest.approx(value, abs=1e-8)
        assert interval.low == pytest.approx(value - width, rel=1e-9)
        assert interval.high == pytest.approx(value + width, rel=1e-9)


def test_nobody_is_severe_for_weak_works() -> None:
    good, weak = {f"g{n}": 80.0 for n in range(6)}, {f"w{n}": 40.0 for n in range(6)}
    shared = {"s0": 60.0, "s1": 62.0, "s2": 58.0}
    data = [Rating(work, "kind", mark) for work, mark in (good | shared).items()]
    data += [Rating(work, "same", mark) for work, mark in (weak | shared).items()]
    found = severity(data)
    assert [round(one.severity.value or 0, 9) for one in found] == [0, 0]
    assert {one.assessor: round(one.mean) for one in found} == {"kind": 73, "same": 47}


def test_assessors_who_share_nothing_are_not_compared() -> None:
    data = [
        Rating("x", "a", 50.0),
        Rating("x", "b", 60.0),
        Rating("y", "c", 20.0),
        Rating("z", "d", 90.0),
        Rating("z", "e", 90.0),
    ]
    found = {one.assessor: one for one in severity(data)}
    assert found["a"].severity == Interval(5.0, None, None, 1)
    assert found["a"].differs is None
    assert found["c"].severity.value is None
    assert found["a"].group == found["b"].group != found["d"].group == found["e"].group
    assert [one.assessor for one in severity(data)][-1] == "c"


def test_severity_is_bounded() -> None:
    with pytest.raises(TooLarge):
        severity(Rating("w", f"r{n}", 1.0) for n in range(302))
    with pytest.raises(InputError):
        severity([Rating("w", "r", "good")])


LEVELS = tuple(Level(f"l{points}", Decimal(points)) for points in range(5))
RUBRIC = Rubric("r", tuple(Criterion(key, LEVELS) for key in ("sound", "flat", "backward", "noise", "other", "third")))


def test_criteria_that_tell_nobody_apart() -> None:
    chance = random.Random(2)
    marked = []
    for place in range(40):
        worth = place % 5
        marked.append(
            {
                "sound": f"l{worth}",
                "other": f"l{min(4, worth + chance.randint(0, 1))}",
                "third": f"l{max(0, worth - chance.randint(0, 1))}",
                "flat": "l3" if place else "l2",
                "backward": f"l{4 - worth}",
                "noise": f"l{chance.choice((0, 2))}",
            }
        )
    found = {one.criterion: one for one in discrimination(RUBRIC, marked)}
    assert found["sound"].findings == ()
    assert found["flat"].findings[0] == "one_level"
    assert found["flat"].commonest == "l3"
    assert "reversed" in found["backward"].findings
    assert found["noise"].findings == ("weak", "unused_levels")
    assert found["noise"].unused == ("l1", "l3", "l4")
    # The correlation is that of the points with the rest of the rubric.
    rest = [sum(int(levels[key][1]) for key in levels if key != "sound") for levels in marked]
    correlation = found["sound"].correlation
    assert correlation.value == pytest.approx(
        statistics.correlation([int(levels["sound"][1]) for levels in marked], rest)
    )
    # Fisher: the bounds lie 1.96 / √(n - 3) on either side of the value, on the scale of atanh.
    for bound, side in ((correlation.low, -1), (correlation.high, 1)):
        assert math.atanh(bound or 0) == pytest.approx(
            math.atanh(correlation.value or 0) + side * 1.959964 / math.sqrt(37)
        )


def test_few_works_say_nothing() -> None:
    found = discrimination(RUBRIC, [{"sound": "l1", "flat": "l2"}] * 9)
    assert {one.findings for one in found} == {("too_few",)}
    assert found[0].correlation.value is None
    assert discrimination(RUBRIC, [])[0].commonest == ""
    with pytest.raises(InputError):
        discrimination(RUBRIC, [{"sound": "l9"}])
