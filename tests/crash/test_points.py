"""How the points of a batch of a thousand are chosen."""

from __future__ import annotations

from pathlib import Path

from . import moments
from .scenarios import thousands


def test_points_of_a_batch_differ_in_kind_before_they_differ_in_place() -> None:
    labels = ["a", *["b"] * 5, "a", "c", *["b"] * 5]
    assert thousands.chosen(labels, 4) == [(1, "a"), (2, "b"), (7, "a"), (8, "c")]
    assert {label for _, label in thousands.chosen(labels, 3)} == {"a", "b", "c"}
    assert thousands.chosen(labels, 99) == [(number, label) for number, label in enumerate(labels, 1)]


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
