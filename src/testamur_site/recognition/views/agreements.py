"""Agreements, as their institution keeps them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from testamur_site.foundation.permissions.api import Right, staff_view
from testamur_site.foundation.tenancy.api import Institution

from .. import presentation, queries, services
from ..errors import RecognitionError
from ..forms import ELECTIVE, AgreementForm
from ..models import Agreement
from ..rules import AgreementState
from ..services.agreements import TERMS


def _agreement(institution: Institution, public_id: str) -> Agreement:
    found = queries.own_agreement(institution, public_id)
    if found is None:
        raise Http404
    return found


def _crumbs(institution: Institution, *more: tuple[str, str]) -> list[tuple[str, str]]:
    return [
        (_("Recognition"), reverse("recognition:desk", args=[institution.slug])),
        (_("Agreements"), reverse("recognition:agreements", args=[institution.slug])),
        *more,
    ]


@staff_view(Right.ISSUE)
@require_safe
def listing(request: HttpRequest, institution: Institution) -> HttpResponse:
    rows = [
        {
            "agreement": one,
            "pill": presentation.AGREEMENT_STATES[one.state],
            "direction": presentation.DIRECTIONS[one.direction],
        }
        for one in queries.agreements(institution)
    ]
    crumbs = [*_crumbs(institution)[:1], (_("Agreements"), "")]
    return render(request, "recognition/desk/agreements.html", {"rows": rows, "crumbs": crumbs})


@staff_view(Right.ISSUE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, institution: Institution) -> HttpResponse:
    form = AgreementForm(request.POST or None, targets=presentation.targets(institution), initial={"automatic": True})
    if request.method == "POST" and form.is_valid():
        made = services.draft(institution, _terms(institution, form), actor=request.user)
        messages.success(request, _("Drafted. It is not in force yet."))
        return redirect("recognition:agreement", institution.slug, made.public_id)
    return _form_page(request, institution, form, _("New agreement"))


@staff_view(Right.ISSUE)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    agreement = _agreement(institution, public_id)
    if agreement.state != AgreementState.DRAFT:
        raise Http404
    initial = {name: getattr(agreement, name) for name in TERMS}
    initial["target"] = agreement.target.public_id if agreement.target is not None else ELECTIVE
    form = AgreementForm(request.POST or None, targets=presentation.targets(institution), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_terms(agreement, _terms(institution, form), actor=request.user)
        except RecognitionError as error:
            messages.error(request, presentation.refusal(error))
        else:
            messages.success(request, _("The terms were changed."))
        return redirect("recognition:agreement", institution.slug, public_id)
    return _form_page(request, institution, form, agreement.title)


def _terms(institution: Institution, form: AgreementForm) -> dict[str, Any]:
    return {**form.cleaned_data, "target": presentation.chosen_target(institution, form.cleaned_data["target"])}


def _form_page(request: HttpRequest, institution: Institution, form: AgreementForm, heading: str) -> HttpResponse:
    context = {"form": form, "heading": heading, "crumbs": _crumbs(institution, (heading, ""))}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "recognition/desk/agreement_form.html", context, status=status)


@staff_view(Right.ISSUE)
@require_safe
def detail(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    agreement = _agreement(institution, public_id)
    context = {
        "agreement": agreement,
        "pill": presentation.AGREEMENT_STATES[agreement.state],
        "terms": presentation.terms_in_words(agreement),
        "timeline": [
            {
                "when": one.at,
                "title": presentation.EVENTS[one.event],
                "text": " · ".join(filter(None, (one.by.name if one.by is not None else "", one.reason))),
            }
            for one in agreement.changes.select_related("by")
        ],
        "used": agreement.recognitions.count(),
        "crumbs": _crumbs(institution, (agreement.title, "")),
    }
    return render(request, "recognition/desk/agreement.html", context)


@staff_view(Right.ISSUE)
@require_POST
def activate(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    try:
        services.activate(_agreement(institution, public_id), actor=request.user)
    except RecognitionError as error:
        messages.error(request, presentation.refusal(error))
    else:
        messages.success(request, _("In force, and public from now on."))
    return redirect("recognition:agreement", institution.slug, public_id)


@staff_view(Right.ISSUE)
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    agreement = _agreement(institution, public_id)
    if request.method == "POST":
        services.end(agreement, actor=request.user)
        messages.success(request, _("Ended. What was recognised by it stays."))
        return redirect("recognition:agreement", institution.slug, public_id)
    context = {
        "heading": _("End “%(title)s”?") % {"title": agreement.title},
        "sentence": _(
            "Nothing more is recognised by it. What was recognised stays. To change terms, end it and draft another."
        ),
        "confirm_label": _("End it"),
        "cancel_url": reverse("recognition:agreement", args=[institution.slug, public_id]),
        "danger": True,
    }
    return render(request, "design_system/confirm.html", context)
