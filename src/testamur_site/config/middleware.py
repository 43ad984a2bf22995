"""Headers that Django neither sets nor reads itself."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from testamur.errors import SignerError

from .errors import bad_request, signing_away

logger = logging.getLogger(__name__)

# The camera is for the page that reads QR codes; everything else a page of ours never needs.
PERMISSIONS_POLICY = "camera=(self), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"


class SecurityHeaders:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        # Public documents (credentials, DID documents) are fetched by other people's verifiers; pages are not embedded elsewhere.
        if "Access-Control-Allow-Origin" not in response.headers:
            response.headers.setdefault("Cross-Origin-Resource-Policy", "same-site")
        return response


class NoNullCharacter:
    """An address with a NUL character is nobody's: PostgreSQL cannot compare it, and a search for it would end as a server error."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return bad_request(request)
        return self.get_response(request)


class SigningAway:
    """A page that needed a signature, and the keys are out of reach: said in words, and with a status that asks to come again."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, SignerError):
            return None
        logger.error("nothing was signed: %s", exception.code)
        return signing_away(request)


class VisitorAddress:
    """Behind a proxy: REMOTE_ADDR becomes the address that the proxy saw, the last of X-Forwarded-For.

    Limits for one visitor count by it; with the proxy's own address the whole world would share them. Earlier entries of the list are
    what the visitor claims and are not believed. Installed only with TESTAMUR_BEHIND_PROXY: without a proxy the header is a claim too.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        believe_the_proxy(request.META)
        return self.get_response(request)


def believe_the_proxy(meta: dict[str, Any]) -> None:
    """As `VisitorAddress`, in the environment of a request."""
    seen = meta.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
    if seen:
        meta["REMOTE_ADDR"] = seen
