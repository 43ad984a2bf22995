"""What is answered without a session is what Django answers: status, headers, body, limits, cookies; every doubt goes the long way."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings as configured
from django.test import Client
from django.utils.safestring import SafeString
from tests.site.config.test_public_bytes import DJANGO, Answer, Counting, ask
from tests.site.wallet.conftest import (  # noqa: F401 - the same learner and credential as in the tests of the wallet
    award_to,
    claimed,
    deposit,
    published,
    version,
)
from tests.standing import aside

from testamur.verification import opening
from testamur.verification.presenters import written
from testamur_site.config.before_django.without_session import WithoutSession
from testamur_site.foundation.design_system import markdown
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.issuing import api as issuing
from testamur_site.verification import presentation
from testamur_site.verification.report_html import frame
from testamur_site.verification.report_html import published as parts
from testamur_site.wallet.models import Deposit

pytestmark = pytest.mark.usefixtures("one_connection")
CHANGING = {"etag", "set-cookie"}


@pytest.fixture
@aside
def django() -> Counting:
    return Counting()


def post(application: Any, body: bytes, path: str = "/api/verify", **more: Any) -> Answer:
    raw = {"CONTENT_LENGTH": str(len(body)), "CONTENT_TYPE": "application/json", "wsgi.input": io.BytesIO(body)}
    return ask(lambda environ, start: application(environ | raw, start), path, method="POST", **more)


@pytest.fixture
def both(published: Deposit, django: Counting) -> Callable[..., tuple[Answer, Answer]]:  # noqa: F811
    run_pending()
    quick = WithoutSession(django)

    def answers(body: bytes, **more: Any) -> tuple[Answer, Answer]:
        return post(quick, body, **more), post(DJANGO, body, **more)

    return answers


def content_of(answer: Answer) -> Any:
    """The body without the moments of the verification, which are others each time; in its sentences they are written to the minute."""
    said = json.loads(answer.content)
    said.pop("verifiedAt", None)
    text = re.sub(r'"asked_at": "[^"]*"', '"asked_at": "now"', json.dumps(said))
    return re.sub(r"\d\d:\d\d UTC", "now", text)


def same(quick: Answer, slow: Answer) -> None:
    assert quick.status == slow.status
    names = (quick.headers.keys() | slow.headers.keys()) - CHANGING - {"content-length"}
    differ = {name: (quick.headers.get(name), slow.headers.get(name)) for name in names}
    assert {name: pair for name, pair in differ.items() if pair[0] != pair[1]} == {}
    assert ("set-cookie" in quick.headers) == ("set-cookie" in slow.headers)


@pytest.mark.parametrize(
    "how", [{}, {"accept_language": "ko-KR,ko;q=0.9"}, {"cookie": "language=ko"}, {"scheme": "https"}]
)
def test_the_report_is_the_same_and_so_is_every_header(
    how: dict[str, Any],
    published: Deposit,  # noqa: F811
    both: Callable[..., tuple[Answer, Answer]],
    django: Counting,
) -> None:
    quick, slow = both(issuing.credential_bytes(published.award), **how)
    assert django.asked == ["/healthz"]
    assert quick.status == 200
    same(quick, slow)
    assert content_of(quick) == content_of(slow)
    assert quick.headers["content-length"] == str(len(quick.content))
    assert json.loads(quick.content)["verdict"] == "valid"


def test_it_is_compressed_for_who_takes_it(
    published: Deposit,  # noqa: F811
    both: Callable[..., tuple[Answer, Answer]],
) -> None:
    quick, slow = both(issuing.credential_bytes(published.award), accept_encoding="gzip, deflate")
    assert quick.headers["content-encoding"] == "gzip"
    same(quick, slow)


@pytest.mark.parametrize(
    "body",
    [b"{}", b"{", b'{"document": 1, "address": 2}', b'{"address": "x"}', b"nothing", b'{"@context":["\\ud800"]}'],
)
def test_refusals_are_the_same(body: bytes, both: Callable[..., tuple[Answer, Answer]], django: Counting) -> None:
    quick, slow = both(body)
    same(quick, slow)
    assert content_of(quick) == content_of(slow)
    assert set(django.asked) <= {"/healthz"}


def test_an_address_of_ours_is_verified(
    published: Deposit,  # noqa: F811
    both: Callable[..., tuple[Answer, Answer]],
    django: Counting,
) -> None:
    address = f"{configured.TESTAMUR_BASE_URL}/c/{published.award.public_id}"
    quick, slow = both(json.dumps({"address": address}).encode())
    assert django.asked == ["/healthz"]
    assert content_of(quick) == content_of(slow)
    assert json.loads(quick.content)["verdict"] == "valid"


def test_the_limit_holds(
    settings: Any,
    published: Deposit,  # noqa: F811
    both: Callable[..., tuple[Answer, Answer]],
) -> None:
    settings.TESTAMUR_VERIFICATIONS_PER_MINUTE = 1
    quick, slow = both(issuing.credential_bytes(published.award))
    assert (quick.status, slow.status) == (200, 429)
    quick, slow = both(issuing.credential_bytes(published.award))
    assert (quick.status, slow.status) == (429, 429)
    same(quick, slow)


@pytest.mark.parametrize(
    "how",
    [{"host": "elsewhere.example"}, {"host": ""}, {"cookie": "sessionid=abc"}, {"query": "a=%00"}],
    ids=["another host", "no host", "a session", "a NUL"],
)
def test_everything_unusual_goes_the_long_way(
    how: dict[str, Any],
    published: Deposit,  # noqa: F811
    both: Callable[..., tuple[Answer, Answer]],
    django: Counting,
) -> None:
    quick, slow = both(issuing.credential_bytes(published.award), **how)
    assert django.asked == ["/api/verify"]
    same(quick, slow)


@pytest.mark.parametrize(
    ("broken", "answered_by_django"), [(["_quick"], ["/healthz"]), (["_quick", "_views"], ["/api/verify"])]
)
def test_a_fault_goes_the_longer_way_with_the_same_request(
    broken: list[str],
    answered_by_django: list[str],
    published: Deposit,  # noqa: F811
    django: Counting,
) -> None:
    quick = WithoutSession(django)

    def fail(_asked: Any) -> None:
        raise OSError("gone")

    if "_quick" in broken:
        quick._quick._answers = dict.fromkeys(quick._quick._answers, fail)
    if "_views" in broken:
        quick._views = dict.fromkeys(quick._views, fail)
    answer = post(quick, issuing.credential_bytes(published.award))
    assert (answer.status, django.asked) == (200, answered_by_django)
    assert json.loads(answer.content)["checks"]


@pytest.mark.parametrize("how", [{}, {"accept_language": "ko-KR,ko;q=0.9"}, {"cookie": "a=b; language=ko"}])
def test_what_is_asked_most_needs_no_request(
    how: dict[str, Any],
    published: Deposit,  # noqa: F811
    django: Counting,
) -> None:
    """And the next way gives the same, header by header and in the same order of its members."""
    both_ways = [WithoutSession(django), WithoutSession(django)]
    both_ways[0]._views = dict.fromkeys(both_ways[0]._views, _must_not_be_asked)
    both_ways[1]._quick._answers = {}
    run_pending()
    address = f"{configured.TESTAMUR_BASE_URL}/c/{published.award.public_id}"
    page = {"query": f"address={quote(address, safe='')}", "accept": PAGE, **how}
    for ask_it in (
        lambda one: post(one, issuing.credential_bytes(published.award), **how),
        lambda one: post(one, json.dumps({"address": address}).encode(), **how),
        lambda one: ask(one, "/verify", **page),
    ):
        quick, slow = map(ask_it, both_ways)
        assert (quick.status, slow.status) == (200, 200)
        assert quick.headers == slow.headers | {"content-length": str(len(quick.content))}
        assert "set-cookie" not in quick.headers


def _must_not_be_asked(*_given: Any, **_named: Any) -> None:
    raise AssertionError("this was not to be asked")


def test_what_is_refused_counts_once(
    settings: Any,
    published: Deposit,  # noqa: F811
    django: Counting,
) -> None:
    settings.TESTAMUR_VERIFICATIONS_PER_MINUTE = 3
    one = WithoutSession(django)
    statuses = [post(one, b'{"address": "x"}').status for _ in range(2)]
    none = quote(f"{configured.TESTAMUR_BASE_URL}/c/none", safe="")
    statuses += [ask(one, "/verify", query=f"address={none}", accept=PAGE).status for _ in range(2)]
    assert statuses == [400, 400, 200, 429]


# --- the page -------------------------------------------------------------------------------------------------------------------

PAGE = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def page_of(answer: Answer) -> str:
    """The page without the moment, which is another one each time; and without spaces between lines."""
    made = re.sub(r"\d\d:\d\d(:\d\dZ)?", "", answer.content.decode())
    return re.sub(r"\s+", " ", re.sub(r">\s+<", "><", made))


@pytest.mark.parametrize("how", [{}, {"accept_language": "ko"}, {"cookie": "language=ko; csrftoken=" + "a" * 32}])
def test_the_page_is_the_same(
    how: dict[str, Any],
    published: Deposit,  # noqa: F811
    django: Counting,
) -> None:
    run_pending()
    address = quote(f"{configured.TESTAMUR_BASE_URL}/c/{published.award.public_id}", safe="")
    asked = {"query": f"address={address}", "accept": PAGE, **how}
    quick, slow = ask(WithoutSession(django), "/verify", **asked), ask(DJANGO, "/verify", **asked)
    assert django.asked == ["/healthz"]
    assert quick.status == 200
    same(quick, slow)
    assert page_of(quick) == page_of(slow)
    assert len(quick.content) < 60_000
    assert "csrfmiddlewaretoken" not in quick.content.decode()
    assert "set-cookie" not in quick.headers


@pytest.mark.parametrize("query", ["", "address=%3Cscript%3E", "address=https%3A%2F%2Felsewhere.example%2F%3Cb%3E"])
def test_the_form_is_the_same(query: str, db: None, django: Counting) -> None:
    quick, slow = (ask(one, "/verify", query=query, accept=PAGE) for one in (WithoutSession(django), DJANGO))
    assert django.asked == ["/healthz"]
    same(quick, slow)
    assert page_of(quick) == page_of(slow)


def test_who_is_signed_in_sees_their_own_page(db: None, django: Counting) -> None:
    answer = ask(WithoutSession(django), "/verify", accept=PAGE, cookie="sessionid=x")
    assert (answer.status, django.asked) == (200, ["/verify"])


def test_criteria_that_are_published_are_not_read_again_for_each_page(
    published: Deposit,  # noqa: F811
    django: Counting,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """They are Markdown, which takes twice as long as everything else of a page: each credential of a programme has the same."""
    run_pending()
    read = count_markdown(monkeypatch)
    address = quote(f"{configured.TESTAMUR_BASE_URL}/c/{published.award.public_id}", safe="")
    for ways in (WithoutSession(django), WithoutSession(django)):
        assert ask(ways, "/verify", query=f"address={address}", accept=PAGE).status == 200
    assert len(read) == 1
    assert [*markdown._KEPT] == read, "the criteria, and nothing else of the credential"


def test_criteria_that_a_visitor_shows_are_not_kept(
    published: Deposit,  # noqa: F811
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Not even those of a credential of ours, which may be one that its holder shows to nobody else."""
    run_pending()
    read = count_markdown(monkeypatch)
    document = issuing.credential_bytes(published.award).decode()
    for _ in range(2):
        assert client.post("/verify", {"address": document}).status_code == 200
    assert len(read) == 2
    assert [*markdown._KEPT] == []
    assert len(parts._ACHIEVEMENTS) == len(parts._ISSUERS) == 0


def test_the_second_page_of_a_kind_is_written_by_its_outline(
    published: Deposit,  # noqa: F811
    django: Counting,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first teaches it, as the first report does. What is written part by part takes twice as long."""
    run_pending()
    address = f"{configured.TESTAMUR_BASE_URL}/c/{published.award.public_id}"
    ways = WithoutSession(django)
    asked = [
        lambda: ask(ways, "/verify", query=f"address={quote(address, safe='')}", accept=PAGE),
        lambda: post(ways, json.dumps({"address": address}).encode()),
        lambda: post(ways, issuing.credential_bytes(published.award)),
    ]
    for one in asked * 3:
        assert one().status == 200
    for module, name in ((frame, "page"), (presentation, "arranged"), (written, "_report"), (opening, "read")):
        monkeypatch.setattr(module, name, _must_not_be_asked)
    for one in asked:
        assert one().status == 200
    assert django.asked == ["/healthz"]


def count_markdown(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that are read as Markdown from now on; none was before."""
    read: list[str] = []
    really = markdown._render

    def counted(text: str) -> SafeString:
        read.append(text)
        return really(text)

    markdown._KEPT.forget()
    parts.forget()
    monkeypatch.setattr(markdown, "_render", counted)
    return read
