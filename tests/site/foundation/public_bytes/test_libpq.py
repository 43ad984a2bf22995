"""A question to PostgreSQL through libpq gives what Django gives, or nothing at all."""

from __future__ import annotations

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

    @pytest.mark.parametrize("text", TEXTS)
    def test_the_row_is_the_same(text: str, driver: Any) -> None:
        expected = (text, "b", 5, -3, 70_000, b"\x00\xff'", None)
        assert libpq.first(driver, QUERY, [text, "b"]) == [expected]
        with connection.cursor() as cursor:
            cursor.execute(QUERY.decode().replace("$1", "%s").replace("$2", "%s"), [text, "b"])
            assert tuple(bytes(one) if isinstance(one, memoryview) else one for one in cursor.fetchone()) == expected

    def test_there_may_be_no_row(driver: Any) -> None:
        assert libpq.first(driver, b"SELECT 1 WHERE $1 = 'b'::text", ["a"]) == []
        assert libpq.text_of(driver, b"SELECT 'a' WHERE FALSE") is None

    @pytest.mark.parametrize(
        ("query", "values"),
        [
            (b"SELECT $1::text", ["a\0b"]),
            (b"SELECT $1::text", ["\ud800"]),
            (b"SELECT $1::text", [5]),
            (b"SELECT $1::text, now()", ["a"]),
            (b"SELECT nothing FROM nowhere WHERE a = $1", ["a"]),
        ],
        ids=["NUL", "half a surrogate", "a number", "a moment", "an error"],
    )
    def test_the_unusual_is_left_to_psycopg(query: bytes, values: list[Any], driver: Any) -> None:
        assert libpq.first(driver, query, values) is None
        assert libpq.text_of(driver, b"SELECT 'it goes on'") == "it goes on"

    def test_in_a_transaction_psycopg_asks(driver: Any) -> None:
        with transaction.atomic():
            assert libpq.first(driver, b"SELECT $1::text", ["a"]) is None
            assert libpq.text_of(driver, b"SELECT 'a'") is None

    def test_a_connection_that_ended_is_psycopgs(driver: Any) -> None:
        driver.pgconn.finish()
        assert libpq.text_of(driver, b"SELECT 'a'") is None
        assert libpq.first(driver, b"SELECT $1::text", ["a"]) is None
        connection.close()
