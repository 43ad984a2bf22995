"""What is known of the database holds until anything is committed, by whomever, and not a moment longer."""

from __future__ import annotations

import threading

import pytest
from django.db import DEFAULT_DB_ALIAS, OperationalError, connection, connections, transaction

from testamur_site.foundation.accounts.api import create_institution
from testamur_site.foundation.public_bytes import compiled, unchanged
from testamur_site.foundation.public_bytes.api import known, one_look, read_ahead
from testamur_site.foundation.public_bytes.compiled import own_connection

commits = pytest.mark.django_db(transaction=True)


def _institution(slug: str) -> None:
    create_institution(slug=slug, name=slug, country="KR", owner=None)


def _elsewhere(slug: str) -> None:
    """By another connection, as another process does it."""

    def work() -> None:
        try:
            _institution(slug)
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


@commits
def test_it_is_kept_while_nothing_changes() -> None:
    known()["a"] = 1
    assert known() == {"a": 1}


@commits
@pytest.mark.parametrize("change", [_institution, _elsewhere], ids=["here", "elsewhere"])
def test_after_any_commit_nothing_is_known(change: object) -> None:
    known()["a"] = 1
    change("one")  # type: ignore[operator]
    assert known() == {}


@commits
def test_in_a_transaction_nothing_is_known_and_nothing_of_it_is_kept() -> None:
    known()["a"] = 1
    with transaction.atomic():
        assert known() == {}
        known()["b"] = 2
    assert known() == {"a": 1}


@commits
def test_a_transaction_within_a_look_knows_nothing_either() -> None:
    with one_look():
        known()["a"] = 1
        with transaction.atomic():
            assert known() == {}
        assert known() == {"a": 1}


@commits
def test_the_connection_is_held_for_one_look_and_not_longer() -> None:
    with one_look():
        with one_look():
            assert own_connection() is connections[DEFAULT_DB_ALIAS]
        assert compiled._of_work.own is connections[DEFAULT_DB_ALIAS]
    assert compiled._of_work.own is None
    with pytest.raises(LookupError), one_look():
        raise LookupError
    assert compiled._of_work.own is None


@commits
def test_what_was_read_ahead_ends_with_its_look() -> None:
    assert read_ahead() is None
    with one_look():
        ahead = read_ahead()
        assert ahead == {}
        ahead["a"] = 1
        with one_look():
            assert read_ahead() == {"a": 1}
        with transaction.atomic():
            assert read_ahead() is None
        assert read_ahead() is ahead
    assert read_ahead() is None
    with one_look():
        assert read_ahead() == {}


@commits
def test_a_piece_of_work_looks_once() -> None:
    with one_look():
        known()["a"] = 1
        _elsewhere("one")
        with one_look():
            assert known() == {"a": 1}
    assert known() == {}


@commits
def test_it_is_kept_for_seconds_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    known()["a"] = 1
    now = unchanged.time.monotonic()
    monkeypatch.setattr(unchanged.time, "monotonic", lambda: now + unchanged.SECONDS + 1)
    assert known() == {}


@commits
def test_another_connection_is_another_state_even_in_the_same_place_of_memory() -> None:
    assert unchanged.state()[0] is connection.connection  # type: ignore[index]


if connection.vendor == "postgresql":  # SQLite has no server that could end a connection

    @commits
    def test_a_connection_that_was_ended_is_made_anew() -> None:
        known()["a"] = 1
        before = connection.connection
        with connection.cursor() as cursor, pytest.raises(OperationalError):
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        connection.health_check_enabled, connection.health_check_done = True, False
        assert known() == {}
        assert connection.connection is not before
        assert connection.health_check_done
