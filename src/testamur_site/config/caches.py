"""The table in which several server processes count, and what else they share for a while."""

from __future__ import annotations

from typing import Any

from django.core.cache.backends.db import DatabaseCache
from django.db import connections, router, transaction


class SharedCache(DatabaseCache):
    """Django's cache in a table, with an `incr` that loses nothing: Django's own reads and then writes, and of two processes that count
    at the same moment one would not have counted. The row is locked in between."""

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """Raises ValueError where nothing is kept under the key."""
        alias = router.db_for_write(self.cache_model_class)
        connection: Any = connections[alias]
        table = connection.ops.quote_name(self._table)
        lock = connection.ops.for_update_sql() if connection.features.has_select_for_update else ""
        with transaction.atomic(using=alias):  # on SQLite it has locked the database when it begins
            with connection.cursor() as cursor:
                row = f"SELECT expires FROM {table} WHERE cache_key = %s {lock}"  # noqa: S608 - a name from the settings, quoted
                cursor.execute(row, [self.make_and_validate_key(key, version=version)])
                cursor.fetchone()
            counted: int = super().incr(key, delta, version)
        return counted
