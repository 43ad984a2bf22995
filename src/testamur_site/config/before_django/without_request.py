"""The commonest verifications, answered before a request is made of them: of the environment only four things are needed.

1. Only a method and path of `wiring.WITHOUT_REQUEST`, from somebody who takes the answer as it is (compressing costs more than all this).
2. The language is the one that Django finds for these headers, asked once. 3. The capability's function gives the bytes and their headers;
or what is still to be done with a request, after everything that counts or costs; or None for what it does not know. 4. The headers that
the middleware would have given are added. A test compares them one by one.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.cookie import parse_cookie
from django.utils import translation
from django.utils.module_loading import import_string

from testamur_site.foundation.public_bytes.api import Asked, Made, TheRest

Answer = Callable[[Asked], Made | TheRest | None]

_LONGEST_ACCEPT = 200


class WithoutRequest:
    def __init__(self) -> None:
        self._answers: dict[tuple[str, str], Answer] = {
            where: import_string(path) for where, path in settings.TESTAMUR_WITHOUT_REQUEST.items()
        }

    def answer(self, environ: dict[str, Any], body: bytes) -> Made | TheRest | None:
        """The answer with all headers but those of security; or the rest of the way; or None, and nothing has happened. Raises what the
        function raises."""
        answer = self._answers.get((environ["REQUEST_METHOD"], environ["PATH_INFO"]))
        accepted = environ.get("HTTP_ACCEPT_LANGUAGE", "")
        if answer is None or "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "") or len(accepted) > _LONGEST_ACCEPT:
            return None
        cookies = environ.get("HTTP_COOKIE", "")
        chosen = parse_cookie(cookies).get(settings.LANGUAGE_COOKIE_NAME, "") if cookies else ""
        language = _language(accepted, chosen[:_LONGEST_ACCEPT])
        made = answer(Asked(environ.get("REMOTE_ADDR", ""), environ.get("QUERY_STRING", ""), body, language))
        if not isinstance(made, Made):
            return made
        further = (
            ("Content-Length", str(len(made.content))),
            ("Vary", f"{made.vary}, {_VARY}" if made.vary else _VARY),
            ("Content-Language", language),
        )
        return Made(made.content, (*made.headers, *further))


_VARY = "Accept-Language, Accept-Encoding"


@lru_cache(maxsize=256)
def _language(accepted: str, chosen: str) -> str:
    """As Django's `LocaleMiddleware` finds it: by the cookie of the language switch, else by what the browser accepts."""
    request = HttpRequest()
    request.META["HTTP_ACCEPT_LANGUAGE"] = accepted
    request.COOKIES = {settings.LANGUAGE_COOKIE_NAME: chosen} if chosen else {}
    return str(translation.get_language_from_request(request))
