"""From an address to a credential: the document itself, or the one that a page names."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from testamur.errors import NotAllowed, NotFound, Unreachable
from testamur.fetch import FixedResolver
from testamur.ports import Resource
from testamur.verification import obtain

PAGE = "https://university.example/c/1"


def resource(url: str, content: bytes, media_type: str) -> Resource:
    from tests.simulator import NOW

    return Resource(url, content, media_type, NOW)


def web(**pages: bytes) -> FixedResolver:
    kinds = {"page": "text/html", "json": "application/vc+ld+json"}
    urls = {"page": PAGE, "json": PAGE + ".json"}
    return FixedResolver({urls[name]: resource(urls[name], content, kinds[name]) for name, content in pages.items()})


def test_a_document_is_taken_as_it_is() -> None:
    assert obtain(PAGE + ".json", web(json=b"{}")) == b"{}"


@pytest.mark.parametrize(
    "link",
    [
        b'<link rel="alternate" type="application/vc+ld+json" href="/c/1.json">',
        b'<link rel="ALTERNATE nofollow" type="application/vc+ld+json; charset=utf-8" href="https://university.example/c/1.json"/>',
        b'<link rel="alternate" type="text/plain" href="/other"><LINK REL=alternate TYPE=application/vc+ld+json HREF=1.json>',
    ],
)
def test_a_page_names_its_document(link: bytes) -> None:
    assert obtain(PAGE, web(page=b"<html><head>" + link, json=b"{}")) == b"{}"


@pytest.mark.parametrize(
    "page", [b"", b"<html>", b"<link rel=stylesheet type=application/json href=x>", b"<!" + b"<" * 5000]
)
def test_a_page_without_one_is_said(page: bytes) -> None:
    with pytest.raises(NotFound) as raised:
        obtain(PAGE, web(page=page))
    assert raised.value.code == "resolution.page_without_credential"


def test_a_page_that_names_a_page_is_not_followed_further() -> None:
    asked = []

    class Counting:
        def fetch(self, url: str, *, accept: Sequence[str] = ()) -> Resource:
            asked.append(url)
            return resource(url, b'<link rel="alternate" type="application/json" href="/next">', "text/html")

    obtain(PAGE, Counting())
    assert len(asked) == 2


def test_an_address_in_a_page_is_the_resolver_s_to_judge() -> None:
    page = b'<link rel="alternate" type="application/json" href="http://169.254.169.254/latest">'
    with pytest.raises(Unreachable):
        obtain(PAGE, web(page=page))


TWIN = b'<link rel="alternate" type="application/vc+ld+json" href="/c/1.json">'


@pytest.mark.parametrize(
    "noise", [b"<![foo]]>", b"<![if x]>", b"<![\xff", b"<!-- ", b"</", b"<" * 9_000, b"&#x110000;"]
)
def test_a_page_that_no_parser_can_read_to_its_end(noise: bytes) -> None:
    assert obtain(PAGE, web(page=TWIN + noise, json=b"{}")) == b"{}"
    with pytest.raises(NotFound):
        obtain(PAGE, web(page=noise, json=b"{}"))


@pytest.mark.parametrize("href", [b"https://[", b"https://[127.0.0.1]/", b"//[x]/", b"https://u.example]/"])
def test_a_page_that_names_what_is_no_address(href: bytes) -> None:
    with pytest.raises((NotAllowed, Unreachable)) as refused:
        obtain(PAGE, web(page=TWIN.replace(b"/c/1.json", href), json=b"{}"))
    assert refused.value.code.startswith("resolution.")
