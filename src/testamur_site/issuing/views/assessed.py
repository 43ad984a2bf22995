"""From a decision to its award: where it is, or what it waits for."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from testamur_site.decisions import api as decisions
from testamur_site.decisions.api import Decision, NotAwardable
from testamur_site.foundation.permissions.api import Right, staff_view
from testamur_site.foundation.tenancy.api import Institution

from .. import queries, sentences, services
from ..errors import IssuingError
from ..rules import AwardState
from .common import address, awards_crumb, sound


@staff_view(Right.VIEW)
@require_safe
def of_decision(request: HttpRequest, institution: Institution, decision: str) -> HttpResponse:
    """The award of a decision; where there is none, why not."""
    found = _own_decision(institution, decision)
    award = queries.award_of_decision(found)
    if award is not None:
        return redirect(address("award", institution, award.public_id))
    context = {
        "decision": found,
        "why": _why(services.why_not(found)),
        "crumbs": [awards_crumb(institution), (_("Award of a decision"), "")],
    }
    return render(request, "issuing/of_decision.html", context)


@staff_view(Right.LEAD)
@require_POST
def award_now(request: HttpRequest, institution: Institution, decision: str) -> HttpResponse:
    """Make the award without waiting for the job: after what it waited for is over. The decision is what allows it."""
    found = _own_decision(institution, decision)
    try:
        award = services.award_decision(found)
    except (IssuingError, NotAwardable) as error:
        messages.error(request, _why(error))
        return redirect("issuing:of_decision", institution.slug, decision)
    if award.state == AwardState.ISSUED:
        messages.success(request, _("The credential is issued."))
    return redirect(address("award", institution, award.public_id))


def _own_decision(institution: Institution, public_id: str) -> Decision:
    found = decisions.decision_by_public_id(sound(public_id))
    if found is None or found.institution_id != institution.pk:
        raise Http404
    return found


def _why(error: IssuingError | NotAwardable | None) -> str:
    if error is None:
        return ""
    if isinstance(error, NotAwardable):
        return decisions.not_awarded(error)
    return sentences.of_error(error.code, error.facts)
