"""What a look expects to ask is asked beside its first question, where that helps; it says the same as if it had been asked alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from tests.site.foundation.public_bytes.test_unchanged import _institution

from testamur_site.foundation.public_bytes import libpq, unchanged
from testamur_site.foundation.public_bytes.api import TEXT, Beside, Compiled, forget_read_ahead, known, one_look
from testamur_site.foundation.tenancy.api import Institution

pytestmark = pytest.mark.django_db(transaction=True)

NAME = Compiled(lambda slug: Institution.objects.filter(slug=slug).values_list("name", "pk"), "a test", TEXT)
COUNTRY = Compiled(lambda slug: Institution.objects.filter(slug=slug).values_list("country", "slug"), "a test", TEXT)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was asked, in order: the state of the database, or a pair of rows, or both."""
    noted: list[str] = []
    for owner, name, word in (
        (unchanged, "_snapshot", "state"),
        (libpq.Question, "first", "rows"),
    ):
        monkeypatch.setattr(owner, name, _noting(getattr(owner, name), noted, word))
    return noted


def _noting(function: object, noted: list[str], word: str) -> object:
    def call(*given: object) -> object:
        noted.append(word)
        return function(*given)  # type: ignore[operator]

    return call


@pytest.fixture(autouse=True)
def _two() -> None:
    _institution("one")
    _institution("two")


def _expecting(one: str, other: str) -> Callable[[], Beside]:
    return lambda: Beside(NAME, (one,), COUNTRY, (other,))


def test_it_says_the_same(asked: list[str]) -> None:
    for one, other in (("one", "two"), ("one", "nobody"), ("nobody", "one"), ("nobody", "nobody"), ("", "'")):
        alone = NAME.first_beside((one,), COUNTRY, other)
        assert (alone is None) == (one != "one")
        asked.clear()
        with one_look(_expecting(one, other)):
            known()
            assert NAME.first_beside((one,), COUNTRY, other) == alone
            known()
        if connection.vendor == "postgresql":
            assert asked == ["rows"]


def test_what_no_database_takes_is_no_ones_answer() -> None:
    for slug in ("a\0b", "\ud800"):
        with one_look(_expecting(slug, "one")):
            known()["a"] = 1
            assert NAME.first_beside(("one",), COUNTRY, "two")[0] == "one"  # type: ignore[index]


def test_another_question_is_asked() -> None:
    with one_look(_expecting("one", "two")):
        known()
        for values, further in ((("two",), "two"), (("one",), "one"), (("nobody",), "two")):
            with CaptureQueriesContext(connection) as captured:
                found = NAME.first_beside(values, COUNTRY, further)
            assert len(captured) == 1
            assert (found and found[0]) == (None if values == ("nobody",) else values[0])
        assert COUNTRY.first_beside(("one",), NAME, "two")[:2] == ("KR", "one")  # type: ignore[index]


def test_it_ends_with_its_look() -> None:
    asked_for = _expecting("one", "two")
    with one_look(asked_for):
        known()
    Institution.objects.filter(slug="one").update(name="another")
    assert NAME.first_beside(("one",), COUNTRY, "two")[0] == "another"  # type: ignore[index]
    with one_look():
        known()
        assert NAME.first_beside(("one",), COUNTRY, "two")[0] == "another"  # type: ignore[index]
    with pytest.raises(LookupError), one_look(asked_for):
        raise LookupError(known())
    Institution.objects.filter(slug="one").update(name="a third")
    assert NAME.first_beside(("one",), COUNTRY, "two")[0] == "a third"  # type: ignore[index]


def test_when_it_is_asked_anew() -> None:
    for how in ("forgotten", "in a transaction", "watched"):
        _is_asked_anew(how)


def _is_asked_anew(how: str) -> None:
    with one_look(_expecting("one", "two")):
        known()
        Institution.objects.filter(slug="one").update(name=how)
        if how == "forgotten":
            forget_read_ahead()
            found = NAME.first_beside(("one",), COUNTRY, "two")
        elif how == "watched":
            with CaptureQueriesContext(connection):
                found = NAME.first_beside(("one",), COUNTRY, "two")
        else:
            with transaction.atomic():
                found = NAME.first_beside(("one",), COUNTRY, "two")
    assert found is not None
    assert found[0] == how


def test_the_inner_look_expects_nothing(asked: list[str]) -> None:
    with one_look(_expecting("one", "two")), one_look(lambda: pytest.fail("is not asked")):
        known()
        assert NAME.first_beside(("one",), COUNTRY, "two")[0] == "one"  # type: ignore[index]


def test_a_commit_is_seen_by_the_next_look() -> None:
    def look() -> tuple[object, object]:
        with one_look(_expecting("one", "two")):
            before = known().get("kept")
            known()["kept"] = "kept"
            return before, NAME.first_beside(("one",), COUNTRY, "two")[0]  # type: ignore[index]

    assert look()[1] == "one"
    assert look() == ("kept", "one")
    Institution.objects.filter(slug="one").update(name="another")
    assert look() == (None, "another")
