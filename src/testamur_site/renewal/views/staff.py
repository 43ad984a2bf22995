"""What staff see: the cycles of versions, and the renewals that were asked for."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from testamur_site.foundation.permissions.api import Right, staff_view
from testamur_site.foundation.tenancy.api import Institution
from testamur_site.issuing.api import IssuingError

from .. import presentation, queries, services
from ..errors import RenewalError
from ..forms import CycleForm, RefuseForm
from ..models import Renewal
from ..rules import RenewalState

_ON_A_PAGE = 50


@staff_view(Right.DESIGN)
@require_safe
def cycles(request: HttpRequest, institution: Institution) -> HttpResponse:
    context = {
        "rows": [{"version": version, "cycle": cycle} for version, cycle in queries.designable(institution)],
        "crumbs": [(_("Renewal cycles"), "")],
    }
    return render(request, "renewal/staff/cycles.html", context)


@staff_view(Right.DESIGN)
@require_http_methods(["GET", "HEAD", "POST"])
def cycle(request: HttpRequest, institution: Institution, version: str) -> HttpResponse:
    found = next((pair for pair in queries.designable(institution) if pair[0].public_id == version), None)
    if found is None:
        raise Http404
    one, before = found
    initial = CycleForm.initial_of(before) if before is not None else {}
    form = CycleForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.set_cycle(one, form.terms(), actor=request.user)
        except RenewalError as error:
            form.add_error(None, presentation.refusal(error))
        else:
            messages.success(request, _("The cycle is kept."))
            return redirect("renewal:cycles", institution.slug)
    context = {
        "form": form,
        "version": one,
        "cycle": before,
        "fixed": one.locked_at is not None,
        "crumbs": [(_("Renewal cycles"), reverse("renewal:cycles", args=[institution.slug])), (one.title, "")],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "renewal/staff/cycle.html", context, status=status)


@staff_view(Right.ISSUE)
@require_safe
def asked(request: HttpRequest, institution: Institution) -> HttpResponse:
    found = queries.asked(institution)
    waiting = found.filter(state=RenewalState.AUDIT)
    only = request.GET.get("state") == RenewalState.AUDIT
    here = reverse("renewal:asked", args=[institution.slug])
    page = Paginator(waiting if only else found, _ON_A_PAGE).get_page(request.GET.get("page"))
    tabs = [
        {"label": _("All"), "url": here, "current": not only, "count": found.count()},
        {"label": _("To be looked at"), "url": f"{here}?state=audit", "current": only, "count": waiting.count()},
    ]
    rows = [presentation.row(one) for one in page.object_list]
    context = {"page": page, "rows": rows, "tabs": tabs, "crumbs": [(_("Renewals"), "")]}
    return render(request, "renewal/staff/asked.html", context)


def _one(institution: Institution, public_id: str) -> Renewal:
    found = queries.asked_one(institution, public_id)
    if found is None:
        raise Http404
    return found


@staff_view(Right.ISSUE)
@require_safe
def detail(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    return _detail(request, institution, _one(institution, public_id))


def _refuse_form(renewal: Renewal, data: Any = None) -> RefuseForm:
    return RefuseForm(data, activities=list(renewal.activities.all()))


def _detail(
    request: HttpRequest,
    institution: Institution,
    renewal: Renewal,
    *,
    form: RefuseForm | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    context = {
        **presentation.row(renewal),
        "activities": presentation.activity_rows(renewal, renewal.cycle.terms),
        "refuse_form": form or _refuse_form(renewal),
        "waiting": renewal.state == RenewalState.AUDIT,
        "crumbs": [
            (_("Renewals"), reverse("renewal:asked", args=[institution.slug])),
            (renewal.holder.name or _("Without a name"), ""),
        ],
    }
    return render(request, "renewal/staff/renewal.html", context, status=status)


@staff_view(Right.ISSUE)
@require_POST
def accept(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    try:
        services.accept(_one(institution, public_id), actor=request.user)
    except RenewalError as error:
        messages.error(request, presentation.refusal(error))
    except IssuingError:
        messages.info(request, _("The new credential could not be issued just now. It is tried again by itself."))
    else:
        messages.success(request, _("The credential is renewed."))
    return redirect("renewal:asked_one", institution.slug, public_id)


@staff_view(Right.ISSUE)
@require_POST
def refuse(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    renewal = _one(institution, public_id)
    form = _refuse_form(renewal, request.POST)
    if not form.is_valid():
        return _detail(request, institution, renewal, form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        services.refuse(
            renewal,
            actor=request.user,
            reason=form.cleaned_data["reason"],
            activities=form.cleaned_data["activities"],
        )
    except RenewalError as error:
        messages.error(request, presentation.refusal(error))
    else:
        messages.success(request, _("The holder is told what does not count and why."))
    return redirect("renewal:asked_one", institution.slug, public_id)
