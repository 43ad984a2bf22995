"""The moments at which something befalls a process, counted, so that each of them can be chosen again.

Two ways to count, and two kinds of places that they reach:

* `Moments`: inside the process. Before each statement that is sent to the database, and before and after each commit.
* `system_calls` and `at_system_call`: from outside, with strace. Each write, sync, rename, send and receive: also those in the middle of a
  commit of SQLite, between a commit that was sent to PostgreSQL and its answer, and within the files of the log.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from .stage import Child, Stage

CALLS = "write,pwrite64,ftruncate,fsync,fdatasync,rename,renameat,renameat2,link,linkat,unlink,unlinkat,mkdir,mkdirat,sendto,recvfrom"
FILE_CALLS = "write,pwrite64,ftruncate,fsync,fdatasync,rename,renameat,renameat2,link,linkat,mkdir,mkdirat"
PATIENCE = 20.0


class Moments:
    """Counts the moments of a process, and does something at one of them. To be made in the process itself. `labels` says of each moment
    what it is before or after."""

    def __init__(self, at: int = -1, then: Callable[[], None] | None = None) -> None:
        self.count, self._at, self._then = 0, at, then
        self.labels: list[str] = []
        self.keep = False
        self._last = ""

    def pass_one(self, label: str) -> None:
        self.count += 1
        if self.keep:
            self.labels.append(label)
        if self._then is not None and self.due(label):
            then, self._then = self._then, None
            then()

    def due(self, label: str) -> bool:
        return self.count == self._at

    @contextmanager
    def counted(self) -> Iterator[None]:
        """While this is open, moments are counted, in this thread's connection."""
        commit = BaseDatabaseWrapper._commit

        def committed(wrapper: BaseDatabaseWrapper) -> Any:
            self.pass_one(f"before COMMIT after {self._last}")
            answer = commit(wrapper)
            self.pass_one(f"after COMMIT after {self._last}")
            return answer

        BaseDatabaseWrapper._commit = committed  # type: ignore[method-assign]
        try:
            with connection.execute_wrapper(self._statement):
                yield
        finally:
            BaseDatabaseWrapper._commit = commit  # type: ignore[method-assign]

    def _statement(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self._last = kind_of(str(sql))
        self.pass_one(self._last)
        return execute(sql, params, many, context)


class Wanted(Moments):
    """Does something at the first moment that one of `points` (its number, in their order, and its label) is or was waiting for, and notes
    in `told` which of them that was."""

    def __init__(self, points: Sequence[tuple[int, str]], told: Path, then: Callable[[], None]) -> None:
        super().__init__(then=then)
        self._coming = deque((at, label, place) for place, (at, label) in enumerate(points))
        self._waiting: dict[str, int] = {}
        self._told = told

    def due(self, label: str) -> bool:
        while self._coming and self._coming[0][0] <= self.count:
            _, of, place = self._coming.popleft()
            self._waiting.setdefault(of, place)
        if label not in self._waiting:
            return False
        self._told.write_text(str(self._waiting[label]))
        return True


def kind_of(sql: str) -> str:
    """A statement without its values and the number of its rows."""
    return _SAVEPOINT.sub("", _VALUES.sub("?", sql))[:400]


_SAVEPOINT = re.compile(r'(?<=SAVEPOINT ")[^"]*')
_VALUES = re.compile(r"(?<![\w\"])\d+|'[^']*'|(?:(?:%s|\?)(?:::\w+)?(?:, )?)+")


@contextmanager
def after_each_commit(then: Callable[[], None]) -> Iterator[None]:
    """Call `then` when a commit has returned: of a transaction, or of a statement outside any."""
    commit = BaseDatabaseWrapper._commit

    def committed(wrapper: BaseDatabaseWrapper) -> Any:
        answer = commit(wrapper)
        then()
        return answer

    def executed(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        answer = execute(sql, params, many, context)
        if not connection.in_atomic_block:
            then()
        return answer

    BaseDatabaseWrapper._commit = committed  # type: ignore[method-assign]
    try:
        with connection.execute_wrapper(executed):
            yield
    finally:
        BaseDatabaseWrapper._commit = commit  # type: ignore[method-assign]


def die() -> None:
    """As the kernel's memory killer, or an operator with kill -9, would have it."""
    os.kill(os.getpid(), signal.SIGKILL)


def at_moment(number: int, then: Callable[[], None], work: Callable[[], None]) -> Callable[[], None]:
    """`work`, with something that happens at its moment `number` (from 1)."""

    def disturbed() -> None:
        with Moments(number, then).counted():
            work()

    return disturbed


def at_one_of(stage: Stage, points: Sequence[tuple[int, str]], work: Callable[[], None]) -> tuple[Child, int]:
    """Run `work`; it is killed at the first moment that one of the points waits for: one with that label, from that number on. Which of the
    points that was; -1 where it came to none."""
    told = stage.folder / "place"
    told.unlink(missing_ok=True)

    def disturbed() -> None:
        with Wanted(points, told, die).counted():
            work()

    child = stage.run(disturbed)
    return child, int(told.read_text()) if child.killed else -1


def labels_of(stage: Stage, work: Callable[[], None]) -> list[str]:
    """What each moment of `work` is, when nothing happens."""
    told = stage.folder / "labels"

    def counting() -> None:
        moments = Moments()
        moments.keep = True
        with moments.counted():
            work()
        told.write_text(json.dumps(moments.labels))

    child = stage.run(counting)
    if child.fault:
        raise RuntimeError(child.fault)
    found: list[str] = json.loads(told.read_text())
    return found


def count_moments(stage: Stage, work: Callable[[], None]) -> int:
    """How many moments `work` has when nothing happens."""
    told = stage.folder / "moments"

    def counting() -> None:
        moments = Moments()
        with moments.counted():
            work()
        told.write_text(str(moments.count))

    child = stage.run(counting)
    if child.fault:
        raise RuntimeError(child.fault)
    return int(told.read_text())


def spread(total: int, wanted: int) -> list[int]:
    """`wanted` numbers from 1 to `total`, evenly spread; all, where there are no more."""
    if wanted >= total:
        return list(range(1, total + 1))
    return sorted({1 + number * total // wanted for number in range(wanted)})


# ---- from outside


def have_strace() -> bool:
    return shutil.which("strace") is not None


def attach(child: Child, out: Path, *options: str) -> subprocess.Popen[bytes]:
    """strace on the child's main thread, before it begins. Its heartbeat's thread is left alone: it has nothing to say in a short run."""
    tracer = subprocess.Popen(
        ["strace", "-qq", "-o", str(out), *options, "-p", str(child.pid)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    end = time.monotonic() + PATIENCE
    while "TracerPid:\t0\n" in Path(f"/proc/{child.pid}/status").read_text():
        if tracer.poll() is not None or time.monotonic() > end:
            child.kill()
            raise RuntimeError("strace does not take hold of the process")
        time.sleep(0.002)
    return tracer


def system_calls(stage: Stage, work: Callable[[], None], calls: str = CALLS) -> list[str]:
    """The system calls of `work` in their order, by name."""
    return [name for name, _ in system_calls_and_files(stage, work, calls)]


def system_calls_and_files(stage: Stage, work: Callable[[], None], calls: str = CALLS) -> list[tuple[str, str]]:
    """The system calls of `work` in their order: name, and what it is called upon (the kind of file, or of socket)."""
    out = stage.folder / "calls.txt"
    child = stage.child(work)
    tracer = attach(child, out, "-y", "-e", f"trace={calls}", "-e", "signal=none", "-s", "0")
    child.wait()
    tracer.wait()
    if child.fault:
        raise RuntimeError(child.fault)
    found = (_CALL.match(line) for line in out.read_text("utf-8", "replace").splitlines())
    return [(one[1], _FIGURES.sub("N", one[2] or "")) for one in found if one]


_CALL = re.compile(r"(\w+)\((?:\d+<(?:[^>]*/)?([^/>]*)>)?")
_FIGURES = re.compile(r"\d+|\[.*")


def at_system_call(
    stage: Stage, work: Callable[[], None], seen: Sequence[str], number: int, what: str = "signal=SIGKILL"
) -> Child:
    """Run `work` until its system call `number` (from 1) of those that were `seen` before, and let it be killed there, instead of it."""
    name = seen[number - 1]
    when = sum(1 for each in seen[:number] if each == name)
    child = stage.child(work)
    tracer = attach(
        child, Path(os.devnull), "-e", f"trace={name}", "-e", f"inject={name}:{what}:when={when}", "-e", "signal=none"
    )
    child.wait()
    tracer.wait()
    return child


def from_system_call(
    stage: Stage, work: Callable[[], None], seen: Sequence[str], number: int, error: str = "ENOSPC"
) -> Child:
    """Run `work`; from its system call `number` on, every one of those kinds fails with `error`."""
    before = Counter(seen[: number - 1])
    options: list[str] = []
    for name in sorted(set(seen)):
        options += ["-e", f"inject={name}:error={error}:when={before[name] + 1}+"]
    child = stage.child(work)
    tracer = attach(
        child, Path(os.devnull), "-e", f"trace={','.join(sorted(set(seen)))}", *options, "-e", "signal=none"
    )
    child.wait()
    tracer.wait()
    return child
