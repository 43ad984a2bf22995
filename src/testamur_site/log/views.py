from __future__ import annotations

from http import HTTPStatus

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from testamur import strict_json
from testamur.log.proofs import MEDIA_TYPE
from testamur.log.tiles import Tile
from testamur_site.foundation.public_bytes.api import FOR_EVER, FOR_MINUTES

from . import keys, pages, queries, services, witnesses
from .models import Shard
from .proofs import Looked, Missing
from .queries import FOR_A_MOMENT

_FOR_A_MINUTE = "public, max-age=60"
_STATUS = {  # and after how many seconds to ask again
    Missing.UNKNOWN: (HTTPStatus.NOT_FOUND, 0),
    Missing.WAITING: (HTTPStatus.SERVICE_UNAVAILABLE, 10),  # not 404: for a verifier that would be "never recorded"
    Missing.ERASED: (HTTPStatus.GONE, 0),
    Missing.DAMAGED: (HTTPStatus.SERVICE_UNAVAILABLE, 600),
}
WORDS = {
    Missing.UNKNOWN: _("Nothing about this was recorded in the public log. Its signature is verified all the same."),
    Missing.WAITING: _("This is being recorded in the public log. Its proof will stand here in a moment."),
    Missing.ERASED: _("What opens this entry of the public log was erased, because somebody asked to be forgotten."),
    Missing.DAMAGED: _("The public log cannot be read at present. What it has proven stays proven; please come back."),
}
"""Why there is no proof, for people."""


def _shard(year: int) -> Shard:
    shard = queries.shard_for(year)
    if shard is None:
        raise Http404
    return shard


@require_http_methods(["GET", "HEAD"])
def checkpoint(_request: HttpRequest, year: int) -> HttpResponse:
    """The signed head of the shard (C2SP tlog-tiles §Checkpoints)."""
    content = services.folder_of(_shard(year)).read("checkpoint")
    if content is None:
        raise Http404
    return _answer(content, "text/plain; charset=utf-8", FOR_A_MOMENT)


@require_http_methods(["GET", "HEAD"])
def vkey(_request: HttpRequest, year: int) -> HttpResponse:
    """The verifier keys of the shard, one a line."""
    lines = "".join(f"{key.text}\n" for key in keys.verifier_keys(_shard(year)))
    return _answer(lines.encode(), "text/plain; charset=utf-8", FOR_A_MOMENT)


@require_http_methods(["GET", "HEAD"])
def policy(_request: HttpRequest) -> HttpResponse:
    """The keys of all shards, and the witnesses that this deployment believes, as a C2SP tlog-policy."""
    try:
        content = witnesses.public_policy().encode()
    except (OSError, ValueError) as error:
        raise Http404 from error
    return _answer(content, "text/plain; charset=utf-8", _FOR_A_MINUTE)


@require_http_methods(["GET", "HEAD"])
def tile(_request: HttpRequest, year: int, path: str) -> HttpResponse:
    """A tile or a bundle of entries. A path that is spelled otherwise names nothing."""
    named = Tile.from_path(f"tile/{path}")
    content = services.folder_of(_shard(year)).read(named.path) if named is not None else None
    if content is None or named is None:
        raise Http404
    return _answer(content, "application/octet-stream", FOR_EVER)


@require_http_methods(["GET", "HEAD"])
def overview(request: HttpRequest) -> HttpResponse:
    """What the log is, for anybody: its shards, their newest checkpoints, who witnesses them, and how to check all
    of it."""
    return render(request, "log/overview.html", pages.overview())


def proof_caching(looked: Looked) -> str:
    """How long a proof may be kept. One on a checkpoint that enough witnesses have cosigned stays good, but it opens the entry of a person,
    who may make their credential private or be forgotten: so it is kept for minutes. One on another is soon followed by a better one."""
    return FOR_MINUTES if looked.final else _FOR_A_MINUTE


def proof_response(looked: Looked, *, public: bool = True) -> HttpResponse:
    """The answer at the address of a proof, or words why there is none, with the time after which to ask again.

    `public` False: for the holder only, and kept by nobody.
    """
    if looked.content is not None:
        caching = proof_caching(looked) if public else "private, no-store"
        return _answer(looked.content, MEDIA_TYPE, caching)
    status, retry = _STATUS[looked.missing or Missing.UNKNOWN]
    problem = {
        "type": f"{settings.TESTAMUR_BASE_URL}/problems/log-{looked.missing or Missing.UNKNOWN}",
        "title": status.phrase,
        "status": status.value,
        "detail": str(WORDS[looked.missing or Missing.UNKNOWN]),
    }
    response = _answer(strict_json.dumps(problem), "application/problem+json", "no-store")
    response.status_code = status
    if retry:
        response["Retry-After"] = str(retry)
    return response


def _answer(content: bytes, media_type: str, caching: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    response["Cache-Control"] = caching
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
