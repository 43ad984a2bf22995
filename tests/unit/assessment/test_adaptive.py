"""Adaptive tests: the same figures as the published libraries, and rules that hold for every test.

Figures marked girth and catsim were computed once with girth 0.8.0 and catsim 0.21.0 on the data made here (decision 0030).
"""

from __future__ import annotations

import math
import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from testamur.assessment.adaptive import (
    Ability,
    Answer,
    Item,
    Response,
    Rules,
    ability_at,
    calibrate,
    estimate,
    expected_percent,
    select,
    stop,
    verdict,
)
from testamur.errors import InputError

SETTINGS = settings(max_examples=60, deadline=None, derandomize=True)
TRUE = [Item(f"i{n:02}", 0.6 + 0.15 * n, -1.8 + 0.3 * n) for n in range(12)]


def answers(missing: float, persons: int = 800) -> list[list[bool | None]]:
    chance = random.Random(7)
    rows = []
    for _ in range(persons):
        theta = chance.gauss(0, 1)
        row = []
        for item in TRUE:
            right = chance.random() < 1 / (1 + math.exp(-item.a * (theta - item.b)))
            row.append(right if chance.random() >= missing else None)
        rows.append(row)
    return rows


def responses(rows: list[list[bool | None]]) -> list[Response]:
    return [
        Response(f"p{person:04}", item.key, given)
        for person, row in enumerate(rows)
        for item, given in zip(TRUE, row, strict=True)
        if given is not None
    ]


@pytest.mark.parametrize(
    ("a", "b", "theta", "probability", "information"),  # catsim: irt.icc and irt.inf
    [
        (1.2, 0.5, 0.0, 0.35434369377420455, 0.32944930625758645),
        (0.7, -1.0, 1.5, 0.8519528019683106, 0.06180332034146102),
        (2.0, 0.3, 0.3, 0.5, 1.0),
    ],
)
def test_curves(a: float, b: float, theta: float, probability: float, information: float) -> None:
    item = Item("i", a, b)
    assert item.probability(theta) == pytest.approx(probability)
    assert item.information(theta) == pytest.approx(information)


@pytest.mark.parametrize(
    ("missing", "thetas"),  # girth: ability_eap
    [
        (0.0, [0.1505, 0.7919, 0.2915, 0.1505, 0.4542, 0.8175]),
        (0.4, [0.2016, 0.6514, 0.5105, 0.0501, 0.3126, -0.2376]),
    ],
)
def test_abilities(missing: float, thetas: list[float]) -> None:
    for row, theta in zip(answers(missing), thetas, strict=False):
        given = [Answer(item, right) for item, right in zip(TRUE, row, strict=True) if right is not None]
        assert estimate(given).theta == pytest.approx(theta, abs=0.0002)


@pytest.mark.parametrize(
    ("missing", "a", "b"),  # girth: twopl_mml, which has no priors; extreme items are drawn in by ours
    [
        (
            0.0,
            [0.421, 0.631, 0.973, 0.966, 0.839, 1.354, 1.309, 1.493, 1.891, 2.064, 2.002, 2.358],
            [-2.567, -1.615, -1.201, -1.065, -0.790, -0.363, -0.036, 0.281, 0.552, 0.775, 1.096, 1.362],
        ),
        (
            0.4,
            [0.435, 0.615, 1.026, 0.838, 0.780, 1.354, 1.252, 1.314, 1.525, 2.180, 2.359, 4.003],
            [-2.372, -1.637, -1.109, -1.150, -0.693, -0.500, -0.082, 0.243, 0.641, 0.722, 1.026, 1.198],
        ),
    ],
)
def test_parameters_agree_with_the_published_library_where_answers_are_many(
    missing: float, a: list[float], b: list[float]
) -> None:
    found = calibrate([Item(item.key, 1.0, 0.0) for item in TRUE], responses(answers(missing)))
    for place in range(2, 11):  # the first two and the last are extreme
        assert found[place].item.a == pytest.approx(a[place], rel=0.1)
        assert found[place].item.b == pytest.approx(b[place], abs=0.06)


@pytest.mark.parametrize("missing", [0.0, 0.4])
def test_parameters_are_within_their_errors_of_the_truth(missing: float) -> None:
    found = calibrate([Item(item.key, 1.0, 0.0) for item in TRUE], responses(answers(missing)))
    assert sum(one.calibrated for one in found) >= 10
    misses = 0
    for one, true in zip(found, TRUE, strict=True):
        assert one.se_a is not None
        assert one.se_b is not None
        misses += abs(one.item.a - true.a) > 2 * one.se_a
        misses += abs(one.item.b - true.b) > 2 * one.se_b
    assert misses <= 3, "of 24 intervals"


def test_items_with_few_answers_keep_what_they_have() -> None:
    rows = [[row[0], *row[1:]] if place < 50 else [None, *row[1:]] for place, row in enumerate(answers(0.0, 400))]
    bank = [Item(item.key, 1.0, 0.7, "area") for item in TRUE]
    found = calibrate(bank, responses(rows))
    assert found[0].item == bank[0]
    assert (found[0].findings, found[0].answers, found[0].calibrated) == (("too_few",), 50, False)
    assert found[1].item.area == "area"
    assert found[1].answers == 400
    assert calibrate(bank, [])[3].findings == ("too_few",)
    assert calibrate([], []) == []


def test_an_item_that_tells_nobody_apart_is_flat_and_none_runs_away() -> None:
    chance = random.Random(1)
    data = responses(answers(0.0, 400))
    persons = sorted({one.person for one in data})
    data += [Response(person, "coin", chance.random() < 0.5) for person in persons]
    data += [Response(person, "gift", True) for person in persons]
    found = {one.item.key: one for one in calibrate([*TRUE, Item("coin", 1, 0), Item("gift", 1, 0)], data)}
    assert "flat" in found["coin"].findings
    assert "imprecise" in found["gift"].findings
    assert -6 <= found["gift"].item.b < -2


@pytest.mark.parametrize("more", [Response("p0000", "i00", True), Response("p0000", "unknown", True)])
def test_answers_that_cannot_be_are_refused(more: Response) -> None:
    with pytest.raises(InputError):
        calibrate(TRUE, [Response("p0000", "i00", True), more])


@pytest.mark.parametrize(
    ("a", "b"), [(0.0, 0.0), (-1.0, 0.0), (9.0, 0.0), (1.0, 7.0), (math.nan, 0.0), (1.0, math.inf)]
)
def test_parameters_have_bounds(a: float, b: float) -> None:
    with pytest.raises(InputError):
        Item("i", a, b)


def test_without_answers_it_is_the_prior_and_all_right_is_no_infinity() -> None:
    nothing = estimate([])
    assert (nothing.theta, nothing.se) == (pytest.approx(0, abs=1e-9), pytest.approx(1, abs=1e-3))
    best = estimate(Answer(Item(str(n), 2.0, 0.0), True) for n in range(50))
    assert 1 < best.theta < 4.5
    assert best.se > 0.2


@SETTINGS
@given(st.lists(st.tuples(st.floats(0.2, 3), st.floats(-3, 3), st.booleans()), min_size=1, max_size=15))
def test_a_right_answer_never_lowers_the_ability(given: list[tuple[float, float, bool]]) -> None:
    said = [Answer(Item(str(n), a, b), right) for n, (a, b, right) in enumerate(given)]
    for place, (item, right) in enumerate(said):
        turned = [*said[:place], Answer(item, not right), *said[place + 1 :]]
        higher, lower = (said, turned) if right else (turned, said)
        assert estimate(higher).theta >= estimate(lower).theta


@SETTINGS
@given(st.floats(-3, 3))
def test_percent_and_ability_are_two_words_for_one_thing(theta: float) -> None:
    percent, error = expected_percent(TRUE, Ability(theta, 0.3))
    assert ability_at(TRUE, percent) == pytest.approx(theta, abs=1e-6)
    beside, _ = expected_percent(TRUE, Ability(theta + 0.001, 0.3))
    assert error == pytest.approx((beside - percent) / 0.001 * 0.3, rel=0.01)
    with pytest.raises(InputError):
        expected_percent([], Ability(0, 1))


def test_three_outcomes() -> None:
    assert verdict(Ability(1.0, 0.3), 0.0) is True
    assert verdict(Ability(-1.0, 0.3), 0.0) is False
    assert verdict(Ability(0.4, 0.3), 0.0) is None


def bank(size: int, seed: int = 1) -> list[Item]:
    chance = random.Random(seed)
    return [
        Item(f"q{n:03}", math.exp(chance.gauss(0.1, 0.3)), chance.gauss(0, 1.2), "AB"[n % 3 != 0]) for n in range(size)
    ]


def sit(
    items: list[Item], rules: Rules, theta: float, seed: str, given: dict[str, int], tests: int
) -> tuple[list[str], Ability, str]:
    chance = random.Random(f"person {seed}")
    said: list[Answer] = []
    while True:
        ability = estimate(said)
        reason = stop(ability, len(said), len(items), rules)
        if reason:
            return [answer.item.key for answer in said], ability, reason
        item = select(items, {a.item.key for a in said}, ability, rules, seed=seed, given=given, tests=tests)
        assert item is not None
        said.append(Answer(item, chance.random() < item.probability(theta)))


@SETTINGS
@given(
    st.integers(1, 12), st.integers(1, 6), st.integers(0, 8), st.floats(-2, 2), st.floats(0.2, 0.8), st.integers(0, 99)
)
def test_every_test_ends_by_its_rules(size: int, least: int, more: int, theta: float, se: float, seed: int) -> None:
    rules = Rules(minimum=least, maximum=least + more, se=se)
    items = bank(size)
    asked, ability, reason = sit(items, rules, theta, str(seed), {}, 0)
    assert len(set(asked)) == len(asked)
    assert {
        "exhausted": len(asked) == size,
        "maximum": len(asked) == rules.maximum,
        "precise": ability.se <= se and len(asked) >= least,
    }[reason]
    assert sit(items, rules, theta, str(seed), {}, 0) == (asked, ability, reason)


def test_a_cut_that_is_clear_ends_the_test() -> None:
    rules = Rules(minimum=4, maximum=40, se=0.01, cut=0.0)
    asked, ability, reason = sit(bank(100), rules, 2.5, "able", {}, 0)
    assert reason == "decided"
    assert verdict(ability, 0.0) is True
    assert 4 <= len(asked) < 40


def test_no_item_is_given_too_often_and_areas_have_their_share() -> None:
    items, rules = bank(90), Rules(minimum=5, maximum=12, se=0.3, exposure=0.25, areas={"A": 1, "B": 3})
    given: Counter[str] = Counter()
    areas: Counter[str] = Counter()
    area_of = {item.key: item.area for item in items}
    chance = random.Random(4)
    tests = 300
    for test in range(tests):
        asked, _, _ = sit(items, rules, chance.gauss(0, 1), f"t{test}", given, test)
        given.update(asked)
        areas.update(area_of[key] for key in asked)
    assert max(given.values()) <= 0.25 * tests + 1
    assert areas["B"] / areas.total() == pytest.approx(0.75, abs=0.04)
    assert len(given) > 0.9 * len(items), "the bank is used"


def test_where_every_item_was_given_too_often_the_least_given_is_asked() -> None:
    items = bank(3)
    given = {"q000": 90, "q001": 80, "q002": 95}
    chosen = select(items, (), Ability(0, 1), Rules(exposure=0.1), seed=1, given=given, tests=100)
    assert chosen is not None
    assert chosen.key == "q001"
    assert select(items, {"q000", "q001", "q002"}, Ability(0, 1), Rules(), seed=1) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"minimum": 0},
        {"minimum": 9, "maximum": 8},
        {"maximum": 101},
        {"se": 0.0},
        {"exposure": 0.0},
        {"areas": {"A": -1.0}},
    ],
)
def test_rules_that_contradict_each_other(wrong: dict[str, object]) -> None:
    with pytest.raises(InputError):
        Rules(**wrong)  # type: ignore[arg-type]
