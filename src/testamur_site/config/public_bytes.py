"""What is public and made of bytes is answered before Django's middleware.

1. Only a plain GET or HEAD of an address whose first part has a function in `wiring.PUBLIC_BYTES`, of a host that we are. 2. The capability
decides: its function returns the bytes, or None for whatever is not public or not certain. 3. None, and every fault, goes the long way
through Django, which says why. 4. The security headers are those of Django's own middleware: it is asked for them once, by an empty view.

Nothing here reads a cookie: what is answered is the same for everybody.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import DatabaseError, InterfaceError, close_old_connections
from django.http.request import split_domain_port, validate_host
from django.utils.module_loading import import_string

from testamur.errors import TestamurError
from testamur_site.foundation.public_bytes.api import PublicBytes, matches

logger = logging.getLogger(__name__)

StartResponse = Callable[..., Any]
Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]

_OF_THE_CONTENT = frozenset(
    {"content-type", "content-length", "content-language", "vary", "cache-control", "date", "connection", "set-cookie"}
)
_LONGEST_ACCEPT = 200


class PublicBytesFirst:
    """The WSGI application of the platform: public bytes, and for everything else `application`."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._answers: dict[str, Callable[[str, str], PublicBytes | None]] = {
            first: import_string(path) for first, path in settings.TESTAMUR_PUBLIC_BYTES.items()
        }
        self._security: dict[bool, tuple[tuple[str, str], ...]] = {}

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        found = self._found(environ)
        if found is None:
            return self._application(environ, start_response)
        headers = [*self._security_headers(environ), *found.headers]
        headers += [("Cache-Control", found.caching), ("ETag", found.etag)]
        if found.vary:
            headers.append(("Vary", found.vary))
        if matches(found.etag, environ.get("HTTP_IF_NONE_MATCH", "")):
            start_response("304 Not Modified", headers)
            return []
        headers += [("Content-Type", found.media_type), ("Content-Length", str(len(found.content)))]
        start_response("200 OK", headers)
        return [found.content] if environ["REQUEST_METHOD"] == "GET" else []

    def _found(self, environ: dict[str, Any]) -> PublicBytes | None:
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or environ.get("QUERY_STRING"):
            return None
        first, _, rest = environ.get("PATH_INFO", "")[1:].partition("/")
        answer = self._answers.get(first)
        accept = environ.get("HTTP_ACCEPT", "*/*")
        if answer is None or not rest or len(accept) > _LONGEST_ACCEPT or environ.get("SCRIPT_NAME"):
            return None
        if not _ours(environ.get("HTTP_HOST", "")):
            return None
        close_old_connections()  # as Django does at the beginning of a request
        try:
            return answer(rest, accept)
        except (DatabaseError, InterfaceError, OSError, TestamurError) as error:
            logger.warning("public bytes go the long way: %s", getattr(error, "code", type(error).__name__))
            return None

    def _security_headers(self, environ: dict[str, Any]) -> tuple[tuple[str, str], ...]:
        secure = _secure(environ)
        if secure not in self._security:
            asked = {key: value for key, value in environ.items() if not key.startswith("HTTP_IF_")}
            asked.pop("HTTP_COOKIE", None)
            asked |= {"REQUEST_METHOD": "GET", "PATH_INFO": "/healthz", "QUERY_STRING": "", "wsgi.input": io.BytesIO()}
            said: list[tuple[str, str]] = []

            def remember(_status: str, headers: list[tuple[str, str]], _error: object = None) -> None:
                said.extend(headers)

            answer: Any = self._application(asked, remember)
            b"".join(answer)
            if hasattr(answer, "close"):
                answer.close()
            ours = {"cross-origin-resource-policy"}  # said by the answer itself
            self._security[secure] = tuple(
                (name, value) for name, value in said if name.lower() not in _OF_THE_CONTENT | ours
            )
        return self._security[secure]


@lru_cache(maxsize=64)
def _ours(host: str) -> bool:
    """Whether Django would answer for this host (`ALLOWED_HOSTS`)."""
    try:
        name, _port = split_domain_port(host)
    except (DisallowedHost, ValueError):
        return False
    return bool(name) and validate_host(name, settings.ALLOWED_HOSTS)


def _secure(environ: dict[str, Any]) -> bool:
    header = settings.SECURE_PROXY_SSL_HEADER
    if header and header[0] in environ:
        return bool(environ[header[0]].split(",")[0].strip() == header[1])
    return bool(environ.get("wsgi.url_scheme") == "https")
