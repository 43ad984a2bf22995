"""Forms that need no token: whoever is signed in has nothing to lose by them, so that these pages need no cookie at all.

A form of another site is refused all the same, where the browser says that it is one: nobody is to be led into asking for them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string
from django.views.decorators.csrf import csrf_exempt

View = Callable[[HttpRequest], HttpResponse]
_SAFE = ("GET", "HEAD", "OPTIONS")


def from_our_pages(view: View) -> View:
    """`view` without a token; what a browser sends from a page of another origin is answered as a form without its token is."""

    @csrf_exempt
    @wraps(view)
    def checked(request: HttpRequest) -> HttpResponse:
        if request.method not in _SAFE and not is_ours(request):
            refused: HttpResponse = import_string(settings.CSRF_FAILURE_VIEW)(request)
            return refused
        return view(request)

    return checked


def is_ours(request: HttpRequest) -> bool:
    """Whether the request comes from a page of ours, or from something that is no page. Browsers name the origin with every POST."""
    origin = request.headers.get("Origin")
    if origin is None:
        return request.headers.get("Sec-Fetch-Site", "none") in ("same-origin", "none")
    return origin in (f"{request.scheme}://{request.get_host()}", *settings.CSRF_TRUSTED_ORIGINS)
