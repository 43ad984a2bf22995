"""Claims of prior learning as staff see them: judged by an assessor, decided by somebody else."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from testamur_site.catalogue.api import in_language, rubric_of
from testamur_site.foundation.permissions.api import Right, allows, staff_view
from testamur_site.foundation.tenancy.api import Institution

from .. import queries, services, texts
from ..errors import DecisionError
from ..forms import JudgeForm, RecognitionForm
from ..models import PriorLearningClaim
from ..rules import ClaimState
from . import common

_RELATED = (
    "institution",
    "enrolment__institution",
    "enrolment__learner",
    "enrolment__offering",
    "enrolment__version__institution",
    "judged_by",
    "decided_by",
)


@staff_view(Right.ASSESS)
@require_safe
def listing(request: HttpRequest, institution: Institution) -> HttpResponse:
    chosen = "closed" if request.GET.get("state") == "closed" else "open"
    page = queries.claims(chosen, request.GET.get("page", "1"))
    leads = _leads(request)
    context = {
        "page": page,
        "rows": [_row(claim) for claim in page.object_list],
        "chosen": chosen,
        "tabs": common.tabs(institution, "claims") if leads else [],
        "crumbs": common.crumbs(institution, (_("Prior learning"), "")) if leads else [(_("Prior learning"), "")],
    }
    return render(request, "decisions/claims.html", context)


def _leads(request: HttpRequest) -> bool:
    return allows(request.membership.role, Right.LEAD)  # type: ignore[attr-defined]


def _row(claim: PriorLearningClaim) -> dict[str, Any]:
    return {
        "claim": claim,
        "task": texts.task_title(claim.enrolment.version, claim.task_key),
        "word": texts.CLAIM_STATES[ClaimState(claim.state)],
        "state": texts.STATES[ClaimState(claim.state)],
    }


@staff_view(Right.ASSESS)
@common.get_or_post
def detail(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    """A claim; whoever opens it may judge it while it waits for that. Deciding has an address, and a right, of its own."""
    claim = common.row_or_404(PriorLearningClaim, public_id, *_RELATED)
    here = common.address("claim", institution, public_id)
    form = None
    if claim.state == ClaimState.CLAIMED:
        form = JudgeForm(request.POST or None, criteria=_criteria(claim))
        if form.is_valid() and _judged(request, claim, form):
            return redirect(here)
    elif request.method == "POST":
        messages.error(request, texts.of_error(DecisionError("decision.state")))
        return redirect(here)
    leads = _leads(request)
    context = _about(claim, institution, leads=leads) | {
        "form": form,
        "decide": leads and claim.state == ClaimState.JUDGED,
    }
    return render(request, "decisions/claim.html", context, status=422 if form is not None and form.errors else 200)


def _about(claim: PriorLearningClaim, institution: Institution, *, leads: bool) -> dict[str, Any]:
    version = claim.enrolment.version
    judged = [
        (texts.criterion_name(version, claim.task_key, key), texts.level_name(version, claim.task_key, key, level))
        for key, level in claim.levels.items()
    ]
    back = (_("Prior learning"), common.address("claims", institution))
    name = claim.enrolment.learner.name
    return {
        **_row(claim),
        "judged": judged,
        "percent": common.percent(claim.percent),
        "pieces": common.exhibits(claim),
        "crumbs": common.crumbs(institution, back, (name, "")) if leads else [back, (name, "")],
    }


def _criteria(claim: PriorLearningClaim) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """For each criterion of the task's rubric: its key, its name, and its levels with what they mean."""
    language = get_language() or "en"
    found = []
    for criterion in rubric_of(claim.enrolment.version, claim.task_key).criteria:
        levels = []
        for level in criterion.levels:
            said = in_language(level.description, language)
            name = in_language(level.name, language) or level.key
            levels.append((level.key, f"{name}: {said}" if said else name))
        found.append((criterion.key, in_language(criterion.name, language) or criterion.key, levels))
    return found


def _judged(request: HttpRequest, claim: PriorLearningClaim, form: JudgeForm) -> bool:
    try:
        services.judge(claim, form.levels(), form.cleaned_data["judgement"], actor=request.user)
    except DecisionError as error:
        form.add_error(None, texts.of_error(error))
        return False
    messages.success(request, _("Your judgement is on record. Somebody else decides."))
    return True


@staff_view(Right.LEAD)
@common.get_or_post
def decide(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    claim = common.row_or_404(PriorLearningClaim, public_id, *_RELATED)
    here = common.address("claim", institution, public_id)
    if claim.state != ClaimState.JUDGED:
        messages.error(request, texts.of_error(DecisionError("decision.state")))
        return redirect(here)
    carried = services.carries(claim)
    form = RecognitionForm(request.POST or None, carried=carried)
    if form.is_valid():
        said = form.cleaned_data
        try:
            services.decide_claim(claim, said["recognised"] == "yes", said["reason"], actor=request.user)
        except DecisionError as error:
            form.add_error(None, texts.of_error(error))
        else:
            messages.success(request, _("The claim is decided. The learner is told by mail."))
            return redirect(here)
    context = _about(claim, institution, leads=True) | {"form": form, "carried": carried, "deciding": True}
    return render(request, "decisions/claim.html", context, status=422 if form.errors else 200)
