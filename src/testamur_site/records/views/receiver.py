"""What registrars see: the records that learners sent to their institution."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from testamur_site.foundation.permissions.api import Right, staff_view
from testamur_site.foundation.tenancy.api import Institution

from .. import presentation, queries, services
from ..errors import WrongState
from ..models import Sending
from .responses import as_file, quiet

_ON_A_PAGE = 50


def _one(institution: Institution, public_id: str) -> Sending:
    found = queries.received_one(institution, public_id)
    if found is None:
        raise Http404
    return found


@staff_view(Right.ISSUE)
@require_safe
def received(request: HttpRequest, institution: Institution) -> HttpResponse:
    page = Paginator(queries.received(institution), _ON_A_PAGE).get_page(request.GET.get("page"))
    rows = [presentation.sending_row(one) for one in page.object_list]
    context = {"page": page, "rows": rows, "crumbs": [(_("Received records"), "")]}
    return render(request, "records/receiver/received.html", context)


@staff_view(Right.ISSUE)
@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    """What was sent and what for; after it was opened also the copy with its verification report, made now."""
    sending = _one(institution, public_id)
    if request.method == "POST":
        try:
            services.open_sending(sending, actor=request.user)
        except WrongState:
            messages.error(request, _("It is over: the learner took it back, or its day has passed."))
        return redirect("records:received_one", institution.slug, public_id)
    context = {
        **presentation.sending_row(sending),
        "readable": sending.readable,
        "crumbs": [(_("Received records"), reverse("records:received", args=[institution.slug])), (sending.title, "")],
    }
    if sending.readable and sending.opened_at is not None:
        context["report"] = presentation.report_on(bytes(sending.content or b""))
    return quiet(render(request, "records/receiver/detail.html", context))


@staff_view(Right.ISSUE)
@require_safe
def download(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:  # noqa: ARG001
    sending = _one(institution, public_id)
    if not sending.readable or sending.opened_at is None:
        raise Http404
    return quiet(as_file(bytes(sending.content or b"")))
