"""The solver's assignment is the best there is: its whole objective equals that of trying every assignment, on random small problems.

`TESTAMUR_EXAMPLES=1000 pytest tests/properties/test_pathways_assignment.py` tries more of them.
"""

from __future__ import annotations

import os
import random
from dataclasses import replace
from fractions import Fraction

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.properties.pathways_brute_force import best, vector

from testamur.pathways.engine.problem import Bound, Cap, Node, Problem
from testamur.pathways.engine.solver import solve

EXAMPLES = int(os.environ.get("TESTAMUR_EXAMPLES", "250"))
SETTINGS = settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    count = draw(st.integers(1, 4))
    items = tuple(f"c{index}" for index in range(count))
    everything = frozenset(range(count))
    subset = st.frozensets(st.integers(0, count - 1), max_size=count)
    amounts = tuple(draw(st.integers(0, 3)) for _ in items)
    leaves = draw(st.integers(1, 3))
    flat = draw(st.booleans())
    pooled = draw(st.booleans())
    divisible = draw(st.integers(0, 3)) == 0
    nodes = []
    first = 1 if flat else 2
    numbers = tuple(range(first, first + leaves))
    root = numbers if flat else (1,)
    nodes.append(Node("root", "group", root, draw(st.integers(1 if not flat else 0, len(root))), unit="u"))
    if not flat:
        least = draw(st.integers(0, leaves))
        most = draw(st.one_of(st.none(), st.integers(least, leaves)))
        nodes.append(Node("group", "group", numbers, least, most, unit="u"))
    for number in numbers:
        after = (first,) if number > first and draw(st.integers(0, 4)) == 0 else ()
        pool = "pool" if pooled and draw(st.booleans()) else ""
        nodes.append(Node(f"leaf {number}", "take", (), 0, None, draw(subset), "u", pool, divisible, after))
    node = st.integers(0, len(nodes) - 1)
    share = st.sampled_from([Fraction(1, 4), Fraction(1, 3), Fraction(1, 2), Fraction(3, 4), Fraction(1)])
    values = st.lists(st.integers(0, 2), min_size=count, max_size=count)
    groups = values.map(
        lambda of: tuple(frozenset(i for i, value in enumerate(of) if value == each) for each in (0, 1))
    )
    bounds = [Bound(number, "least", "credits", everything, draw(st.integers(1, 5)), unit="u") for number in numbers]
    for _ in range(draw(st.integers(0, 3))):
        kind = draw(st.sampled_from(["count", "credits", "share", "distinct", "mean", "fact"]))
        label = kind in ("count", "credits") and draw(st.booleans())
        bounds.append(
            Bound(
                0 if label else draw(node),
                kind,
                kind,  # type: ignore[arg-type]
                draw(subset),
                draw(st.integers(1, 4)),
                draw(share),
                draw(groups),
                {item: draw(st.integers(-3, 3)) for item in range(count)} if kind == "mean" else {},
                draw(st.booleans()),
                "u",
                label,
            )
        )
    caps = []
    for _ in range(draw(st.integers(0, 3))):
        kind = draw(st.sampled_from(["count", "credits", "share", "distinct"]))
        caps.append(Cap(draw(node), kind, kind, draw(subset), draw(st.integers(0, 4)), draw(share), draw(groups), "u"))  # type: ignore[arg-type]
    pairs = st.tuples(node, st.integers(0, count - 1), st.integers(0, count - 1))
    return Problem(
        items=items,
        nodes=tuple(nodes),
        amounts={"u": amounts},
        bounds=tuple(bounds),
        caps=tuple(caps),
        conflicts=tuple(draw(st.lists(pairs, max_size=2))),
        same=tuple((draw(node), draw(groups)) for _ in range(draw(st.integers(0, 1)))),
        classes=tuple(draw(st.lists(subset, max_size=1))),
        pools={"pool": (2, draw(st.one_of(st.none(), st.integers(0, 3))))} if pooled else {},
        manual=frozenset((number, item) for number in numbers for item in draw(subset))
        if draw(st.booleans())
        else frozenset(),
    )


@SETTINGS
@given(problems())
def test_the_solver_is_as_good_as_trying_everything(problem: Problem) -> None:
    solution = solve(problem)
    assert solution.proven
    assert solution.vector == best(problem)
    assert vector(problem, solution.needed, dict(solution.uses)) == solution.vector


@settings(SETTINGS, max_examples=25)
@given(problems(), st.integers(0, 2**32))
def test_the_order_of_what_does_not_matter_does_not_matter(problem: Problem, seed: int) -> None:
    shuffle = random.Random(seed)
    bounds, caps = list(problem.bounds), list(problem.caps)
    shuffle.shuffle(caps)
    again = replace(problem, bounds=tuple(bounds), caps=tuple(caps))
    assert solve(again).vector == solve(problem).vector


@settings(SETTINGS, max_examples=25)
@given(problems())
def test_the_same_question_has_the_same_answer(problem: Problem) -> None:
    assert solve(problem) == solve(problem)
