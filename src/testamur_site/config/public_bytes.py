"""What is public and made of bytes is answered before Django's middleware.

1. Only a plain GET or HEAD of an address whose first part has a function in `wiring.PUBLIC_BYTES`, of a host that we are. 2. The capability
decides: its function returns the bytes, or None for whatever is not public or not certain. 3. None, and every fault, goes the long way
through Django, which says why. 4. The security headers are those of Django's own middleware: it is asked for them once, by an empty view.

Nothing here reads a cookie: what is answered is the same for everybody.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections
from django.utils.module_loading import import_string

from testamur.errors import TestamurError
from testamur_site.foundation.public_bytes.api import PublicBytes, matches

from .before_django.security_headers import Application, SecurityHeadersOf, StartResponse, is_our_host

logger = logging.getLogger(__name__)

_LONGEST_ACCEPT = 200


class PublicBytesFirst:
    """The WSGI application of the platform: public bytes, and for everything else `application`."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._answers: dict[str, Callable[[str, str], PublicBytes | None]] = {
            first: import_string(path) for first, path in settings.TESTAMUR_PUBLIC_BYTES.items()
        }
        self._security = SecurityHeadersOf(application)

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        found = self._found(environ)
        if found is None:
            return self._application(environ, start_response)
        headers = [*self._security.of(environ), *found.headers]
        etag = found.etag
        headers += [("Cache-Control", found.caching), ("ETag", etag)]
        if found.vary:
            headers.append(("Vary", found.vary))
        if matches(etag, environ.get("HTTP_IF_NONE_MATCH", "")):
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
        if not is_our_host(environ.get("HTTP_HOST", "")):
            return None
        close_old_connections()  # as Django does at the beginning of a request
        try:
            return answer(rest, accept)
        except (DatabaseError, InterfaceError, OSError, TestamurError) as error:
            logger.warning("public bytes go the long way: %s", getattr(error, "code", type(error).__name__))
            return None
