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
from collections.abc import Callable, Hashable
from typing import Any

from django.db import DatabaseError

from . import libpq
from .compiled import Beside, hold_answer, hold_connection, is_watched, own_connection, run_directly

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
    """For one short piece of work, a verification: the database is asked once, at its beginning. Where `expected` gives what the work will
    probably ask it next (`Compiled.first_beside`), a database that is reached over a network is asked both in one question. Nothing depends
    on that being right."""

    __slots__ = ("_expected", "_outermost")

    def __init__(self, expected: Callable[[], Beside | None] | None = None) -> None:
        self._expected = expected

    def __enter__(self) -> None:
        of_thread = _of_thread
        self._outermost = not hasattr(of_thread, "looked")
        if self._outermost:
            of_thread.looked = None
            hold_connection(own_connection())
            of_thread.read_ahead = {}
            of_thread.expected = self._expected

    def __exit__(self, *_: object) -> None:
        if self._outermost:
            of_thread = _of_thread
            del of_thread.looked
            hold_connection(None)
            hold_answer(None)
            del of_thread.read_ahead
            del of_thread.expected


def read_ahead() -> dict[Hashable, Any] | None:
    """What one question to the database answered for another in this look. Nothing of it is left at its end, so it may be about a person.
    None outside of a look, and in a transaction."""
    return None if own_connection().in_atomic_block else getattr(_of_thread, "read_ahead", None)


def forget_read_ahead() -> None:
    """Let everything be asked anew that was asked ahead in this look: somebody lets us wait. What `known` gave holds as before, as of the
    beginning."""
    hold_answer(None)
    if (ahead := getattr(_of_thread, "read_ahead", None)) is not None:
        ahead.clear()


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
        snapshot = _with_expected(own) or _snapshot(own)
        return (own.connection, snapshot)
    return None


_SNAPSHOT = "pg_current_snapshot()::text"
_FINISHED = f"SELECT {_SNAPSHOT}"


def _with_expected(own: Any) -> str | None:
    """The snapshot, with what this look expects to ask next, which is held until its end; None where it expects nothing, or only Django
    can ask."""
    expected: Callable[[], Beside | None] | None = getattr(_of_thread, "expected", None)
    asked = expected() if expected is not None else None
    found = asked.one.first_beside_state(own, _SNAPSHOT, asked) if asked is not None else None
    if asked is None or found is None:
        return None
    hold_answer(asked, found[1])
    own.health_check_done = True
    return found[0]


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
