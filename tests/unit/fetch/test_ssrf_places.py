"""Each hostile spelling in each place whose address is fetched, through the real fetcher. A canary listens on loopback; nobody may come.

The look-up always answers "loopback", as a hostile name server would, and the outside of the document is otherwise sound, so that the
verifier gets as far as the place. Every place is shown to be one: with a plain public address the fetcher is asked for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

import pytest
from tests.simulator import NOW, FixedClock
from tests.unit.fetch.places import ADDS_NOTHING, NEVER_FETCHED, PLACES
from tests.unit.fetch.server import Server, running
from tests.unit.fetch.test_ssrf import HOSTILE

from testamur.errors import ResolutionError, TestamurError
from testamur.fetch import ChainResolver, FixedResolver, HttpResolver
from testamur.ports import Resolver, Resource
from testamur.verification import Verdict, Verifier, obtain

PUBLIC = "https://somewhere.example"


@pytest.fixture(scope="module")
def canary() -> Iterator[Server]:
    with running() as started:
        yield started


class Counting:
    """The hardened fetcher, with a name server that always says loopback. `asked` are the addresses it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self._fetcher = HttpResolver(look_up=lambda _host, _port: ["127.0.0.1"])

    def fetch(self, url: str, *, accept: Sequence[str] = ("application/json",)) -> Resource:
        self.asked.append(url)
        return self._fetcher.fetch(url, accept=accept)


def verify(document: object, pages: object, network: Resolver) -> Verdict:
    resolver = ChainResolver(FixedResolver(pages, fetched_at=NOW), network)  # type: ignore[arg-type]
    return Verifier(resolver, clock=FixedClock(NOW)).verify(document).verdict  # type: ignore[arg-type]


def answered_with(call: Callable[[], bytes]) -> bytes | str:
    """What came, or that it was refused in the way that is declared."""
    try:
        return call()
    except ResolutionError:
        return "refused"


@pytest.mark.parametrize("place", PLACES)
def test_no_spelling_in_a_document_reaches_the_canary(canary: Server, place: str) -> None:
    for spelling in HOSTILE:
        network = Counting()
        document, pages = PLACES[place](spelling.format(p=canary.port))
        verdict = verify(document, pages, network)
        left_alone = place in ADDS_NOTHING or not spelling
        assert verdict is not Verdict.VALID or left_alone, spelling  # where nothing stands, nothing is named
        assert canary.hits == [], spelling


@pytest.mark.parametrize("place", PLACES)
def test_the_place_is_one_that_is_fetched(place: str) -> None:
    network = Counting()
    document, pages = PLACES[place](PUBLIC)
    verify(document, pages, network)
    assert any(url.startswith(PUBLIC) for url in network.asked), network.asked


@pytest.mark.parametrize("place", NEVER_FETCHED)
def test_other_addresses_are_never_fetched(place: str) -> None:
    network = Counting()
    verify(NEVER_FETCHED[place](PUBLIC), {}, network)
    assert network.asked == []


@pytest.mark.parametrize("spelling", HOSTILE)
def test_an_address_that_somebody_types(canary: Server, spelling: str) -> None:
    with pytest.raises(TestamurError):
        obtain(spelling.format(p=canary.port), Counting())
    assert canary.hits == []


@pytest.mark.parametrize("spelling", HOSTILE)
def test_the_twin_that_a_page_names(canary: Server, spelling: str) -> None:
    """A public page sends us on to wherever it likes. What is relative leads back to the page's own host, asked for nothing else."""
    link = spelling.format(p=canary.port).replace("&", "&amp;").replace('"', "&quot;")
    page = f'<html><head><link rel="alternate" type="application/vc" href="{link}"></head></html>'
    answered = Resource(f"{PUBLIC}/page", page.encode(), "text/html", datetime(2026, 1, 1, tzinfo=UTC))
    resolver = ChainResolver(FixedResolver({f"{PUBLIC}/page": answered}), Counting())
    # An empty link is the page itself, and that is no credential.
    assert answered_with(lambda: obtain(f"{PUBLIC}/page", resolver)) in (page.encode(), "refused")
    assert canary.hits == []


def test_no_redirect_reaches_the_canary(canary: Server) -> None:
    """An allowed origin redirects to every spelling; the canary is another server."""
    with running() as allowed:
        origin = f"http://localhost:{allowed.port}"
        fetcher = HttpResolver([origin], look_up=lambda _host, _port: ["127.0.0.1"])
        for spelling in HOSTILE:
            target = spelling.format(p=canary.port)
            if not target.isascii() or any(letter in target for letter in " \r\n\t") or len(target) > 3000:
                continue  # a header cannot carry it
            # What is relative stays with the allowed origin.
            found = answered_with(lambda target=target: fetcher.fetch(f"{origin}/redirect?{target}").content)
            assert found in (b'{"a":1}', "refused")
            assert canary.hits == [], spelling
        assert len(allowed.hits) > 100
