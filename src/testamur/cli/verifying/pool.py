"""Much work on every core: in order, in bounded memory, and whatever happens to a process.

1. The items are read only as far ahead as the processes need, and no further than a number of bytes allows.
2. Each process gets a few items at a time. Results come out in the order of the items.
3. A process that dies (killed by the system, out of memory), or that says nothing for too long, is replaced. What it was working on is
   tried again one by one, so that its neighbours do not suffer; what two processes died of is not tried a third time: `lost` says
   what the result is then. Nothing is left out.

Processes, not threads: nearly all of the work holds Python's lock.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Final, Generic, TypeVar

MOST_ATTEMPTS: Final = 2
CHUNK: Final = 16
CHUNK_BYTES: Final = 1_000_000
AHEAD_BYTES: Final = 64_000_000
PATIENCE: Final = 300.0
"""Seconds that one chunk may take. A single document may ask sixteen slow hosts."""

Item = TypeVar("Item")
Result = TypeVar("Result")


class BrokenOff(RuntimeError):
    """A process could not even begin its work, or its work raised an error."""


@dataclass(slots=True)
class _Task(Generic[Item]):
    number: int
    item: Item
    weight: int
    attempts: int = 0


@dataclass(slots=True)
class _Worker(Generic[Item]):
    process: BaseProcess
    connection: Connection
    tasks: list[_Task[Item]] = field(default_factory=list)
    since: float = 0.0
    ready: bool = False


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_processes(
    items: Iterable[Item],
    make: Callable[[], Callable[[Item], Result]],
    lost: Callable[[Item], Result],
    *,
    processes: int,
    weigh: Callable[[Item], int] = lambda _: 1,
    patience: float = PATIENCE,
) -> Iterator[Result]:
    """The result of each item, in their order. `make` is called once in each process and gives what does the work there; it and the results
    travel between processes. `weigh` says how many bytes an item has.

    Raises `BrokenOff` where a process cannot begin or its work raises an error; whatever `items` raises, after the results before it.
    """
    pool = _Pool(make, lost, processes, weigh, patience)
    try:
        yield from pool.run(iter(items))
    finally:
        pool.close()


class _Pool(Generic[Item, Result]):
    def __init__(
        self,
        make: Callable[[], Callable[[Item], Result]],
        lost: Callable[[Item], Result],
        processes: int,
        weigh: Callable[[Item], int],
        patience: float,
    ) -> None:
        self._make, self._lost, self._weigh, self._patience = make, lost, weigh, patience
        # A copy of this process begins at once with all that it knows; where threads run beside, it might wait for one for ever.
        self._forks = "fork" in multiprocessing.get_all_start_methods() and threading.active_count() == 1
        self._context: Any = multiprocessing.get_context("fork" if self._forks else "spawn")
        self._processes = max(1, processes)
        self._workers: list[_Worker[Item]] = []
        self._again: deque[_Task[Item]] = deque()
        self._results: dict[int, Result] = {}
        self._read = self._given = self._bytes = 0
        self._ended = False
        self._error: BaseException | None = None
        self._failed_to_begin = 0

    def run(self, items: Iterator[Item]) -> Iterator[Result]:
        while True:
            while self._given in self._results:
                yield self._results.pop(self._given)
                self._given += 1
            while len(self._workers) < self._processes and self._may_begin():
                self._workers.append(self._begin())
            for worker in list(self._workers):
                if worker.ready and not worker.tasks:
                    self._hand_out(worker, items)
            if self._ended and self._given == self._read:
                if self._error is not None:
                    raise self._error
                return
            self._listen()

    def _may_begin(self) -> bool:
        return not self._ended or bool(self._again) or self._given < self._read

    # -- handing out

    def _hand_out(self, worker: _Worker[Item], items: Iterator[Item]) -> None:
        tasks = [self._again.popleft()] if self._again else self._next(items)
        if not tasks:
            return
        worker.tasks, worker.since = tasks, time.monotonic()
        for task in tasks:
            task.attempts += 1
        try:
            worker.connection.send([task.item for task in tasks])
        except OSError:
            self._bury(worker)

    def _next(self, items: Iterator[Item]) -> list[_Task[Item]]:
        """The next few items, unless enough of them are on their way."""
        tasks: list[_Task[Item]] = []
        weight = 0
        while (
            not self._ended
            and len(tasks) < CHUNK
            and weight < CHUNK_BYTES
            and self._read - self._given < 4 * CHUNK * self._processes
            and self._bytes < AHEAD_BYTES
        ):
            try:
                item = next(items)
            except StopIteration:
                self._ended = True
                break
            except Exception as error:  # noqa: BLE001 - it is raised again, after what came before it
                self._ended, self._error = True, error
                break
            task = _Task(self._read, item, self._weigh(item))
            self._read += 1
            self._bytes += task.weight
            weight += task.weight
            tasks.append(task)
        return tasks

    # -- listening

    def _listen(self) -> None:
        busy = [worker for worker in self._workers if worker.tasks or not worker.ready]
        if not busy:  # one has just been buried
            return
        oldest = min(worker.since for worker in busy)
        left = max(0.0, oldest + self._patience - time.monotonic())
        heard = wait([worker.connection for worker in busy], timeout=left)
        for worker in busy:
            if worker.connection in heard:
                self._hear(worker)
            elif time.monotonic() - worker.since >= self._patience:
                self._bury(worker)

    def _hear(self, worker: _Worker[Item]) -> None:
        try:
            kind, said = worker.connection.recv()
        except (EOFError, OSError):
            self._bury(worker)
            return
        if kind == "error":
            raise BrokenOff(said)
        if kind == "ready":
            worker.ready, self._failed_to_begin = True, 0
            return
        for task, result in zip(worker.tasks, said, strict=True):
            self._keep(task, result)
        worker.tasks = []

    def _keep(self, task: _Task[Item], result: Result) -> None:
        self._results[task.number] = result
        self._bytes -= task.weight

    # -- beginnings and ends

    def _begin(self) -> _Worker[Item]:
        ours, theirs = self._context.Pipe()
        inherited = [ours, *(worker.connection for worker in self._workers)] if self._forks else []
        process = self._context.Process(target=_work, args=(theirs, inherited, self._make), daemon=True)
        process.start()
        theirs.close()
        return _Worker(process, ours, since=time.monotonic())

    def _bury(self, worker: _Worker[Item]) -> None:
        """A process has died, or is given up. What it worked on is tried once more, by itself."""
        self._end(worker)
        self._workers.remove(worker)
        if not worker.ready:
            self._failed_to_begin += 1
            if self._failed_to_begin > MOST_ATTEMPTS:
                raise BrokenOff("no process could begin its work")
        for task in worker.tasks:
            if task.attempts >= MOST_ATTEMPTS and len(worker.tasks) == 1:
                self._keep(task, self._lost(task.item))
            else:
                self._again.append(task)

    def _end(self, worker: _Worker[Item]) -> None:
        worker.connection.close()
        if worker.process.is_alive():
            worker.process.kill()
        worker.process.join()

    def close(self) -> None:
        for worker in self._workers:
            self._end(worker)
        self._workers.clear()


def _work(connection: Connection, others: list[Connection], make: Callable[[], Callable[[Any], Any]]) -> None:
    """What a process does until nobody listens any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who began this process ends it
    for other in others:  # a copy of the ends that are not ours would keep them open when their owner has gone
        other.close()
    try:
        work = make()
        gc.freeze()  # what is there now stays, so it need not be looked through again and again
        connection.send(("ready", None))
        while True:
            connection.send(("done", [work(item) for item in connection.recv()]))
    except EOFError:
        return
    except Exception as error:  # noqa: BLE001 - it is told to who began this process
        connection.send(("error", f"{type(error).__name__}: {error}"))
