"""Who assesses whom: the laws of an allocation, against brute force where that is possible."""

from __future__ import annotations

from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from testamur.assessment.peers import allocate, mutual_pairs
from testamur.errors import InputError, TooLarge

SETTINGS = settings(max_examples=150, deadline=None, derandomize=True)


def people(count: int) -> list[str]:
    return [f"p{number:05}" for number in range(count)]


def loads(allocation: dict[str, tuple[str, ...]], authors: list[str]) -> list[int]:
    return sorted(sum(author in works for works in allocation.values()) for author in authors)


@SETTINGS
@given(st.integers(2, 40), st.integers(1, 12), st.integers(0, 5))
def test_without_conflicts_everything_is_even_and_as_few_pairs_as_possible_assess_each_other(
    count: int, each: int, seed: int
) -> None:
    authors = people(count)
    allocation = allocate(authors, each=each, seed=seed)
    expected = min(each, count - 1)
    assert {reviewer: len(set(works)) for reviewer, works in allocation.items()} == dict.fromkeys(authors, expected)
    assert loads(allocation, authors) == [expected] * count
    assert all(reviewer not in works for reviewer, works in allocation.items())
    # n · each reviews among n (n - 1) / 2 pairs: what exceeds one review a pair is mutual.
    assert len(mutual_pairs(allocation)) == max(0, count * expected - count * (count - 1) // 2)


@st.composite
def tangled(draw: st.DrawFn) -> tuple[list[str], list[str], list[tuple[str, str]], int]:
    everybody = people(6)
    authors = draw(st.lists(st.sampled_from(everybody), min_size=1, max_size=5, unique=True))
    reviewers = draw(
        st.one_of(st.just(authors), st.lists(st.sampled_from(everybody), min_size=1, max_size=4, unique=True))
    )
    conflicts = draw(st.lists(st.sampled_from(list(combinations(everybody, 2))), max_size=7))
    return authors, reviewers, conflicts, draw(st.integers(1, 3))


@SETTINGS
@given(tangled(), st.integers(0, 3))
def test_with_conflicts_everybody_gets_what_is_left_and_loads_are_the_most_level_there_are(
    case: tuple[list[str], list[str], list[tuple[str, str]], int], seed: int
) -> None:
    authors, reviewers, conflicts, each = case
    allocation = allocate(authors, each=each, seed=seed, conflicts=conflicts, reviewers=reviewers)
    assert set(allocation) == set(reviewers)
    ways = []
    for reviewer in reviewers:
        free = [a for a in authors if a != reviewer and not {(a, reviewer), (reviewer, a)} & set(conflicts)]
        assert set(allocation[reviewer]) <= set(free)
        assert len(set(allocation[reviewer])) == min(each, len(free))
        ways.append(list(combinations(free, min(each, len(free)))))
    best = min(
        sum(load * load for load in loads(dict(zip(reviewers, way, strict=True)), authors)) for way in product(*ways)
    )
    assert sum(load * load for load in loads(allocation, authors)) == best


@SETTINGS
@given(st.integers(3, 25), st.integers(1, 4), st.randoms(use_true_random=False))
def test_the_same_people_in_another_order_are_allocated_alike(count: int, each: int, chance: object) -> None:
    authors = people(count)
    shuffled = authors[:]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    conflicts = [(authors[0], authors[1])]
    assert allocate(authors, each=each, seed="cohort", conflicts=conflicts) == allocate(
        shuffled, each=each, seed="cohort", conflicts=[(authors[1], authors[0])]
    )


def test_another_seed_is_another_draw() -> None:
    assert allocate(people(20), each=3, seed=1) != allocate(people(20), each=3, seed=2)


def test_what_was_allocated_before_stays() -> None:
    authors = people(12)
    before = allocate(authors[:10], each=3, seed=1)
    after = allocate(authors, each=3, seed=2, kept=before)
    assert all(set(before[reviewer]) <= set(after[reviewer]) for reviewer in before)
    assert all(len(works) == 3 for works in after.values())


def test_conflicts_in_a_cohort_leave_no_pair_that_assess_each_other() -> None:
    authors = people(60)
    conflicts = [(authors[number], authors[number + 1]) for number in range(0, 60, 2)]
    for seed in range(10):
        allocation = allocate(authors, each=4, seed=seed, conflicts=conflicts)
        assert mutual_pairs(allocation) == []
        assert loads(allocation, authors) == [4] * 60


def test_somebody_whom_nobody_may_assess_holds_nobody_up() -> None:
    authors = people(800)
    conflicts = [(authors[0], other) for other in authors[1:]]
    allocation = allocate(authors, each=3, seed=1, conflicts=conflicts)
    assert allocation[authors[0]] == ()
    assert loads(allocation, authors) == [0] + [3] * 799


def test_nobody_is_nothing() -> None:
    assert allocate([], each=3, seed=1) == {}
    assert allocate(["alone"], each=3, seed=1) == {"alone": ()}


@pytest.mark.parametrize("each", [0, -1, 51])
def test_how_many_each_is_bounded(each: int) -> None:
    with pytest.raises(InputError):
        allocate(people(3), each=each, seed=1)


def test_strangers_cannot_be_kept_and_crowds_are_refused() -> None:
    with pytest.raises(InputError):
        allocate(people(3), each=1, seed=1, kept={"stranger": ["p00000"]})
    with pytest.raises(TooLarge):
        allocate(people(20_001), each=1, seed=1)
