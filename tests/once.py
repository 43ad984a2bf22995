"""`--once`: what no database decides runs with one of the two only. `tools/run-tests` asks for it; without it every test runs.

The site runs the same code on SQLite and on PostgreSQL, and its tests run on both. A third of the time would go into
asking twice what cannot be answered in two ways:

* A test that touches no database says the same beside either. It runs with SQLite.
* A test that asks for pages runs with PostgreSQL, which is the stricter of the two. On SQLite the pages are driven by Chromium
  (`tests/browser`), by the demonstration and by hand. It asks for pages if Django's client is in its own code, in one of its
  fixtures, or in a function of the tests that either calls.

Services, queries and jobs, where the two may differ, run on both.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from functools import cache
from types import CodeType, FunctionType, MethodType
from typing import Any

import pytest


def for_pages(item: pytest.Item) -> bool:
    if without_database(item):
        return False  # it would be left out of both
    return not {"client", "client_for"}.isdisjoint(_fixtures(item)) or any(map(_asks, _functions(item)))


def without_database(item: pytest.Item) -> bool:
    return item.get_closest_marker("django_db") is None and {"db", "transactional_db"}.isdisjoint(_fixtures(item))


def _fixtures(item: pytest.Item) -> frozenset[str]:
    return frozenset(getattr(item, "fixturenames", ()))


def _functions(item: pytest.Item) -> Iterator[FunctionType]:
    """The test's own, and those of its fixtures."""
    made = getattr(getattr(item, "_fixtureinfo", None), "name2fixturedefs", {})
    fixtures = [definition.func for name in _fixtures(item) for definition in made.get(name, ())]
    for one in (getattr(item, "function", None), *fixtures):
        plain = _plain(one)
        if plain is not None:
            yield plain


def _plain(value: Any) -> FunctionType | None:
    """A function without what decorators have put around it; None for anything else."""
    if isinstance(value, MethodType):
        value = value.__func__
    if not isinstance(value, FunctionType):
        return None
    examples = getattr(value, "hypothesis", None)
    value = inspect.unwrap(value if examples is None else examples.inner_test)
    return value if isinstance(value, FunctionType) else None


@cache
def _asks(function: FunctionType) -> bool:
    """Whether Django's client is in it, or in a function of the tests that it names, however far down."""
    seen: set[FunctionType] = set()
    todo = [function]
    while todo:
        one = todo.pop()
        if one in seen or not one.__module__.startswith("tests."):
            continue
        seen.add(one)
        names = set(_names([one.__code__]))
        if "Client" in names:
            return True
        todo.extend(filter(None, (_plain(one.__globals__.get(name)) for name in names)))
    return False


def _names(codes: Iterable[CodeType]) -> Iterator[str]:
    for code in codes:
        yield from code.co_names
        yield from _names(inner for inner in code.co_consts if isinstance(inner, CodeType))


def parted(items: list[pytest.Item], *, postgresql: bool) -> tuple[list[pytest.Item], list[pytest.Item]]:
    """What this run asks, and what it leaves to the run with the other database."""
    leaves = without_database if postgresql else for_pages
    return [item for item in items if not leaves(item)], [item for item in items if leaves(item)]
