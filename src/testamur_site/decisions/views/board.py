"""The board: what waits in an offering, decided together after everybody has looked; and one learner at a time."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from testamur_site.catalogue.api import published
from testamur_site.enrolment.api import Enrolment, enrolments
from testamur_site.foundation.permissions.api import Right, staff_view
from testamur_site.foundation.tenancy.api import Institution

from .. import queries, rules, services, texts
from ..errors import DecisionError
from ..forms import DecideForm, PolicyForm, ReasonForm
from ..models import Appeal, MisconductCase, PriorLearningClaim, Proposal
from ..rules import Outcome
from . import common

MOST_AT_ONCE = 100
"""Learners that are decided upon in one request; who was chosen beyond that stays on the board."""


@staff_view(Right.LEAD)
@require_safe
def overview(request: HttpRequest, institution: Institution) -> HttpResponse:
    context = {
        "offerings": queries.offerings_to_decide(),
        "tabs": common.tabs(institution, "overview"),
        "crumbs": [(_("Decisions"), "")],
    }
    return render(request, "decisions/overview.html", context)


@staff_view(Right.LEAD)
@common.get_or_post
def board(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    """Look at what is proposed, choose, look at what was chosen, confirm. Nothing is decided before the confirmation.

    The fingerprints of the results travel with the page: whatever changed in between is not decided, and says so.
    """
    offering = common.own_offering(public_id)
    waiting = queries.board(offering)
    here = common.address("board", institution, public_id)
    context: dict[str, Any] = {
        "offering": offering,
        "crumbs": common.crumbs(institution, (offering.version.title, "")),
        "here": here,
    }
    if request.method == "POST":
        chosen = request.POST.getlist("learner")
        if len(chosen) > MOST_AT_ONCE:
            chosen = chosen[:MOST_AT_ONCE]
            messages.info(
                request,
                _("At most %(number)s at once. The others stay on the board for the next time.")
                % {"number": MOST_AT_ONCE},
            )
        picked = [row for row in waiting if f"{row.enrolment.public_id}:{row.digest}" in chosen]
        if not chosen:
            messages.error(request, _("Choose at least one learner."))
        elif "confirm" in request.POST:
            return _decide(request, chosen, waiting, here)
        elif picked:
            # What was chosen and has changed since is not in the list any more; the page says how many.
            context |= {"picked": [_explained(row) for row in picked], "changed": len(chosen) - len(picked)}
            return render(request, "decisions/review.html", context)
        else:
            messages.error(
                request, _("The results have changed since you looked. Look at them as they are now, then decide.")
            )
        return redirect(here)
    context |= {
        "exceptions": [common.proposal_shown(row) for row in waiting if row.exceptions],
        "plain": [common.proposal_shown(row) for row in waiting if not row.exceptions],
        "decided": [
            {
                "decision": one,
                "word": texts.outcome(one.outcome),
                "state": texts.OUTCOME_STATES[Outcome(one.outcome)],
            }
            for one in queries.decided(offering)
        ],
    }
    return render(request, "decisions/board.html", context)


def _decide(request: HttpRequest, chosen: list[str], waiting: list[Proposal], here: str) -> HttpResponse:
    bases = dict(one.partition(":")[::2] for one in chosen)
    enrolments = [row.enrolment for row in waiting if row.enrolment.public_id in bases]
    rows = services.decide_many(enrolments, bases, actor=request.user)
    made = sum(row.decision is not None for row in rows)
    if made:
        messages.success(
            request, ngettext("%(number)s decision is made.", "%(number)s decisions are made.", made) % {"number": made}
        )
    names = {one.public_id: one.learner.name for one in enrolments}
    for row in rows:
        if row.error is not None:
            messages.error(request, f"{names[row.enrolment]}: {texts.of_error(row.error)}")
    gone = len(bases) - len(enrolments)
    if gone:
        messages.error(
            request,
            ngettext(
                "%(number)s learner was decided upon by somebody else in the meantime.",
                "%(number)s learners were decided upon by somebody else in the meantime.",
                gone,
            )
            % {"number": gone},
        )
    return redirect(here)


def _explained(row: Proposal) -> dict[str, Any]:
    findings = [rules.Finding(one["code"], one["facts"]) for one in row.findings]
    return common.proposal_shown(row) | {"reasons": texts.reasons(findings, row.enrolment.version)}


@staff_view(Right.LEAD)
@common.get_or_post
def learner(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    """Everything about the results of one learner, and the decision on them."""
    enrolment = common.enrolment_or_404(public_id)
    proposal = queries.proposed(enrolment)
    context: dict[str, Any] = {"enrolment": enrolment, "proposal": None, "form": None}
    if proposal is not None:
        explained = _explained(proposal)
        tasks = rules.restored(proposal.standings)
        permitted = rules.permitted(rules.propose(tasks))
        form = DecideForm(
            request.POST or None,
            outcomes=permitted,
            tasks=[
                (task.task, texts.task_title(enrolment.version, task.task))
                for task in tasks
                if not task.passed and not task.void and queries.is_handed_in(task.submission)
            ],
            initial={"base": proposal.digest, "outcome": proposal.outcome},
        )
        if form.is_valid() and _decide_one(request, enrolment, form):
            return redirect(common.address("learner", institution, public_id))
        context |= {"proposal": explained, "form": form, "shown": common.tasks_shown(enrolment, tasks)}
    else:
        tasks = queries.standings(enrolment)
        if request.method == "POST":
            messages.error(request, texts.of_error(DecisionError("decision.not_open")))
        context["shown"] = common.tasks_shown(enrolment, tasks)
        context["open"] = texts.reasons(rules.propose(tasks).findings, enrolment.version)
    history = [common.shown(one) for one in queries.history(enrolment)]
    context |= {
        "history": history,
        "appeals": _with_words(Appeal.objects.filter(decision__enrolment=enrolment), texts.APPEAL_STATES),
        "cases": _with_words(MisconductCase.objects.filter(enrolment=enrolment), texts.CASE_STATES),
        "claims": _with_words(PriorLearningClaim.objects.filter(enrolment=enrolment), texts.CLAIM_STATES),
        "may_withdraw": enrolment.state == "enrolled" and not (history and history[0]["decision"].is_pass),
        "crumbs": common.crumbs(
            institution,
            (enrolment.version.title, common.address("board", institution, enrolment.offering.public_id)),
            (enrolment.learner.name or _("Forgotten person"), ""),
        ),
    }
    form = context["form"]
    return render(request, "decisions/learner.html", context, status=422 if form is not None and form.errors else 200)


def _with_words(rows: Any, words: Any) -> list[dict[str, Any]]:
    return [{"row": row, "word": words[row.state], "state": texts.STATES[row.state]} for row in rows]


def _decide_one(request: HttpRequest, enrolment: Enrolment, form: DecideForm) -> bool:
    said = form.cleaned_data
    try:
        services.decide(
            enrolment,
            Outcome(said["outcome"]),
            base=said["base"],
            actor=request.user,
            reason=said["reason"],
            resubmit=said.get("resubmit", []) if said["outcome"] == Outcome.RESUBMIT else [],
            until=said.get("until"),
        )
    except DecisionError as error:
        form.add_error(
            {"decision.reason": "reason", "decision.until_past": "until"}.get(error.code), texts.of_error(error)
        )
        return False
    messages.success(request, _("The decision is made. The learner is told by mail."))
    return True


@staff_view(Right.LEAD)
@common.get_or_post
def withdraw(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    enrolment = common.enrolment_or_404(public_id)
    back = common.address("learner", institution, public_id)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        common.attempt(
            request,
            _("The learner does not take part any more."),
            lambda: services.withdraw(enrolment, form.cleaned_data["reason"], actor=request.user),
        )
        return redirect(back)
    context = {
        "form": form,
        "heading": _("Take this learner out of the programme?"),
        "sentence": _("They are told by mail and take no further part. What they handed in stays."),
        "confirm_label": _("Take out"),
        "cancel_url": back,
        "danger": True,
    }
    return render(request, "design_system/confirm.html", context, status=422 if form.errors else 200)


@staff_view(Right.MANAGE_INSTITUTION)
@common.get_or_post
def policy(request: HttpRequest, institution: Institution) -> HttpResponse:
    """The rules of the institution; with `?m=` those of one micro-credential, which begin as the institution's."""
    chosen = common.sound(request.GET.get("m", "")[:40])
    programmes = list(published(institution))
    version = next((one for one in programmes if one.micro_credential.public_id == chosen), None)
    micro_credential = version.micro_credential if version else None
    form = PolicyForm(
        request.POST or None, instance=queries.policy_for(micro_credential.pk if micro_credential else None)
    )
    here = common.address("policy", institution)
    if form.is_valid():
        services.set_policy(institution, actor=request.user, micro_credential=micro_credential, **form.cleaned_data)
        messages.success(request, _("Saved. What was decided before keeps the dates it was given."))
        return redirect(f"{here}?m={chosen}" if version else here)
    context = {
        "form": form,
        "version": version,
        "programmes": programmes,
        "here": here,
        "crumbs": [(_("How we decide"), "")],
    }
    return render(request, "decisions/policy.html", context, status=422 if form.errors else 200)


@staff_view(Right.LEAD)
@require_POST
def look_again(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    """Work out anew what follows from the results of everybody in an offering: deadlines pass without an event."""
    offering = common.own_offering(public_id)
    made = sum(services.refresh(one) is not None for one in enrolments(offering))
    messages.success(
        request,
        ngettext("%(number)s learner can be decided upon.", "%(number)s learners can be decided upon.", made)
        % {"number": made},
    )
    return redirect(common.address("board", institution, public_id))
