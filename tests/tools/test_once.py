"""`--once` leaves a test to the other run; none is left out of both."""

from __future__ import annotations

from itertools import product
from types import SimpleNamespace

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from tests.once import for_pages, parted, without_database


class Item:
    def __init__(self, fixtures: tuple[str, ...], marked: bool, function: object) -> None:
        self.fixturenames, self._marked, self.function = fixtures, marked, function
        self._fixtureinfo = SimpleNamespace(name2fixturedefs={"browser_of": [SimpleNamespace(func=asks_itself)]})

    def get_closest_marker(self, name: str) -> object | None:
        return name if self._marked and name == "django_db" else None


def asks_itself() -> None:
    Client().get("/")


def asks_nothing() -> None:
    """No page."""


def asks_further_down() -> None:
    def last() -> None:
        asks_itself()

    last()


@given(st.none())
def asks_with_examples(nothing: None) -> None:
    asks_further_down()


ITEMS = [
    Item(fixtures, marked, function)
    for fixtures, marked, function in product(
        [
            (),
            ("db",),
            ("transactional_db",),
            ("client_for",),
            ("client_for", "db"),
            ("client", "tmp_path"),
            ("browser_of", "db"),
        ],
        [False, True],
        [asks_itself, asks_nothing, asks_further_down, asks_with_examples],
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


@pytest.mark.parametrize("function", [asks_itself, asks_further_down, asks_with_examples])
def test_a_page_is_found_however_far_down_it_is_asked_for(function: object) -> None:
    assert for_pages(Item(("db",), False, function))  # type: ignore[arg-type]


def test_a_page_is_found_in_a_fixture() -> None:
    assert for_pages(Item(("browser_of",), True, asks_nothing))  # type: ignore[arg-type]
    assert not for_pages(Item(("another",), True, asks_nothing))  # type: ignore[arg-type]
