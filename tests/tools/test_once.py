"""`--once` leaves a test to the other run; none is left out of both."""

from __future__ import annotations

from itertools import product

from django.test import Client
from tests.once import for_pages, parted, without_database


class Item:
    def __init__(self, fixtures: tuple[str, ...], marked: bool, function: object) -> None:
        self.fixturenames, self._marked, self.function = fixtures, marked, function

    def get_closest_marker(self, name: str) -> object | None:
        return name if self._marked and name == "django_db" else None


def asks_itself() -> None:
    Client().get("/")


def asks_nothing() -> None:
    """No page."""


ITEMS = [
    Item(fixtures, marked, function)
    for fixtures, marked, function in product(
        [(), ("db",), ("transactional_db",), ("client_for",), ("client_for", "db"), ("client", "tmp_path")],
        [False, True],
        [asks_itself, asks_nothing],
    )
]


def test_every_test_stays_in_one_run() -> None:
    assert not any(for_pages(item) and without_database(item) for item in ITEMS)  # type: ignore[arg-type]


def test_each_run_leaves_its_own() -> None:
    rule, page, row = (
        Item((), False, asks_nothing),
        Item(("db",), False, asks_itself),
        Item(("db",), False, asks_nothing),
    )
    items = [rule, page, row]
    assert parted(items, postgresql=True) == ([page, row], [rule])  # type: ignore[arg-type, comparison-overlap]
    assert parted(items, postgresql=False) == ([rule, row], [page])  # type: ignore[arg-type, comparison-overlap]
