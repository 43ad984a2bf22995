"""Public pages are asked for again and again: a visitor's browser keeps them and asks whether they still hold.

The tag of a page is made of what it shows, before the page is: an unchanged page costs a query or two. Whoever is signed in, or has a
message waiting, gets the page anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from importlib.metadata import version
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import get_language

View = Callable[..., HttpResponse]
_RELEASE = version("testamur")


def tagged(what: Callable[..., Any]) -> Callable[[View], View]:
    """`what(request, …)` gives a value whose `repr` changes whenever the page would; None for a page without a tag.

    It is asked before the view, with the view's own arguments. The language, the address and the day are part of every tag.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def tagging(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
            shown = what(request, *arguments, **named) if _is_anybody(request) else None
            if shown is None:
                return view(request, *arguments, **named)
            etag = _tag(request, shown)
            response = get_conditional_response(request, etag=etag) or view(request, *arguments, **named)
            if response.status_code in {200, 304}:
                response.headers["ETag"] = etag
                response.headers.setdefault("Cache-Control", "no-cache")
                patch_vary_headers(response, ["Accept-Language", "Cookie"])
            return response

        return tagging

    return decorate


def _is_anybody(request: HttpRequest) -> bool:
    return not request.user.is_authenticated and "messages" not in request.COOKIES


def _tag(request: HttpRequest, shown: Any) -> str:
    parts = (_RELEASE, request.get_full_path(), get_language(), timezone.localdate(), shown)
    return f'W/"{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"'
