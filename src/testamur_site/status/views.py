from __future__ import annotations

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.views.decorators.http import require_http_methods

from testamur_site.foundation.public_bytes.api import etag_of, matches
from testamur_site.log import api as log

from . import rules
from .queries import published_list
from .services import TIME_TO_LIVE

_MEDIA_TYPES = ("application/vc", "application/vc+ld+json", "application/ld+json", "application/json")


@require_http_methods(["GET", "HEAD", "OPTIONS"])
def status_list(request: HttpRequest, public_id: str) -> HttpResponse:
    """The list credential for anybody: no cookie, no log of who asked, cacheable for five minutes."""
    if request.method == "OPTIONS":
        return _open(HttpResponse(status=204))
    content = published_list(public_id)
    if content is None:
        raise Http404
    etag = etag_of(content)
    response: HttpResponse
    if matches(etag, request.headers.get("If-None-Match", "")):
        response = HttpResponseNotModified()
    else:
        response = HttpResponse(content, content_type=media_type(request.headers.get("Accept", "")))
    response["ETag"] = etag
    response["Cache-Control"] = f"public, max-age={int(TIME_TO_LIVE.total_seconds())}"
    response["Vary"] = "Accept"
    return _open(response)


@require_http_methods(["GET", "HEAD"])
def log_proof(_request: HttpRequest, public_id: str) -> HttpResponse:
    """The log proof (C2SP tlog-proof) of the very list that stands at the address without the suffix now.

    It is kept for a minute only, however final it is: the next version of the list has another one.
    """
    content = published_list(public_id)
    if content is None:
        raise Http404
    response = log.proof_response(log.look_up(rules.log_subject(public_id), content))
    if response.status_code == HTTPStatus.OK:
        response["Cache-Control"] = "public, max-age=60"
    return response


def media_type(accept: str) -> str:
    """The first of ours that is asked for by name; JSON for a browser, so that a person can look at it; else the W3C media type."""
    asked = [part.partition(";")[0].strip().lower() for part in accept.split(",")]
    named = next((part for part in asked if part in _MEDIA_TYPES), None)
    return named or ("application/json" if "text/html" in asked else "application/vc")


def _open(response: HttpResponse) -> HttpResponse:
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
    response["Access-Control-Allow-Headers"] = "Accept, If-None-Match"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
