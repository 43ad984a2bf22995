"""What several markers say together: exact where exactness is known, and invariant as a measurement must be."""

from __future__ import annotations

import random
from dataclasses import replace
from math import nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from testamur.assessment.peers import Combined, PeerMark, allocate, combine, needs_staff
from testamur.assessment.peers.combination import _Model
from testamur.errors import InputError


def cohort(seed: int, size: int = 20, each: int = 4) -> list[PeerMark]:
    chance = random.Random(seed)
    people = [f"p{number}" for number in range(size)]
    true = {person: chance.gauss(60, 15) for person in people}
    bias = {person: chance.gauss(0, 8) for person in people}
    return [
        PeerMark(marker, subject, true[subject] + bias[marker] + chance.gauss(0, 6))
        for marker, subjects in allocate(people, each=each, seed=seed).items()
        for subject in subjects
    ]


@pytest.mark.parametrize("anchored", [False, True])
def test_the_means_solve_the_normal_equations(anchored: bool) -> None:
    marks = cohort(1)
    model = _Model(marks, {"p3": 50.0, "p7": 81.0} if anchored else {}, 100.0, True)
    for _ in range(200):
        model._propagate()
    subjects, markers = len(model.subjects), len(model.markers)
    matrix, right = np.zeros((subjects + markers,) * 2), np.zeros(subjects + markers)
    for subject in range(subjects):
        precision, weighted = model._prior(subject)
        matrix[subject, subject], right[subject] = precision, weighted
    for marker in range(markers):
        matrix[subjects + marker, subjects + marker] = 1 / model.bias_variance
    for (marker, subject), value in zip(model.edges, model.values, strict=True):
        ends = [subject, subjects + marker]
        matrix[np.ix_(ends, ends)] += model.precision[marker]
        right[ends] += model.precision[marker] * value
    exact = np.linalg.solve(matrix, right)
    assert np.allclose([mean for mean, _ in (*model.score, *model.bias)], exact, atol=1e-7)
    variances = np.diag(np.linalg.inv(matrix))
    found = np.array([variance for _, variance in (*model.score, *model.bias)])
    free = [place for place in range(subjects + markers) if place not in model.known]
    assert np.all(np.abs(np.sqrt(found[free] / variances[free]) - 1) < 0.1), "standard errors within a tenth"


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.integers(0, 100), st.floats(-40, 40), st.booleans())
def test_moving_all_marks_moves_all_scores(seed: int, by: float, towards_cohort: bool) -> None:
    marks = cohort(seed, size=8, each=3)
    here = combine(marks, towards_cohort=towards_cohort)
    there = combine([mark._replace(score=mark.score + by) for mark in marks], towards_cohort=towards_cohort)
    for name, (mean, se) in here.scores.items():
        assert there.scores[name] == (pytest.approx(mean + by, abs=0.05), pytest.approx(se, abs=0.05))


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.integers(0, 100), st.sampled_from([0.04, 0.25, 3.0]))
def test_another_scale_is_only_another_scale(seed: int, factor: float) -> None:
    marks = cohort(seed, size=8, each=3)
    here = combine(marks)
    there = combine([mark._replace(score=mark.score * factor) for mark in marks], scale=100 * factor)
    for name, (mean, se) in here.scores.items():
        assert there.scores[name] == (pytest.approx(mean * factor, abs=0.01), pytest.approx(se * factor, abs=0.01))


def test_the_order_of_marks_is_nothing() -> None:
    marks = cohort(3)
    assert combine(marks) == combine(marks[::-1])


def test_a_careless_marker_weighs_less_and_a_strict_one_is_understood() -> None:
    chance = random.Random(5)
    subjects = {f"s{number}": 20.0 + 6 * number for number in range(12)}
    noise = {"careful": 2.0, "strict": 2.0, "careless": 35.0}
    bias = {"careful": 5.0, "strict": -20.0, "careless": 0.0}
    marks = [
        PeerMark(marker, subject, true + bias[marker] + chance.gauss(0, noise[marker]))
        for marker in noise
        for subject, true in subjects.items()
    ]
    combined = combine(marks, anchors={"s0": 20.0, "s11": 86.0})
    assert combined.markers["strict"].bias == pytest.approx(-20, abs=4)
    assert combined.markers["careful"].bias == pytest.approx(5, abs=4)
    assert combined.markers["careless"].reliability < 0.6 < 0.9 < combined.markers["careful"].reliability
    worst = max(abs(combined.scores[name].mean - true) for name, true in subjects.items())
    assert worst < 6


def test_only_staff_can_show_a_bias_that_all_share() -> None:
    marks = [PeerMark(m, s, true + 15.0) for m in "abcdef" for s, true in (("x", 40.0), ("y", 55.0), ("z", 70.0))]
    assert combine(marks).scores["y"].mean == pytest.approx(70, abs=2)
    anchored = combine(marks, anchors={"x": 40.0, "z": 70.0})
    assert anchored.scores["x"] == (40.0, 0.0)
    assert anchored.scores["y"].mean == pytest.approx(55, abs=4)


def test_few_marks_do_not_pretend_to_know() -> None:
    alone = combine([PeerMark("m", "s", 70.0)])
    assert 5 < alone.scores["s"].se < 20
    agreed = combine([PeerMark(marker, "s", 70.0) for marker in "abc"])
    assert agreed.scores["s"].mean == pytest.approx(70, abs=0.5)
    assert 2 < agreed.scores["s"].se < alone.scores["s"].se
    torn = combine([PeerMark(marker, "s", score) for marker, score in zip("abc", (20.0, 70.0, 100.0), strict=True)])
    assert torn.scores["s"].se > 2 * agreed.scores["s"].se, "marks that differ leave more open"


def test_staff_look_where_the_pass_mark_is_near() -> None:
    assert needs_staff(52, 3, 50)
    assert not needs_staff(56, 3, 50)
    assert not needs_staff(50, 0, 50)
    assert needs_staff(56, 3, 50, z=2.58)


def test_nothing_is_nothing() -> None:
    assert combine([]) == Combined({}, {})
    assert combine([], anchors={"x": 4.0}).scores == {"x": (4.0, 0.0)}


@pytest.mark.parametrize(
    ("marks", "scale"),
    [
        ([PeerMark("m", "s", nan)], 100.0),
        ([PeerMark("m", "s", 1.0), PeerMark("m", "s", 2.0)], 100.0),
        ([PeerMark("m", "s", 1.0)], 0.0),
    ],
)
def test_what_is_no_mark_is_refused(marks: list[PeerMark], scale: float) -> None:
    with pytest.raises(InputError):
        combine(marks, scale=scale)


def test_the_result_is_frozen() -> None:
    assert replace(combine([]), scores={}) == combine([])
