"""One question to PostgreSQL through libpq itself, for what every verification asks.

psycopg writes the values into the text, waits in a loop of Python and reads bytes as hexadecimal: three times the processor time of what is
done here, where libpq sends the values beside the text and waits itself. Whatever is not as it usually is (another state of the connection,
a value or a column of another kind, an error) is left to psycopg, which asks again and says why.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from itertools import count
from typing import Any

with suppress(ImportError):  # a database of another kind needs none of it
    from psycopg import Error
    from psycopg.pq import ExecStatus, TransactionStatus

_WHOLE_NUMBERS = frozenset({20, 21, 23})  # object identifiers of types, which never change: int8, int2, int4
_BYTES, _TEXTS = 17, frozenset({25, 1043})
_BINARY = 1


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


def first(driver: Any, query: bytes, values: Sequence[Any]) -> list[tuple[Any, ...]] | None:
    """The first row of `query` (with $1, $2, …) with these texts, in a list; an empty one where there is none; None as above."""
    if not _is_idle(driver) or not all(isinstance(value, str) for value in values):
        return None
    try:
        sent = [value.encode() for value in values]
    except UnicodeEncodeError:
        return None
    if any(b"\0" in value for value in sent):
        return None
    try:
        result = driver.pgconn.exec_params(query, sent, result_format=_BINARY)
    except Error:
        return None
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
