"""The registers, open to everybody: whom a verifier believes is no secret."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from testamur_site.verification import services

from . import queries

PER_PAGE = 100


@require_safe
def registers(request: HttpRequest) -> HttpResponse:
    """All registers with their counts, and a search over their institutions by name or identifier."""
    query = request.GET.get("q", "").strip()[:200]
    registry, now = services.trust_registry(), timezone.now()
    found = queries.search(registry, query, now) if query else []
    context = {
        "registers": queries.overview(registry, now),
        "query": query,
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        "crumbs": [(_("Verify"), reverse("verification:verify")), (_("Registers"), "")],
    }
    return render(request, "verification/registers/registers.html", context)
