from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from testamur.log.tiles import Tile

from . import keys, pages, queries, services
from .models import Shard

_FOR_EVER = "public, max-age=31536000, immutable"
_FOR_A_MOMENT = "public, max-age=2"


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
    return _answer(content, "text/plain; charset=utf-8", _FOR_A_MOMENT)


@require_http_methods(["GET", "HEAD"])
def vkey(_request: HttpRequest, year: int) -> HttpResponse:
    """The verifier keys of the shard, one a line."""
    lines = "".join(f"{key.text}\n" for key in keys.verifier_keys(_shard(year)))
    return _answer(lines.encode(), "text/plain; charset=utf-8", _FOR_A_MOMENT)


@require_http_methods(["GET", "HEAD"])
def tile(_request: HttpRequest, year: int, path: str) -> HttpResponse:
    """A tile or a bundle of entries. A path that is spelled otherwise names nothing."""
    named = Tile.from_path(f"tile/{path}")
    content = services.folder_of(_shard(year)).read(named.path) if named is not None else None
    if content is None or named is None:
        raise Http404
    return _answer(content, "application/octet-stream", _FOR_EVER)


@require_http_methods(["GET", "HEAD"])
def overview(request: HttpRequest) -> HttpResponse:
    """What the log is, for anybody: its shards, their newest checkpoints, who witnesses them, and how to check all
    of it."""
    return render(request, "log/overview.html", {**pages.overview(), "base_url": settings.TESTAMUR_BASE_URL})


def _answer(content: bytes, media_type: str, caching: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    response["Cache-Control"] = caching
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
