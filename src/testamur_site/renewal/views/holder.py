"""The holder's pages: what is done, what is open and until when; and asking for the renewal."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from testamur_site.foundation.tenancy.api import tenant
from testamur_site.issuing.api import IssuingError
from testamur_site.wallet.api import Holder, deposits_of, holders_view

from .. import presentation, queries, services
from ..errors import RenewalError
from ..forms import ActivityForm, CountForm
from ..models import Renewal
from ..rules import RenewalState


def _own(holder: Holder, public_id: str) -> Renewal:
    found = queries.own_renewal(holder, public_id)
    if found is None:
        raise Http404
    return found


@holders_view
@require_safe
def home(request: HttpRequest, holder: Holder) -> HttpResponse:
    for deposit in deposits_of(holder):
        services.begin(deposit)
    context = {
        "rows": [presentation.row(one) for one in queries.renewals(holder) if one.state != RenewalState.CLOSED],
        "crumbs": [(_("My credentials"), reverse("wallet:home"))],
    }
    return render(request, "renewal/holder/home.html", context)


@holders_view
@require_safe
def detail(request: HttpRequest, holder: Holder, public_id: str) -> HttpResponse:
    return _detail(request, _own(holder, public_id))


def _detail(request: HttpRequest, renewal: Renewal, *, status: int = HTTPStatus.OK, **forms: Any) -> HttpResponse:
    with tenant(renewal.institution):
        deposits = queries.countable(renewal)
        terms = renewal.cycle.terms
        count_form = forms.get("count") or (CountForm(terms=terms, deposits=deposits) if deposits else None)
        context = {
            **presentation.row(renewal),
            "institution": renewal.institution,
            "activities": presentation.activity_rows(renewal, terms),
            "add_form": forms.get("add") or ActivityForm(terms=terms, begins=renewal.begins),
            "count_form": count_form,
            "crumbs": [(_("My credentials"), reverse("wallet:home")), (_("My renewals"), reverse("renewal:home"))],
        }
        return render(request, "renewal/holder/renewal.html", context, status=status)


@holders_view
@require_POST
def add(request: HttpRequest, holder: Holder, public_id: str) -> HttpResponse:
    renewal = _own(holder, public_id)
    form = ActivityForm(request.POST, terms=renewal.cycle.terms, begins=renewal.begins)
    if form.is_valid():
        try:
            services.add_activity(renewal, **form.cleaned_data)
        except RenewalError as error:
            form.add_error(None, presentation.refusal(error))
        else:
            messages.success(request, _("It is entered."))
            return redirect("renewal:renewal", public_id)
    return _detail(request, renewal, status=HTTPStatus.UNPROCESSABLE_ENTITY, add=form)


@holders_view
@require_POST
def count(request: HttpRequest, holder: Holder, public_id: str) -> HttpResponse:
    renewal = _own(holder, public_id)
    with tenant(renewal.institution):
        deposits = {one.award.public_id: one for one in queries.countable(renewal)}
    form = CountForm(request.POST, terms=renewal.cycle.terms, deposits=list(deposits.values()))
    if form.is_valid():
        given = form.cleaned_data
        try:
            services.count_credential(
                renewal, deposits[given["award"]], category=given["category"], amount=given["amount"]
            )
        except RenewalError as error:
            form.add_error(None, presentation.refusal(error))
        else:
            messages.success(request, _("It is entered."))
            return redirect("renewal:renewal", public_id)
    return _detail(request, renewal, status=HTTPStatus.UNPROCESSABLE_ENTITY, count=form)


@holders_view
@require_POST
def remove(request: HttpRequest, holder: Holder, public_id: str, activity: str) -> HttpResponse:
    try:
        services.remove_activity(_own(holder, public_id), activity)
    except RenewalError as error:
        messages.error(request, presentation.refusal(error))
    return redirect("renewal:renewal", public_id)


@holders_view
@require_POST
def refreshing(request: HttpRequest, holder: Holder, public_id: str) -> HttpResponse:
    services.set_refreshing(_own(holder, public_id), request.POST.get("refreshing") == "1")
    return redirect("renewal:renewal", public_id)


@holders_view
@require_POST
def ask(request: HttpRequest, holder: Holder, public_id: str) -> HttpResponse:
    renewal = _own(holder, public_id)
    try:
        renewal = services.ask(renewal)
    except RenewalError as error:
        messages.error(request, presentation.refusal(error))
    except IssuingError:
        messages.info(request, _("The new credential could not be issued just now. It is tried again by itself."))
    else:
        if renewal.state == RenewalState.RENEWED:
            messages.success(request, _("Your credential is renewed."))
        elif renewal.state == RenewalState.AUDIT:
            messages.info(request, _("Your renewal was drawn to be looked at by staff. You will get a mail."))
    return redirect("renewal:renewal", public_id)
