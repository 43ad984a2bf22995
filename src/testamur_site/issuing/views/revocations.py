"""Revocations: the list, many at once, the second person's decision, the rules; and objections."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from testamur_site.foundation.keys.api import keys_of
from testamur_site.foundation.permissions.api import Right, staff_view
from testamur_site.foundation.tenancy.api import Institution

from ..models import Revocation, StatusChange
from ..revocations import queries, services
from ..revocations.forms import AnswerForm, DeclineForm, ManyForm, NumberForm, ObjectionForm, RulesForm
from ..revocations.presentation import of_change, of_revocation
from ..revocations.rules import Objection, RevocationState
from ..sentences import time_left
from ..services.changes import rules_of
from .common import address, attempt, award_or_404, awards_crumb, propose, revocations_crumb, sound


@staff_view(Right.REVOKE)
@require_safe
def listing(request: HttpRequest, institution: Institution) -> HttpResponse:
    page = queries.revocations(request.GET.get("page", "1"))
    page.object_list = [of_revocation(one) for one in page.object_list]
    context = {"page": page, "crumbs": [(revocations_crumb(institution)[0], "")]}
    return render(request, "issuing/revocations/list.html", context)


@staff_view(Right.REVOKE)
@require_http_methods(["GET", "POST"])
def create(request: HttpRequest, institution: Institution) -> HttpResponse:
    """Say which credentials, look at how many they are, write the number. Nothing is written before."""
    choices = {"micro_credentials": queries.awarded_micro_credentials(), "keys": keys_of(institution)}
    form = ManyForm(request.POST or None, **choices)
    second = queries.needs_second_person(institution, single=False)
    context = {
        "form": form,
        "second": second,
        "crumbs": [revocations_crumb(institution), (_("Revoke many"), "")],
        "cancel_url": address("revocations", institution),
    }
    if request.method != "POST" or "edit" in request.POST or not form.is_valid():
        return render(request, "issuing/revocations/new.html", context, status=422 if form.errors else 200)
    scope = form.scope()
    found = queries.concerned(scope)
    if not found:
        form.add_error(None, _("No credential that could be revoked fits this."))
        return render(request, "issuing/revocations/new.html", context, status=422)
    number = NumberForm(request.POST if "confirm" in request.POST else None)
    if number.is_valid():
        written = number.cleaned_data["number"]
        if written == found:
            return propose(request, institution, scope, form.chosen(), expected=written, **form.choices())
        number.add_error("number", _("That is not the number that stands above."))
    context |= {
        "number": number,
        "found": found,
        "sample": queries.sample(scope),
        "why": form.chosen(),
        "reason": dict(form.fields["reason"].choices)[form.cleaned_data["reason"]],
        "afterwards": dict(form.fields["afterwards"].choices)[form.cleaned_data["afterwards"]],
    }
    return render(request, "issuing/revocations/preview.html", context, status=422 if number.errors else 200)


@staff_view(Right.REVOKE)
@require_safe
def detail(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    found = _revocation(public_id)
    progress = queries.progress(found)
    context = of_revocation(found) | {
        "progress": progress,
        "time_left": time_left(progress.done, progress.left, found.decided_at or found.proposed_at),
        "stuck": found.state == RevocationState.RUNNING and found.batch_id is None and not queries.working(found),
        "own": found.proposed_by_id == request.user.pk,
        "crumbs": [revocations_crumb(institution), (of_revocation(found)["title"], "")],
    }
    return render(request, "issuing/revocations/detail.html", context)


def _revocation(public_id: str) -> Revocation:
    found = queries.own_revocation(sound(public_id))
    if found is None:
        raise Http404
    return found


def _step(
    request: HttpRequest, institution: Institution, public_id: str, done: str, step: Callable[..., Any]
) -> HttpResponse:
    found = _revocation(public_id)
    attempt(request, done, lambda: step(found, actor=request.user))
    return redirect("issuing:revocation", institution.slug, public_id)


@staff_view(Right.REVOKE)
@require_POST
def approve(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    return _step(request, institution, public_id, _("The revocation is approved and begins."), services.approve)


@staff_view(Right.REVOKE)
@require_http_methods(["GET", "POST"])
def decline(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    found = _revocation(public_id)
    form = DeclineForm(request.POST or None)
    if form.is_valid():
        note = form.cleaned_data["note"]
        done = _("The revocation is declined. Nothing was revoked.")
        attempt(request, done, lambda: services.decline(found, note=note, actor=request.user))
        return redirect("issuing:revocation", institution.slug, public_id)
    context = {
        "form": form,
        "heading": _("Decline this revocation?"),
        "sentence": _("Nothing will be revoked. It can be proposed again."),
        "confirm_label": _("Decline"),
        "cancel_url": address("revocation", institution, public_id),
    }
    return render(request, "design_system/confirm.html", context, status=422 if form.errors else 200)


@staff_view(Right.REVOKE)
@require_POST
def withdraw(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    return _step(
        request,
        institution,
        public_id,
        pgettext("of a proposal to revoke", "The proposal is taken back."),
        services.withdraw,
    )


@staff_view(Right.REVOKE)
@require_POST
def stop(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    return _step(request, institution, public_id, _("Nothing more is revoked."), services.stop)


@staff_view(Right.REVOKE)
@require_POST
def carry_on(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    return _step(request, institution, public_id, _("It goes on."), services.carry_on)


@staff_view(Right.MANAGE_INSTITUTION)
@require_http_methods(["GET", "POST"])
def rules(request: HttpRequest, institution: Institution) -> HttpResponse:
    form = RulesForm(request.POST or None, instance=rules_of(institution))
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        services.change_rules(
            institution,
            single=chosen["second_person_single"],
            cohort=chosen["second_person_cohort"],
            actor=request.user,
        )
        messages.success(request, _("Saved."))
        return redirect("issuing:revocation_rules", institution.slug)
    context = {"form": form, "crumbs": [revocations_crumb(institution), (_("Rules of revoking"), "")]}
    return render(request, "issuing/revocations/rules.html", context, status=422 if form.errors else 200)


@staff_view(Right.REVOKE)
@require_http_methods(["GET", "POST"])
def objection(request: HttpRequest, institution: Institution, public_id: str, change: str) -> HttpResponse:
    """Write down an objection, or answer the one that is open."""
    award, found = _change(public_id, change)
    is_open = found.objection == Objection.OPEN
    form: AnswerForm | ObjectionForm = (AnswerForm if is_open else ObjectionForm)(request.POST or None)
    if form.is_valid():
        note = form.cleaned_data["note"]
        if isinstance(form, AnswerForm):
            outcome = form.chosen()
            attempt(
                request,
                _("The objection is answered."),
                lambda: services.answer(found, outcome, note=note, actor=request.user),
            )
        else:
            attempt(
                request,
                _("The objection is written down."),
                lambda: services.object_to(found, note=note, actor=request.user),
            )
        return redirect("issuing:objection", institution.slug, public_id, change)
    context = of_change(found) | {
        "award": award,
        "form": form if found.objection != Objection.UPHELD else None,
        "is_open": is_open,
        "crumbs": [
            awards_crumb(institution),
            (award.recipient_name or _("Forgotten person"), address("award", institution, public_id)),
            (_("Objection"), ""),
        ],
    }
    return render(request, "issuing/revocations/objection.html", context, status=422 if form.errors else 200)


@staff_view(Right.ISSUE)
@require_POST
def award_anew(request: HttpRequest, institution: Institution, public_id: str, change: str) -> HttpResponse:
    _award, found = _change(public_id, change)
    made: list[Any] = []
    done = _("The credential is awarded anew.")
    if attempt(request, done, lambda: made.append(services.award_anew(found, actor=request.user))):
        return redirect(address("award", institution, made[0].public_id))
    return redirect("issuing:objection", institution.slug, public_id, change)


def _change(public_id: str, change: str) -> tuple[Any, StatusChange]:
    award = award_or_404(public_id)
    found = queries.own_change(award, sound(change))
    if found is None or not of_change(found)["may_object"]:
        raise Http404
    return award, found
