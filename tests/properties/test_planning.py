"""A plan is the best there is: on random small questions its quantities are those of trying every set in every combination of windows.

`TESTAMUR_EXAMPLES=1000 pytest tests/properties/test_planning.py` tries more of them.
"""

from __future__ import annotations

import os
from dataclasses import replace
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.properties.planning_brute_force import best, fits, reaches, values

from testamur.pathways.engine.problem import Bound, Cap, Node, Problem
from testamur.pathways.planning.search import timetable
from testamur.pathways.planning.search.finding import find
from testamur.pathways.planning.search.patience import Patience
from testamur.pathways.planning.search.problem import NO_LIMIT, Impossible, Option, Target, Way

EXAMPLES = int(os.environ.get("TESTAMUR_EXAMPLES", "120"))
SETTINGS = settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
ORDERS = (("cost", "end", "minutes"), ("end", "cost", "minutes"), ("minutes", "cost", "end"))


@st.composite
def questions(draw: st.DrawFn, *, programme: bool = False) -> Way:
    count = draw(st.integers(1, 5))
    subset = st.frozensets(st.integers(0, count - 1), min_size=1, max_size=3)

    def option() -> Option:
        length = draw(st.integers(1, 3))
        begins = sorted(draw(st.sets(st.integers(0, 6), min_size=1, max_size=3)))
        groups = draw(st.lists(subset, max_size=2))
        windows = tuple((begin, begin + length) for begin in begins)
        return Option(draw(st.integers(0, 4)), draw(st.integers(0, 4)), draw(st.integers(0, 3)), windows, tuple(groups))

    options = tuple(option() for _ in range(count))
    return Way(
        options=options,
        needs=() if programme else tuple(draw(st.lists(subset, min_size=1, max_size=3))),
        target=draw(targets(count)) if programme else None,
        budget=draw(st.sampled_from([NO_LIMIT, NO_LIMIT, 3, 6])),
        weekly=draw(st.sampled_from([NO_LIMIT, NO_LIMIT, 2, 4])),
        last=draw(st.sampled_from([NO_LIMIT, NO_LIMIT, 4, 7])),
        order=draw(st.sampled_from(ORDERS)),
        differs=tuple(draw(st.lists(st.tuples(subset, st.integers(0, 1)), max_size=1))),
    )


@st.composite
def targets(draw: st.DrawFn, count: int) -> Target:
    """One item for each option and one that is held."""
    items = (*range(count), None)
    everything = frozenset(range(count + 1))
    subset = st.frozensets(st.integers(0, count), max_size=count + 1)
    nodes = (
        Node("all", "group", (1, 2), draw(st.integers(1, 2)), unit="u"),
        Node("one", "take", eligible=draw(subset), unit="u"),
        Node("other", "take", eligible=draw(subset), unit="u"),
    )
    bounds = [
        Bound(1, "one", "credits", everything, draw(st.integers(1, 4)), unit="u"),
        Bound(2, "other", "count", everything, draw(st.integers(1, 2)), unit="u"),
    ]
    if draw(st.booleans()):
        bounds.append(Bound(0, "portion", "credits", draw(subset), draw(st.integers(1, 3)), unit="u"))
    caps = [Cap(0, "cap", "count", draw(subset), draw(st.integers(0, 2)))] if draw(st.booleans()) else []
    classes = (draw(subset),) if draw(st.booleans()) else ()
    amounts = {"u": tuple(draw(st.integers(1, 3)) for _ in items)}
    names = tuple(f"c{number}" for number in range(count + 1))
    return Target(Problem(names, nodes, amounts, tuple(bounds), tuple(caps), classes=classes), items)


def check(way: Way) -> None:
    wanted = best(way)
    if wanted is None:
        with pytest.raises(Impossible) as none:
            find(way)
        assert none.value.proven
        return
    found = find(way)
    assert reaches(way, frozenset(found.chosen))
    assert fits(way, found.chosen)
    assert values(way, found.chosen) == found.values
    assert found.values == wanted
    assert found.proven


@SETTINGS
@given(questions())
def test_a_goal_of_skills(way: Way) -> None:
    check(way)


@SETTINGS
@given(questions(programme=True))
def test_a_goal_that_is_a_programme(way: Way) -> None:
    check(way)


@SETTINGS
@given(questions())
def test_bounds_with_days_leave_the_best_in(way: Way) -> None:
    """Small questions need no relaxation with days; here they get one, and nothing of the best is left out by it."""
    with mock.patch.object(timetable, "_FEW", 0):
        check(way)


@settings(SETTINGS, max_examples=60)
@given(questions(programme=True))
def test_bounds_with_days_of_a_programme(way: Way) -> None:
    with mock.patch.object(timetable, "_FEW", 0):
        check(way)


@settings(SETTINGS, max_examples=60)
@given(questions(), st.floats(0, 0.02))
def test_what_is_said_when_patience_ends_is_true(way: Way, patience: float) -> None:
    """However early the search ends: a plan keeps the rules, its bound is not above the best, and "proven" is."""
    wanted = best(way)
    try:
        found = find(way, Patience(patience))
    except Impossible as none:
        refused = none.proven
    else:
        refused = None
    if refused is not None:
        assert wanted is None or not refused
        return
    assert wanted is not None
    assert fits(way, found.chosen)
    assert reaches(way, frozenset(found.chosen))
    assert found.bounds[0] <= wanted[0] <= found.values[0]


@settings(SETTINGS, max_examples=25)
@given(questions())
def test_the_same_question_has_the_same_answer(way: Way) -> None:
    try:
        assert find(way) == find(way)
    except Impossible:
        with pytest.raises(Impossible):
            find(replace(way))
