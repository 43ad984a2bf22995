"""A worker that stands still (SIGSTOP) until somebody else has taken over, and then goes on as if nothing had been."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.db.models import Max, Min

from testamur_site.foundation.tenancy.api import tenant, unscoped
from testamur_site.issuing.models import Batch, BatchRow
from testamur_site.issuing.services.cohort import deciding

from .. import moments
from ..stage import Child, work
from .bench import Bench, Result, Timed, share

LEASE = timedelta(seconds=0.15)
PATIENCE = 0.6
"""Seconds that the others have. A worker that stands still in the middle of a transaction makes them wait for longer: then it goes on."""


def stand_still() -> None:
    os.kill(os.getpid(), signal.SIGSTOP)


def beyond_the_lease(bench: Bench, points: int, names: tuple[str, ...] = ("first", "grown")) -> Result:
    """The lease of the one that stands still runs out, another worker takes its job and does everything; then the first one goes on."""
    bench.stage.overrides["TESTAMUR_JOB_LEASE"] = LEASE
    with Timed(Result("worker paused beyond its lease, and resumed")) as result:
        for name, wanted in share(points, names).items():
            for number in bench.chosen(bench.moments_of(name), wanted):
                what = bench.begin(name)
                _overtaken(bench, result, f"{name} at moment {number}", number, what, work)
    bench.stage.overrides["TESTAMUR_JOB_LEASE"] = timedelta(seconds=60)
    return result


def two_on_one_chunk(bench: Bench, points: int) -> Result:
    """The same awards by two processes at once, neither of which has a lease: as the page of a single award and its job."""
    with Timed(Result("two workers on one chunk, without a lease")) as result:
        bench.begin("first")
        total = moments.count_moments(bench.stage, issue_all)
        for number in bench.chosen(total, points):
            bench.begin("first")
            _overtaken(bench, result, f"issue at moment {number}", number, issue_all, issue_all)
    return result


def issue_all() -> None:
    """What the job of the list does, from its first line to its last, without the job."""
    with unscoped("the only batch there is"):
        batch = Batch.objects.select_related("institution", "version", "micro_credential").order_by("-pk")[0]
    with tenant(batch.institution):
        lines = BatchRow.objects.filter(batch=batch).aggregate(first=Min("line"), last=Max("line"))
    for _ in deciding.issue_lines(batch, lines["first"], lines["last"], actor=None, writing=transaction.atomic):
        pass


def _overtaken(
    bench: Bench, result: Result, where: str, number: int, what: Callable[[], None], other: Callable[[], None]
) -> None:
    first = bench.stage.child(moments.at_moment(number, stand_still, what))
    stopped = first.stopped()
    result.hit(where, stopped)
    time.sleep(LEASE.total_seconds() * 1.2)
    second = bench.stage.child(other)
    second.start()
    _wait(second, PATIENCE)
    if stopped:
        os.kill(first.pid, signal.SIGCONT)
        first.wait()
    second.wait()
    result.faults += [(where, child.fault) for child in (first, second) if child.fault]
    bench.judge(result, where)


def _wait(child: Child, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not child.ended() and time.monotonic() < end:
        time.sleep(0.01)
