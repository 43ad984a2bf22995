"""The table in which several processes count: two that count at once are two."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.cache import cache, caches
from django.core.management import call_command
from django.db import connection

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _table(settings: Any) -> Iterator[None]:
    settings.CACHES = {
        "default": {
            "BACKEND": "testamur_site.config.caches.SharedCache",
            "LOCATION": "counted_here",
            "OPTIONS": {"MAX_ENTRIES": 5_000},
        }
    }
    call_command("createcachetable", verbosity=0)
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE counted_here")


def test_nobody_is_lost_in_the_counting() -> None:
    cache.add("visitor", 0, timeout=60)

    def count(_number: int) -> int:
        try:
            return caches["default"].incr("visitor")
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        counted = list(pool.map(count, range(40)))
    assert sorted(counted) == list(range(1, 41))
    assert cache.get("visitor") == 40


def test_what_is_not_there_is_not_counted() -> None:
    with pytest.raises(ValueError, match="not found"):
        cache.incr("nobody")


def test_four_hundred_visitors_are_all_remembered() -> None:
    for number in range(400):
        cache.set(f"visitor-{number}", number, 60)
    assert all(cache.get(f"visitor-{number}") == number for number in range(400))
