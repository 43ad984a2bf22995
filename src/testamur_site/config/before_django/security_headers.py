"""The headers that Django's middleware puts on every answer, for what is answered before it: asked of Django once, by its empty view."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http.request import split_domain_port, validate_host

StartResponse = Callable[..., Any]
Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]

_OF_THE_CONTENT = frozenset(
    {"content-type", "content-length", "content-language", "vary", "cache-control", "date", "connection", "set-cookie"}
)
_OF_THE_ANSWER = frozenset({"cross-origin-resource-policy"})


class SecurityHeadersOf:
    """The security headers of `application`, over https and over http."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._found: dict[bool, tuple[tuple[str, str], ...]] = {}

    def of(self, environ: dict[str, Any]) -> tuple[tuple[str, str], ...]:
        """For a request like this one. What an answer says of itself (its kind, its caching, who may embed it) is not among them."""
        secure = _secure(environ)
        if secure not in self._found:
            asked = {key: value for key, value in environ.items() if not key.startswith("HTTP_IF_")}
            for name in ("HTTP_COOKIE", "HTTP_ACCEPT_ENCODING", "CONTENT_LENGTH", "CONTENT_TYPE"):
                asked.pop(name, None)
            asked |= {"REQUEST_METHOD": "GET", "PATH_INFO": "/healthz", "QUERY_STRING": "", "wsgi.input": io.BytesIO()}
            said: list[tuple[str, str]] = []

            def remember(_status: str, headers: list[tuple[str, str]], _error: object = None) -> None:
                said.extend(headers)

            answer: Any = self._application(asked, remember)
            b"".join(answer)
            if hasattr(answer, "close"):
                answer.close()
            self._found[secure] = tuple(
                (name, value) for name, value in said if name.lower() not in _OF_THE_CONTENT | _OF_THE_ANSWER
            )
        return self._found[secure]


@lru_cache(maxsize=64)
def is_our_host(host: str) -> bool:
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
