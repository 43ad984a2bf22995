"""SIGKILL on the way of one batch of 1,000 rows: uploaded, read, decided, signed, recorded in the log, deposited, told by mail, closed.

The points are chosen so that they differ. Every kind of moment (a statement of another text, before or after a commit that ends another
statement; a system call upon another kind of file) has its turn before one has a second, and of one kind they are spread over the whole
way. A batch is killed up to a hundred times, each time a little further on, and after each kill what was there before is compared; whoever
carries on begins a little earlier, so the next kill comes at the next moment of a kind that was chosen for somewhere before.

What is counted is what happened: kinds of moments, and how far the batch was then. Two kills of one kind at one state count once.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

from .. import moments, platforms
from ..examination import Seen
from ..stage import Child, time_passes
from .bench import WORKS, Bench, Result, Timed

KILLS = 100
"""Of one batch."""

IN_VAIN = 3
"""So often further points are chosen that bring nothing new."""

Point = tuple[int, str]
Kill = Callable[[Sequence[Point], int], tuple[Child, int]]
"""Kills at one of these points, where so many moments are behind us already, and says at which."""
Batch = Callable[[Sequence[Point]], set[Point]]
"""One batch on its way past these points; at which of them somebody was killed."""


def at_statements(bench: Bench, points: int) -> Result:
    """Before a statement; before or after a commit."""
    return _at_statements(bench, points, "SIGKILL at statements, 1,000 rows", platforms.OF_A_THOUSAND)


def at_system_calls(bench: Bench, points: int) -> Result:
    """Instead of a system call: within a commit, a file of the log, the talk with the server or the mail server."""
    with Timed(Result("SIGKILL at system calls, 1,000 rows")) as result, bench.of_a_thousand(platforms.OF_A_THOUSAND):
        what = bench.begin("thousand")
        seen = moments.system_calls_and_files(bench.stage, what)
        names = [name for name, _ in seen]
        labels = [" ".join(each) for each in seen]

        def kill(points: Sequence[Point], before: int) -> tuple[Child, int]:
            return moments.at_system_call(bench.stage, what, names[before:], points[0][0] - before), 0

        every_point(bench, result, labels, points, lambda some: _batch(bench, result, some, kill))
    return result


def in_real_steps(bench: Bench, points: int) -> Result:
    """The same in the steps that a batch of a thousand really takes: decided when it is started, signed a thousand at a time."""
    return _at_statements(bench, points, "SIGKILL at statements, 1,000 rows, real steps", ())


def _at_statements(bench: Bench, points: int, title: str, steps: Sequence[tuple[str, str, int]]) -> Result:
    with Timed(Result(title)) as result, bench.of_a_thousand(steps):
        what = bench.begin("thousand")
        labels = moments.labels_of(bench.stage, what)

        def kill(points: Sequence[Point], before: int) -> tuple[Child, int]:
            return moments.at_one_of(bench.stage, [(number - before, label) for number, label in points], what)

        every_point(bench, result, labels, points, lambda some: _batch(bench, result, some, kill))
    return result


def chosen(labels: Sequence[str], wanted: int) -> list[Point]:
    """`wanted` moments (from 1) with their labels, in their order: of each label one, then of each a second …, spread over all it has."""
    places: dict[str, list[int]] = defaultdict(list)
    for number, label in enumerate(labels, 1):
        places[label].append(number)
    quota: Counter[str] = Counter()
    left = min(wanted, len(labels))
    while left:
        for label, numbers in places.items():
            if left and quota[label] < len(numbers):
                quota[label] += 1
                left -= 1
    found = []
    for label, numbers in places.items():
        found += [(numbers[each - 1], label) for each in moments.spread(len(numbers), quota[label])]
    return sorted(found)


def every_point(
    bench: Bench, result: Result, labels: Sequence[str], wanted: int, batch: Batch, kills: int = KILLS
) -> None:
    """As many different points as wanted, in as many batches of `kills` each as it takes: where two turned out to be equal, others are
    chosen. What is chosen three times in vain is no more to be had: threads take turns otherwise than when the moments were noted."""
    wanted_first = wanted - result.different
    tried: set[Point] = set()
    in_vain = 0
    for asked in (wanted_first, *(wanted_first * more // 10 for more in range(11, 31))):
        missing = wanted - result.different
        if missing <= 0 or in_vain == IN_VAIN or bench.over():
            break
        left = [point for point in chosen(labels, asked) if point not in tried]
        if tried:
            left = [left[number - 1] for number in moments.spread(len(left), missing + 5)]
        tried |= set(left)
        if left:
            before = result.different
            _points(bench, left, batch, kills)
            in_vain = 0 if result.different > before else in_vain + 1
    if result.different < wanted:
        bench.tell(f"{result.scenario}: of {wanted} different points there are {result.different}")


def _points(bench: Bench, left: list[Point], batch: Batch, kills: int) -> None:
    """Every chosen point. What a batch has not come to (it was done before) is left for the next one. Where one came to nothing others have
    their turn, or the same once more: it may have been a matter of threads."""
    without = 0
    while left and not bench.over():
        batches = -(-len(left) // kills)
        if without > min(batches, 2):
            break
        done = batch(left[without % batches :: batches])
        without = 0 if done else without + 1
        left = [point for point in left if point not in done]


def _batch(bench: Bench, result: Result, points: Sequence[Point], kill: Kill) -> set[Point]:
    _, what = WORKS["thousand"]
    bench.begin("thousand")
    before, seen, done = 0, [Seen.now(bench.stage)], set()
    where = f"a batch killed at {[number for number, _ in points]}"
    left = list(points)
    while left:
        child, place = kill(left, before)
        if child.fault:
            result.faults.append((where, child.fault))
        if not child.killed:
            break
        point = left.pop(place)
        done.add(point)
        before = max(before, point[0])
        now = Seen.now(bench.stage)
        for fault in seen[-1].compared(now, bench.stage, finished=False):
            result.faults.append((where, f"after the kill at {point[0]}: {fault}"))
        seen.append(now)
        result.hit(json.dumps([point[1], now.progress()]))
        time_passes()
    bench.judge(result, where, what=what, seen=seen)
    bench.tell(
        f"  {result.scenario}: batch {result.runs}, {len(done)} of {len(points)} kills; "
        f"{result.different} different points of {result.points}"
    )
    return done
