"""SIGKILL at a chosen moment: before a statement, before or after a commit, or instead of a system call.

A run is killed several times on its way, each time somewhere else: whoever carries on is killed again a little further on. So every run of
five kills costs one image and one examination, and what a kill has left is met by another one.
"""

from __future__ import annotations

from collections.abc import Callable

from .. import moments
from ..examination import Seen
from ..stage import Child, time_passes, work
from .bench import SMALL, Bench, Result, Timed, share

KILLS = 5
"""In one run; a job that is killed oftener is given up as one that kills its worker, which is another thing."""


def at_statements(bench: Bench, points: int, names: tuple[str, ...] = SMALL) -> Result:
    """Killed in the process itself, before a statement or around a commit."""
    with Timed(Result("SIGKILL at statements and commits")) as result:
        for name, wanted in share(points, names).items():
            total = bench.moments_of(name)

            def kill(number: int, what: Callable[[], None]) -> Child:
                return bench.stage.run(moments.at_moment(number, moments.die, what))

            _on_the_way(bench, result, name, total, wanted, kill)
    return result


def at_system_calls(bench: Bench, points: int, names: tuple[str, ...] = SMALL) -> Result:
    """Killed from outside, instead of a write, a sync, a rename, a send or a receive."""
    with Timed(Result("SIGKILL at system calls")) as result:
        for name, wanted in share(points, names).items():
            seen = bench.calls_of(name)

            def kill(number: int, what: Callable[[], None], seen: list[str] = seen) -> Child:
                return moments.at_system_call(bench.stage, what, seen, number)

            _on_the_way(bench, result, name, len(seen), wanted, kill)
    return result


def _on_the_way(
    bench: Bench, result: Result, name: str, total: int, wanted: int, kill: Callable[[int, Callable[[], None]], Child]
) -> None:
    """`wanted` kills in runs of five. The first of a run comes in the first fifth of the way, in each run at another moment; the others a
    fifth further on each."""
    runs = max(1, wanted // KILLS)
    step = total // KILLS
    for first in bench.chosen(step, runs):
        what = bench.begin(name)
        seen: list[Seen] = []
        where = f"{name}, killed at {first}, then each {step} further"
        for turn in range(min(KILLS, wanted)):
            child = kill(first if turn == 0 else step, what if turn == 0 else work)
            if child.fault:
                result.faults.append((where, child.fault))
            if not child.killed:
                break
            result.hit(f"{where}, kill {turn + 1}")
            seen.append(Seen.now(bench.stage))
            time_passes()
        bench.judge(result, where, seen=seen)


def of_rare_calls(bench: Bench, points: int, names: tuple[str, ...] = SMALL) -> Result:
    """At single syncs, rename, unlink and making of a folder: few beside the writes, and what a commit stands on."""
    rare = ("fsync", "fdatasync", "rename", "unlink", "mkdir", "ftruncate", "link")
    with Timed(Result("SIGKILL at syncs, renames, unlinks, mkdirs")) as result:
        for name, wanted in share(points, names).items():
            seen = bench.calls_of(name)
            places = [number for number, call in enumerate(seen, 1) if call in rare]
            for place in bench.chosen(len(places), wanted):
                number = places[place - 1]
                what = bench.begin(name)
                child = moments.at_system_call(bench.stage, what, seen, number)
                where = f"{name} at {seen[number - 1]}, call {number}"
                result.hit(where, child.killed)
                bench.judge(result, where, child)
    return result


def of_several(bench: Bench, points: int, names: tuple[str, ...] = ("first", "grown"), workers: int = 3) -> Result:
    """Workers that compete, of which one dies at its moment, and the others with it, wherever they are."""
    with Timed(Result(f"SIGKILL of {workers} workers at once")) as result:
        for name, wanted in share(points, names).items():
            for number in bench.chosen(bench.moments_of(name) // workers, wanted):
                what = bench.begin(name)
                first = bench.stage.child(moments.at_moment(number, moments.die, what))
                others = [bench.stage.child(what) for _ in range(workers - 1)]
                for each in (*others, first):
                    each.start()
                first.wait()
                for each in others:
                    each.kill()
                where = f"{name}, the first at moment {number}"
                result.hit(where, first.killed)
                bench.judge(result, where, first)
    return result
