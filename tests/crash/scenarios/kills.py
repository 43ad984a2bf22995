"""SIGKILL at a chosen moment: before a statement, before or after a commit, or instead of a system call."""

from __future__ import annotations

from .. import moments
from ..stage import time_passes, work
from .bench import WORKS, Bench, Result, Timed, share


def at_statements(bench: Bench, points: int, names: tuple[str, ...] = tuple(WORKS)) -> Result:
    """Killed in the process itself, before a statement or around a commit."""
    with Timed(Result("SIGKILL at statements and commits")) as result:
        for name, wanted in share(points, names).items():
            for number in bench.chosen(bench.moments_of(name), wanted):
                what = bench.begin(name)
                child = bench.stage.run(moments.at_moment(number, moments.die, what))
                result.points += child.killed
                bench.judge(result, f"{name} at moment {number}", child)
    return result


def at_system_calls(bench: Bench, points: int, names: tuple[str, ...] = tuple(WORKS)) -> Result:
    """Killed from outside, instead of a write, a sync, a rename, a send or a receive."""
    with Timed(Result("SIGKILL at system calls")) as result:
        for name, wanted in share(points, names).items():
            seen = bench.calls_of(name)
            for number in bench.chosen(len(seen), wanted):
                what = bench.begin(name)
                child = moments.at_system_call(bench.stage, what, seen, number)
                result.points += child.killed
                bench.judge(result, f"{name} at {seen[number - 1]}, call {number}", child)
    return result


def of_rare_calls(bench: Bench, names: tuple[str, ...] = tuple(WORKS)) -> Result:
    """At each single sync, rename, unlink and making of a folder: few beside the writes, and what a commit stands on."""
    rare = ("fsync", "fdatasync", "rename", "unlink", "mkdir", "ftruncate", "link")
    with Timed(Result("SIGKILL at each sync, rename, unlink, mkdir")) as result:
        for name in names:
            seen = bench.calls_of(name)
            for number, call in enumerate(seen, 1):
                if call in rare:
                    what = bench.begin(name)
                    child = moments.at_system_call(bench.stage, what, seen, number)
                    result.points += child.killed
                    bench.judge(result, f"{name} at {call}, call {number}", child)
    return result


def of_a_thousand(bench: Bench, kills: int, rows: int = 1000) -> Result:
    """One batch of a thousand in its real steps, whose workers are killed again and again, each a little further on."""
    with Timed(Result(f"SIGKILL {kills} times in one batch of {rows:,}")) as result:
        bench.real_steps()
        bench.prepare_cohort(rows)
        every = moments.count_moments(bench.stage, work) // (kills + 1)
        bench.put_back("cohort")
        for _ in range(kills):
            time_passes()
            child = bench.stage.run(moments.at_moment(every, moments.die, work))
            if child.fault:
                result.faults.append(("cohort", child.fault))
            if not child.killed:
                break
            result.points += 1
        bench.judge(result, "cohort")
        bench.small_steps()
    return result
