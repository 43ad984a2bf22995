"""What everybody may read: an institution's agreements and equivalences, as pages and as open data."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from testamur_site.foundation.tenancy.api import Institution, institution_by_slug

from .. import exchange, presentation, queries
from ..models import plain


def _institution(slug: str) -> Institution:
    found = institution_by_slug(slug)
    if found is None:
        raise Http404
    return found


def _crumbs(institution: Institution, here: str) -> list[tuple[str, str]]:
    return [(institution.localised_name, institution.get_absolute_url()), (here, "")]


@require_safe
def agreements(request: HttpRequest, slug: str) -> HttpResponse:
    institution = _institution(slug)
    rows = [
        {"agreement": one, "terms": presentation.terms_in_words(one)}
        for one in queries.agreements_in_force(institution)
    ]
    context = {"institution": institution, "rows": rows, "crumbs": _crumbs(institution, _("Agreements"))}
    return render(request, "recognition/public/agreements.html", context)


@require_safe
def equivalences(request: HttpRequest, slug: str) -> HttpResponse:
    institution = _institution(slug)
    rows = [
        {
            "equivalence": one,
            "as": presentation.title_of(one.target),
            "url": exchange.address_of(one.target),
            "credits": plain(one.credits),
        }
        for one in queries.equivalences(institution)
    ]
    context = {"institution": institution, "rows": rows, "crumbs": _crumbs(institution, _("Equivalences"))}
    return render(request, "recognition/public/equivalences.html", context)


@require_safe
def as_csv(_request: HttpRequest, slug: str) -> HttpResponse:
    response = HttpResponse(
        exchange.as_csv(queries.equivalences(_institution(slug))), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="equivalences-{slug}.csv"'
    response["Access-Control-Allow-Origin"] = "*"
    return response


@require_safe
def as_json(_request: HttpRequest, slug: str) -> HttpResponse:
    institution = _institution(slug)
    document = exchange.as_ctdl(institution, queries.equivalences(institution))
    response = JsonResponse(document, content_type="application/ld+json", json_dumps_params={"ensure_ascii": False})
    response["Access-Control-Allow-Origin"] = "*"
    return response
