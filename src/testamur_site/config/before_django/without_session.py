"""Verifications by those who are not signed in: the same view, without the middleware that only sessions and forms need.

0. The commonest are answered before there is a request (`without_request`).
1. Only a method and path of `wiring.WITHOUT_SESSION`, of a host that we are, with no cookie of a session; a body has its length said, and
is read whole first. 2. The view answers, in the language that Django's own middleware finds. It has no `request.user` and no
`request.session`. 3. The answer goes through those of Django's middleware that change it (a cookie for forms, language, compression), and
gets the security headers that Django gives. A test compares both ways header by header. 4. None, and every fault, goes the long way through
Django with the request as it came, which says why.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse
from django.middleware.common import CommonMiddleware
from django.middleware.csrf import CsrfViewMiddleware
from django.middleware.gzip import GZipMiddleware
from django.middleware.locale import LocaleMiddleware
from django.utils.log import log_response
from django.utils.module_loading import import_string

from testamur_site.config.middleware import believe_the_proxy
from testamur_site.foundation.public_bytes.api import Made

from .security_headers import Application, SecurityHeadersOf, StartResponse, is_our_host
from .without_request import WithoutRequest

logger = logging.getLogger(__name__)

View = Callable[[HttpRequest], HttpResponse | None]
_BEHIND_PROXY = "testamur_site.config.middleware.VisitorAddress"


class WithoutSession:
    """The WSGI application of the platform: what needs no session, and for everything else `application`."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._views: dict[tuple[str, str], View] = {
            where: import_string(path) for where, path in settings.TESTAMUR_WITHOUT_SESSION.items()
        }
        self._security = SecurityHeadersOf(application)
        self._quick = WithoutRequest()
        self._csrf, self._locale, self._common, self._gzip = (
            middleware(_never)
            for middleware in (CsrfViewMiddleware, LocaleMiddleware, CommonMiddleware, GZipMiddleware)
        )

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        view = self._views.get((environ["REQUEST_METHOD"], environ.get("PATH_INFO", "")))
        if view is None or not _is_plain(environ):
            return self._application(environ, start_response)
        body = _body(environ)
        if body is None:
            return self._application(environ, start_response)
        close_old_connections()  # as Django does at the beginning of a request
        asked = environ
        if _BEHIND_PROXY in settings.MIDDLEWARE:
            asked = environ.copy()
            believe_the_proxy(asked)
        try:
            made = self._quick.answer(asked, body)
        except Exception as error:  # noqa: BLE001 - as below
            _log(error)
            made = None
        if isinstance(made, Made):
            start_response("200 OK", [*made.headers, *self._security.of(environ)])
            return [made.content]
        response = self._answer(made or view, asked | {"wsgi.input": io.BytesIO(body)})
        if response is None:
            return self._application(environ | {"wsgi.input": io.BytesIO(body)}, start_response)
        headers = [*response.items(), *self._security.of(environ)]
        if not response.has_header("Access-Control-Allow-Origin"):
            headers.append(("Cross-Origin-Resource-Policy", "same-site"))
        headers += [("Set-Cookie", cookie.output(header="").strip()) for cookie in response.cookies.values()]
        start_response(f"{response.status_code} {response.reason_phrase}", headers)
        return [response.content]

    def _answer(self, view: View, environ: dict[str, Any]) -> HttpResponse | None:
        try:
            request = WSGIRequest(environ)
            self._locale.process_request(request)
            self._csrf.process_request(request)
            response = view(request)
            if response is None or response.streaming:
                return None
            if response.status_code >= 400:
                log_response("%s: %s", response.reason_phrase, request.path, response=response, request=request)
            for middleware in (self._csrf, self._common, self._locale, self._gzip):
                response = middleware.process_response(request, response)
        except Exception as error:  # noqa: BLE001 - whatever it is, Django's own way says it, and logs it
            _log(error)
            return None
        return response


def _log(error: Exception) -> None:
    logger.warning("answered the long way: %s", getattr(error, "code", type(error).__name__))


def _is_plain(environ: dict[str, Any]) -> bool:
    if environ.get("SCRIPT_NAME") or "%00" in environ.get("QUERY_STRING", ""):
        return False
    cookies = environ.get("HTTP_COOKIE", "")
    if cookies and (settings.SESSION_COOKIE_NAME in cookies or "messages" in cookies):
        return False
    return is_our_host(environ.get("HTTP_HOST", ""))


def _body(environ: dict[str, Any]) -> bytes | None:
    """The body; None where its length is not said, or is larger than Django would take."""
    if environ["REQUEST_METHOD"] == "GET":
        return b"" if environ.get("CONTENT_LENGTH", "") in ("", "0") else None
    length = environ.get("CONTENT_LENGTH") or ""
    if not length.isdecimal() or int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        return None
    content: bytes = environ["wsgi.input"].read(int(length))
    return content


def _never(_request: HttpRequest) -> HttpResponse:
    raise RuntimeError("only its two halves are used")
