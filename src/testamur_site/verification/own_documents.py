"""Our own public documents, obtained without a network.

A credential issued here names addresses of this deployment: the institution's DID document, the status list. Fetching them through
the network would need the server to call itself (and, behind a proxy, to be reachable by its own public name). Instead the address
is resolved by the same URL table, and the same view answers the same bytes that anybody else would get. It is a port like the
others (`testamur.ports.Resolver`): the verifier cannot tell the difference, and no step can take "it is ours" for a proof.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Hashable, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import DatabaseError
from django.http import Http404, HttpRequest, QueryDict
from django.urls import Resolver404, resolve
from django.utils.module_loading import import_string

from testamur.errors import NotFound, TestamurError, Unreachable
from testamur.log import UnwrittenProof
from testamur.ports import Resource
from testamur_site.foundation.public_bytes.api import Beside, PublicBytes, holding
from testamur_site.foundation.signing.api import CANNOT_SIGN, reason_of

from .rules import same_origin

logger = logging.getLogger(__name__)

# Our documents that a verification may ask for. Every other address of ours is a page for people: it names no credential, expects a
# session, or would verify itself.
_DOCUMENTS = frozenset(
    {
        *("wallet:share", "wallet:json", "wallet:png", "wallet:svg", "wallet:proof"),
        *("catalogue:achievement", "catalogue:image_png", "catalogue:image_svg"),
        "log_anchoring:receipts",
        *("records:public", "records:public_json", "renewal:refresh"),
        *("wallet:edition", "wallet:edition_proof", "issuing_blockcerts:status"),
    }
)
_PARTS_OF_DOCUMENTS = frozenset(["keys", "status"])
_BYTES = frozenset(["c", "institutions", "status"])
_OF_ONE = "/c/"  # credentials, of which each is about one
_OF_NOBODY = ("/institutions/", "/status/")  # documents about no single person
PAGE_WITHOUT_CREDENTIAL = "resolution.page_without_credential"


def is_credential_of_ours(source: str) -> bool:
    """Whether what was obtained from `source` is one of the credentials that we show to everybody, which institutions of this deployment
    have awarded. Of one that somebody handed in nothing is known (`source` is empty), whoever signed it."""
    return source.startswith(f"{settings.TESTAMUR_BASE_URL}{_OF_ONE}")


@cache
def _answers() -> dict[str, Callable[[str, str], PublicBytes | None]]:
    return {first: import_string(path) for first, path in settings.TESTAMUR_PUBLIC_BYTES.items()}


@cache
def _proofs() -> Callable[[str, Callable[[], Resource]], UnwrittenProof | None]:
    found: Callable[[str, Callable[[], Resource]], UnwrittenProof | None] = import_string(
        settings.TESTAMUR_PUBLIC_PROOFS[_OF_ONE.strip("/")]
    )
    return found


@cache
def _expected() -> Callable[[str], Beside | None]:
    expected: Callable[[str], Beside | None] = import_string(settings.TESTAMUR_EXPECTED[_OF_ONE.strip("/")])
    return expected


def expected_of(address: str) -> Beside | None:
    """What a verification of what stands at this `address` of ours will ask the database first; None where that is not to be seen."""
    below = f"{settings.TESTAMUR_BASE_URL}{_OF_ONE}"
    return _expected()(address[len(below) :]) if address.startswith(below) else None


def expected_in(content: bytes) -> Beside | None:
    """What a verification of this document will ask the database: the log's proof of it, if it is one of ours. Taken from the first words
    that look like its address, without reading the document. A wrong guess costs a row that nobody looks at."""
    beginning = f'"id":"{settings.TESTAMUR_BASE_URL}{_OF_ONE}'.encode()
    at = content.find(beginning, 0, _NEAR)
    if at < 0:
        return None
    at += len(beginning)
    end = content.find(b'"', at, at + _LONGEST_NAME)
    name = content[at:end]
    return _expected()(f"{name.decode()}.tlog-proof") if end > 0 and name.isascii() else None


_NEAR, _LONGEST_NAME = 65_536, 64
_PLAIN = re.compile(r"[A-Za-z0-9_./-]*").fullmatch


def _path(url: str, below: str) -> str | None:
    """The path of an address of ours that has nothing else, and nothing that stands for something else in it; None of every other."""
    if not url.startswith(below):
        return None
    path = url[len(below) - 1 :]
    return path if _PLAIN(path) else None


def _as_bytes(path: str | None, accept: str) -> PublicBytes | None:
    """What anybody gets at this path before any view is asked (`foundation/public_bytes`); None where a view has to be."""
    if path is None:
        return None
    first, _, rest = path[1:].partition("/")
    answer = _answers().get(first)
    if answer is None or first not in _BYTES or not rest:
        return None
    try:
        return answer(rest, accept)
    except (DatabaseError, OSError, TestamurError):
        return None


def _of_nobody(path: str | None, url: str, accept: Sequence[str]) -> PublicBytes | None:
    """The same; what concerns no single person is worked out again only where one of its rows has changed."""
    if path is None or not path.startswith(_OF_NOBODY):
        return _as_bytes(path, ", ".join(accept))
    try:
        return holding((url, *accept), lambda: _as_bytes(path, ", ".join(accept)))
    except DatabaseError:
        return None


def _not_now(url: str, status: int) -> Unreachable:
    """As from elsewhere, where a server answers so."""
    return Unreachable("not to be had just now", code="resolution.status", facts={"url": url, "status": status})


class OwnDocuments:
    """Answers addresses that stand on `settings.TESTAMUR_BASE_URL`; every other address is `Unreachable` here. `known` is what is known to
    hold during one verification (`foundation.public_bytes`): whose keys and which list, never a credential."""

    def __init__(self, known: dict[Hashable, Any] | None = None) -> None:
        self._known = known
        self._base = settings.TESTAMUR_BASE_URL
        self._below, self._of_one = f"{self._base}/", f"{self._base}{_OF_ONE}"

    def serves(self, url: str) -> bool:
        return url.startswith(self._below) or same_origin(url, self._base)

    def unwritten_proof(self, url: str, accept: Sequence[str]) -> UnwrittenProof | None:
        """What a proof says that `fetch` would give, where that can be said in one look; None where it has to be fetched."""
        if not url.startswith(self._of_one):
            return None
        try:
            return _proofs()(url[len(self._of_one) :], lambda: self.fetch(url, accept=accept))
        except (DatabaseError, OSError, ValueError, TestamurError):
            return None

    def fetch(self, url: str, *, accept: Sequence[str] = ("application/json",)) -> Resource:
        """The public answer to an anonymous GET of `url`.

        Raises `NotFound` where that answer is not 200 (a private credential, an unknown list) or the address is that of a page,
        `Unreachable` for a foreign address, and where it cannot be answered just now: a list that has changed and cannot be signed says
        nothing about a credential.
        """
        if not self.serves(url):
            raise Unreachable("not an address of this deployment", facts={"url": url})
        known = self._known
        if known is not None and not url.startswith(self._of_one):  # what is about one person is never known
            quick = known.get((url, *accept)) or _of_nobody(_path(url, self._below), url, accept)
        else:
            quick = _as_bytes(_path(url, self._below), ", ".join(accept))
        if quick is not None:
            return Resource(url, quick.content, quick.media_type.partition(";")[0], datetime.now(UTC))
        parts = urlsplit(url)
        request = HttpRequest()
        request.method = "GET"
        request.path = request.path_info = unquote(parts.path) or "/"
        request.META = {
            "REQUEST_METHOD": "GET",
            "HTTP_ACCEPT": ", ".join(accept),
            "HTTP_HOST": parts.netloc,
            "SERVER_NAME": parts.hostname or "localhost",
            "SERVER_PORT": str(parts.port or (443 if parts.scheme == "https" else 80)),
            "wsgi.url_scheme": parts.scheme,
        }
        request.user = AnonymousUser()
        try:
            request.GET = QueryDict(parts.query)
            match = resolve(request.path_info)
            if match.view_name not in _DOCUMENTS and match.app_name not in _PARTS_OF_DOCUMENTS:
                raise NotFound("a page of ours that is no credential", code=PAGE_WITHOUT_CREDENTIAL, facts={"url": url})
            request.resolver_match = match
            response = match.func(request, *match.args, **match.kwargs)
            if hasattr(response, "render") and not response.is_rendered:
                response.render()
        except (Http404, Resolver404, PermissionDenied, SuspiciousOperation) as error:
            raise NotFound("nothing public stands at this address", facts={"url": url, "status": 404}) from error
        except CANNOT_SIGN as error:
            logger.error("a document of ours cannot be signed: %s", reason_of(error))
            raise _not_now(url, 503) from error
        if response.status_code >= 500:
            raise _not_now(url, response.status_code)
        if response.status_code != 200:
            raise NotFound("nothing public stands at this address", facts={"url": url, "status": response.status_code})
        content = b"".join(response.streaming_content) if response.streaming else response.content
        media_type = response.get("Content-Type", "application/octet-stream").split(";")[0].strip()
        return Resource(url=url, content=content, media_type=media_type, fetched_at=datetime.now(UTC))
