"""What next? The way from what a learner holds to their microdegree, over the offerings that are open now. Asking is quick; a worker works
the plan out, and the plan has an address of its own."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from testamur.pathways.planning import Stage
from testamur_site.wallet.api import Holder, holders_view

from ..models import Participant
from ..queries import participant_by_public_id
from ..views.common import ask_first
from . import presentation, queries, services
from .errors import TooManyOpen
from .forms import PlanForm, as_initial
from .models import AskedPlan
from .rules import MOST, PlanState, steps


def _own(holder: Holder, public_id: str) -> Participant:
    found = participant_by_public_id(public_id)
    if found is None or found.holder_id != holder.pk or found.left_at is not None:
        raise Http404
    return found


def _own_plan(holder: Holder, public_id: str, plan_id: str) -> AskedPlan:
    found = queries.own_plan(holder, public_id, plan_id)
    if found is None:
        raise Http404
    return found


def _crumbs(participant: Participant, *further: tuple[str, str]) -> list[tuple[str, str]]:
    return [
        (_("My microdegrees"), reverse("pathways:home")),
        (participant.rule.version.title, reverse("pathways:way", args=[participant.public_id])),
        *further,
    ]


@holders_view
@require_http_methods(["GET", "HEAD", "POST"])
def what_next(request: HttpRequest, holder: Holder, public_id: str) -> HttpResponse:
    """The question, and what was asked before; POST asks and leads to the plan's own page. `before` names the plan from whose page it was
    asked: what could be left out there, and what to compare with."""
    participant = _own(holder, public_id)
    before = queries.own_plan(holder, public_id, request.POST.get("before", "")[:40])
    choices = _can_be_left_out(before) if before is not None else []
    posted = request.method == "POST"
    form = PlanForm(request.POST if posted else None, today=timezone.localdate(), offerings=choices)
    refusal, status = "", HTTPStatus.OK
    if posted:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                made = services.ask(participant, form.asked())
            except TooManyOpen as error:
                refusal, status = _too_many(error), HTTPStatus.TOO_MANY_REQUESTS
            else:
                return redirect(_address(made, before))
    context = {
        "participant": participant,
        "form": form,
        "before": before,
        "refusal": refusal,
        "plans": [
            (one, *presentation.STATES[queries.state_of(one)], presentation.question_words(one.question))
            for one in queries.plans_of(participant)
        ],
        "crumbs": _crumbs(participant, (_("What next?"), "")),
    }
    return render(request, "pathways_planning/ask.html", context, status=status)


def _address(plan: AskedPlan, before: AskedPlan | None = None) -> str:
    address = reverse("pathways_planning:shown", args=[plan.participant.public_id, plan.public_id])
    return f"{address}?before={before.public_id}" if before is not None and before.pk != plan.pk else address


def _too_many(error: TooManyOpen) -> str:
    return _("%(limit)d of your plans are being worked out. Wait for one of them, or give one up.") % error.facts


def _can_be_left_out(plan: AskedPlan) -> list[tuple[str, str]]:
    """The steps of a plan, and what was left out of it already."""
    found: dict[str, str] = {}
    values = presentation.values_of(plan)
    for one in (values.get("plan"), *values.get("alternatives", ())):
        found |= {step["offering"]: step["name"] for step in (one or {}).get("steps", ())}
    gone = plan.question.without - found.keys()
    runs = queries.offerings_by_id(gone)
    found |= {public_id: runs[public_id].version.title for public_id in sorted(gone) if public_id in runs}
    return list(found.items())


@holders_view
@require_safe
def shown(request: HttpRequest, holder: Holder, public_id: str, plan_id: str) -> HttpResponse:
    """The plan's own page: how far it is, then the answer, and the form to ask otherwise."""
    plan, today = _own_plan(holder, public_id, plan_id), timezone.localdate()
    state = queries.state_of(plan)
    before = queries.own_plan(holder, public_id, request.GET.get("before", "")[:40])
    choices = _can_be_left_out(plan)
    answer = presentation.answer_of(plan, today) if state in (PlanState.READY, PlanState.REFUSED) else None
    offered = plan.answer.get("offered", {})
    context = {
        "participant": plan.participant,
        "plan": plan,
        "state": state.value,
        "tone": presentation.STATES[state][0],
        "word": presentation.STATES[state][1],
        "question": presentation.question_words(plan.question, offered.get("currency", "")),
        "answer": answer,
        "currency": offered.get("currency", ""),
        "all_seen": offered.get("looked_through", 0) < MOST,
        "before": before if before is not None and before.pk != plan.pk else None,
        "changed": presentation.changed_since(before, plan) if before is not None and answer is not None else [],
        "another_day": plan.begin != today,
        "form": PlanForm(initial=as_initial(plan.question), today=today, offerings=choices),
        "crumbs": _crumbs(
            plan.participant,
            (_("What next?"), reverse("pathways_planning:plan", args=[public_id])),
            (_("Plan"), ""),
        ),
        **_how_far(plan),
    }
    return render(request, "pathways_planning/plan.html", context)


def _how_far(plan: AskedPlan) -> dict[str, Any]:
    stage = plan.stage or Stage.READING.value
    done, total = steps(Stage(stage), plan.number)
    return {
        "done": done,
        "total": total,
        "stage": presentation.STAGES[stage] if plan.stage else _("Waiting for its turn"),
    }


@holders_view
@require_safe
def progress(request: HttpRequest, holder: Holder, public_id: str, plan_id: str) -> HttpResponse:
    """The bar alone, for htmx; when it is over the whole page is asked for again."""
    plan = _own_plan(holder, public_id, plan_id)
    state = queries.state_of(plan)
    context = {"participant": plan.participant, "plan": plan, "state": state.value, **_how_far(plan)}
    response = render(request, "pathways_planning/_progress.html", context)
    if state is not PlanState.OPEN:
        response["HX-Refresh"] = "true"
    return response


@holders_view
@require_POST
def stop(request: HttpRequest, holder: Holder, public_id: str, plan_id: str) -> HttpResponse:
    plan = _own_plan(holder, public_id, plan_id)
    if services.give_up(plan):
        messages.info(request, _("The plan is given up. Nothing of it was kept."))
    return redirect(_address(plan))


@holders_view
@require_POST
def again(request: HttpRequest, holder: Holder, public_id: str, plan_id: str) -> HttpResponse:
    """The same question once more: the same plan where nothing has changed, a new one where something has."""
    plan = _own_plan(holder, public_id, plan_id)
    try:
        if queries.state_of(plan) in (PlanState.CANCELLED, PlanState.FAILED):
            found = services.again(plan)
        else:
            found = services.ask(plan.participant, plan.question)
            if found.pk == plan.pk:
                messages.info(request, _("Nothing has changed since: it is the same plan."))
    except TooManyOpen as error:
        messages.warning(request, _too_many(error))
        return redirect(_address(plan))
    return redirect(_address(found, plan))


@holders_view
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, holder: Holder, public_id: str, plan_id: str) -> HttpResponse:
    plan = _own_plan(holder, public_id, plan_id)
    return ask_first(
        request,
        lambda: services.delete(plan),
        done=_("The plan is deleted."),
        then=reverse("pathways_planning:plan", args=[public_id]),
        heading=_("Delete this plan?"),
        sentence=_("Its address opens nothing any more. You can ask again at any time."),
        confirm_label=_("Delete"),
        cancel_url=_address(plan),
    )
