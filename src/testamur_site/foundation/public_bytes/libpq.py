"""One question to PostgreSQL through libpq itself, for what every verification asks.

psycopg writes the values into the text, waits in a loop of Python and reads bytes as hexadecimal: three times the processor time of what is
done here, where libpq sends the values beside the text and waits itself. Whatever is not as it usually is (another state of the connection,
a value or a column of another kind, an error) is left to psycopg, which asks again and says why.

The database plans such a question once for each connection: planning takes five times as long as answering. Where something between us and
the database gives each transaction another of its connections, a plan is not always there; that is noticed, and then nothing is planned
ahead.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from hashlib import sha256
from itertools import count
from typing import Any

with suppress(ImportError):  # a database of another kind needs none of it
    from psycopg import Error
    from psycopg.pq import DiagnosticField, ExecStatus, TransactionStatus

_WHOLE_NUMBERS = frozenset({20, 21, 23})  # object identifiers of types, which never change: int8, int2, int4
_BYTES, _TEXTS = 17, frozenset({25, 1043})
_BINARY = 1
_EXISTS = b"42P05"  # a prepared statement of this name
_ATTEMPTS = 3


def text_of(driver: Any, query: bytes) -> str | None:
    """The text in the first column of the only row of `query`, which has no values; None where psycopg has to ask."""
    if not _is_idle(driver):
        return None
    try:
        result = driver.pgconn.exec_(query)
    except Error:
        return None
    value = result.get_value(0, 0) if result.status == ExecStatus.TUPLES_OK and result.ntuples == 1 else None
    return value.decode() if value is not None else None


class Question:
    """A `query` with $1, $2, … of texts, which is planned once for each connection. It belongs to one thread."""

    __slots__ = ("_attempts", "_driver", "_name", "_query")

    def __init__(self, query: bytes) -> None:
        self._query = query
        # The same question has the same name everywhere: whoever shares a connection of the database with us without our knowing finds
        # under it what it means itself.
        self._name = b"testamur_" + sha256(query).hexdigest()[:40].encode()
        self._driver: Any = None  # where it is planned; held, so that no later connection is taken for it
        self._attempts = 0

    def first(self, driver: Any, values: Sequence[Any]) -> list[tuple[Any, ...]] | None:
        """The first row for these texts, in a list; an empty one where there is none; None where psycopg has to ask."""
        if not _is_idle(driver):
            return None
        try:
            sent = [value.encode() for value in values]
        except (AttributeError, UnicodeEncodeError):
            return None
        if b"\0" in b"".join(sent):
            return None
        try:
            result = self._asked(driver.pgconn, sent) if self._is_planned(driver) else None
            if result is None:
                result = driver.pgconn.exec_params(self._query, sent, result_format=_BINARY)
        except Error:
            return None
        return _first_row(result)

    def _is_planned(self, driver: Any) -> bool:
        if self._driver is driver:
            return True
        if self._attempts >= _ATTEMPTS:
            return False
        planned = driver.pgconn.prepare(self._name, self._query)
        if planned.status != ExecStatus.COMMAND_OK and planned.error_field(DiagnosticField.SQLSTATE) != _EXISTS:
            return False
        self._driver = driver
        return True

    def _asked(self, connection: Any, sent: Sequence[bytes]) -> Any:
        """The result; None where the plan is no longer there, or no longer that of the tables."""
        result = connection.exec_prepared(self._name, sent, None, _BINARY)
        if result.status == ExecStatus.TUPLES_OK:
            return result
        self._driver = None
        self._attempts += 1
        return None


def _first_row(result: Any) -> list[tuple[Any, ...]] | None:
    if result.status != ExecStatus.TUPLES_OK:
        return None
    if not result.ntuples:
        return []
    row = []
    for column in range(result.nfields):
        value, kind = result.get_value(0, column), result.ftype(column)
        if value is None or kind == _BYTES:
            row.append(value)
        elif kind in _WHOLE_NUMBERS:
            row.append(int.from_bytes(value, "big", signed=True))
        elif kind in _TEXTS:
            row.append(value.decode())
        else:
            return None
    return [tuple(row)]


def numbered(sql: str) -> bytes:
    """A query of the ORM's with $1, $2, … for its %s; empty where it has other signs."""
    if "%" in sql.replace("%s", ""):
        return b""
    numbers = count(1)
    first_part, *parts = sql.split("%s")
    return (first_part + "".join(f"${next(numbers)}{part}" for part in parts)).encode()


def _is_idle(driver: Any) -> bool:
    """Whether it is in no transaction, and begins none with each question."""
    return bool(driver.autocommit) and driver.pgconn.transaction_status == TransactionStatus.IDLE
