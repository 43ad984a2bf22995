"""The start page and an institution's dashboard."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from testamur_site.catalogue.api import newest_cards
from testamur_site.foundation.permissions.api import Right, allows, staff_view
from testamur_site.foundation.tenancy.api import Institution, institution_by_slug, membership_of
from testamur_site.issuing import api as issuing
from testamur_site.quality import api as quality

from . import queries
from .demo import api as demonstration

_NEWEST = 3
_LATEST = 8


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    demo = demonstration.signs() if settings.TESTAMUR_DEMO else None
    return render(request, "portal/home.html", {"demo": demo, "cards": newest_cards(_NEWEST)})


@require_safe
@never_cache
def entrance(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Where the staff of an institution begin: the overview, or, for those who only mark, their queue."""
    institution = institution_by_slug(slug)
    membership = membership_of(request.user, institution) if institution is not None else None
    if membership is not None and not allows(membership.role, Right.VIEW) and allows(membership.role, Right.ASSESS):
        return redirect("assessment:queue", slug=slug)
    return dashboard(request, slug=slug)


@staff_view(Right.VIEW)
@require_safe
def dashboard(request: HttpRequest, institution: Institution) -> HttpResponse:
    context = {
        "institution": institution,
        "overview": queries.overview(institution),
        "batches": issuing.batches(1).object_list[:5],
        "events": queries.latest(institution, _LATEST),
        "quality_due": quality.due().count,
    }
    return render(request, "portal/dashboard.html", context)


entrance.required_right = Right.VIEW  # type: ignore[attr-defined]
