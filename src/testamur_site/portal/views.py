"""The start page and an institution's dashboard."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from testamur_site.catalogue.api import newest_cards
from testamur_site.foundation.permissions.api import Right, staff_view
from testamur_site.foundation.tenancy.api import Institution
from testamur_site.issuing import api as issuing

from . import queries
from .demo import api as demonstration

_NEWEST = 3
_LATEST = 8


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    demo = demonstration.signs() if settings.TESTAMUR_DEMO else None
    return render(request, "portal/home.html", {"demo": demo, "cards": newest_cards(_NEWEST)})


@staff_view(Right.VIEW)
@require_safe
def dashboard(request: HttpRequest, institution: Institution) -> HttpResponse:
    context = {
        "institution": institution,
        "overview": queries.overview(institution),
        "batches": issuing.batches(1).object_list[:5],
        "events": queries.latest(institution, _LATEST),
    }
    return render(request, "portal/dashboard.html", context)
