"""What waits, how each programme stands, proposing, and what the institution asks for."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from testamur_site.catalogue import api as catalogue
from testamur_site.foundation.permissions.api import Right, staff_view
from testamur_site.foundation.tenancy.api import Institution

from .. import presentation, queries, rules, services
from ..forms import PolicyForm, ProposeForm
from .common import address, attempt, queue_crumb, version_or_404


@staff_view(Right.VIEW)
@require_safe
def queue(request: HttpRequest, institution: Institution) -> HttpResponse:
    due = queries.due()
    context = {
        "due": due,
        "today": timezone.now().date(),
        "to_review": [(one, presentation.gates_shown(one)) for one in due.to_review],
        "decided": queries.decided(),
        "requires": catalogue.publishing_policy(institution).requires_approval,
        "crumbs": [(_("Quality"), "")],
    }
    return render(request, "quality/queue.html", context)


@staff_view(Right.DESIGN)
@require_safe
def choose(request: HttpRequest, institution: Institution) -> HttpResponse:
    """Which version is proposed."""
    crumbs = [queue_crumb(institution), (_("Propose"), "")]
    return render(request, "quality/choose.html", {"versions": queries.proposable(), "crumbs": crumbs})


@staff_view(Right.DESIGN)
@require_http_methods(["GET", "POST"])
def propose(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    version = version_or_404(public_id)
    form = ProposeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made: list[Any] = []
        step = lambda: made.append(services.propose(version, form.cleaned_data["note"], actor=request.user))  # noqa: E731
        if attempt(form, step):
            messages.success(request, _("It is proposed. The reviewers have been told."))
            return redirect(address("proposal", institution, made[0].public_id))
    policy, today = queries.policy_of(institution), timezone.now().date()
    review_on = rules.months_after(today, policy.review_months)
    context = {
        "version": version,
        "form": form,
        "profiles": presentation.rules_of(version, policy.profiles, review_on, today)[1],
        "complete": catalogue.completeness(version).publishable,
        "cancel_url": address("programme", institution, version.micro_credential.public_id),
        "crumbs": [queue_crumb(institution), (version.title, "")],
    }
    return render(request, "quality/propose.html", context, status=422 if form.errors else 200)


@staff_view(Right.VIEW)
@require_safe
def programme(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    """How a programme stands: its versions with their standing, and everything that was proposed and decided."""
    micro_credential = catalogue.own_micro_credential(public_id)
    if micro_credential is None:
        raise Http404
    records = [queries.record_of(version) for version in queries.living_versions(micro_credential)]
    context = {
        "micro_credential": micro_credential,
        "title": records[0].version.title if records else "",
        "records": [(record, presentation.standing_shown(record)) for record in records],
        "proposals": queries.proposals_of(micro_credential),
        "crumbs": [queue_crumb(institution), (records[0].version.title if records else "—", "")],
    }
    return render(request, "quality/programme.html", context)


@staff_view(Right.VIEW)
@require_safe
def policy(request: HttpRequest, institution: Institution) -> HttpResponse:
    found = queries.policy_of(institution)
    context = {
        "policy": found,
        "publishing": catalogue.publishing_policy(institution),
        "profiles": [(one.id, presentation.words(one.name)) for one in queries.profiles_of(found.profiles)],
        "panel": [presentation.sentences.KINDS[kind] for kind in found.panel],
        "crumbs": [queue_crumb(institution), (_("Policy"), "")],
    }
    return render(request, "quality/policy.html", context)


@staff_view(Right.MANAGE_INSTITUTION)
@require_http_methods(["GET", "POST"])
def edit_policy(request: HttpRequest, institution: Institution) -> HttpResponse:
    found, publishing = queries.policy_of(institution), catalogue.publishing_policy(institution)
    names = ("profiles", "reviews", "panel", "review_months", "decider_apart", "endorse")
    initial = {name: getattr(found, name) for name in names} | {
        "requires_approval": publishing.requires_approval,
        "stop_when_overdue": publishing.stop_when_overdue,
    }
    form = PolicyForm(request.POST or None, initial=initial)
    if (
        request.method == "POST"
        and form.is_valid()
        and attempt(form, lambda: services.set_policy(institution, **form.cleaned_data, actor=request.user))
    ):
        messages.success(request, _("The policy is changed. It counts from now on."))
        return redirect(address("policy", institution))
    back = address("policy", institution)
    context = {
        "form": form,
        "cancel_url": back,
        "crumbs": [queue_crumb(institution), (_("Policy"), back), (_("Change"), "")],
    }
    return render(request, "quality/policy_form.html", context, status=422 if form.errors else 200)
