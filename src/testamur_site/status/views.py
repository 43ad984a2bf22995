from __future__ import annotations

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.views.decorators.http import require_http_methods

from testamur_site.foundation.public_bytes.api import FOR_MINUTES, etag_of, matches
from testamur_site.log import api as log

from . import rules
from .public import FOR_A_MINUTE, media_type
from .queries import published_list


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
    response["Cache-Control"] = FOR_MINUTES
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
        response["Cache-Control"] = FOR_A_MINUTE
    return response


def _open(response: HttpResponse) -> HttpResponse:
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
    response["Access-Control-Allow-Headers"] = "Accept, If-None-Match"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
