"""What ends a rest before its time: a job that was just queued need not wait for the worker's next look, nor a page for what a job does.

- In one process, a bell between its threads.
- On the embedded database, whatever another process has committed: SQLite counts that, and to ask for the count costs microseconds.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from django.db import Error, connection

LOOK_SECONDS = 0.05
"""Between two questions whether anything was committed. Nobody who has pressed a button sees so short a pause."""

GLANCE_SECONDS = 0.01
"""Between two questions of somebody who waits for a job with a page in hand."""

_bell = threading.Event()
_waits = threading.Semaphore(1)


def up() -> None:
    _bell.set()


def wait(seconds: float) -> bool:
    """Until somebody rings, or `seconds` have passed; whether somebody has rung."""
    rung = _bell.wait(seconds)
    _bell.clear()
    return rung


def committed() -> Any:
    """What the embedded database says of the commits of others: another value after any. None of any other database, and where it cannot
    be asked. To be asked before one looks for work, so that nothing falls between the look and the rest."""
    if connection.vendor != "sqlite":
        return None
    try:
        connection.ensure_connection()
        driver = connection.connection
        return driver, driver.execute("PRAGMA data_version").fetchone()[0]
    except (Error, connection.Database.Error):
        return None


def rest(seconds: float, seen: Any) -> None:
    """Until somebody rings, `seconds` have passed, or another process has committed something since `committed` gave `seen`."""
    end = time.monotonic() + seconds
    if seen is None:
        wait(seconds)
        return
    while (left := end - time.monotonic()) > 0:
        if wait(min(left, LOOK_SECONDS)) or committed() != seen:
            return


def until(done: Callable[[], bool], seconds: float) -> bool:
    """Wait, `seconds` at most, until `done` says so, which asks the database for what a job was to do; what it said last. For a page that
    then need not be asked for a second time.

    Neither a transaction nor the processor is held meanwhile. One thread of a process waits and no more, because pages need the others;
    and nobody does in a transaction, outside of which its job is not to be seen yet. They are told False without a question.
    """
    if connection.in_atomic_block or not _waits.acquire(blocking=False):
        return False
    try:
        end, before = time.monotonic() + seconds, object()
        while True:
            seen = committed()  # before the question, so that nothing falls between
            if (seen is None or seen != before) and done():
                return True
            if time.monotonic() >= end:
                return False
            before = seen
            time.sleep(GLANCE_SECONDS)
    finally:
        _waits.release()
