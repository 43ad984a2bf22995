"""What is answered before Django's middleware: the same bytes with the same security as Django gives, and nothing that is not public."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.core.wsgi import get_wsgi_application
from django.db import DatabaseError
from django.utils import timezone
from tests.site.wallet.conftest import (  # noqa: F401 - the same learner and credential as in the tests of the wallet
    award_to,
    claimed,
    deposit,
    published,
    version,
)
from tests.standing import aside, standing

from testamur_site.config.public_bytes import PublicBytesFirst
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.foundation.keys.models import SigningKey
from testamur_site.foundation.tenancy.api import tenant, unscoped
from testamur_site.issuing import api as issuing
from testamur_site.issuing.models import Award
from testamur_site.log import queries as log_queries
from testamur_site.log.models import Shard
from testamur_site.status.models import StatusList
from testamur_site.wallet import services
from testamur_site.wallet.models import Deposit

pytestmark = pytest.mark.usefixtures("one_connection")
DJANGO = get_wsgi_application()
OF_NEGOTIATION = {"vary", "content-language", "etag"}


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    content: bytes


class Counting:
    """Django's application, with the paths that it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        self.asked.append(environ["PATH_INFO"])
        return DJANGO(environ, start_response)


def environ(path: str, **more: Any) -> dict[str, Any]:
    """A request by its path, as a server hands it over; a header by its name, as in `Accept`."""
    made: dict[str, Any] = {
        "REQUEST_METHOD": more.pop("method", "GET"),
        "PATH_INFO": path,
        "QUERY_STRING": more.pop("query", ""),
        "SCRIPT_NAME": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "8000",
        "HTTP_HOST": more.pop("host", "localhost:8000"),
        "wsgi.url_scheme": more.pop("scheme", "http"),
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "REMOTE_ADDR": "192.0.2.1",
    }
    return made | {f"HTTP_{name.upper()}": value for name, value in more.items()}


def ask(application: Any, path: str, **more: Any) -> Answer:
    said: list[Any] = []
    answer = application(environ(path, **more), lambda status, headers, _error=None: said.append((status, headers)))
    content = b"".join(answer)
    if hasattr(answer, "close"):
        answer.close()
    (status, headers) = said[0]
    return Answer(int(status[:3]), {name.lower(): value for name, value in headers}, content)


@pytest.fixture
@aside
def django() -> Counting:
    return Counting()


@pytest.fixture
def first(django: Counting) -> Callable[..., Answer]:
    application = PublicBytesFirst(django)

    def asked(path: str, **more: Any) -> Answer:
        return ask(application, path, **more)

    return asked


@pytest.fixture
@standing
def addresses(published: Deposit) -> dict[str, str]:  # noqa: F811
    run_pending()
    credential = f"/c/{published.award.public_id}"
    with tenant(published.institution):
        status_list = StatusList.objects.order_by("pk").first()
    assert status_list is not None
    run_pending()
    year = Shard.objects.get().year
    with unscoped("the test looks at the log"):
        size = log_queries.Checkpoint.objects.order_by("-size").values_list("size", flat=True)[0]
    return {
        "credential.json": f"{credential}.json",
        "credential": credential,
        "proof": f"{credential}.tlog-proof",
        "status list": f"/status/{status_list.public_id}",
        "proof of the list": f"/status/{status_list.public_id}.tlog-proof",
        "DID document": "/institutions/han-river/did.json",
        "tile": f"/log/{year}/tile/0/000.p/{size}",
        "bundle": f"/log/{year}/tile/entries/000.p/{size}",
        "checkpoint": f"/log/{year}/checkpoint",
    }


NAMES = (
    *("credential.json", "credential", "proof", "status list", "proof of the list", "DID document"),
    *("tile", "bundle", "checkpoint"),
)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "accept", ["application/json", "application/vc", "application/ld+json;q=0.5, application/vc+ld+json"]
)
def test_the_same_as_django_says(
    name: str, accept: str, addresses: dict[str, str], first: Callable[..., Answer], django: Counting
) -> None:
    quick, slow = first(addresses[name], accept=accept), ask(DJANGO, addresses[name], accept=accept)
    assert django.asked in ([], ["/healthz"])  # the credential itself was not asked of Django
    assert quick.content == slow.content
    assert quick.status == slow.status == 200
    differ = {
        key
        for key in quick.headers.keys() | slow.headers.keys()
        if key not in OF_NEGOTIATION and quick.headers.get(key) != slow.headers.get(key)
    }
    assert {key: (quick.headers.get(key), slow.headers.get(key)) for key in differ} == {}


@pytest.mark.parametrize("name", NAMES)
def test_the_headers_that_protect_a_browser_are_there(
    name: str, addresses: dict[str, str], first: Callable[..., Answer]
) -> None:
    headers = first(addresses[name], accept="application/json").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert {"default-src 'none'", "frame-ancestors 'none'"} <= set(headers["content-security-policy"].split("; "))
    assert headers["referrer-policy"]
    assert headers["permissions-policy"]
    assert headers["cross-origin-opener-policy"]
    assert headers["access-control-allow-origin"] == "*"
    assert "set-cookie" not in headers
    assert "cookie" not in headers.get("vary", "").lower()


def test_over_https_browsers_are_told_to_stay_there(
    addresses: dict[str, str], first: Callable[..., Answer], settings: Any
) -> None:
    settings.SECURE_HSTS_SECONDS = 31_536_000
    application = PublicBytesFirst(get_wsgi_application())
    assert "strict-transport-security" not in ask(application, addresses["tile"]).headers
    assert (
        "max-age=31536000" in ask(application, addresses["tile"], scheme="https").headers["strict-transport-security"]
    )
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert "strict-transport-security" in ask(application, addresses["tile"], x_forwarded_proto="https").headers
    assert "strict-transport-security" not in ask(application, addresses["tile"], x_forwarded_proto="http").headers


@pytest.mark.parametrize("name", NAMES)
def test_a_head_has_no_body_and_a_known_tag_no_content(
    name: str, addresses: dict[str, str], first: Callable[..., Answer]
) -> None:
    whole = first(addresses[name], accept="application/json")
    head = first(addresses[name], accept="application/json", method="HEAD")
    assert (head.status, head.content) == (200, b"")
    assert head.headers == whole.headers
    again = first(addresses[name], accept="application/json", if_none_match=f'"other", W/{whole.headers["etag"]}')
    assert (again.status, again.content) == (304, b"")
    assert again.headers["etag"] == whole.headers["etag"]
    assert again.headers["cache-control"] == whole.headers["cache-control"]
    assert first(addresses[name], accept="application/json", if_none_match='"other"').status == 200


def test_what_never_changes_is_kept_for_ever_and_what_may_be_withdrawn_for_minutes(
    addresses: dict[str, str], first: Callable[..., Answer]
) -> None:
    kept = {
        name: first(address, accept="application/json").headers["cache-control"] for name, address in addresses.items()
    }
    assert kept == {
        "credential.json": "public, max-age=240, s-maxage=60",
        "credential": "public, max-age=240, s-maxage=60",
        "proof": "public, max-age=60",
        "status list": "public, max-age=240, s-maxage=60",
        "proof of the list": "public, max-age=60",
        "DID document": "public, max-age=240, s-maxage=60",
        "tile": "public, max-age=31536000, immutable",
        "bundle": "public, max-age=31536000, immutable",
        "checkpoint": "public, max-age=2",
    }


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "how",
    [{"method": "POST"}, {"query": "download"}, {"host": "elsewhere.example"}, {"host": ""}, {"accept": "a/b," * 99}],
    ids=["POST", "query", "another host", "no host", "a long Accept"],
)
def test_everything_unusual_goes_the_long_way(
    name: str, how: dict[str, Any], addresses: dict[str, str], first: Callable[..., Answer], django: Counting
) -> None:
    assert (
        first(addresses[name], **{"accept": "application/json", **how}).status
        == ask(DJANGO, addresses[name], **{"accept": "application/json", **how}).status
    )
    assert django.asked == [addresses[name]]


@pytest.mark.parametrize(
    "path",
    [
        "/c/", "/c/x", "/c/x.json", "/c/x.tlog-proof", "/c/../etc/passwd.json", "/c/%00.json", "/c/\x00.json",
        "/status/", "/status/\x00", "/status/no-such-list", "/status/no-such-list.tlog-proof", "/status/x.json",
        "/institutions/", "/institutions/nobody/did.json", "/institutions/\x00/did.json", "/institutions/../did.json",
        "/log/", "/log/2026/head", "/log/2026/lock", "/log/2026/../2026/checkpoint", "/log/1999/checkpoint",
        "/log/2026/tile/0/000.p/0", "/log/2026/tile/../../../secret-key", "/log/2026/staging/x",
        "/log/２０２６/checkpoint".encode().decode("latin-1"),
    ],
)  # fmt: skip
def test_what_is_no_such_thing_goes_the_long_way(
    path: str, addresses: dict[str, str], first: Callable[..., Answer], django: Counting
) -> None:
    assert first(path).status in (400, 403, 404, 200 if path == "/log/" else 404)
    assert django.asked == [path]


def _withdrawn(state: str) -> Callable[[Award], None]:
    def change(award: Award) -> None:
        with tenant(award.institution):
            Award.objects.filter(pk=award.pk).update(state=state, award_key=None)

    return change


@pytest.mark.parametrize("state", ["issued", "suspended", "revoked", "superseded"])
def test_what_was_withdrawn_is_still_shown_and_can_be_verified(
    state: str,
    published: Deposit,  # noqa: F811
    addresses: dict[str, str],
    first: Callable[..., Answer],
    django: Counting,
) -> None:
    _withdrawn(state)(published.award)
    assert first(addresses["credential.json"]).status == 200
    assert django.asked == ["/healthz"]


def _private(deposit: Deposit) -> None:  # noqa: F811
    services.set_public(deposit, False)


def _released(deposit: Deposit) -> None:  # noqa: F811
    assert deposit.holder is not None
    services.forget(deposit.holder)


@pytest.mark.parametrize("end", [_private, _released], ids=["private", "forgotten"])
@pytest.mark.parametrize("name", ["credential.json", "credential", "proof"])
def test_nothing_that_is_not_public_is_given(
    name: str,
    end: Callable[[Deposit], None],
    published: Deposit,  # noqa: F811
    addresses: dict[str, str],
    first: Callable[..., Answer],
    django: Counting,
) -> None:
    content = first(addresses[name], accept="application/json").content
    assert content == issuing.credential_bytes(published.award) or name == "proof"
    django.asked.clear()
    end(published)
    after = first(addresses[name], accept="application/json")
    assert after.status in (403, 404)
    assert content not in after.content
    assert django.asked == [addresses[name]]


def test_a_credential_that_was_never_published_is_not_given(
    claimed: Deposit,  # noqa: F811
    first: Callable[..., Answer],
    django: Counting,
) -> None:
    path = f"/c/{claimed.award.public_id}.json"
    assert first(path).status == 403
    assert django.asked == [path]


def test_a_page_is_for_people(addresses: dict[str, str], first: Callable[..., Answer], django: Counting) -> None:
    page = first(addresses["credential"], accept="text/html,application/xhtml+xml,*/*;q=0.8")
    assert page.headers["content-type"].startswith("text/html")
    assert first(addresses["credential"], accept="*/*").headers["content-type"].startswith("text/html")
    assert django.asked == [addresses["credential"]] * 2


def test_a_revocation_is_in_the_very_next_answer(
    published: Deposit,  # noqa: F811
    addresses: dict[str, str],
    first: Callable[..., Answer],
    django: Counting,
    owner: Any,
) -> None:
    before = first(addresses["status list"])
    with tenant(published.institution):
        issuing.revoke(published.award, issuing.Reason.ISSUED_IN_ERROR, actor=owner)
    after = first(addresses["status list"])
    assert before.content != after.content
    assert django.asked[-1] == addresses["status list"]  # it had to be signed first
    django.asked.clear()
    again = first(addresses["status list"])
    assert again.content == after.content
    assert again.headers["etag"] == after.headers["etag"] != before.headers["etag"]
    assert django.asked == []


def test_a_list_that_is_old_or_of_an_earlier_key_is_signed_anew_first(
    published: Deposit,  # noqa: F811
    addresses: dict[str, str],
    first: Callable[..., Answer],
    django: Counting,
) -> None:
    first(addresses["status list"])
    for change in (
        lambda: StatusList.objects.update(published_at=timezone.now() - timedelta(days=1, seconds=1)),
        lambda: SigningKey.objects.filter(retired_at=None).update(fragment="key-2"),
    ):
        with unscoped("the test changes what is stored"):
            change()
        django.asked.clear()
        assert first(addresses["status list"]).status == 200
        assert django.asked == [addresses["status list"]]
        assert first(addresses["status list"]).status == 200
        assert django.asked == [addresses["status list"]]


@pytest.mark.parametrize("fault", [DatabaseError("gone"), OSError("gone")])
def test_a_fault_goes_the_long_way(
    fault: Exception, addresses: dict[str, str], django: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    application = PublicBytesFirst(django)

    def fail(_path: str, _accept: str) -> None:
        raise fault

    application._answers = dict.fromkeys(application._answers, fail)
    assert ask(application, addresses["tile"]).status == 200
    assert django.asked == [addresses["tile"]]


def test_the_server_calls_it() -> None:
    from testamur_site.config import wsgi

    assert isinstance(wsgi.application, PublicBytesFirst)
