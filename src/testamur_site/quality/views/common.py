"""What the views share: finding rows or 404, saying refusals on a form, addresses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from testamur_site.catalogue.api import AchievementVersion
from testamur_site.foundation.tenancy.api import Institution

from .. import queries, sentences
from ..errors import QualityError
from ..models import Proposal
from ..presentation import words

_FIELDS = {
    "review.date": "review_on",
    "rules.failing": "deviation",
    "reason.missing": "reason",
    "reason.long": "reason",
    "panel.email": "email",
    "panel.inside": "email",
    "panel.kind": "kind",
    "recommendation.missing": "recommendation",
    "evidence.url": "evidence_url",
}
"""The field of a form beside which a refusal is said; the others are said above it."""


def proposal_or_404(public_id: str) -> Proposal:
    found = queries.own_proposal(public_id)
    if found is None:
        raise Http404
    return found


def version_or_404(public_id: str) -> AchievementVersion:
    found = queries.own_version(public_id)
    if found is None:
        raise Http404
    return found


def attempt(form: forms.Form, step: Callable[[], Any]) -> bool:
    """Do one step; where it is refused, the form says all reasons, and False comes back."""
    try:
        step()
    except QualityError as error:
        for refusal in error.refusals:
            field = _FIELDS.get(refusal.code)
            form.add_error(field if field in form.fields else None, sentences.refused(refusal))
        return False
    return True


def attempt_and_say(request: HttpRequest, done: str, step: Callable[[], Any]) -> bool:
    """Do one step without a form and say what came of it on the next page."""
    try:
        step()
    except QualityError as error:
        for refusal in error.refusals:
            messages.error(request, sentences.refused(refusal))
        return False
    messages.success(request, done)
    return True


def address(name: str, institution: Institution, *arguments: str) -> str:
    return reverse(f"quality:{name}", args=[institution.slug, *arguments])


def queue_crumb(institution: Institution) -> tuple[str, str]:
    return _("Quality"), address("queue", institution)


def proposal_crumb(institution: Institution, proposal: Proposal) -> tuple[str, str]:
    return words(proposal.title) or _("Untitled"), address("proposal", institution, proposal.public_id)
