"""What a learner sees: why it was decided so, how to appeal, the hearing, prior learning. Each page is the learner's own."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from testamur_site.enrolment.api import Enrolment, Learner, learner_view

from .. import queries, rules, services, texts
from ..errors import DecisionError
from ..forms import AppealForm, ClaimForm, StatementForm
from ..models import Appeal, MisconductCase, PriorLearningClaim
from ..rules import AppealState, CaseState, ClaimState, Consequence, Ground, Outcome
from . import common


def _page(
    request: HttpRequest, name: str, enrolment: Enrolment, context: dict[str, Any], form: Any = None
) -> HttpResponse:
    values = {"enrolment": enrolment, "institution": enrolment.institution, "form": form, **context}
    status = 422 if form is not None and form.errors else 200
    return render(request, f"decisions/learner/{name}.html", values, status=status)


def _to(name: str, *arguments: str) -> str:
    return reverse(f"decisions:{name}", args=arguments)


@learner_view
@require_safe
def decision(request: HttpRequest, learner: Learner, public_id: str) -> HttpResponse:
    """The decision in force with its reasons; before there is one, how far the tasks are."""
    enrolment = common.own_enrolment(learner, public_id)
    history = queries.history(enrolment)
    context: dict[str, Any] = {"made": None, "earlier": []}
    if history:
        current = history[0]
        context |= {
            "made": common.shown(current) | {"sentence": texts.OUTCOME_SENTENCES[Outcome(current.outcome)]},
            "earlier": [common.shown(one) for one in history[1:]],
            "may_appeal": not current.can_be_appealed(),
            "waits": current.is_pass and current.final_at > timezone.now(),
        }
    else:
        tasks = queries.standings(enrolment)
        context["shown"] = common.tasks_shown(enrolment, tasks)
    context |= {
        "appeals": _appeals(enrolment),
        "cases": [
            _case(case) for case in MisconductCase.objects.select_related("submission").filter(enrolment=enrolment)
        ],
        "claims": PriorLearningClaim.objects.filter(enrolment=enrolment).exists(),
    }
    return _page(request, "decision", enrolment, context)


def _appeals(enrolment: Enrolment) -> list[dict[str, Any]]:
    found = Appeal.objects.select_related("decision").filter(decision__enrolment=enrolment)
    return [
        {
            "appeal": one,
            "word": texts.APPEAL_STATES[AppealState(one.state)],
            "state": texts.STATES[AppealState(one.state)],
            "grounds": [texts.GROUNDS[Ground(ground)] for ground in one.grounds],
            "reopened": [texts.task_title(enrolment.version, key) for key in one.reopened],
            "pieces": common.exhibits(one),
        }
        for one in found
    ]


def _case(case: MisconductCase) -> dict[str, Any]:
    return {
        "case": case,
        "word": texts.CASE_STATES_TO_LEARNERS[CaseState(case.state)],
        "state": texts.STATES[CaseState(case.state)],
        "consequence": texts.CONSEQUENCES[Consequence(case.consequence)] if case.consequence else "",
        "help": texts.CONSEQUENCE_HELP[Consequence(case.consequence)] if case.consequence else "",
    }


@learner_view
@common.get_or_post
def appeal(request: HttpRequest, learner: Learner, public_id: str) -> HttpResponse:
    """The form while one can appeal; what became of appeals in any case."""
    enrolment = common.own_enrolment(learner, public_id)
    current = queries.current_decision(enrolment)
    if current is None:
        raise Http404
    refusal = current.can_be_appealed()
    form = None
    if not refusal:
        form = AppealForm(request.POST or None, items=common.pieces_to_choose(learner))
        if form.is_valid():
            said = form.cleaned_data
            try:
                services.lodge(current, said["grounds"], said["statement"], form.chosen())
            except DecisionError as error:
                form.add_error(None, texts.of_error(error))
            else:
                messages.success(
                    request, _("Your appeal has arrived. Somebody who had no part in the decision looks into it.")
                )
                return redirect(_to("learner_appeal", public_id))
    elif request.method == "POST":
        messages.error(request, texts.of_error(DecisionError(refusal)))
        return redirect(_to("learner_appeal", public_id))
    context = {
        "made": common.shown(current),
        "refusal": texts.of_error(DecisionError(refusal)) if refusal else "",
        "appeals": _appeals(enrolment),
        "policy": queries.policy_for(enrolment.version.micro_credential_id),
    }
    return _page(request, "appeal", enrolment, context, form)


@learner_view
@require_POST
def take_back_appeal(request: HttpRequest, learner: Learner, public_id: str, appeal: str) -> HttpResponse:
    enrolment = common.own_enrolment(learner, public_id)
    found = common.row_or_404(Appeal, appeal, "institution", "decision__enrolment")
    if found.decision.enrolment_id != enrolment.pk:
        raise Http404
    common.attempt(request, _("Your appeal is taken back."), lambda: services.take_back(found))
    return redirect(_to("learner_appeal", public_id))


@learner_view
@common.get_or_post
def hearing(request: HttpRequest, learner: Learner, public_id: str, case: str) -> HttpResponse:
    """What is asked, the learner's account, and what was found."""
    enrolment = common.own_enrolment(learner, public_id)
    related = ("institution", "enrolment__institution", "submission")
    found: MisconductCase = common.row_or_404(MisconductCase, case, *related)
    if found.enrolment_id != enrolment.pk:
        raise Http404
    form = None
    if found.state == CaseState.SUSPECTED:
        form = StatementForm(request.POST or None, items=common.pieces_to_choose(learner))
        if form.is_valid():
            try:
                services.hear(found, form.cleaned_data["statement"], form.chosen())
            except DecisionError as error:
                form.add_error(None, texts.of_error(error))
            else:
                messages.success(request, _("Your account has arrived. You hear from us when something is found."))
                return redirect(_to("learner_hearing", public_id, case))
    elif request.method == "POST":
        messages.error(request, texts.of_error(DecisionError("decision.state")))
        return redirect(_to("learner_hearing", public_id, case))
    task = texts.task_title(enrolment.version, found.submission.task_key) if found.submission else ""
    return _page(request, "hearing", enrolment, {**_case(found), "task": task, "pieces": common.exhibits(found)}, form)


@learner_view
@common.get_or_post
def prior_learning(request: HttpRequest, learner: Learner, public_id: str) -> HttpResponse:
    enrolment = common.own_enrolment(learner, public_id)
    claims = list(PriorLearningClaim.objects.filter(enrolment=enrolment))
    taken = {claim.task_key for claim in claims if claim.state not in (ClaimState.REFUSED, ClaimState.WITHDRAWN)}
    tasks = [
        (task.key, texts.task_title(enrolment.version, task.key))
        for task in enrolment.tasks
        if task.key not in taken
        and queries.ladders(enrolment, task.key)
        and queries.last_handed_in(enrolment, task.key) is None
    ]
    pieces = common.pieces_to_choose(learner)
    form = None
    if tasks and enrolment.state == "enrolled":
        form = ClaimForm(request.POST or None, items=pieces, tasks=tasks)
        if form.is_valid():
            said = form.cleaned_data
            try:
                services.claim(enrolment, said["task"], said["statement"], form.chosen())
            except DecisionError as error:
                form.add_error(
                    "evidence" if "evidence" in form.fields and error.code == "claim.no_evidence" else None,
                    texts.of_error(error),
                )
            else:
                messages.success(request, _("Your claim has arrived. You hear from us when it is decided."))
                return redirect(_to("learner_prior_learning", public_id))
    context = {
        "claims": [
            {
                "claim": one,
                "task": texts.task_title(enrolment.version, one.task_key),
                "word": texts.CLAIM_STATES[ClaimState(one.state)],
                "state": texts.STATES[ClaimState(one.state)],
                "open": one.state in rules.OPEN_CLAIM,
                "pieces": common.exhibits(one),
            }
            for one in claims
        ],
        "pieces": pieces,
    }
    return _page(request, "prior_learning", enrolment, context, form)


@learner_view
@require_POST
def take_back_claim(request: HttpRequest, learner: Learner, public_id: str, claim: str) -> HttpResponse:
    enrolment = common.own_enrolment(learner, public_id)
    found = common.row_or_404(PriorLearningClaim, claim, "institution", "enrolment__institution")
    if found.enrolment_id != enrolment.pk:
        raise Http404
    common.attempt(request, _("Your claim is taken back."), lambda: services.take_back_claim(found))
    return redirect(_to("learner_prior_learning", public_id))
