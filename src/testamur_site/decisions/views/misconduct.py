"""Cases of misconduct as staff see them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from testamur_site.enrolment.api import Enrolment, submission_by_public_id, submissions_of
from testamur_site.foundation.permissions.api import Right, staff_view
from testamur_site.foundation.tenancy.api import Institution

from .. import queries, services, texts
from ..errors import DecisionError
from ..forms import ConsequenceForm, FindingForm, SuspicionForm
from ..models import MisconductCase
from ..rules import CaseState, Consequence
from . import common

_RELATED = (
    "institution",
    "enrolment__institution",
    "enrolment__learner",
    "enrolment__offering",
    "enrolment__version__institution",
    "submission",
    "reported_by",
    "found_by",
    "imposed_by",
)


@staff_view(Right.LEAD)
@require_safe
def listing(request: HttpRequest, institution: Institution) -> HttpResponse:
    chosen = "closed" if request.GET.get("state") == "closed" else "open"
    page = queries.cases(chosen, request.GET.get("page", "1"))
    context = {
        "page": page,
        "rows": [_row(case) for case in page.object_list],
        "chosen": chosen,
        "tabs": common.tabs(institution, "cases"),
        "crumbs": common.crumbs(institution, (_("Misconduct"), "")),
    }
    return render(request, "decisions/cases.html", context)


def _row(case: MisconductCase) -> dict[str, Any]:
    task = case.submission.task_key if case.submission else ""
    return {
        "case": case,
        "task": texts.task_title(case.enrolment.version, task) if task else "",
        "word": texts.CASE_STATES[CaseState(case.state)],
        "state": texts.STATES[CaseState(case.state)],
        "consequence": texts.CONSEQUENCES[Consequence(case.consequence)] if case.consequence else "",
    }


@staff_view(Right.LEAD)
@common.get_or_post
def suspect(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    """Put a suspicion about a learner on record. The work may be named in the address, as pages of integrity do."""
    enrolment = common.enrolment_or_404(public_id)
    form = SuspicionForm(
        request.POST or None,
        work=_work(enrolment),
        initial={"submission": common.sound(request.GET.get("submission", "")[:40])},
    )
    if form.is_valid():
        said = form.cleaned_data
        submission = submission_by_public_id(said["submission"]) if said["submission"] else None
        try:
            case = services.suspect(enrolment, said["suspicion"], submission=submission, actor=request.user)
        except DecisionError as error:
            form.add_error(None, texts.of_error(error))
        else:
            messages.success(request, _("It is on record, and the learner is asked for their account."))
            return redirect(common.address("case", institution, case.public_id))
    back = common.address("learner", institution, public_id)
    context = {
        "enrolment": enrolment,
        "form": form,
        "back": back,
        "crumbs": common.crumbs(institution, (enrolment.learner.name, back), (_("Report misconduct"), "")),
    }
    return render(request, "decisions/suspect.html", context, status=422 if form.errors else 200)


def _work(enrolment: Enrolment) -> list[tuple[str, str]]:
    handed_in = [one for one in submissions_of(enrolment) if one.handed_in]
    return [
        (
            one.public_id,
            _("%(task)s, attempt %(attempt)s")
            % {"task": texts.task_title(enrolment.version, one.task_key), "attempt": one.attempt},
        )
        for one in handed_in
    ]


@staff_view(Right.LEAD)
@common.get_or_post
def detail(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    """One case; its next step is the one form on the page."""
    case = common.row_or_404(MisconductCase, public_id, *_RELATED)
    here = common.address("case", institution, public_id)
    form: Any = None
    if case.state in (CaseState.SUSPECTED, CaseState.HEARD):
        form = FindingForm(request.POST or None)
        if form.is_valid() and _found(request, case, form):
            return redirect(here)
    elif case.state == CaseState.FOUND:
        form = ConsequenceForm(request.POST or None, about_work=case.submission_id is not None)
        if form.is_valid() and _imposed(request, case, form):
            return redirect(here)
    elif request.method == "POST":
        messages.error(request, texts.of_error(DecisionError("decision.state")))
        return redirect(here)
    context = {
        **_row(case),
        "form": form,
        "waits": case.state == CaseState.SUSPECTED,
        "late": case.state == CaseState.SUSPECTED and case.answer_by < timezone.now(),
        "mine": case.reported_by_id == request.user.pk,
        "pieces": common.exhibits(case),
        "help": [(texts.CONSEQUENCES[one], texts.CONSEQUENCE_HELP[one]) for one in Consequence],
        "crumbs": common.crumbs(
            institution, (_("Misconduct"), common.address("cases", institution)), (case.enrolment.learner.name, "")
        ),
    }
    return render(request, "decisions/case.html", context, status=422 if form is not None and form.errors else 200)


def _found(request: HttpRequest, case: MisconductCase, form: FindingForm) -> bool:
    proven = form.cleaned_data["proven"] == "yes"
    try:
        services.find(case, proven, form.cleaned_data["finding"], actor=request.user)
    except DecisionError as error:
        form.add_error(None, texts.of_error(error))
        return False
    messages.success(request, _("The finding is on record.") if proven else _("The question is dismissed."))
    return True


def _imposed(request: HttpRequest, case: MisconductCase, form: ConsequenceForm) -> bool:
    said = form.cleaned_data
    try:
        services.impose(
            case, Consequence(said["consequence"]), points=said.get("points") or Decimal(0), actor=request.user
        )
    except DecisionError as error:
        form.add_error("points" if error.code == "misconduct.points" else None, texts.of_error(error))
        return False
    messages.success(request, _("The consequence is in force. The learner is told by mail."))
    return True


@staff_view(Right.LEAD)
@require_POST
def no_answer(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    case = common.row_or_404(MisconductCase, public_id, *_RELATED)
    common.attempt(
        request,
        _("It is noted that no account was given in time."),
        lambda: services.no_answer(case, actor=request.user),
    )
    return redirect(common.address("case", institution, public_id))
