from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.unit.fetch.server import Server, certificate, running

from testamur.errors import NotAllowed, NotFound, ResolutionError, Unreachable
from testamur.fetch import HttpResolver
from testamur.ports import Resolver, Resource


class Noon:
    def now(self) -> datetime:
        return datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running() as started:
        yield started


@pytest.fixture
def resolver(server: Server) -> HttpResolver:
    server.hits.clear()
    return HttpResolver([f"http://localhost:{server.port}"], look_up=lambda _host, _port: ["127.0.0.1"], clock=Noon())


def url(server: Server, path: str) -> str:
    return f"http://localhost:{server.port}/{path}"


def test_a_resource_with_its_date(server: Server, resolver: HttpResolver) -> None:
    assert isinstance(resolver, Resolver)
    resource = resolver.fetch(url(server, "did.json"), accept=("application/did+json", "application/json"))
    assert (resource.content, resource.media_type) == (b'{"a":1}', "application/json")
    assert (resource.url, resource.fetched_at) == (url(server, "did.json"), Noon().now())


def test_nothing_of_ours_goes_along(server: Server, resolver: HttpResolver, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    resolver.fetch(url(server, "one"))
    resolver.fetch(url(server, "two"), accept=("a/b\r\nX-Evil: 1",))
    headers = server.hits[1][1]
    assert headers["host"] == f"localhost:{server.port}"
    assert not {"cookie", "authorization", "referer", "x-evil"} & headers.keys()


@pytest.mark.parametrize(
    ("path", "error", "code"),
    [
        ("status/404", NotFound, "resolution.not_found"),
        ("status/410", NotFound, "resolution.not_found"),
        ("status/403", Unreachable, "resolution.status"),
        ("status/500", Unreachable, "resolution.status"),
        ("status/204", Unreachable, "resolution.status"),
        ("size/1000001", Unreachable, "resolution.too_large"),
        ("list/4000001", Unreachable, "resolution.too_large"),
        ("bomb", Unreachable, "resolution.too_large"),
        ("broken-gzip", Unreachable, "resolution.encoding"),
        ("brotli", Unreachable, "resolution.encoding"),
        ("short", Unreachable, "resolution.unreachable"),
        ("loop", NotAllowed, "resolution.redirects"),
        ("redirect?http://127.0.0.1:1/", NotAllowed, "resolution.not_https"),
        ("redirect?https://127.0.0.1/", NotAllowed, "resolution.private"),
        ("redirect?https://169.254.169.254/latest/meta-data", NotAllowed, "resolution.private"),
        ("redirect?https://[::1]/", NotAllowed, "resolution.private"),
        ("redirect?file:///etc/passwd", NotAllowed, "resolution.address"),
        ("redirect?https://[", NotAllowed, "resolution.address"),
        ("redirect?//user@localhost/", NotAllowed, "resolution.address"),
    ],
)
def test_refusals_have_names(
    server: Server, resolver: HttpResolver, path: str, error: type[ResolutionError], code: str
) -> None:
    with pytest.raises(error) as refused:
        resolver.fetch(url(server, path))
    assert refused.value.code == code
    assert path not in str(refused.value.facts)


def test_limits_are_exact(server: Server, resolver: HttpResolver) -> None:
    assert len(resolver.fetch(url(server, "size/1000000")).content) == 1_000_000
    assert len(resolver.fetch(url(server, "list/3999982")).content) == 4_000_000
    assert resolver.fetch(url(server, "gzip")).content == b"unpacked"
    hops = "redirect?/redirect?/redirect?/done"
    assert resolver.fetch(url(server, hops)).content == b'{"a":1}'
    with pytest.raises(NotAllowed):
        resolver.fetch(url(server, "redirect?/" + hops))


def test_who_answered_is_known(server: Server, resolver: HttpResolver) -> None:
    direct, inside = resolver.fetch(url(server, "done")), resolver.fetch(url(server, "redirect?/done"))
    assert (direct.answered_by, direct.from_elsewhere) == (None, False)
    assert (inside.answered_by, inside.from_elsewhere) == (url(server, "done"), False)


@pytest.mark.parametrize(
    ("asked", "answered", "elsewhere"),
    [
        ("https://uni.example/a", "https://uni.example/b", False),
        ("https://uni.example/a", "https://www.uni.example/a", False),
        ("http://uni.example/a", "https://uni.example:443/a", False),
        ("https://uni.example/a", "https://UNI.example/a", False),
        ("https://uni.example/login?next=https://evil.example", "https://evil.example", True),
        ("https://uni.example/a", "https://uni.example.evil.example/a", True),
        ("https://uni.example/a", "https://uni.example:8443/a", True),
        ("https://uni.example/a", "https://uni.example@evil.example/a", True),
        ("https://uni.example/a", "https://[", True),
    ],
)
def test_another_host_is_elsewhere(asked: str, answered: str, elsewhere: bool) -> None:
    resource = Resource(asked, b"", "text/plain", datetime(2026, 1, 1, tzinfo=UTC), answered)
    assert resource.from_elsewhere is elsewhere


def test_a_server_that_drips_is_cut_off(server: Server) -> None:
    patient = HttpResolver([f"http://localhost:{server.port}"], look_up=lambda _host, _port: ["127.0.0.1"], timeout=0.2)
    with pytest.raises(Unreachable) as refused:
        patient.fetch(url(server, "drip"))
    assert refused.value.code == "resolution.timeout"


def test_a_look_up_that_hangs_is_cut_off(server: Server) -> None:
    def hangs(_host: str, _port: int) -> list[str]:
        server.stop.wait()
        return []

    with pytest.raises(Unreachable) as refused:
        HttpResolver(look_up=hangs, timeout=0.05).fetch("https://uni.example/")
    assert refused.value.code == "resolution.timeout"


def test_nobody_at_home() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        origin = f"http://localhost:{closed.getsockname()[1]}"
        with pytest.raises(Unreachable) as refused:
            HttpResolver([origin], look_up=lambda _host, _port: ["127.0.0.1"]).fetch(origin + "/x")
    assert refused.value.code == "resolution.unreachable"


def test_an_unknown_host() -> None:
    def unknown(_host: str, _port: int) -> list[str]:
        raise socket.gaierror

    for look_up in (unknown, lambda _host, _port: []):
        with pytest.raises(Unreachable) as refused:
            HttpResolver(look_up=look_up).fetch("https://uni.example/")
        assert refused.value.code == "resolution.unreachable"


def test_a_host_is_looked_up_once_and_its_certificate_checked(tmp_path: Path) -> None:
    serving, trusting = certificate(tmp_path, "uni.example")
    asked: list[str] = []

    def look_up(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    with running(serving) as secure:
        own, other = (f"https://{host}:{secure.port}" for host in ("uni.example", "other.example"))
        resolver = HttpResolver([own, other], look_up=look_up, tls=trusting)
        assert resolver.fetch(own + "/did.json").content == b'{"a":1}'
        assert asked == ["uni.example"]
        with pytest.raises(Unreachable) as refused:
            resolver.fetch(other + "/did.json")
        assert refused.value.code == "resolution.certificate"
        with pytest.raises(Unreachable) as refused:
            HttpResolver([own], look_up=look_up).fetch(own + "/did.json")
        assert refused.value.code == "resolution.certificate"
