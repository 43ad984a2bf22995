from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from testamur_site.foundation.permissions.api import Right, staff_view
from testamur_site.foundation.signing.api import NoKeyEncryptionKey, SealBroken
from testamur_site.foundation.tenancy.api import Institution

from .. import queries as keys
from ..identifiers.forms import CeremonyForm, PresentKeyForm
from ..identifiers.histories import CeremonyRefused
from ..identifiers.queries import prepared_key
from . import carrying_out, queries, sentences, services
from .forms import NoteForm, NothingForm, ReasonForm
from .models import KeyProposal


@staff_view(Right.MANAGE_KEYS)
@require_http_methods(["GET", "HEAD", "POST"])
def rotate(request: HttpRequest, institution: Institution) -> HttpResponse:
    """Proposes a new signing key."""
    proposal = KeyProposal(institution=institution, kind=carrying_out.ROTATE)
    return _propose(
        request,
        institution,
        proposal,
        lambda reason: carrying_out.propose_rotation(institution, request.user, reason=reason),
    )


@staff_view(Right.MANAGE_KEYS)
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, institution: Institution, fragment: str) -> HttpResponse:
    """Proposes that a copied key is taken out of the DID document."""
    if keys.retired_key(institution, fragment) is None:
        raise Http404
    proposal = KeyProposal(institution=institution, kind=carrying_out.WITHDRAW, target=fragment)
    return _propose(
        request,
        institution,
        proposal,
        lambda reason: carrying_out.propose_withdrawal(institution, fragment, request.user, reason=reason),
    )


@staff_view(Right.MANAGE_KEYS)
@require_http_methods(["GET", "HEAD", "POST"])
def end_history(request: HttpRequest, institution: Institution) -> HttpResponse:
    """Proposes the end of the did:webvh."""
    proposal = KeyProposal(institution=institution, kind=carrying_out.END_HISTORY)
    return _propose(
        request,
        institution,
        proposal,
        lambda reason: carrying_out.propose_end_of_history(institution, request.user, reason=reason),
    )


@staff_view(Right.MANAGE_KEYS)
@require_http_methods(["GET", "HEAD", "POST"])
def abandon_history(request: HttpRequest, institution: Institution) -> HttpResponse:
    """Proposes to give the did:webvh up, because its update key is lost."""
    proposal = KeyProposal(institution=institution, kind=carrying_out.ABANDON)
    return _propose(
        request,
        institution,
        proposal,
        lambda reason: carrying_out.propose_to_abandon(institution, request.user, reason=reason),
    )


def _propose(request: HttpRequest, institution: Institution, proposal: KeyProposal, step: Any) -> HttpResponse:
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = step(form.cleaned_data["reason"])
        except services.ProposalRefused as error:
            form.add_error(None, sentences.refused(error))
        else:
            messages.success(request, _("It is proposed. Nothing has changed yet."))
            return redirect("keys:proposal", slug=institution.slug, public_id=made.public_id)
    context = {
        "form": form,
        "described": carrying_out.describe(proposal),
        "others": [each for each in queries.keepers(institution) if each.user_id != request.user.pk],
        "crumbs": [*_crumbs(institution), (_("Proposal"), "")],
        "cancel_url": reverse("keys:list", args=[institution.slug]),
    }
    return render(request, "keys/propose.html", context, status=422 if form.errors else 200)


@staff_view(Right.MANAGE_KEYS)
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    """One proposal; POST carries it out."""
    proposal = queries.proposal(institution, public_id)
    if proposal is None:
        raise Http404
    described = carrying_out.describe(proposal)
    form = _form_of(request, proposal)
    if request.method == "POST" and form.is_valid():
        try:
            carrying_out.carry_out(institution, proposal, request.user, **form.keys())  # type: ignore[attr-defined]
        except (services.ProposalRefused, CeremonyRefused) as error:
            form.add_error(None, sentences.refused(error))
            proposal = queries.proposal(institution, public_id) or proposal
        except (NoKeyEncryptionKey, SealBroken):
            form.add_error(
                None,
                _(
                    "The keys of this deployment cannot be opened at present. The operator has to look at it; nothing was changed."
                ),
            )
        else:
            messages.success(request, _("Carried out: %(what)s.") % {"what": described.title})
            return redirect("keys:proposal", slug=institution.slug, public_id=public_id)
    is_open = proposal.state_now == KeyProposal.State.OPEN
    why = queries.refusal(proposal, request.user)
    context = {
        "proposal": proposal,
        "described": described,
        "form": form,
        "may": not why,
        "why": sentences.REFUSED[why] if is_open and why else "",
        "alone_from": queries.alone_from(proposal) if is_open and proposal.proposed_by_id == request.user.pk else None,
        "is_open": is_open,
        "writes_history": is_open and carrying_out.writes_history(proposal),
        "needs_next_key": isinstance(form, CeremonyForm),
        "prepared": prepared_key(institution),
        "own": proposal.proposed_by_id == request.user.pk,
        "crumbs": [*_crumbs(institution), (described.title, "")],
    }
    return render(request, "keys/proposal.html", context, status=422 if form.errors else 200)


def _form_of(request: HttpRequest, proposal: KeyProposal) -> forms.Form:
    kind: type[forms.Form] = NothingForm
    if proposal.kind == carrying_out.END_HISTORY:
        kind = PresentKeyForm
    elif carrying_out.writes_history(proposal):
        kind = CeremonyForm
    return kind(request.POST, request.FILES) if request.method == "POST" else kind()


@staff_view(Right.MANAGE_KEYS)
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    """Asks, then takes back one's own proposal or declines somebody else's."""
    proposal = queries.proposal(institution, public_id)
    if proposal is None or proposal.state != KeyProposal.State.OPEN:
        raise Http404
    own = proposal.proposed_by_id == request.user.pk
    form = NoteForm(request.POST or None)
    here = reverse("keys:proposal", args=[institution.slug, public_id])
    if request.method == "POST" and form.is_valid():
        try:
            services.close(institution, public_id, request.user, note=form.cleaned_data["note"])
            messages.success(request, _("The proposal is closed. Nothing has changed."))
        except services.ProposalRefused as error:
            messages.error(request, sentences.refused(error))
        return redirect(here)
    context = {
        "heading": _("Take this proposal back?") if own else _("Decline this proposal?"),
        "sentence": carrying_out.describe(proposal).title,
        "confirm_label": _("Take the proposal back") if own else _("Decline the proposal"),
        "form": form,
        "cancel_url": here,
    }
    return render(request, "design_system/confirm.html", context, status=422 if form.errors else 200)


def _crumbs(institution: Institution) -> list[tuple[str, str]]:
    return [
        (institution.localised_name, institution.get_absolute_url()),
        (_("Keys"), reverse("keys:list", args=[institution.slug])),
    ]
