"""A clock that jumps: by years or hours, forwards or backwards, for a while or for good, in the middle of a worker's work.

The clock is that of Python (`datetime.now`, `time.time`), which is the only one that the platform reads; and, so that this need not be
believed, that of the whole process, by libfaketime. Afterwards the true time is back,
and nobody helps: no lease is made to run out, no pause to end. What was stamped with a time that never came must not wait for it.
"""

from __future__ import annotations

import datetime as datetimes
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.utils import timezone

from .. import moments
from ..faked import Faked, library
from ..stage import unfinished, work
from .bench import Bench, Result, Timed, share

JUMPS = (timedelta(days=400), -timedelta(days=400), timedelta(hours=3), -timedelta(hours=3))
LEASE = timedelta(seconds=0.2)
_real = time.time


class Clock:
    """The clock of this process, `offset` away from the true one."""

    def __init__(self) -> None:
        self.offset = timedelta(0)

    def jump(self, by: timedelta) -> Callable[[], None]:
        def jumped() -> None:
            self.offset += by

        return jumped

    @contextmanager
    def installed(self) -> Iterator[None]:
        clock = self

        class Moved(datetimes.datetime):
            @classmethod
            def now(cls, tz: Any = None) -> Any:
                return datetimes.datetime.now(tz) + clock.offset

        true = timezone.datetime  # type: ignore[attr-defined]
        timezone.datetime = Moved  # type: ignore[attr-defined]
        time.time = lambda: _real() + clock.offset.total_seconds()
        try:
            yield
        finally:
            timezone.datetime, time.time = true, _real  # type: ignore[attr-defined]


def jumps(bench: Bench, points: int, names: tuple[str, ...] = ("first", "grown")) -> Result:
    """The clock of a worker jumps at a moment, and the worker ends or is killed a little later; the next one has the true time."""
    bench.stage.overrides["TESTAMUR_JOB_LEASE"] = LEASE
    with Timed(Result("clock jumps forwards and backwards")) as result:
        for name, wanted in share(points, names).items():
            total = bench.moments_of(name)
            for turn, number in enumerate(bench.chosen(total, wanted)):
                by, killed = JUMPS[turn % len(JUMPS)], turn // len(JUMPS) % 2 == 1
                what = bench.begin(name)
                child = bench.stage.run(_with_jump(number, by, what, total // 10 if killed else 0))
                where = f"{name}: {by} at moment {number}{', then killed' if killed else ''}"
                result.hit(where)
                bench.judge(result, where, child, finish=lambda: patience(bench))
    bench.stage.overrides["TESTAMUR_JOB_LEASE"] = timedelta(seconds=60)
    return result


def under_libfaketime(bench: Bench, points: int, names: tuple[str, ...] = ("first", "grown")) -> Result:
    """The same by libfaketime: the clock of the whole process jumps, not only what Python reads of it."""
    bench.stage.overrides["TESTAMUR_JOB_LEASE"] = LEASE
    with Timed(Result("clock jumps, by libfaketime")) as result:
        if library() is None:
            result.not_run = "no libfaketime: sh tools/ensure-debian-packages faketime"
            return result
        faked = Faked(bench.stage)
        try:
            if abs(faked.skew(JUMPS[2]) - JUMPS[2].total_seconds()) > 60:
                raise RuntimeError("the clock does not jump")
            for name, wanted in share(points, names).items():
                total = bench.moments_of(name)
                for turn, number in enumerate(bench.chosen(total, wanted)):
                    by, killed = JUMPS[turn % len(JUMPS)], turn // len(JUMPS) % 2 == 1
                    bench.begin(name)
                    fault = faked.jump(number, by, total // 10 if killed else 0)
                    where = f"{name}: {by} at moment {number}{', then killed' if killed else ''}"
                    result.hit(where)
                    result.faults += [(where, fault)] if fault else []
                    bench.judge(result, where, finish=lambda: patience(bench))
        finally:
            faked.close()
    bench.stage.overrides["TESTAMUR_JOB_LEASE"] = timedelta(seconds=60)
    return result


def _with_jump(number: int, by: timedelta, what: Callable[[], None], dies_after: int) -> Callable[[], None]:
    def moved() -> None:
        clock = Clock()
        with clock.installed():
            jumping = moments.at_moment(number, clock.jump(by), what)
            (moments.at_moment(number + dies_after, moments.die, jumping) if dies_after else jumping)()

    return moved


def patience(bench: Bench) -> list[str]:
    """Workers come and go for a few leases; what waits longer than that waits for a time that never comes."""
    faults = []
    for _ in range(5):
        child = bench.stage.run(work)
        faults += [child.fault] if child.fault else []
        if not unfinished():
            return faults
        time.sleep(LEASE.total_seconds() * 1.2)
    return [*faults, f"jobs are left, and wait for a time that is far away: {unfinished()[:3]}"]
