"""What ends a worker's rest before its time: a job that was just queued need not wait for the next look.

- In one process, a bell between its threads.
- On the embedded database, whatever another process has committed: SQLite counts that, and to ask for the count costs microseconds.
"""

from __future__ import annotations

import threading
import time
from typing import Any

from django.db import Error, connection

LOOK_SECONDS = 0.05
"""Between two questions whether anything was committed. Nobody who has pressed a button sees so short a pause."""

_bell = threading.Event()


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
