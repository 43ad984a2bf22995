"""The card that stands in other people's pages, and oEmbed (oembed.com, version 1.0), by which they ask for it."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlsplit

from csp.decorators import csp_replace
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils.html import format_html
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from testamur_site.foundation.public_bytes.api import FOR_MINUTES

from .. import rules
from ..rules import SHOWN
from .looking import Look, look


@require_safe
@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})
def embed(request: HttpRequest, public_id: str) -> HttpResponse:
    """A small page for a frame; it shows the state as the share page does, and nothing of a private credential."""
    seen = look(request, public_id)
    public = seen.page in SHOWN and seen.deposit.public
    context = {
        "award": seen.award if public else None,
        "page": seen.page.value,
        "with_image": seen.page in rules.WITH_IMAGE,
    }
    response = render(request, "wallet/embed.html", context)
    response["Cache-Control"] = FOR_MINUTES if public else "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def oembed(request: HttpRequest) -> HttpResponse:
    """`?url=&format=json&maxwidth=&maxheight=`. 404 for an address that is no public credential of ours, 501 for another format."""
    if request.GET.get("format", "json") != "json":
        return HttpResponse("Only JSON is offered.", status=HTTPStatus.NOT_IMPLEMENTED, content_type="text/plain")
    seen = _named(request)
    width, height = rules.embed_size(request.GET.get("maxwidth"), request.GET.get("maxheight"))
    award, base = seen.award, settings.TESTAMUR_BASE_URL
    address = f"{base}/embed/{award.public_id}"
    answer = {
        "version": "1.0",
        "type": "rich",
        "title": award.version.title,
        "author_name": award.institution.localised_name,
        "author_url": f"{base}/institutions/{award.institution.slug}",
        "provider_name": "Testamur",
        "provider_url": base,
        "cache_age": 300,
        "width": width,
        "height": height,
        "html": format_html(
            '<iframe src="{}" width="{}" height="{}" title="{}" loading="lazy"></iframe>',
            address,
            width,
            height,
            award.version.title,
        ),
    }
    if seen.page in rules.WITH_IMAGE:
        answer |= {"thumbnail_url": f"{award.url}/badge.png", "thumbnail_width": 600, "thumbnail_height": 600}
    response = JsonResponse(answer)
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = FOR_MINUTES
    return response


def _named(request: HttpRequest) -> Look:
    """The public credential that the query names. Raises Http404."""
    try:
        parts, ours = urlsplit(request.GET.get("url", "")), urlsplit(settings.TESTAMUR_BASE_URL)
        match = resolve(parts.path)
    except (ValueError, Resolver404) as error:
        raise Http404 from error
    if parts.netloc != ours.netloc or match.view_name != "wallet:share":
        raise Http404
    seen = look(request, match.kwargs["public_id"])
    if seen.page not in SHOWN or not seen.deposit.public:
        raise Http404
    return seen
