"""What is done with a proposal: review, invite, decide, take back, end an approval."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from testamur_site.catalogue.api import content_hash
from testamur_site.foundation.permissions.api import Right, staff_view
from testamur_site.foundation.tenancy.api import Institution

from .. import presentation, queries, rules, services
from ..forms import DecideForm, InviteForm, QuestionsForm, ReasonForm
from ..models import Proposal
from .common import (
    address,
    attempt,
    attempt_and_say,
    proposal_crumb,
    proposal_or_404,
    queue_crumb,
)


@staff_view(Right.REVIEW)
@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    proposal = proposal_or_404(public_id)
    form = QuestionsForm(request.POST or None, kind=rules.INTERNAL, initial={"seen": proposal.content_hash})
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data

        def step() -> Any:
            return services.review(
                proposal,
                cleaned["recommendation"],
                cleaned["reason"],
                form.given(),
                seen_hash=cleaned["seen"],
                actor=request.user,
            )

        if attempt(form, step):
            messages.success(request, _("Your review is kept."))
            return redirect(address("proposal", institution, public_id))
    return _page(request, institution, proposal, form, "quality/review.html", _("Review"))


@staff_view(Right.REVIEW)
@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    proposal = proposal_or_404(public_id)
    bodies = queries.quality_bodies(institution)
    form = InviteForm(request.POST or None, bodies=bodies, initial={"language": get_language() or "en"})
    if (
        request.method == "POST"
        and form.is_valid()
        and attempt(form, lambda: services.invite(proposal, **form.cleaned_data, actor=request.user))
    ):
        messages.success(request, _("The invitation is on its way."))
        return redirect(address("proposal", institution, public_id))
    return _page(request, institution, proposal, form, "quality/invite.html", _("Invite to the panel"))


@staff_view(Right.REVIEW)
@require_POST
def withdraw_invitation(request: HttpRequest, institution: Institution, public_id: str, member: str) -> HttpResponse:
    found = queries.own_panel_member(member)
    if found is None or found.proposal.public_id != public_id:
        raise Http404
    if services.withdraw_invitation(found, actor=request.user):
        messages.success(request, _("The invitation is withdrawn; its link does not work any more."))
    else:
        messages.error(request, _("This invitation was not open any more."))
    return redirect(address("proposal", institution, public_id))


@staff_view(Right.REVIEW)
@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    """Approve, return or decline; what stands in the way of an approval is said before anything is filled in."""
    proposal = proposal_or_404(public_id)
    version = queries.version_of(proposal)
    if version is None:
        raise Http404
    policy, today = queries.policy_of(institution), timezone.now().date()
    found, shown = presentation.rules_of(
        version, policy.profiles, _review_day(request, policy.review_months, today), today
    )
    failing = queries.failing_rules(found)
    form = DecideForm(request.POST or None, policy=policy, failing=failing, initial={"seen": proposal.content_hash})
    if request.method == "POST" and form.is_valid() and attempt(form, lambda: _decided(request, proposal, form)):
        messages.success(request, _("The decision is kept, and the authors have been told."))
        return redirect(address("proposal", institution, public_id))
    more = {
        "profiles": shown,
        "failing": failing,
        "gates": presentation.gates_shown(proposal),
        "changed": content_hash(version) != proposal.content_hash,
    }
    return _page(request, institution, proposal, form, "quality/decide.html", _("Decide"), more)


def _review_day(request: HttpRequest, months: int, today: date) -> date:
    """The day that was chosen, or that the form offers: rules look at the period between."""
    try:
        return parse_date(request.POST.get("review_on", "")) or rules.months_after(today, months)
    except ValueError:
        return rules.months_after(today, months)


def _decided(request: HttpRequest, proposal: Proposal, form: DecideForm) -> Any:
    cleaned = form.cleaned_data
    reason, common = cleaned["reason"], {"seen_hash": cleaned["seen"], "actor": request.user}
    if cleaned["decision"] == "return":
        return services.return_for_changes(proposal, reason, **common)
    if cleaned["decision"] == "decline":
        return services.decline(proposal, reason, **common)
    return services.approve(
        proposal,
        reason,
        review_on=cleaned["review_on"],
        conditions=form.conditions(),
        deviation=cleaned.get("deviation", ""),
        **common,
    )


@staff_view(Right.DESIGN)
@require_http_methods(["GET", "POST"])
def take_back(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    proposal = proposal_or_404(public_id)
    back = address("proposal", institution, public_id)
    if request.method == "POST":
        done = _("The proposal is taken back.")
        attempt_and_say(request, done, lambda: services.take_back(proposal, actor=request.user))
        return redirect(back)
    context = {
        "heading": _("Take this proposal back?"),
        "sentence": _("It will not be reviewed any further. You can propose the version again at any time."),
        "confirm_label": _("Take back"),
        "cancel_url": back,
    }
    return render(request, "design_system/confirm.html", context)


@staff_view(Right.REVIEW)
@require_http_methods(["GET", "POST"])
def withdraw_approval(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    return _end(
        request,
        institution,
        public_id,
        services.withdraw_approval,
        heading=_("Withdraw this approval?"),
        sentence=_(
            "Its endorsement is revoked, and nothing more can be awarded by this version where your institution requires an approval. "
            "What was awarded stays valid."
        ),
        confirm_label=_("Withdraw the approval"),
        done=_("The approval is withdrawn."),
    )


@staff_view(Right.REVIEW)
@require_http_methods(["GET", "POST"])
def retire(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    return _end(
        request,
        institution,
        public_id,
        services.retire,
        heading=_("Retire this programme?"),
        sentence=_("It leaves the catalogue and nothing more is awarded. What was awarded stays valid."),
        confirm_label=_("Retire"),
        done=_("The programme is retired."),
    )


def _end(
    request: HttpRequest, institution: Institution, public_id: str, step: Callable[..., Any], *, done: str, **said: str
) -> HttpResponse:
    proposal = proposal_or_404(public_id)
    back = address("proposal", institution, public_id)
    form = ReasonForm(request.POST or None)
    if (
        request.method == "POST"
        and form.is_valid()
        and attempt(form, lambda: step(proposal, form.cleaned_data["reason"], actor=request.user))
    ):
        messages.success(request, done)
        return redirect(back)
    context = {"form": form, "danger": True, "cancel_url": back, **said}
    return render(request, "design_system/confirm.html", context, status=422 if form.errors else 200)


def _page(
    request: HttpRequest,
    institution: Institution,
    proposal: Proposal,
    form: Any,
    template: str,
    here: str,
    more: dict[str, Any] | None = None,
) -> HttpResponse:
    context = {
        "proposal": proposal,
        "title": presentation.words(proposal.title),
        "form": form,
        "cancel_url": address("proposal", institution, proposal.public_id),
        "crumbs": [queue_crumb(institution), proposal_crumb(institution, proposal), (here, "")],
        **(more or {}),
    }
    return render(request, template, context, status=422 if form.errors else 200)
