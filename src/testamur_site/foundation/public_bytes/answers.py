"""Bytes that anybody may have, with what HTTP says about them (RFC 9110, RFC 9111)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from django.http import HttpRequest, HttpResponse

FOR_EVER = "public, max-age=31536000, immutable"
FOR_MINUTES = "public, max-age=240, s-maxage=60"
"""What may be withdrawn is known to be within five minutes: one in caches that many share, which do not all say how old a copy is, and
four with whoever asked."""


def etag_of(content: bytes) -> str:
    """A strong entity tag: the beginning of the SHA-256 of the content, in quotation marks."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def matches(etag: str, if_none_match: str) -> bool:
    """Whether the asker has it already, by their If-None-Match (RFC 9110 §13.1.2, compared weakly)."""
    known = [one.strip().removeprefix("W/") for one in if_none_match.split(",")]
    return etag in known or "*" in known


@lru_cache(maxsize=256)
def preferred(accept: str, media_types: tuple[str, ...]) -> str | None:
    """Which of the media types somebody with this Accept header likes best, as Django's `get_preferred_type` decides it."""
    request = HttpRequest()
    request.META["HTTP_ACCEPT"] = accept
    chosen: str | None = request.get_preferred_type(media_types)
    return chosen


@dataclass(frozen=True, slots=True)
class PublicBytes:
    """An answer to GET. `caching` is its Cache-Control, `vary` names the request headers that it depends on, `known_etag` is its
    entity tag where that was worked out before, `headers` are its own."""

    content: bytes
    media_type: str
    caching: str
    vary: str = ""
    known_etag: str = ""
    headers: tuple[tuple[str, str], ...] = (
        ("Access-Control-Allow-Origin", "*"),
        ("Cross-Origin-Resource-Policy", "cross-origin"),
    )

    @property
    def etag(self) -> str:
        """Worked out when it is asked for: a verification reads the bytes alone."""
        return self.known_etag or etag_of(self.content)


@dataclass(frozen=True, slots=True)
class Asked:
    """All that is needed of a request that is answered before it becomes one. `visitor` is the network address that limits count by,
    `language` that of the answer. It is not active: whoever translates has to see to that."""

    visitor: str
    query: str
    body: bytes
    language: str


@dataclass(frozen=True, slots=True)
class Made:
    """An answer that was made for one request, with status 200 and its own headers; `vary` as in `PublicBytes`."""

    content: bytes
    headers: tuple[tuple[str, str], ...]
    vary: str = ""


TheRest = Callable[[HttpRequest], HttpResponse]
"""What is still to be done for an answer, where a request is needed for it after all."""
