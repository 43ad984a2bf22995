"""A SELECT that the ORM writes once, and that is then only run.

Building a query costs several times what running it does, and the queries on the way of every public request are the same but for one value.
The columns come back through Django's own converters, as `values_list` gives them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from testamur_site.foundation.tenancy.api import unscoped


class Compiled:
    """The first row of a query by one value. `build(value)` makes the query set, with `values_list`, without slicing it; `reason` is said
    to `unscoped`: the query names in its own conditions whose rows are meant."""

    def __init__(self, build: Callable[[Any], QuerySet[Any, Any]], reason: str, *, stand_in: Any) -> None:
        """`stand_in` is a value of the right kind that no row has; it stands in the query until the real one takes its place."""
        self._build, self._reason, self._stand_in = build, reason, stand_in
        self._of_thread = threading.local()  # converters belong to a thread's connection

    def first(self, value: Any) -> tuple[Any, ...] | None:
        """The columns of the first row for `value`, or None. Raises DatabaseError."""
        sql, parameters, compiler, converters = self._compiled()
        with connection.cursor() as cursor:
            cursor.execute(sql, [value if one == self._stand_in else one for one in parameters])
            row = cursor.fetchone()
        if row is None or not converters:
            return row
        (converted,) = compiler.apply_converters([list(row)], converters)
        return tuple(converted)

    def _compiled(self) -> tuple[str, tuple[Any, ...], Any, Any]:
        kept = getattr(self._of_thread, "kept", None)
        if kept is None or kept[0] is not connection.settings_dict:
            with unscoped(self._reason):
                query = self._build(self._stand_in)[:1].query
            compiler = query.get_compiler(connection=connection)
            sql, parameters = compiler.as_sql()
            if self._stand_in not in parameters:
                raise ValueError("the value does not stand in the query as it was given")
            converters = compiler.get_converters([column[0] for column in compiler.select])
            kept = (connection.settings_dict, (sql, tuple(parameters), compiler, converters))
            self._of_thread.kept = kept
        made: tuple[str, tuple[Any, ...], Any, Any] = kept[1]
        return made
