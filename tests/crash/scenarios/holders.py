"""SIGKILL where keys are held elsewhere: by the signing process, in a device, or by the signing process in a device.

At moments of the worker and of the signing process the worker dies, or the signing process, or both, by turns: before a question, between
it and its answer, between the answer and the commit, between a signature and its line in the record, between two signatures of a device.
Whoever has died is started again; whoever has not goes on with what it was doing. In the end also everything that was signed is compared.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.test import override_settings

from testamur.errors import SignerUnavailable
from testamur_site.foundation.keys.api import rotate
from testamur_site.foundation.signing import client, process
from tests.softhsm import Token, new_token

from .. import moments, platforms
from ..examination import Seen
from ..signatures import in_workers, on_record
from ..stage import Child, time_passes, work
from ..way import SIGNING, VICTIMS, WORKER, Way, watched
from .bench import SMALL, WORKS, Bench, Result, Timed, share
from .thousands import KILLS, Point, every_point

FEW = {"first": 6, "grown": 6, "by hand": 2}
"""Kills in one run: what people began on pages is carried on by workers, who come to fewer moments."""

PATIENCE = 20.0


@dataclass(frozen=True)
class Keys:
    """Where the keys are in a series."""

    process: bool
    device: bool

    @property
    def words(self) -> str:
        return " and ".join(["the signing process"] * self.process + ["a key in a device"] * self.device)


BY_PROCESS, IN_DEVICE, BOTH = Keys(True, False), Keys(False, True), Keys(True, True)


def by_process(bench: Bench, points: int, names: tuple[str, ...] = SMALL) -> Result:
    """Sealed keys, that the signing process opens."""
    return _small(bench, points, names, BY_PROCESS)


def in_device(bench: Bench, points: int, names: tuple[str, ...] = SMALL) -> Result:
    """The institution's key in a device, that the workers ask."""
    return _small(bench, points, names, IN_DEVICE)


def by_process_in_device(bench: Bench, points: int, names: tuple[str, ...] = SMALL) -> Result:
    """The institution's key in a device, that the signing process asks."""
    return _small(bench, points, names, BOTH)


def a_thousand_in_device(bench: Bench, points: int) -> Result:
    """A batch of 1,000, its key in a device."""
    return _thousand(bench, points, IN_DEVICE)


def a_thousand_by_process(bench: Bench, points: int) -> Result:
    """A batch of 1,000 by the signing process, whose key is in a device."""
    return _thousand(bench, points, BOTH)


def at_system_calls(bench: Bench, points: int, names: tuple[str, ...] = SMALL) -> Result:
    """The worker killed instead of a system call, among them those upon the socket of the signing process."""
    title = "SIGKILL at system calls, with the signing process"
    with Timed(Result(title)) as result, Held(bench, BY_PROCESS) as held:
        for name, wanted in share(points, names).items():
            what = held.begin(name)
            seen = moments.system_calls(bench.stage, what)
            for number in bench.chosen(len(seen), wanted):
                what = held.begin(name)
                before = {*Seen.now(bench.stage).signed}
                child = moments.at_system_call(bench.stage, what, seen, number)
                where = f"{name} at {seen[number - 1]}, call {number}"
                result.hit(where, child.killed)
                held.judge(result, where, before, child)
    return result


def _small(bench: Bench, points: int, names: tuple[str, ...], keys: Keys) -> Result:
    with Timed(Result(f"SIGKILL, {keys.words}")) as result, Held(bench, keys) as held:
        for name, wanted in share(points, names).items():
            _every_point(held, result, name, wanted, FEW[name])
    return result


def _thousand(bench: Bench, points: int, keys: Keys) -> Result:
    title = f"SIGKILL, {keys.words}, 1,000 rows"
    with (
        Timed(Result(title)) as result,
        bench.of_a_thousand(platforms.OF_A_THOUSAND),
        Held(bench, keys) as held,
    ):
        _every_point(held, result, "thousand", points, KILLS)
    return result


def _every_point(held: Held, result: Result, name: str, wanted: int, kills: int) -> None:
    labels = held.labels_of(name)
    wanted = min(wanted, len(labels))
    # Each series adds to what is different in all of its works together.
    every_point(
        held.bench, result, labels, wanted + result.different, lambda points: _batch(held, result, name, points), kills
    )


def _batch(held: Held, result: Result, name: str, points: Sequence[Point]) -> set[Point]:
    """One platform, on which somebody dies at each of these points."""
    stage, way = held.bench.stage, held.way
    way.plan(points)
    what = held.begin(name)
    before, seen, done = 0, [Seen.now(stage)], set()
    where = f"{name}, killed at {[number for number, _ in points]}"
    for _ in points:
        way.arm(before)
        child = held.run(what)
        place = way.disarm()
        if child.fault:
            result.faults.append((where, child.fault))
        if place < 0:
            break
        held.bury(VICTIMS[place % len(VICTIMS)])
        number, label = points[place]
        done.add(points[place])
        before = max(before, number)
        now = Seen.now(stage)
        for fault in seen[-1].compared(now, stage, finished=False):
            result.faults.append((where, f"after the kill at {number}: {fault}"))
        seen.append(now)
        result.hit(json.dumps([name, label, now.progress()]))
        what = held.carrying_on(name)
        held.start()
        time_passes()
    held.judge(result, where, {*seen[0].signed}, what=held.carrying_on(name), seen=seen)
    held.bench.tell(
        f"  {result.scenario}: {name}, {len(done)} of {len(points)} kills; {result.different} different of {result.points}"
    )
    return done


class Held:
    """A bench whose keys are held elsewhere, while this is open."""

    def __init__(self, bench: Bench, keys: Keys) -> None:
        self.bench, self.keys = bench, keys
        self._folder = Path(tempfile.mkdtemp(prefix="testamur-held-"))  # the name of a socket may not be long
        self.way = Way(self._folder / "moments.jsonl")
        self._record, self._prepared = self._folder / "signatures.jsonl", self._folder / "prepared.txt"
        self._signing: Child | None = None
        self._images: list[str] = []

    def __enter__(self) -> Held:
        self._overrides = dict(self.bench.stage.overrides)
        self.bench.stage.overrides |= {
            "TESTAMUR_SIGNING_SOCKET": self._socket if self.keys.process else None,
            "TESTAMUR_SIGNING_RECORD": self._record,
            "TESTAMUR_SIGNATURES_PER_HOUR": 10**8,
            "TESTAMUR_JOB_LEASE": timedelta(seconds=60),
        }
        return self

    def __exit__(self, *_: object) -> None:
        self.end()
        self.bench.stage.overrides = self._overrides
        self.bench.stage.forget(*self._images)
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def _socket(self) -> Path:
        return self._folder / "socket"

    # ---- one run

    def begin(self, name: str) -> Callable[[], None]:
        """Put the platform of that work back, with a signing process that knows of no signature yet, and give the work."""
        self.end()
        for each in (self._record, self._prepared):
            each.unlink(missing_ok=True)
        image, what = WORKS[name]
        self.bench.put_back(self._in_device(image) if self.keys.device else image)
        self.start()
        return _as_on_pages(what) if name == "by hand" else what

    def carrying_on(self, name: str) -> Callable[[], None]:
        return WORKS[name][1] if name == "thousand" else work

    def run(self, what: Callable[[], None]) -> Child:
        child = self.bench.stage.child(watched(self.way, WORKER, what, self._prepared))
        self.way.name(WORKER, child.pid)
        return child.wait()

    def start(self) -> None:
        """Start the signing process, where there should be one and is none."""
        if not self.keys.process or (self._signing is not None and not self._signing.ended()):
            return
        self._signing = self.bench.stage.child(watched(self.way, SIGNING, _serve, self._prepared))
        self.way.name(SIGNING, self._signing.pid)
        self._signing.start()
        end = time.monotonic() + PATIENCE
        while True:
            with suppress(OSError):
                client.exchange(self._socket, b'{"do":"ping"}')
                return
            if self._signing.ended() or time.monotonic() > end:
                raise RuntimeError(f"the signing process does not start: {self._signing.said.read_text('utf-8')}")
            time.sleep(0.002)

    def bury(self, victims: Sequence[str]) -> None:
        """Wait for the end of the signing process, where it is one of them. It may be the one that kills, and itself last; and whoever is
        about to die would be taken for alive, and not be started again."""
        end = time.monotonic() + PATIENCE
        while SIGNING in victims and self._signing is not None and not self._signing.ended():
            if time.monotonic() > end:
                raise RuntimeError("the signing process was killed and goes on")
            time.sleep(0.002)

    def end(self) -> None:
        self.way.name(SIGNING, 0)
        if self._signing is not None:
            self._signing.kill()
            self._signing = None

    def judge(self, result: Result, where: str, before: set[int], child: Child | None = None, **how: Any) -> None:
        """As `Bench.judge`, and everything that was signed is compared. `before`: awards that were signed at the beginning."""
        self.start()
        self.bench.judge(result, where, child, **how)
        found = list(on_record(self._record, before) if self.keys.process else in_workers(self._prepared))
        if self._signing is not None and self._signing.ended() and not self._signing.killed:
            found.append(f"the signing process ended by itself: {self._signing.fault}")
        result.faults += [(where, fault) for fault in found]
        for fault in found[:5]:
            self.bench.tell(f"FAULT {result.scenario}, {where}: {fault}")

    def labels_of(self, name: str) -> list[str]:
        """The moments of both processes in their order, when nothing happens."""
        self.way.note_all()
        what = self.begin(name)
        child = self.run(what)
        if child.fault:
            raise RuntimeError(child.fault)
        self.end()
        return self.way.noted()

    # ---- a key in a device

    def _in_device(self, image: str) -> str:
        """An image like that one, in which the institution signs with a key in a device."""
        made = f"{image}-device"
        if made not in self._images:
            token = _token()
            with override_settings(TESTAMUR_NEW_KEYS=f"pkcs11:token={token.label}", TESTAMUR_NEW_KEY_ALGORITHM="P-256"):
                self.bench.put_back(image)
                rotate(self.bench.institution, None)
            self.bench.stage.keep(made)
            self.bench.remember_mails(made, image)
            self._images.append(made)
        return made


@lru_cache
def _token() -> Token:
    """A token of SoftHSM, which all processes that are begun from now on open."""
    token = new_token("Crash")
    os.environ |= token.environment
    return token


def _serve() -> None:
    """The signing process, which ends only when it is killed."""
    code = process.serve()
    raise RuntimeError(f"the signing process ended with {code}")


def _as_on_pages(what: Callable[[], None]) -> Callable[[], None]:
    """Whoever is told on a page that nothing can be signed just now leaves it at that; the workers have it."""

    def told() -> None:
        with suppress(SignerUnavailable):
            what()
            return
        work()

    return told
