"""A question to PostgreSQL through libpq gives what Django gives, or nothing at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from testamur_site.foundation.public_bytes import libpq

TEXTS = ("", "plain", "' OR ''='", "a\\b", '"', "%s $1", "김미나", "x" * 70_000, "\x01")


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT a FROM b WHERE c = %s AND d IN (%s, %s)", b"SELECT a FROM b WHERE c = $1 AND d IN ($2, $3)"),
        ("SELECT 1", b"SELECT 1"),
        ("SELECT a LIKE 'x%%' AND b = %s", b""),
    ],
)
def test_values_are_numbered(sql: str, said: bytes) -> None:
    assert libpq.numbered(sql) == said


if connection.vendor == "postgresql":  # nobody else has libpq
    pytestmark = pytest.mark.django_db(transaction=True)
    QUERY = b"SELECT $1::text, $2::varchar, 5::bigint, -3::smallint, 70000::integer, '\\x00ff27'::bytea, NULL::bytea"

    @pytest.fixture
    def driver() -> Any:
        connection.ensure_connection()
        return connection.connection

    @pytest.fixture(params=["planned", "not planned"])
    def ask(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Callable[[Any, bytes, list[Any]], Any]:
        """The first row of a query, which is asked twice: the second time it is planned, if it ever is."""
        if request.param == "not planned":
            monkeypatch.setattr(libpq, "_ATTEMPTS", 0)

        def twice(driver: Any, query: bytes, values: list[Any]) -> Any:
            question = libpq.Question(query)
            first, second = question.first(driver, values), question.first(driver, values)
            assert first == second
            return first

        return twice

    def plans(driver: Any) -> int:
        return int(libpq.text_of(driver, b"SELECT count(*)::text FROM pg_prepared_statements") or "-1")

    def test_the_row_is_the_same(driver: Any, ask: Callable[[Any, bytes, list[Any]], Any]) -> None:
        for text in TEXTS:
            expected = (text, "b", 5, -3, 70_000, b"\x00\xff'", None)
            assert ask(driver, QUERY, [text, "b"]) == [expected]
            with connection.cursor() as cursor:
                cursor.execute(QUERY.decode().replace("$1", "%s").replace("$2", "%s"), [text, "b"])
                found = cursor.fetchone()
            assert tuple(bytes(one) if isinstance(one, memoryview) else one for one in found) == expected

    def test_there_may_be_no_row(driver: Any, ask: Callable[[Any, bytes, list[Any]], Any]) -> None:
        assert ask(driver, b"SELECT 1 WHERE $1 = 'b'::text", ["a"]) == []
        assert libpq.text_of(driver, b"SELECT 'a' WHERE FALSE") is None

    def test_the_unusual_is_left_to_psycopg(driver: Any, ask: Callable[[Any, bytes, list[Any]], Any]) -> None:
        unusual: dict[str, tuple[bytes, list[Any]]] = {
            "NUL": (b"SELECT $1::text", ["a\0b"]),
            "half a surrogate": (b"SELECT $1::text", ["\ud800"]),
            "a number": (b"SELECT $1::text", [5]),
            "a moment": (b"SELECT $1::text, now()", ["a"]),
            "an error": (b"SELECT nothing FROM nowhere WHERE a = $1", ["a"]),
        }
        for name, (query, values) in unusual.items():
            assert ask(driver, query, values) is None, name
            assert libpq.text_of(driver, b"SELECT 'it goes on'") == "it goes on", name

    def test_in_a_transaction_psycopg_asks(driver: Any) -> None:
        with transaction.atomic():
            assert libpq.Question(b"SELECT $1::text").first(driver, ["a"]) is None
            assert libpq.text_of(driver, b"SELECT 'a'") is None

    def test_a_connection_that_ended_is_psycopgs(driver: Any) -> None:
        driver.pgconn.finish()
        assert libpq.text_of(driver, b"SELECT 'a'") is None
        assert libpq.Question(b"SELECT $1::text").first(driver, ["a"]) is None
        connection.close()

    def test_a_connection_that_ended_later_is_psycopgs_too(driver: Any) -> None:
        question = libpq.Question(b"SELECT $1::text")
        assert question.first(driver, ["a"]) == [("a",)]
        driver.pgconn.finish()
        assert question.first(driver, ["a"]) is None
        connection.close()
        connection.ensure_connection()
        assert question.first(connection.connection, ["a"]) == [("a",)]

    def test_a_question_is_planned_once(driver: Any) -> None:
        before = plans(driver)
        one, same = libpq.Question(b"SELECT $1::text || 'c'"), libpq.Question(b"SELECT $1::text || 'c'")
        for text in ("a", "b"):
            assert one.first(driver, [text]) == same.first(driver, [text]) == [(f"{text}c",)]
        assert plans(driver) == before + 1

    def test_a_plan_may_be_lost_and_is_not_tried_for_ever(driver: Any) -> None:
        """As where each transaction is given another connection of the database."""
        question = libpq.Question(b"SELECT $1::text || 'd'")
        for _ in range(libpq._ATTEMPTS + 2):
            assert question.first(driver, ["a"]) == [("ad",)]
            driver.execute("DEALLOCATE ALL")
        assert question.first(driver, ["a"]) == [("ad",)]
        assert plans(driver) == 0

    def test_a_plan_for_another_table_is_made_anew(driver: Any) -> None:
        driver.execute("CREATE TEMPORARY TABLE changing AS SELECT 'a'::text AS one")
        question = libpq.Question(b"SELECT * FROM changing WHERE one = $1")
        assert question.first(driver, ["a"]) == [("a",)]
        driver.execute("ALTER TABLE changing ADD two integer DEFAULT 5")
        assert question.first(driver, ["a"]) == [("a", 5)]
        assert question.first(driver, ["a"]) == [("a", 5)]
        driver.execute("DROP TABLE changing")
        assert question.first(driver, ["a"]) is None
