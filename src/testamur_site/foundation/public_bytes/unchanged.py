"""What was read of the database, for as long as nothing has been committed to it since.

The documents of ours that every verification asks for (whose keys, which list, whose logs) are worked out of a dozen rows and change
a few times a day. Instead of saying in twenty places that they changed, the database is asked the one thing that it knows for certain:
is it the same as a moment ago? So an answer from here is never older than the question. After any commit, whoever made it, nothing is
known any more; what `worked_out` keeps is then compared with its rows.

- SQLite counts the commits of other connections (`PRAGMA data_version`), and a connection what it changed itself.
- PostgreSQL says which transactions are finished (`pg_current_snapshot`): the same text, the same rows.

Only what concerns no single person belongs here.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Hashable
from typing import Any

from django.db import DatabaseError

from . import libpq
from .compiled import hold_connection, is_watched, own_connection, run_directly

SECONDS = 5.0
"""No longer than this anyway: some of it depends on the clock, or on files beside the database."""
MOST = 256

_of_thread = threading.local()  # a connection belongs to a thread, and so does what it says of itself


def known() -> dict[Hashable, Any]:
    """What is known to hold now, to look into and to add to during one piece of work; not to be kept for the next one. Empty in a
    transaction, which may be taken back, and for a database that cannot be asked. Raises DatabaseError."""
    own = own_connection()
    if own.in_atomic_block:
        return {}
    of_this_work: dict[Hashable, Any] | None = getattr(_of_thread, "looked", None)
    if of_this_work is not None:
        return of_this_work
    state = _state(own)
    if state is None:
        return {}
    now = time.monotonic()
    held: tuple[Any, float, dict[Hashable, Any]] | None = getattr(_of_thread, "held", None)
    if held is None or held[0] != state or now - held[1] > SECONDS or len(held[2]) >= MOST:
        held = _of_thread.held = (state, now, {})
    if hasattr(_of_thread, "looked"):
        _of_thread.looked = held[2]
    return held[2]


class one_look:  # noqa: N801 - a context manager, on the way of every verification
    """For one short piece of work, a verification: the database is asked once, at its beginning."""

    __slots__ = ("_outermost",)

    def __enter__(self) -> None:
        of_thread = _of_thread
        self._outermost = not hasattr(of_thread, "looked")
        if self._outermost:
            of_thread.looked = None
            hold_connection(own_connection())
            of_thread.read_ahead = {}

    def __exit__(self, *_: object) -> None:
        if self._outermost:
            of_thread = _of_thread
            del of_thread.looked
            hold_connection(None)
            del of_thread.read_ahead


def read_ahead() -> dict[Hashable, Any] | None:
    """What one question to the database answered for another in this look. Nothing of it is left at its end, so it may be about a person.
    None outside of a look, and in a transaction."""
    return None if own_connection().in_atomic_block else getattr(_of_thread, "read_ahead", None)


def state() -> Hashable:
    """What the database says of itself now; another value after any commit. None where it cannot be asked. Raises DatabaseError."""
    return _state(own_connection())


def known_state() -> Hashable:
    """The state for which `known` last answered in this thread; None where it knows nothing."""
    held: tuple[Any, float, dict[Hashable, Any]] | None = getattr(_of_thread, "held", None)
    return held[0] if held is not None else None


def _state(own: Any) -> Hashable:
    """A value that is another one after any commit; None where there is no such thing."""
    if own.vendor == "sqlite":
        own.ensure_connection()
        driver = own.connection
        row = driver.execute("PRAGMA data_version").fetchone()
        return (driver, row[0], driver.total_changes)  # held, so that no later connection is taken for it
    if own.vendor == "postgresql":
        snapshot = _snapshot(own)
        return (own.connection, snapshot)
    return None


_FINISHED = "SELECT pg_current_snapshot()::text"


def _snapshot(own: Any) -> str:
    """Asked of the driver where nobody watches. Whoever answers is there: Django need not ask that too, once more over the network. Where
    nobody answers Django finds out why, and connects anew."""
    if own.connection is not None and not is_watched(own):
        snapshot = libpq.text_of(own.connection, _FINISHED.encode())
        if snapshot:
            own.health_check_done = True
            return snapshot
    try:
        rows = run_directly(own, _FINISHED, (), many=False)
    except DatabaseError:
        rows = None
    if rows:
        own.health_check_done = True
        return str(rows[0][0])
    with own.cursor() as cursor:
        cursor.execute(_FINISHED)
        return str(cursor.fetchone()[0])
