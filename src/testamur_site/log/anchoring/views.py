from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from testamur_site.log.models import Shard

from . import pages, queries


@require_http_methods(["GET", "HEAD"])
def overview(request: HttpRequest) -> HttpResponse:
    """Who else knows of the log, what became of each anchor, and what a year of them costs. For anybody; the form
    computes only."""
    context = pages.overview(request.GET)
    form = context["form"]
    return render(request, "log_anchoring/overview.html", context, status=422 if form.is_bound and form.errors else 200)


@require_http_methods(["GET", "HEAD"])
def receipts(_request: HttpRequest, year: int, size: int) -> HttpResponse:
    """The receipts of all confirmed anchors of a checkpoint. Another end point may still add to them, so they are
    kept for minutes only."""
    shard = Shard.objects.filter(year=year).first()
    # Beyond what the database can hold there is nothing, and it must not be asked.
    found = queries.receipts_json(shard, size) if shard is not None and size < 1 << 63 else None
    if found is None:
        raise Http404
    response = HttpResponse(found, content_type="application/json")
    response["Cache-Control"] = "public, max-age=300"
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
