"""A SELECT that the ORM writes once, and that is then only run.

Building a query costs several times what running it does, and the queries on the way of every public request are the same but for one
value. What comes back goes through Django's own converters and constructors, as it does from a query set.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import QuerySet
from django.db.models.query import get_related_populators

from testamur_site.foundation.tenancy.api import unscoped

from . import libpq

TEXT, NUMBER, ANOTHER_NUMBER = "\x01", 2_000_000_011, 2_000_000_033
"""Values that no row has: they stand in a query until the real ones take their place."""


_of_work = threading.local()


def own_connection() -> Any:
    """This thread's connection. During one look at the database (`unchanged.one_look`) Django is asked for it once."""
    own = getattr(_of_work, "own", None)
    return own if own is not None else connections[DEFAULT_DB_ALIAS]


def hold_connection(own: Any) -> None:
    """Let `own_connection` be this one in this thread from now on; None: whichever Django has."""
    _of_work.own = own


class Beside(NamedTuple):
    """What `first_beside` is asked: `one` for `values`, and `other` for `further`."""

    one: Compiled
    values: tuple[Any, ...]
    other: Compiled
    further: tuple[Any, ...]


def hold_answer(asked: Beside | None, row: tuple[Any, ...] | None = None) -> None:
    """Let `row` be what `asked` gives in this thread, until this is called again; None: nothing is asked ahead."""
    _of_work.answer = None if asked is None else (asked, row)


class Compiled:
    """A query by one or two values, each of which occurs in it as a parameter. `build` makes the query set of stand-ins; `reason` is
    said to `unscoped`: the query names in its own conditions whose rows are meant."""

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], reason: str, *stand_ins: Any) -> None:
        self._build, self._reason, self._stand_ins = build, reason, stand_ins
        self._of_thread = threading.local()  # converters belong to a thread's connection

    def first(self, *values: Any) -> tuple[Any, ...] | None:
        """The columns of the first row, of a query set with `values_list`; or None. Raises DatabaseError."""
        return next(iter(self._rows(values, many=False)[0]), None)

    def first_beside(self, values: Sequence[Any], other: Compiled, *further: Any) -> tuple[Any, ...] | None:
        """The columns of the first row, and after them those of the first row of `other` (all None where it has none), in one question to
        the database; None where this query has no row. Both with `values_list`. Raises DatabaseError."""
        own = own_connection()
        answer: tuple[Beside, tuple[Any, ...] | None] | None = getattr(_of_work, "answer", None)
        asked = (self, tuple(values), other, further)
        if answer is not None and answer[0] == asked and not own.in_atomic_block and not is_watched(own):
            return answer[1]
        return self._pair(own, other).first(own, (*values, *further))

    def first_beside_state(self, own: Any, state: str, asked: Beside) -> tuple[str, tuple[Any, ...] | None] | None:
        """The text of the expression `state` and what `first_beside` gives, of one moment and in one question; None where they have to be
        two."""
        return self._pair(own, asked.other).first_with_state(own, state, (*asked.values, *asked.further))

    def _pair(self, own: Any, other: Compiled) -> _Pair:
        one, two = self._query(own), other._query(own)
        pair: _Pair | None = getattr(self._of_thread, "pair", None)
        if pair is None or pair.one is not one or pair.two is not two:
            pair = self._of_thread.pair = _Pair(one, two)
        return pair

    def rows(self, *values: Any) -> list[tuple[Any, ...]]:
        """The columns of all rows, of a query set with `values_list`. Raises DatabaseError."""
        return self._rows(values)[0]

    def object(self, *values: Any) -> Any:
        """The first row as an instance, with what `select_related` brings; or None. Raises DatabaseError."""
        rows, query = self._rows(values, many=False)
        return query.instance(rows[0]) if rows else None

    def objects(self, *values: Any) -> list[Any]:
        """All rows as instances. Raises DatabaseError."""
        rows, query = self._rows(values)
        return [query.instance(row) for row in rows]

    def _rows(self, values: tuple[Any, ...], *, many: bool = True) -> tuple[list[tuple[Any, ...]], _Query]:
        own = own_connection()
        query = self._query(own)
        rows = _run(own, query.sql, query.direct, query.with_values(values), many=many)
        if query.converters:
            rows = [tuple(row) for row in query.compiler.apply_converters(map(list, rows), query.converters)]
        return rows, query

    def _query(self, own: Any) -> _Query:
        query: _Query | None = getattr(self._of_thread, "query", None)
        if query is None or query.settings is not own.settings_dict:
            with unscoped(self._reason):
                query = self._of_thread.query = _Query(self._build(*self._stand_ins), self._stand_ins)
        return query


class _Query:
    """What the ORM makes of a query set: the SQL, and how its rows are read (as `ModelIterable` does)."""

    def __init__(self, rows: QuerySet[Any, Any], stand_ins: tuple[Any, ...]) -> None:
        self.settings = connection.settings_dict
        self.compiler: Any = rows.query.get_compiler(connection=connection)
        self.sql, parameters = self.compiler.as_sql()
        self.direct = for_the_driver(self.sql)
        self.parameters = [(one, stand_ins.index(one) if one in stand_ins else -1) for one in parameters]
        if {at for _, at in self.parameters if at >= 0} != set(range(len(stand_ins))):
            raise ValueError("a value does not stand in the query as it was given")
        select, of_model = self.compiler.select, self.compiler.klass_info
        self.width = len(select)
        self.converters = self.compiler.get_converters([column[0] for column in select])
        if of_model is not None:
            fields = of_model["select_fields"]
            self.model, self.columns = of_model["model"], slice(fields[0], fields[-1] + 1)
            self.names = [column[0].target.attname for column in select[self.columns]]
            self.populators = get_related_populators(of_model, select, connection.alias)

    def with_values(self, values: Sequence[Any]) -> list[Any]:
        return [values[at] if at >= 0 else value for value, at in self.parameters]

    def converted(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        if not self.converters:
            return row
        return tuple(next(iter(self.compiler.apply_converters([list(row)], self.converters))))

    def instance(self, row: tuple[Any, ...]) -> Any:
        made = self.model.from_db(connection.alias, self.names, row[self.columns])
        for populator in self.populators:
            populator.populate(row, made)
        return made


class _Pair:
    """Two queries in one, of which the second may have no row. It takes the values of the one and then those of the other."""

    def __init__(self, one: _Query, two: _Query) -> None:
        self.one, self.two = one, two
        self.sql = f"SELECT * FROM ({one.sql}) AS one LEFT JOIN ({two.sql}) AS other ON TRUE"  # noqa: S608 - the ORM wrote it
        self.direct = for_the_driver(self.sql)
        numbered = libpq.numbered(self.direct) if connection.vendor == "postgresql" else b""
        self.question = libpq.Question(numbered) if numbered else None
        self.with_state: dict[str, libpq.Question] = {}
        after = max(at for _, at in one.parameters) + 1
        self.parameters = [*one.parameters, *((value, at + after if at >= 0 else at) for value, at in two.parameters)]

    def first(self, own: Any, values: Sequence[Any]) -> tuple[Any, ...] | None:
        parameters = [values[at] if at >= 0 else value for value, at in self.parameters]
        rows = None
        if self.question is not None and own.connection is not None and not is_watched(own):
            rows = self.question.first(own.connection, parameters)
        if rows is None:
            rows = _run(own, self.sql, self.direct, parameters, many=False)
        return self._converted(rows[0]) if rows else None

    def first_with_state(
        self, own: Any, state: str, values: Sequence[Any]
    ) -> tuple[str, tuple[Any, ...] | None] | None:
        """As `Compiled.first_beside_state`."""
        if self.question is None or own.connection is None or is_watched(own):
            return None
        question = self.with_state.get(state)
        if question is None:
            found = f"SELECT 1 AS found, * FROM ({self.direct}) AS pair"  # noqa: S608 - as above
            sql = f"SELECT {state}, beside.* FROM (SELECT 1) AS always LEFT JOIN ({found}) AS beside ON TRUE"  # noqa: S608
            question = self.with_state[state] = libpq.Question(libpq.numbered(sql))
        parameters = [values[at] if at >= 0 else value for value, at in self.parameters]
        rows = question.first(own.connection, parameters)
        if not rows:
            return None
        said, is_found, *row = rows[0]
        return said, self._converted(tuple(row)) if is_found is not None else None

    def _converted(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        one, two = self.one, self.two
        if not one.converters and not two.converters:
            return row
        return (*one.converted(row[: one.width]), *two.converted(row[one.width :]))


def _run(own: Any, sql: str, direct: str, parameters: Sequence[Any], *, many: bool) -> list[tuple[Any, ...]]:
    """All rows of `sql` (`direct` as the driver takes it), or at most the first, by the thread's `own` connection. Django's cursors cost
    four times what a query by its key does, for watchers and for signs to be translated: where nobody watches, the driver is asked
    directly."""
    if (rows := run_directly(own, direct, parameters, many=many)) is not None:
        return rows
    with own.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall() if many else [row for row in (cursor.fetchone(),) if row is not None]


def is_watched(own: Any) -> bool:
    """Whether somebody wants to see what is asked: then Django has to ask it."""
    return bool(own.execute_wrappers) or bool(own.queries_logged)


def run_directly(own: Any, sql: str, parameters: Sequence[Any], *, many: bool = True) -> list[tuple[Any, ...]] | None:
    """The rows, asked of the driver; its errors become Django's here too. None where somebody watches, or `sql` is empty."""
    if not sql or own.connection is None or is_watched(own):
        return None
    own.validate_no_broken_transaction()
    try:
        cursor = own.connection.execute(sql, parameters)
        try:
            return cursor.fetchall() if many else [row for row in (cursor.fetchone(),) if row is not None]
        finally:
            cursor.close()
    except Exception:
        with own.wrap_database_errors:
            raise


@lru_cache(maxsize=256)
def for_the_driver(sql: str) -> str:
    """The query as the driver itself wants it; an empty text where only Django knows that."""
    if connection.vendor == "sqlite":
        return sql.replace("%s", "?").replace("%%", "%") if "%%s" not in sql else ""
    return sql if connection.vendor == "postgresql" else ""
