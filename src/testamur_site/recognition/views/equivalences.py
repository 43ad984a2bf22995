"""What the institution publishes about achievements of others."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from testamur_site.foundation.permissions.api import Right, staff_view
from testamur_site.foundation.tenancy.api import Institution

from .. import presentation, queries, services
from ..errors import RecognitionError
from ..forms import EquivalenceForm
from ..models import plain
from ..rules import Result
from .desk import page_of, sent_to


@staff_view(Right.ISSUE)
@require_safe
def listing(request: HttpRequest, institution: Institution) -> HttpResponse:
    rows = [
        {"equivalence": one, "as": presentation.title_of(one.target), "credits": plain(one.credits)}
        for one in queries.equivalences(institution)
    ]
    crumbs = [(_("Recognition"), reverse("recognition:desk", args=[institution.slug])), (_("Equivalences"), "")]
    return render(request, "recognition/desk/equivalences.html", {"rows": rows, "crumbs": crumbs})


@staff_view(Right.ISSUE)
@require_POST
def publish(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    """Make a rule of a decision, for everything that it was about."""
    found = sent_to(institution, public_id)
    decision = presentation.decision_of(found)
    if decision is None or decision.result == Result.REFUSED:
        raise Http404
    form = EquivalenceForm(request.POST)
    if not form.is_valid():
        return page_of(request, institution, found, status=HTTPStatus.UNPROCESSABLE_ENTITY, equivalence=form)
    target = decision.target.micro_credential if decision.target is not None and not decision.elective else None
    about = list(decision.about.all())
    if len(about) != 1:
        messages.error(
            request, _("Several credentials were recognised together: no single one of them counts as that.")
        )
        return redirect("recognition:sent", institution.slug, public_id)
    one = about[0]
    try:
        services.publish(
            institution,
            issuer=one.issuer,
            issuer_name=one.issuer_name,
            achievement=one.achievement,
            name=one.name,
            target=target,
            amount=decision.credits,
            valid_until=form.cleaned_data["valid_until"],
            note=form.cleaned_data["note"],
            actor=request.user,
        )
    except RecognitionError as error:
        messages.error(request, presentation.refusal(error))
        return redirect("recognition:sent", institution.slug, public_id)
    messages.success(request, _("Published as an equivalence."))
    return redirect("recognition:equivalences", institution.slug)


@staff_view(Right.ISSUE)
@require_POST
def withdraw(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    found = queries.own_equivalence(institution, public_id)
    if found is None:
        raise Http404
    services.withdraw(found, actor=request.user)
    messages.success(request, _("Withdrawn. What was recognised stays."))
    return redirect("recognition:equivalences", institution.slug)
