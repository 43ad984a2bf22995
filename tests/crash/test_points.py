"""How the points of a batch of a thousand are chosen."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from . import moments
from .results import Result
from .scenarios import thousands
from .scenarios.thousands import Point


def test_points_of_a_batch_differ_in_kind_before_they_differ_in_place() -> None:
    labels = ["a", *["b"] * 5, "a", "c", *["b"] * 5]
    assert thousands.chosen(labels, 4) == [(1, "a"), (2, "b"), (7, "a"), (8, "c")]
    assert {label for _, label in thousands.chosen(labels, 3)} == {"a", "b", "c"}
    assert thousands.chosen(labels, 99) == [(number, label) for number, label in enumerate(labels, 1)]


def _asked(labels: Sequence[str], wanted: int, come: set[int]) -> tuple[Result, list[int]]:
    """What `every_point` found where batches come to the moments of these numbers only, and how many points each batch was asked for."""
    result, sizes, told = Result("a series"), [], []
    bench: Any = SimpleNamespace(over=lambda: False, tell=told.append)

    def batch(points: Sequence[Point]) -> set[Point]:
        sizes.append(len(points))
        done = {point for point in points if point[0] in come}
        for point in done:
            result.hit(str(point))
        return done

    thousands.every_point(bench, result, labels, wanted, batch, kills=4)
    assert bool(told) == (result.different < wanted)
    return result, sizes


def test_what_is_never_come_to_is_given_up() -> None:
    labels = [f"kind {number}" for number in range(40)]
    result, sizes = _asked(labels, 8, set(range(1, 41)))
    assert (result.different, sizes) == (8, [4, 4])
    result, sizes = _asked(labels, 8, set(range(2, 41, 2)))
    assert result.different == 8, "others are chosen"
    result, sizes = _asked(labels, 40, {1, 3})
    assert result.different == 2, "those beside it have their turn too"
    assert len(sizes) < 20, "and not again and again"
    result, sizes = _asked(labels, 8, set())
    assert result.different == 0
    assert len(sizes) <= 3 * thousands.IN_VAIN


def test_a_kill_comes_at_the_first_moment_that_any_point_waits_for(tmp_path: Path) -> None:
    said: list[int] = []
    found = moments.Wanted(
        [(1, "x"), (3, "b"), (4, "a"), (6, "c")], tmp_path / "told", lambda: said.append(found.count)
    )
    for label in ("a", "a", "a", "c", "a", "b"):
        found.pass_one(label)
    assert said == [5], "x never came, b and c had not come to their time, a had been waiting for its own since 4"
    assert (tmp_path / "told").read_text() == "2"


def test_statements_are_of_one_kind_whatever_their_values_and_number_of_rows() -> None:
    one = moments.kind_of('INSERT INTO "a" ("id", "b2") VALUES (%s, %s), (%s, %s)')
    assert one == moments.kind_of('INSERT INTO "a" ("id", "b2") VALUES (%s, %s), (%s, %s)')
    assert moments.kind_of("SELECT 1 WHERE a IN (%s, %s)") == moments.kind_of("SELECT 1 WHERE a IN (%s, %s, %s)")
    assert moments.kind_of('SAVEPOINT "s140_x2"') == moments.kind_of('SAVEPOINT "s140_x3"')
