"""A condition: the evidence of those who fulfilled it, and the answer of a second person."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from testamur_site.foundation.permissions.api import Right, staff_view
from testamur_site.foundation.tenancy.api import Institution

from .. import presentation, queries, services
from ..forms import AcceptForm, EvidenceForm
from ..models import Condition
from .common import address, attempt, proposal_crumb, queue_crumb


def _condition_or_404(public_id: str) -> Condition:
    found = queries.own_condition(public_id)
    if found is None:
        raise Http404
    return found


@staff_view(Right.DESIGN)
@require_http_methods(["GET", "POST"])
def fulfil(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    condition = _condition_or_404(public_id)
    form = EvidenceForm(request.POST or None)
    if (
        request.method == "POST"
        and form.is_valid()
        and attempt(form, lambda: services.fulfil(condition, **form.cleaned_data, actor=request.user))
    ):
        messages.success(request, _("The evidence is kept. A second person has to accept it."))
        return redirect(address("proposal", institution, condition.proposal.public_id))
    return _page(request, institution, condition, form, _("Give the evidence"))


@staff_view(Right.REVIEW)
@require_http_methods(["GET", "POST"])
def accept(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    condition = _condition_or_404(public_id)
    form = AcceptForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        accepted = form.cleaned_data["verdict"] == "accept"
        step = services.accept if accepted else services.send_back
        if attempt(form, lambda: step(condition, form.cleaned_data["answer"], actor=request.user)):
            messages.success(
                request, _("The condition is fulfilled.") if accepted else _("The condition is open again.")
            )
            return redirect(address("proposal", institution, condition.proposal.public_id))
    return _page(request, institution, condition, form, _("Accept or send back"))


def _page(request: HttpRequest, institution: Institution, condition: Condition, form: Any, here: str) -> HttpResponse:
    proposal = condition.proposal
    context = {
        "condition": condition,
        "title": presentation.words(proposal.title),
        "heading": here,
        "form": form,
        "cancel_url": address("proposal", institution, proposal.public_id),
        "crumbs": [queue_crumb(institution), proposal_crumb(institution, proposal), (here, "")],
    }
    return render(request, "quality/condition.html", context, status=422 if form.errors else 200)
