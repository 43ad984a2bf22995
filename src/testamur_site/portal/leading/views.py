"""The pages of those who lead a programme."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from testamur_site.catalogue.api import own_offering
from testamur_site.foundation.permissions.api import Right, staff_view
from testamur_site.foundation.tenancy.api import Institution

from . import overview

_A_PAGE = 60


@staff_view(Right.LEAD)
@require_safe
def programmes(request: HttpRequest, institution: Institution) -> HttpResponse:
    context = {"led": overview.led(institution), "crumbs": [(_("Programmes"), "")]}
    return render(request, "portal/leading/programmes.html", context)


@staff_view(Right.LEAD)
@require_safe
def programme(request: HttpRequest, institution: Institution, offering: str) -> HttpResponse:
    found = own_offering(offering)
    if found is None:
        raise Http404
    shown = overview.programme(institution, found)
    context = {
        "programme": shown,
        "page": Paginator(shown.rows, _A_PAGE).get_page(request.GET.get("page")),
        "crumbs": [(_("Programmes"), reverse("portal:leading", kwargs={"slug": institution.slug})), (shown.title, "")],
    }
    return render(request, "portal/leading/programme.html", context)
