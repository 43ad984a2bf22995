"""Work on several processes: in order, bounded, and nothing lost when one of them dies."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from testamur.cli.verifying import pool
from testamur.cli.verifying.pool import BrokenOff, in_processes


def doubling() -> Callable[[int], int]:
    return lambda number: 2 * number


def lost(item: int) -> int:
    return -item


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def dying_of(*fatal: int) -> Callable[[], Callable[[int], int]]:
    def work(number: int) -> int:
        if number in fatal:
            die()
        return 2 * number

    return lambda: work


def test_results_come_in_the_order_of_the_items() -> None:
    def make() -> Callable[[int], int]:
        def work(number: int) -> int:
            if number % 16 == 0:
                sum(range(20_000 * (number % 3)))  # some take longer than those after them
            return 2 * number

        return work

    assert list(in_processes(range(500), make, lost, processes=3)) == [2 * number for number in range(500)]


@pytest.mark.parametrize("count", [0, 1, 3])
def test_few_items_and_none(count: int) -> None:
    assert list(in_processes(range(count), doubling, lost, processes=2)) == [2 * number for number in range(count)]


def test_what_two_processes_died_of_is_said_and_its_neighbours_are_answered() -> None:
    results = list(in_processes(range(1, 101), dying_of(7, 40, 41), lost, processes=2))
    assert results == [-number if number in (7, 40, 41) else 2 * number for number in range(1, 101)]


def test_a_process_that_dies_once_costs_nothing(tmp_path: Path) -> None:
    def make() -> Callable[[int], int]:
        def work(number: int) -> int:
            if number == 30:
                try:
                    (tmp_path / "died").mkdir()
                except FileExistsError:
                    return 2 * number
                die()
            return 2 * number

        return work

    assert list(in_processes(range(1, 101), make, lost, processes=2)) == [2 * number for number in range(1, 101)]


def test_who_says_nothing_for_too_long_is_given_up() -> None:
    def make() -> Callable[[int], int]:
        def work(number: int) -> int:
            if number == 3:
                signal.pause()
            return 2 * number

        return work

    results = list(in_processes(range(1, 6), make, lost, processes=1, patience=0.3))
    assert results == [2, 4, -3, 8, 10]


def test_no_more_is_read_than_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "AHEAD_BYTES", 1_000)
    read = 0

    def items() -> Iterator[int]:
        nonlocal read
        for number in range(1_000):
            read += 1
            yield number

    results = in_processes(items(), doubling, lost, processes=2, weigh=lambda _: 100)
    assert next(results) == 0
    assert read <= 10 + 1
    assert list(results) == [2 * number for number in range(1, 1_000)]


def test_an_error_of_the_source_comes_after_what_was_before_it() -> None:
    def items() -> Iterator[int]:
        yield from range(20)
        raise ValueError("the archive is damaged here")

    results = in_processes(items(), doubling, lost, processes=2)
    assert [next(results) for _ in range(20)] == [2 * number for number in range(20)]
    with pytest.raises(ValueError, match="damaged here"):
        next(results)


def test_an_error_of_the_work_is_told() -> None:
    def make() -> Callable[[int], int]:
        return lambda number: 1 // (number - 5)

    with pytest.raises(BrokenOff, match="ZeroDivisionError"):
        list(in_processes(range(10), make, lost, processes=2))


def test_a_process_that_cannot_begin_is_not_begun_for_ever() -> None:
    def make() -> Callable[[int], int]:
        die()
        return lambda number: number

    with pytest.raises(BrokenOff, match="begin"):
        list(in_processes(range(10), make, lost, processes=2))


def test_nobody_is_left_behind_when_the_reader_stops() -> None:
    import multiprocessing

    results = in_processes(range(1_000), doubling, lost, processes=2)
    assert next(results) == 0
    assert len(multiprocessing.active_children()) == 2
    results.close()  # type: ignore[attr-defined]
    assert multiprocessing.active_children() == []
