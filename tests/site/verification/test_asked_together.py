"""What a verification asks of the database in one question says what it says in two; and a database that is gone is said to be gone."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from tests.site.config.test_public_bytes import DJANGO
from tests.site.wallet.conftest import (  # noqa: F401 - the same learner and credential as in the tests of the wallet
    award_to,
    claimed,
    deposit,
    fresh,
    published,
    version,
)

from testamur_site.config.before_django import without_session
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.foundation.public_bytes import libpq
from testamur_site.foundation.tenancy.api import tenant
from testamur_site.issuing import api as issuing
from testamur_site.log.api import forget
from testamur_site.log.models import Entry
from testamur_site.verification import own_documents, services
from testamur_site.wallet import api as wallet
from testamur_site.wallet.models import Deposit

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_connections_stay")]

PAGE = "text/html,application/xhtml+xml,*/*;q=0.8"
Ask = Callable[[], str]


@pytest.fixture
def _connections_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(without_session, "close_old_connections", lambda: None)


def _answer(method: str, path: str, query: str = "", body: bytes = b"") -> str:
    """Status and body, without the moments of the verification."""
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost",
        "HTTP_ACCEPT": PAGE if method == "GET" else "*/*",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_LENGTH": str(len(body)) if body else "",
        "CONTENT_TYPE": "application/json",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.url_scheme": "http",
    }
    statuses: list[str] = []
    answer: Any = without_session.WithoutSession(DJANGO)(environ, lambda status, *_: statuses.append(status))
    text = b"".join(answer).decode()
    text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)|\d\d:\d\d( UTC)?", "moment", text)
    return f"{statuses[0]}\n{text}"


def _ways(public_id: str, content: bytes) -> dict[str, Ask]:
    address = f"{settings.TESTAMUR_BASE_URL}/c/{public_id}"
    return {
        "bytes": lambda: _answer("POST", "/api/verify", body=content),
        "address": lambda: _answer("POST", "/api/verify", body=json.dumps({"address": address}).encode()),
        "page": lambda: _answer("GET", "/verify", query=f"address={quote(address, safe='')}"),
    }


def _states(deposit: Deposit) -> dict[str, Callable[[], object]]:  # noqa: F811
    """What is done to the credential, one after the other."""
    award, institution = deposit.award, deposit.institution

    def in_tenant(work: Callable[..., object], *more: object) -> object:
        with tenant(institution):
            made = work(award, *more)
        run_pending()
        return made

    return {
        "in the log": run_pending,
        "suspended": lambda: in_tenant(issuing.suspend, issuing.Reason.ISSUED_IN_ERROR),
        "revoked": lambda: in_tenant(issuing.revoke, issuing.Reason.ISSUED_IN_ERROR),
        "not yet in the log": lambda: Entry.objects.update(shard=None, index=None, sequenced_at=None),
        "forgotten": lambda: forget(f"award:{award.public_id}"),
        "never recorded": lambda: Entry.objects.all().delete(),
        "unpublished": lambda: wallet.set_public(fresh(deposit), False),
    }


def test_it_says_the_same_in_every_state(published: Deposit, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    content = issuing.credential_bytes(published.award)
    said: set[str] = set()
    for state, change in _states(published).items():
        change()
        for way, ask in _ways(published.award.public_id, content).items():
            together = ask(), ask()
            with monkeypatch.context() as alone:
                alone.setattr(services, "expected_in", lambda _content: None)
                alone.setattr(services, "expected_of", lambda _address: None)
                expected = ask()
            assert together == (expected, expected), f"{state}, {way}"
            said.add(f"{way}: {expected}")
    assert len(said) >= 3 * 5, "the states differ from each other"


def test_what_only_looks_like_ours_says_the_same(
    published: Deposit,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run_pending()
    content = issuing.credential_bytes(published.award)
    here, public_id = f"{settings.TESTAMUR_BASE_URL}/c/".encode(), published.award.public_id.encode()
    own = b'"id":"' + here
    for changed in (
        content.replace(public_id, public_id[:-1] + b"_"),  # another credential's address
        content.replace(public_id, b"x" * 400),
        content.replace(public_id, "학".encode() * 8),
        content.replace(public_id, b"\\u0000"),
        content.replace(public_id, b"' OR 1=1 --"),
        content.replace(here, b"https://elsewhere.example/c/"),
        content[: content.index(own) + len(own) + 5],
        b'{"@context":["https://www.w3.org/ns/credentials/v2"],' + own + public_id + b'"}',
        own + public_id + b'"',
    ):
        together = _ways("none", changed)["bytes"]()
        with monkeypatch.context() as alone:
            alone.setattr(services, "expected_in", lambda _content: None)
            assert _ways("none", changed)["bytes"]() == together


def test_what_is_expected_is_what_is_asked(published: Deposit) -> None:  # noqa: F811
    award = published.award
    for expected, ending in (
        (own_documents.expected_in(issuing.credential_bytes(award)), ".tlog-proof"),
        (own_documents.expected_of(f"{settings.TESTAMUR_BASE_URL}/c/{award.public_id}"), ""),
    ):
        assert expected is not None, ending
        assert (expected.values, expected.further) == ((award.public_id,), (f"award:{award.public_id}",))
    assert own_documents.expected_in(b"{}") is own_documents.expected_of("https://elsewhere.example/c/x") is None
    assert own_documents.expected_of(f"{settings.TESTAMUR_BASE_URL}/c/x/y") is None


def test_somebody_who_is_watched_is_answered_the_same(published: Deposit) -> None:  # noqa: F811
    run_pending()
    for ask in _ways(published.award.public_id, issuing.credential_bytes(published.award)).values():
        expected = ask()
        with CaptureQueriesContext(connection):
            assert ask() == expected


if connection.vendor == "postgresql":  # SQLite has no network between, and no server that could be gone

    def test_a_verification_is_one_question(published: Deposit, monkeypatch: pytest.MonkeyPatch) -> None:
        run_pending()
        asked: list[str] = []

        def noting(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
            return lambda *given: (asked.append(name), function(*given))[1]

        for ask in _ways(published.award.public_id, issuing.credential_bytes(published.award)).values():
            ask()
            with monkeypatch.context() as noted:
                noted.setattr(libpq.Question, "first", noting("both", libpq.Question.first))
                noted.setattr(libpq, "text_of", noting("state", libpq.text_of))
                noted.setattr(connection.connection, "execute", noting("another", connection.connection.execute))
                ask()
            assert asked == ["both"]
            asked.clear()

    @pytest.mark.parametrize("gone", ["the connection", "the database"])
    def test_a_database_that_is_gone_says_the_same(
        gone: str,
        published: Deposit,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        run_pending()
        for way, ask in _ways(published.award.public_id, issuing.credential_bytes(published.award)).items():
            there = ask()
            answers = []
            for expected in (True, False):
                with monkeypatch.context() as case:
                    if not expected:
                        case.setattr(services, "expected_in", lambda _content: None)
                        case.setattr(services, "expected_of", lambda _address: None)
                    connection.connection.pgconn.finish()
                    if gone == "the database":
                        case.setattr(connection, "connect", _refused)
                        connection.close()
                    answers.append(ask())
                connection.close()
                connection.connect()
            assert answers[0] == answers[1], way
            assert gone == "the connection" or answers[0] != there, way

    def _refused() -> None:
        raise OperationalError("nobody is there")
