"""`--once`: what no database decides runs with one of the two only. `tools/run-tests` asks for it; without it every test runs.

The site runs the same code on SQLite and on PostgreSQL, and its tests run on both. A quarter of the time would go into
asking twice what cannot be answered in two ways:

* A test that touches no database says the same beside either. It runs with SQLite.
* A test that asks for pages runs with PostgreSQL, which is the stricter of the two. On SQLite the pages are driven by Chromium
  (`tests/browser`), by the demonstration and by hand.

Services, queries and jobs, where the two may differ, run on both.
"""

from __future__ import annotations

import pytest


def for_pages(item: pytest.Item) -> bool:
    if without_database(item):
        return False  # it would be left out of both
    code = getattr(getattr(item, "function", None), "__code__", None)
    return not {"client", "client_for"}.isdisjoint(_fixtures(item)) or (code is not None and "Client" in code.co_names)


def without_database(item: pytest.Item) -> bool:
    return item.get_closest_marker("django_db") is None and {"db", "transactional_db"}.isdisjoint(_fixtures(item))


def _fixtures(item: pytest.Item) -> frozenset[str]:
    return frozenset(getattr(item, "fixturenames", ()))


def parted(items: list[pytest.Item], *, postgresql: bool) -> tuple[list[pytest.Item], list[pytest.Item]]:
    """What this run asks, and what it leaves to the run with the other database."""
    leaves = without_database if postgresql else for_pages
    return [item for item in items if not leaves(item)], [item for item in items if leaves(item)]
