"""A database that is emptied after a test which committed: of what was written, instead of all its tables.

Django's `flush` truncates every table and makes the rows of its own applications anew, half a second each time. Here the tables
that have rows are found by one question, and what stood in the database when it was new is left alone, or put back if a test changed it.
"""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction

_new: dict[str, list[Any]] = {}
"""What stands in a database that was just migrated, by table."""


def remember() -> None:
    """Note what stands in the database now that it is new."""
    _new.clear()
    for table in _filled():
        _new[table] = _rows(table)


def empty(*, restart: bool = False) -> None:
    """Make the database as good as new; with `restart`, keys begin at 1 again where they do in a new one."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # What was handed in, signed or recorded may not be deleted, and its triggers would say so; TRUNCATE does not ask them either.
            cursor.execute("SET LOCAL session_replication_role = replica")
        for table in _filled():
            if table not in _new:
                cursor.execute(f"DELETE FROM {_quoted(table)}")
        for table, rows in _new.items():
            if _rows(table) != rows:
                _put_back(cursor, table, rows)
        if restart:
            _restart(cursor)


def _restart(cursor: Any) -> None:
    if connection.vendor == "sqlite":
        cursor.execute("SELECT name FROM sqlite_sequence WHERE seq > 0")
        used = {name: "UPDATE sqlite_sequence SET seq = 0 WHERE name = %s" for (name,) in cursor.fetchall()}
        for table in used.keys() - _new.keys():
            cursor.execute(used[table], [table])
    else:
        # Not setval, which would not be rolled back with the test.
        cursor.execute("SELECT sequencename FROM pg_sequences WHERE last_value IS NOT NULL")
        for (name,) in cursor.fetchall():
            if name.removesuffix("_id_seq") not in _new:
                cursor.execute(f"ALTER SEQUENCE {_quoted(name)} RESTART")


def emptied(_test_case: Any) -> None:
    """For `TransactionTestCase._fixture_teardown`."""
    empty()


def _filled() -> list[str]:
    """The tables that have rows, but what Django keeps of migrations."""
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {_quoted(table)})" for table in tables)
        )
        return [row[0] for row in cursor.fetchall()]


def _rows(table: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {_quoted(table)} ORDER BY 1")
        return list(cursor.fetchall())


def _put_back(cursor: Any, table: str, rows: list[Any]) -> None:
    cursor.execute(f"DELETE FROM {_quoted(table)}")
    places = ", ".join(["%s"] * len(rows[0]))
    cursor.executemany(f"INSERT INTO {_quoted(table)} VALUES ({places})", rows)


def _quoted(table: str) -> str:
    return connection.ops.quote_name(table)
