"""From an address to the bytes of a credential.

People paste the address of a page, machines that of a document; both mean the credential. The procedure:

1. Fetch the address, asking for a credential first and for a page last. Most issuers answer with the document itself.
2. If a page came back, look in its head for `<link rel="alternate">` with a credential's media type and fetch that, once.
3. Return the bytes; whether they are a credential is for the verifier to say.
"""

from __future__ import annotations

import contextlib
from html.parser import HTMLParser
from urllib.parse import urljoin

from testamur.errors import NotAllowed, NotFound
from testamur.ports import Resolver

CREDENTIAL_MEDIA_TYPES = (
    "application/vc",
    "application/vc+ld+json",
    "application/ld+json",
    "application/json",
    "application/vc+jwt",
    "application/jwt",
)
_ACCEPT = (*CREDENTIAL_MEDIA_TYPES, "text/plain;q=0.8", "image/png;q=0.6", "image/svg+xml;q=0.6", "text/html;q=0.2")
_PAGES = ("text/html", "application/xhtml+xml")
_MAXIMUM_HEAD = 200_000  # a link that matters stands in the head; we do not read a whole page for it


class _Alternates(HTMLParser):
    """Collects the addresses of machine-readable twins that a page names. Of a page that cannot be read to its end, those before it."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[int, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        kind = (values.get("type") or "").split(";")[0].strip().lower()
        relations = (values.get("rel") or "").lower().split()
        if tag == "link" and "alternate" in relations and kind in CREDENTIAL_MEDIA_TYPES and values.get("href"):
            self.found.append((CREDENTIAL_MEDIA_TYPES.index(kind), values["href"] or ""))


def obtain(address: str, resolver: Resolver) -> bytes:
    """The bytes of the credential at `address` (an absolute web address), or of whatever stands there instead.

    Raises `errors.ResolutionError` as the resolver does, `errors.NotFound` with code `resolution.page_without_credential` for a
    page that names no machine-readable twin, and `errors.NotAllowed` with code `resolution.address` for one that names what is no address.
    """
    resource = resolver.fetch(address, accept=_ACCEPT)
    if resource.media_type not in _PAGES:
        return resource.content
    alternates = _Alternates()
    with contextlib.suppress(AssertionError):  # the parser's answer to `<![x]>`
        alternates.feed(resource.content[:_MAXIMUM_HEAD].decode("utf-8", errors="replace"))
    if not alternates.found:
        raise NotFound(
            "the page at this address names no credential",
            code="resolution.page_without_credential",
            facts={"url": address},
        )
    _, href = min(alternates.found)
    try:
        twin = urljoin(resource.answered_by or resource.url, href)
    except ValueError:
        raise NotAllowed("the page at this address names what is no address", code="resolution.address") from None
    return resolver.fetch(twin, accept=_ACCEPT).content
