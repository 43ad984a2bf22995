"""What staff see: who takes part, and the audit of one participant: requirement by requirement, and what was decided by hand."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from testamur_site.foundation.permissions.api import Right, staff_view
from testamur_site.foundation.tenancy.api import Institution
from testamur_site.issuing.api import IssuingError

from .. import presentation, queries, services
from ..errors import PathwayError
from ..forms import AllowForm, DeclineForm, FactsForm
from ..models import Allowance, Participant
from ..rules import ParticipantState

_ON_A_PAGE = 50


def _participant(institution: Institution, public_id: str) -> Participant:
    found = queries.own_participant(institution, public_id) if "\x00" not in public_id else None
    if found is None or found.left_at is not None:
        raise Http404
    return found


@staff_view(Right.ISSUE)
@require_safe
def listing(request: HttpRequest, institution: Institution) -> HttpResponse:
    chosen = request.GET.get("state", "")
    found = queries.participants(institution)
    counts = {state: found.filter(state=state).count() for state in ParticipantState if state != ParticipantState.LEFT}
    if chosen in counts:
        found = found.filter(state=chosen)
    page = Paginator(found, _ON_A_PAGE).get_page(request.GET.get("page"))
    rows = [presentation.standing(participant) for participant in page.object_list]
    here = reverse("pathways:participants", args=[institution.slug])
    tabs = [{"label": _("All"), "url": here, "current": chosen not in counts, "count": sum(counts.values())}]
    tabs += [
        {
            "label": str(presentation.STATES[state][1]),
            "url": f"{here}?state={state}",
            "current": chosen == state,
            "count": count,
        }
        for state, count in counts.items()
        if count
    ]
    context = {"page": page, "rows": rows, "tabs": tabs, "crumbs": [(_("Microdegrees"), "")]}
    return render(request, "pathways/advising/listing.html", context)


@staff_view(Right.ISSUE)
@require_safe
def detail(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    return _detail(request, institution, _participant(institution, public_id))


def _detail(
    request: HttpRequest, institution: Institution, participant: Participant, *, status: int = 200, **forms: Any
) -> HttpResponse:
    decided = list(participant.decisions.order_by("pk"))
    context = {
        **presentation.standing(participant),
        "timeline": presentation.timeline(participant, decided),
        "allowances": participant.allowances.filter(withdrawn_at=None),
        "facts_form": forms.get("facts") or _facts_form(participant),
        "allow_form": forms.get("allow") or _allow_form(participant),
        "decline_form": forms.get("decline") or DeclineForm(),
        "crumbs": [
            (_("Microdegrees"), reverse("pathways:participants", args=[institution.slug])),
            (participant.holder.name if participant.holder else _("Somebody who left"), ""),
        ],
    }
    return render(request, "pathways/advising/detail.html", context, status=status)


def _facts_form(participant: Participant, data: Any = None) -> FactsForm | None:
    names = presentation.facts_asked(participant.rule.programme())
    if not names:
        return None
    initial = {name: participant.facts.get(name, "") for name in names}
    return FactsForm(data, names=names, initial=initial)


def _allow_form(participant: Participant, data: Any = None) -> AllowForm:
    programme = participant.rule.programme()
    award = (participant.shown.get("decision") or {}).get("awards", [{}])[0]
    names = [one["name"] for one in award.get("requirements", ())]
    names += [one["name"] for one in award.get("unknown", ()) if one["name"] not in names]
    clauses = programme.document.get("counts_if", ())
    names += [one["name"] for one in clauses if isinstance(one, dict) and one.get("name") not in names]
    overrides = programme.document.get("overrides") or {}
    credentials = [
        (identifier, said.get("name") or identifier)
        for identifier, said in sorted(participant.shown.get("credentials", {}).items())
    ]
    return AllowForm(data, names=names, credentials=credentials, may=tuple(overrides.get("may", ())))


@staff_view(Right.ISSUE)
@require_POST
def approve(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    participant = _participant(institution, public_id)
    try:
        services.approve(participant, actor=request.user)
    except PathwayError:
        messages.error(
            request, _("The requirements are not met any more, or somebody has decided already. Nothing was awarded.")
        )
    except IssuingError as error:
        messages.error(
            request, _("The microdegree could not be awarded (%(code)s). Nothing was changed.") % {"code": error.code}
        )
    else:
        messages.success(request, _("The microdegree is awarded. The learner is told by mail."))
    return redirect("pathways:participant", institution.slug, public_id)


@staff_view(Right.ISSUE)
@require_POST
def decline(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    participant = _participant(institution, public_id)
    form = DeclineForm(request.POST)
    if not form.is_valid():
        return _detail(request, institution, participant, status=422, decline=form)
    try:
        services.decline(participant, actor=request.user, reason=form.cleaned_data["reason"])
    except PathwayError:
        messages.error(request, _("Somebody has decided already, or the requirements are not met any more."))
    else:
        messages.success(request, _("Not awarded. The learner reads your reason."))
    return redirect("pathways:participant", institution.slug, public_id)


@staff_view(Right.ISSUE)
@require_POST
def facts(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    participant = _participant(institution, public_id)
    form = _facts_form(participant, request.POST)
    if form is None:
        raise Http404
    if not form.is_valid():
        return _detail(request, institution, participant, status=422, facts=form)
    services.state_facts(participant, form.facts(), actor=request.user)
    messages.success(request, _("Kept. The requirements are being looked at again."))
    return redirect("pathways:participant", institution.slug, public_id)


@staff_view(Right.ISSUE)
@require_POST
def allow(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    participant = _participant(institution, public_id)
    form = _allow_form(participant, request.POST)
    if not form.is_valid():
        return _detail(request, institution, participant, status=422, allow=form)
    values = dict(form.cleaned_data)
    does = values.pop("does")
    services.allow(participant, values.pop("of"), actor=request.user, does="" if does == "approve" else does, **values)
    messages.success(request, _("Decided. The requirements are being looked at again."))
    return redirect("pathways:participant", institution.slug, public_id)


@staff_view(Right.ISSUE)
@require_POST
def withdraw(request: HttpRequest, institution: Institution, public_id: str, allowance: int) -> HttpResponse:
    participant = _participant(institution, public_id)
    found = Allowance.objects.filter(participant=participant, pk=allowance).select_related("participant").first()
    if found is None:
        raise Http404
    services.withdraw_allowance(found, actor=request.user)
    messages.success(request, _("Taken back. The requirements are being looked at again."))
    return redirect("pathways:participant", institution.slug, public_id)
