"""A digest holds while the rows of its queries are the same, and not a moment longer; what cannot be asked so is asked as ever."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from tests.site.foundation.public_bytes.test_unchanged import _elsewhere, _institution

from testamur_site.foundation.public_bytes import digests, worked_out
from testamur_site.foundation.public_bytes.api import TEXT, Compiled, holding, known
from testamur_site.foundation.public_bytes.digests import digest_of, holds
from testamur_site.foundation.tenancy.api import Institution

pytestmark = pytest.mark.django_db(transaction=True)

BY_SLUG = 'SELECT * FROM "tenancy_institution" WHERE "slug" = %s ORDER BY "id"'
NAME = Compiled(lambda slug: Institution.objects.filter(slug=slug).values_list("name"), "a test", TEXT)


def test_what_is_kept_holds_with_digests_as_without(monkeypatch: pytest.MonkeyPatch) -> None:
    if connection.vendor != "postgresql":
        _institution("one")
    worked_out._kept_ones().clear()
    known().clear()
    times = [0, 0]

    def work(number: int) -> str:
        times[number] += 1
        [name] = NAME.first("one") or ("nobody",)
        return str(name)

    def both() -> tuple[str, str]:
        with monkeypatch.context() as without:
            without.setattr(worked_out, "digest_of", lambda *_: None)
            said = holding("without", lambda: work(1))
        return holding("with", lambda: work(0)), said

    assert both() == ("one", "one")
    _institution("two")
    assert both() == ("one", "one")
    assert times == [1, 1]
    assert (worked_out._kept_ones()["with"].digest is not None) == (connection.vendor == "postgresql")
    Institution.objects.filter(slug="one").update(name="another")
    assert both() == ("another", "another")
    Institution.objects.filter(slug="one").update(slug="none")
    assert both() == ("nobody", "nobody")
    assert times == [3, 3]


if connection.vendor != "postgresql":

    def test_no_other_database_is_asked() -> None:
        connection.ensure_connection()
        assert digest_of(connection, [(BY_SLUG, ("one",))]) is None

else:

    @pytest.fixture(autouse=True)
    def _one() -> None:
        _institution("one")
        digests._of_thread.questions = {}

    def test_it_holds_while_the_rows_are_the_same() -> None:
        rows = Institution.objects.filter(slug="one")
        for change, still in (
            (lambda: None, True),
            (lambda: _institution("two"), True),
            (lambda: _elsewhere("three"), True),
            (lambda: rows.update(name="another"), False),
            (lambda: rows.update(name=""), False),
            (lambda: rows.update(slug="none"), False),
        ):
            digest = digest_of(connection, [(BY_SLUG, ("nobody",)), (BY_SLUG, ("one",))])
            assert digest is not None
            assert holds(connection, digest) is True
            change()
            assert holds(connection, digest) is still

    def test_a_row_that_comes_is_seen() -> None:
        digest = digest_of(connection, [(BY_SLUG, ("two",))])
        assert digest is not None
        _institution("two")
        assert holds(connection, digest) is False

    def test_other_rows_are_other_digests() -> None:
        for one, other in (
            ("VALUES ('a,b', '')", "VALUES ('a', 'b')"),
            ("VALUES ('a'), ('b')", "VALUES ('(a),(b)')"),
            ("VALUES (NULL::text)", "VALUES ('')"),
            ("SELECT 1 WHERE FALSE", "VALUES (NULL::text)"),
            ("VALUES ('\\x00ff'::bytea)", "VALUES ('\\x00fe'::bytea)"),
            ("VALUES (0.1::float8 + 0.2::float8)", "VALUES (0.3::float8)"),
        ):
            found = [digest_of(connection, [(sql, ())]) for sql in (one, other)]
            assert found[0] is not None, one
            assert found[1] is not None, other
            assert found[0].found != found[1].found, one

    def test_columns_of_one_name_and_numbers_among_the_values() -> None:
        sql = (
            'SELECT a."id", b."id", a."name" FROM "tenancy_institution" a JOIN "tenancy_institution" b '
            'ON a."id" = b."id" WHERE a."slug" = %s AND b."id" > %s'
        )
        digest = digest_of(connection, [(sql, ("one", 0)), (sql, ("one", 2_000_000_000))])
        assert digest is not None
        assert digest.found[0] != digest.found[1]
        assert holds(connection, digest)
        Institution.objects.filter(slug="one").update(name="another")
        assert holds(connection, digest) is False

    def test_what_cannot_be_asked() -> None:
        queries: tuple[digests.Query, ...] = (
            (BY_SLUG, (date(2026, 1, 1),)),
            (BY_SLUG, (True,)),
            (BY_SLUG, ("a\0b",)),
            ("SELECT nothing FROM nowhere WHERE a = %s", ("a",)),
            ('SELECT * FROM "tenancy_institution" WHERE "slug" LIKE \'o%%\' AND "slug" = %s', ("one",)),
        )
        for query in queries:
            assert digest_of(connection, [query]) is None, query
            assert digest_of(connection, [(BY_SLUG, ("one",))]) is not None, "and it goes on"

    def test_nobody_is_passed_by() -> None:
        digest = digest_of(connection, [(BY_SLUG, ("one",))])
        assert digest is not None
        with CaptureQueriesContext(connection):
            assert digest_of(connection, [(BY_SLUG, ("one",))]) is holds(connection, digest) is None
        with transaction.atomic():
            assert digest_of(connection, [(BY_SLUG, ("one",))]) is holds(connection, digest) is None
        connection.close()
        connection.ensure_connection()
        assert holds(connection, digest) is None

    def test_questions_are_planned_for_so_many_kinds_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(digests, "MOST", 2)
        found: list[Any] = [digest_of(connection, [(f"SELECT {number}", ())]) for number in range(3)]
        assert [one is not None for one in found] == [True, True, False]
        assert digest_of(connection, [("SELECT 1", ())]) is not None
