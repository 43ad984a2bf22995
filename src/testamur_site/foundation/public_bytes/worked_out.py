"""What was worked out of rows, for as long as these rows are the same.

`unchanged` knows that nothing was committed; while a cohort is being issued something is committed all the time, and hardly ever what a
verification reads. So a value can be kept with everything that it was made of:

1. While it is worked out every query is noted. 2. Then each is asked once more, and its rows are kept with the value, unless something was
committed meanwhile, or something else than a SELECT was run. 3. After a commit the queries are asked again: the same rows, the same value;
that costs less than a third of working it out. 4. For some seconds at most, as in `unchanged` and for the same reason.

What a value is made of and was itself kept counts with its own queries. Only what concerns no single person belongs here.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from . import unchanged
from .compiled import for_the_driver, own_connection, run_directly
from .digests import Digest, Query, digest_of, holds

Value = TypeVar("Value")

_of_thread = threading.local()


@dataclass(slots=True)
class _Noted:
    """The queries of one piece of work; `whole` is False where something was read of which nobody can say whether it is the same."""

    queries: dict[Query, None] = field(default_factory=dict)
    whole: bool = True

    def __call__(self, execute: Callable[..., Any], sql: str, parameters: Any, many: bool, context: Any) -> Any:
        if "pg_current_snapshot" not in sql:
            try:
                self.queries[sql, tuple(parameters or ())] = None
            except TypeError:  # a parameter that cannot be compared
                self.whole = False
            self.whole = self.whole and not many and sql.lstrip()[:6].upper() == "SELECT"
        return execute(sql, parameters, many, context)


@dataclass(frozen=True, slots=True)
class _Kept:
    value: Any
    until: float
    driver: Any
    rows: tuple[tuple[Query, Sequence[Any]], ...]
    digest: Digest | None


def holding(key: Hashable, work_out: Callable[[], Value]) -> Value:
    """What `work_out` gives; or what it gave, where that must still be the same. None is never kept. Raises DatabaseError, and what
    `work_out` raises."""
    own = own_connection()
    if own.in_atomic_block:
        return work_out()
    known, kept_ones = unchanged.known(), _kept_ones()
    kept = kept_ones.get(key)
    if kept is not None and known.get(key) is kept.value and unchanged.time.monotonic() < kept.until and not _noting():
        same: Value = kept.value
        return same
    if kept is not None and not unchanged.time.monotonic() < kept.until:
        known.pop(key, None)
        kept_ones.pop(key)
        kept = None
    if (value := known.get(key)) is None:
        if kept is not None and kept.driver is own.connection and _is_the_same(own, kept):
            value = kept.value
        else:
            kept_ones.pop(key, None)
            value, kept = _worked_out(own, work_out)
            if kept is not None:
                kept_ones[key] = kept
        if value is not None:
            known[key] = value
    elif kept is not None and kept.value is not value:
        kept = None
    for noted in _noting():  # what is being worked out around this is made of it
        noted.whole = noted.whole and kept is not None
        noted.queries.update(dict.fromkeys(query for query, _ in kept.rows) if kept is not None else {})
    found: Value = value
    return found


def is_noted() -> bool:
    """Whether a value is being worked out just now: then nothing may be taken from what is known without a word."""
    return bool(_noting())


def _worked_out(own: Any, work_out: Callable[[], Any]) -> tuple[Any, _Kept | None]:
    before, noted, noting = unchanged.known_state(), _Noted(), _noting()
    until = unchanged.time.monotonic() + unchanged.SECONDS
    noting.append(noted)
    try:
        with own.execute_wrapper(noted):
            value = work_out()
    finally:
        noting.pop()
    if value is None or not noted.whole or before is None:
        return value, None
    rows = tuple((query, _rows(own, query)) for query in noted.queries)
    digest = digest_of(own, tuple(noted.queries))
    return value, _Kept(value, until, own.connection, rows, digest) if unchanged.state() == before else None


def _is_the_same(own: Any, kept: _Kept) -> bool:
    if kept.digest is not None and (same := holds(own, kept.digest)) is not None:
        return same
    return all(_rows(own, query) == rows for query, rows in kept.rows)


def _rows(own: Any, query: Query) -> Sequence[Any]:
    """What the query gives, by the driver itself where that is the same (`compiled.run_directly`)."""
    rows: Sequence[Any] | None = run_directly(own, for_the_driver(query[0]), query[1])
    if rows is None:
        with own.cursor() as cursor:
            cursor.execute(*query)
            rows = cursor.fetchall()
    return rows


def _noting() -> list[_Noted]:
    noting: list[_Noted] | None = getattr(_of_thread, "noting", None)
    if noting is None:
        noting = _of_thread.noting = []
    return noting


def _kept_ones() -> dict[Hashable, _Kept]:
    kept: dict[Hashable, _Kept] | None = getattr(_of_thread, "kept", None)
    if kept is None or len(kept) >= unchanged.MOST:
        kept = _of_thread.kept = {}
    return kept
