"""Certificates of a batch for the staff: which parts there are, and each as a file to print."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from testamur_site.foundation.audit import api as audit
from testamur_site.foundation.permissions.api import Right, staff_view
from testamur_site.foundation.tenancy.api import Institution
from testamur_site.issuing.api import own_batch

from .. import certificate

_ON_A_PAGE = 100


@staff_view(Right.ISSUE)
@require_http_methods(["GET", "POST"])
def certificates(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    """The parts of a batch. By POST one of them as a PDF: it holds names, so who took it is noted, and no link fetches it by itself."""
    batch = own_batch(public_id) if "\x00" not in public_id else None
    if batch is None:
        raise Http404
    here = reverse("wallet:certificates", args=[institution.slug, public_id])
    if request.method == "POST":
        number, paper = request.POST.get("part", ""), request.POST.get("paper", "a4")
        if not (number.isascii() and number.isdecimal() and 1 <= len(number) <= 6) or paper not in certificate.PAPERS:
            raise Http404
        made = certificate.printed(batch, int(number), paper)
        if made is None:
            messages.warning(request, _("None of these awards counts any more: there is nothing to print."))
            return redirect(here)
        content, count = made
        facts = {"part": int(number), "certificates": count}
        with transaction.atomic():
            audit.record(
                "certificates.printed",
                f"batch:{batch.public_id}",
                institution=institution,
                actor=request.user,
                facts=facts,
            )
        response = HttpResponse(content, content_type="application/pdf")
        response["Content-Disposition"] = f'attachment; filename="certificates-{batch.public_id}-{number}.pdf"'
        return response
    found = certificate.parts(batch)
    context: dict[str, Any] = {
        "batch": batch,
        "page": Paginator(found, _ON_A_PAGE).get_page(request.GET.get("page", "1")),
        "total": sum(part.awards for part in found),
        "left_out": certificate.left_out(batch),
        "crumbs": [
            (_("Batches"), reverse("issuing:batches", args=[institution.slug])),
            (batch.version.title, reverse("issuing:batch", args=[institution.slug, public_id])),
            (_("Certificates for printing"), ""),
        ],
    }
    return render(request, "wallet/printing.html", context)
