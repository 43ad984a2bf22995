"""A worker and the signing process beside it: the moments of both are counted together, and at one of either's one of them dies, or both.

Everything that the processes must know of each other lies in memory that they share (`Way`), which the process that forks them has made:
how many moments there were, which points are done, who is who. Whoever is killed leaves it as it is.

`watched` is called in a process that is forked for a run, and changes it for good.
"""

from __future__ import annotations

import functools
import json
import mmap
import os
import signal
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any

from django.db.backends.signals import connection_created

from testamur.issuing.cohort import CohortIssuer
from testamur.signers import pkcs11_token
from testamur_site.foundation.signing import client
from testamur_site.foundation.signing.desk import Desk
from testamur_site.foundation.signing.record import Record
from testamur_site.issuing.services import pipeline

from .moments import Moments

WORKER, SIGNING = "worker", "signing process"
VICTIMS = ((WORKER,), (SIGNING,), (SIGNING, WORKER))
"""Who dies, by turns, whoever's moment it is."""

_COUNT, _ARMED, _HIT, _PIDS, _DONE = 0, 1, 2, 3, 5
_MOST = 2000
"""Points that a way can have."""


class Way:
    """What the processes of a run share. A point is the number of a moment (from 1), counted over all of them, and its label."""

    def __init__(self, notes: Path) -> None:
        self._slots = memoryview(mmap.mmap(-1, 8 * (_DONE + _MOST))).cast("q")
        self._notes = notes
        self._points: dict[str, list[tuple[int, int]]] = {}
        self._noting = False
        self._descriptor: int | None = None

    # ---- by the process that starts the others

    def plan(self, points: Sequence[tuple[int, str]]) -> None:
        """A new run, in which somebody dies at the first moment that one of the points waits for: one with that label, from that number on.
        To be called before the processes are started."""
        self._points = defaultdict(list)
        for place, (number, label) in enumerate(points):
            self._points[label].append((number, place))
        for place in range(len(points)):
            self._slots[_DONE + place] = 0
        self._slots[_COUNT] = self._slots[_ARMED] = 0
        self._noting = False

    def note_all(self) -> None:
        """A new run, in which nothing happens and the labels of all moments are noted."""
        self.plan(())
        self._notes.unlink(missing_ok=True)
        self._noting = True

    def noted(self) -> list[str]:
        """The labels of the moments in their order."""
        lines = [json.loads(line) for line in self._notes.read_text("utf-8").splitlines()]
        return [label for _, label in sorted(lines)]

    def arm(self, before: int) -> None:
        """From now on the next point counts; so many moments are behind us already."""
        self._slots[_COUNT], self._slots[_HIT], self._slots[_ARMED] = before, 0, 1

    def disarm(self) -> int:
        """Nothing happens any more; the place of the point at which something has happened since `arm`, -1 where it was none."""
        self._slots[_ARMED] = 0
        return self._slots[_HIT] - 1

    def name(self, who: str, pid: int) -> None:
        """Who is `who` from now on; 0: nobody."""
        self._slots[_PIDS + (who == SIGNING)] = pid

    # ---- by the processes themselves

    def pass_one(self, who: str, label: str) -> None:
        count = self._slots[_COUNT] = self._slots[_COUNT] + 1
        label = f"{who}: {label}"
        if self._noting:
            self._note(json.dumps([count, label]))
        if not self._slots[_ARMED]:
            return
        for number, place in self._points.get(label, ()):
            if number <= count and not self._slots[_DONE + place]:
                self._slots[_ARMED], self._slots[_DONE + place], self._slots[_HIT] = 0, 1, place + 1
                self._kill(VICTIMS[place % len(VICTIMS)])
                return

    def _note(self, line: str) -> None:
        if self._descriptor is None:  # opened by each process that notes
            self._descriptor = os.open(self._notes, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.write(self._descriptor, line.encode() + b"\n")

    def _kill(self, victims: Sequence[str]) -> None:
        """Ourselves last, or the others would be spared."""
        there = [self._slots[_PIDS + (who == SIGNING)] for who in victims] or [0]
        pids = [pid for pid in there if pid] or [
            self._slots[_PIDS]
        ]  # a worker alone, where there is no signing process
        for pid in sorted(pids, key=lambda pid: pid == os.getpid()):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


class _Counted(Moments):
    """The moments of one of the processes, in all its threads."""

    def __init__(self, way: Way, who: str) -> None:
        super().__init__()
        self._way, self._who = way, who

    def pass_one(self, label: str) -> None:
        self._way.pass_one(self._who, label)

    def counted(self) -> AbstractContextManager[None]:
        connection_created.connect(self._heard, weak=False)
        return super().counted()

    def _heard(self, connection: Any, **_: Any) -> None:
        if self._statement not in connection.execute_wrappers:
            connection.execute_wrappers.append(self._statement)


def watched(way: Way, who: str, work: Callable[[], None], prepared: Path) -> Callable[[], None]:
    """`work`, with its moments counted: statements and commits of all threads; a question to the signing process, its answer; a line of its
    record; each signature of a device. What is given to a key to sign is noted in `prepared`, by its id."""

    def counted() -> None:
        moments = _Counted(way, who)
        _around(moments, client, "exchange", "a question to the signing process")
        _around(moments, Desk, "answer", "a question is answered")
        _around(moments, Record, "append", "a line of the record")
        _each_signature(moments)
        _noted(prepared)
        with moments.counted():
            work()

    return counted


def _around(moments: Moments, owner: Any, name: str, what: str) -> None:
    real = getattr(owner, name)

    @functools.wraps(real)
    def surrounded(*arguments: Any, **named: Any) -> Any:
        moments.pass_one(f"before {what}")
        answer = real(*arguments, **named)
        moments.pass_one(f"after {what}")
        return answer

    setattr(owner, name, surrounded)


def _each_signature(moments: Moments) -> None:
    """Stands before the private halves in a token."""
    real = pkcs11_token._Token.private_key

    class Standing:
        def __init__(self, private: Any) -> None:
            self._private = private

        def sign(self, text: bytes, **how: Any) -> Any:
            moments.pass_one("before a signature of the device")
            made = self._private.sign(text, **how)
            moments.pass_one("after a signature of the device")
            return made

    def private_key(token: Any, session: Any, uri: Any) -> Any:
        return Standing(real(token, session, uri))

    pkcs11_token._Token.private_key = private_key  # type: ignore[method-assign]


def _noted(notes: Path) -> None:
    """Whatever a worker itself is about to sign for an award: its id and the SHA-256 of the prepared bytes."""
    descriptor = os.open(notes, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def note(one: Any) -> Any:
        document = json.loads(one.content)["document"]
        os.write(descriptor, f"{document['id']} {one.digest}\n".encode())
        return one

    in_turn, alone = CohortIssuer.signed_in_turn, pipeline.sign
    CohortIssuer.signed_in_turn = lambda cohort, prepared: in_turn(cohort, map(note, prepared))  # type: ignore[method-assign]
    pipeline.sign = lambda prepared, signer: alone(note(prepared), signer)  # type: ignore[attr-defined]
