"""Appeals as staff see them: the list by deadline, and one, which somebody new to it takes up and answers."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from testamur_site.foundation.permissions.api import Right, staff_view
from testamur_site.foundation.tenancy.api import Institution

from .. import queries, services, texts
from ..errors import DecisionError
from ..forms import AnswerForm
from ..models import Appeal, MisconductCase
from ..rules import AppealState, CaseState, Ground
from . import common

_RELATED = (
    "institution",
    "decision__enrolment__learner",
    "decision__enrolment__offering",
    "decision__enrolment__version__institution",
    "taken_by",
    "decided_by",
)


@staff_view(Right.LEAD)
@require_safe
def listing(request: HttpRequest, institution: Institution) -> HttpResponse:
    chosen = "closed" if request.GET.get("state") == "closed" else "open"
    page = queries.appeals(chosen, request.GET.get("page", "1"))
    rows = [_row(appeal) for appeal in page.object_list]
    context = {
        "page": page,
        "rows": rows,
        "chosen": chosen,
        "tabs": common.tabs(institution, "appeals"),
        "crumbs": common.crumbs(institution, (_("Appeals"), "")),
    }
    return render(request, "decisions/appeals.html", context)


def _row(appeal: Appeal) -> dict[str, Any]:
    return {
        "appeal": appeal,
        "word": texts.APPEAL_STATES[AppealState(appeal.state)],
        "state": texts.STATES[AppealState(appeal.state)],
        "overdue": appeal.is_open and appeal.answer_by < timezone.now(),
    }


@staff_view(Right.LEAD)
@common.get_or_post
def detail(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    appeal = common.row_or_404(Appeal, public_id, *_RELATED)
    decision = queries.decisions().get(pk=appeal.decision_id)
    enrolment = decision.enrolment
    involved = request.user.pk in queries.involved(enrolment)
    form = None
    if appeal.state == AppealState.IN_REVIEW and not involved:
        form = AnswerForm(request.POST or None, tasks=_work(decision), cases=_consequences(enrolment))
        if form.is_valid() and _answer(request, appeal, form):
            return redirect(common.address("appeal", institution, public_id))
    elif request.method == "POST":
        messages.error(
            request, texts.of_error(DecisionError("decision.not_independent" if involved else "decision.state"))
        )
        return redirect(common.address("appeal", institution, public_id))
    context = {
        **_row(appeal),
        "form": form,
        "involved": involved,
        "made": common.shown(decision),
        "grounds": [texts.GROUNDS[Ground(one)] for one in appeal.grounds],
        "pieces": common.exhibits(appeal),
        "reopened": [texts.task_title(enrolment.version, key) for key in appeal.reopened],
        "crumbs": common.crumbs(
            institution, (_("Appeals"), common.address("appeals", institution)), (enrolment.learner.name, "")
        ),
    }
    return render(request, "decisions/appeal.html", context, status=422 if form is not None and form.errors else 200)


def _work(decision: Any) -> list[tuple[str, str]]:
    return [
        (task.task, texts.task_title(decision.enrolment.version, task.task))
        for task in decision.tasks
        if task.submission
    ]


def _consequences(enrolment: Any) -> list[tuple[str, str]]:
    cases = MisconductCase.objects.filter(enrolment=enrolment, state=CaseState.CLOSED, lifted_at=None)
    return [
        (case.public_id, f"{texts.CONSEQUENCES[case.consequence]} · {texts.day(case.imposed_at.date())}")
        for case in cases
    ]


def _answer(request: HttpRequest, appeal: Appeal, form: AnswerForm) -> bool:
    said = form.cleaned_data
    try:
        services.answer(
            appeal,
            AppealState(said["state"]),
            said["answer"],
            actor=request.user,
            mark_again=said.get("mark_again", []),
            hand_in_again=said.get("hand_in_again", []),
            lift=said.get("lift", []),
        )
    except DecisionError as error:
        form.add_error("answer" if error.code == "decision.reason" else None, texts.of_error(error))
        return False
    messages.success(request, _("The appeal is answered. The learner is told by mail."))
    return True


@staff_view(Right.LEAD)
@require_POST
def take_up(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    appeal = common.row_or_404(Appeal, public_id, *_RELATED)
    common.attempt(request, _("You look into this appeal now."), lambda: services.take_up(appeal, actor=request.user))
    return redirect(common.address("appeal", institution, public_id))
