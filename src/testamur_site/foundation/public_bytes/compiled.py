"""A SELECT that the ORM writes once, and that is then only run.

Building a query costs several times what running it does, and the queries on the way of every public request are the same but for one
value. What comes back goes through Django's own converters and constructors, as it does from a query set.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.query import get_related_populators

from testamur_site.foundation.tenancy.api import unscoped


class Compiled:
    """The first row of a query by one value. `build(value)` makes the query set, without slicing it; `reason` is said to `unscoped`: the
    query names in its own conditions whose rows are meant."""

    def __init__(self, build: Callable[[Any], QuerySet[Any, Any]], reason: str, *, stand_in: Any) -> None:
        """`stand_in` is a value of the right kind that no row has; it stands in the query until the real one takes its place."""
        self._build, self._reason, self._stand_in = build, reason, stand_in
        self._of_thread = threading.local()  # converters belong to a thread's connection

    def first(self, value: Any) -> tuple[Any, ...] | None:
        """The columns of the first row for `value`, of a query set with `values_list`; or None. Raises DatabaseError."""
        row, _query = self._row(value)
        return row

    def object(self, value: Any) -> Any:
        """The first row for `value` as an instance, with what `select_related` brings; or None. Raises DatabaseError."""
        row, query = self._row(value)
        if row is None:
            return None
        start, end = query.columns
        made = query.model.from_db(connection.alias, query.names, row[start:end])
        for populator in query.populators:
            populator.populate(row, made)
        return made

    def _row(self, value: Any) -> tuple[tuple[Any, ...] | None, _Query]:
        query = getattr(self._of_thread, "query", None)
        if query is None or query.settings is not connection.settings_dict:
            with unscoped(self._reason):
                query = self._of_thread.query = _Query(self._build(self._stand_in)[:1], self._stand_in)
        with connection.cursor() as cursor:
            cursor.execute(query.sql, [value if one == self._stand_in else one for one in query.parameters])
            row = cursor.fetchone()
        if row is None or not query.converters:
            return row, query
        (converted,) = query.compiler.apply_converters([list(row)], query.converters)
        return tuple(converted), query


class _Query:
    """What the ORM makes of a query set: the SQL, and how its rows are read (as `ModelIterable` does)."""

    def __init__(self, rows: QuerySet[Any, Any], stand_in: Any) -> None:
        self.settings = connection.settings_dict
        self.compiler: Any = rows.query.get_compiler(connection=connection)
        self.sql, self.parameters = self.compiler.as_sql()
        if stand_in not in self.parameters:
            raise ValueError("the value does not stand in the query as it was given")
        select, of_model = self.compiler.select, self.compiler.klass_info
        self.converters = self.compiler.get_converters([column[0] for column in select])
        if of_model is not None:
            fields = of_model["select_fields"]
            self.model, self.columns = of_model["model"], (fields[0], fields[-1] + 1)
            self.names = [column[0].target.attname for column in select[slice(*self.columns)]]
            self.populators = get_related_populators(of_model, select, connection.alias)
