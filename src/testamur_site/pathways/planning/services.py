"""Asking, working out, giving up, deleting. The procedure stands in README.md.

A learner's plans are theirs and are audited to nobody.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from testamur.errors import TestamurError
from testamur.pathways import ProgrammeGoal, Question, plan
from testamur.pathways.planning import Planned, Watch
from testamur.pathways.words import LANGUAGES, PlanWords
from testamur_site.catalogue.api import all_open
from testamur_site.foundation.jobs.api import Job, cancel, enqueue
from testamur_site.foundation.tenancy.api import tenant, unscoped

from ..holdings import held_by
from ..models import Participant
from ..services.cases import case_of
from . import queries
from .errors import TooManyOpen
from .models import AskedPlan
from .offerings import offered
from .rules import (
    ALTERNATIVES,
    ENDED_WITHOUT_ANSWER,
    KEPT,
    MOST,
    MOST_KEPT,
    MOST_OPEN,
    PATIENCE,
    Asked,
    PlanState,
    question_key,
)

JOB = "testamur_site.pathways.planning.jobs.work_out"


def ask(participant: Participant, asked: Asked) -> AskedPlan:
    """The plan that answers `asked`: the one that there is, where the same was asked before and nothing has changed since, or a new one,
    which a worker works out. One that ended without an answer is begun again. Raises TooManyOpen."""
    today, holder = timezone.localdate(), participant.holder
    if holder is None:
        raise ValueError("a participant without a holder asks nothing")
    state = [queries.catalogue_state(today), queries.holdings_state(participant, holder)]
    key = question_key(asked, today, *state)
    with tenant(participant.institution), transaction.atomic():
        Participant.objects.select_for_update(of=("self",)).get(
            pk=participant.pk
        )  # two requests become one after the other
        found = AskedPlan.objects.filter(participant=participant, key=key).first()
        if found is not None and queries.state_of(found) not in ENDED_WITHOUT_ANSWER:
            AskedPlan.objects.filter(pk=found.pk).update(asked_at=timezone.now())
            return found
        _refuse_too_many(participant)
        if found is not None:
            return _begin(found)
        made = AskedPlan.objects.create(
            institution=participant.institution, participant=participant, key=key, asked=asked.values(), begin=today
        )
        kept = AskedPlan.objects.filter(participant=participant).values_list("pk", flat=True)[:MOST_KEPT]
        AskedPlan.objects.filter(participant=participant).exclude(pk__in=list(kept)).delete()
        return _begin(made, first=True)


def _refuse_too_many(participant: Participant) -> None:
    waiting = AskedPlan.objects.filter(participant=participant, state=PlanState.OPEN)
    if sum(queries.state_of(one) is PlanState.OPEN for one in waiting) >= MOST_OPEN:
        raise TooManyOpen(limit=MOST_OPEN)


def again(found: AskedPlan) -> AskedPlan:
    """Begin one again that ended without an answer; nothing where it did not. Raises TooManyOpen."""
    with tenant(found.participant.institution), transaction.atomic():
        Participant.objects.select_for_update(of=("self",)).get(pk=found.participant_id)
        fresh = AskedPlan.objects.get(pk=found.pk)
        if queries.state_of(fresh) not in ENDED_WITHOUT_ANSWER:
            return fresh
        _refuse_too_many(found.participant)
        return _begin(fresh)


def _begin(found: AskedPlan, *, first: bool = False) -> AskedPlan:
    """Queue the work, in the caller's transaction. Low priority: whoever is being awarded something does not wait for a plan."""
    found.attempt += not first
    job = enqueue(
        JOB,
        {"plan": found.public_id, "attempt": found.attempt},
        key=f"plan:{found.public_id}:{found.attempt}",
        institution=found.participant.institution,
        priority=-3,
        max_attempts=3,
    )
    values: dict[str, Any] = {"state": PlanState.OPEN, "stage": "", "number": 0, "answer": {}, "finished_at": None}
    values |= {"attempt": found.attempt, "job": job.pk, "asked_at": timezone.now()}
    AskedPlan.objects.filter(pk=found.pk).update(**values)
    for name, value in values.items():
        setattr(found, name, value)
    return found


def work_out(found: AskedPlan, watch: Watch) -> dict[str, Any]:
    """The answer as `AskedPlan.answer` keeps it. Slow, and writes nothing. `watch` may raise to end it.

    1. What the learner holds, verified now. 2. What is open now. 3. The plan, with others that differ from it, in the words of both
    languages. What the planner refuses is an answer too.
    """
    participant = found.participant
    if participant.holder is None:
        return {"refused": "planning.nobody"}
    held = held_by(participant.holder)
    with tenant(participant.institution):
        case = case_of(participant, held, found.begin)
    choice = offered(all_open(MOST + 1)[:MOST], found.begin)
    try:
        goal = ProgrammeGoal(participant.rule.programme())
        question = Question(
            goal, choice.catalogue, case, found.question.constraints(found.begin), found.question.objective
        )
        planned = plan(question, alternatives=ALTERNATIVES, watch=watch, patience=PATIENCE)
    except TestamurError as error:
        return {"refused": error.code}
    answer: dict[str, Any] = {language: _said(question, planned, language) for language in LANGUAGES}
    answer["offered"] = {
        "looked_through": len(choice.runs),
        "other_currency": choice.other_currency,
        "on_request": choice.on_request,
        "currency": choice.catalogue.currency,
    }
    return answer


def _said(question: Question, planned: Planned, language: str) -> dict[str, Any]:
    """The answer in one language, with what the page says beside each plan and each of its steps."""
    words = PlanWords(question, language)
    values = words.values(planned)
    plans = [planned.plan, *planned.alternatives] if planned.plan is not None else []
    for number, (one, written) in enumerate(zip(plans, [values["plan"], *values["alternatives"]], strict=False)):
        if one.steps:
            written["headline"] = words.headline(one)
            written["quality"] = words.quality(one, alternative=number > 0)
        for step, row in zip(one.steps, written["steps"], strict=True):
            row["why"] = words.serves(step)
    return values


def note(found: AskedPlan, stage: str, number: int) -> None:
    """Say how far it is."""
    with tenant(found.participant.institution):
        AskedPlan.objects.filter(pk=found.pk, state=PlanState.OPEN, attempt=found.attempt).update(
            stage=stage, number=number
        )


def keep(found: AskedPlan, answer: dict[str, Any]) -> bool:
    """Keep the answer, if this begin was not given up meanwhile."""
    state = PlanState.REFUSED if "refused" in answer else PlanState.READY
    with tenant(found.participant.institution):
        waiting = AskedPlan.objects.filter(pk=found.pk, state=PlanState.OPEN, attempt=found.attempt)
        return bool(waiting.update(state=state, answer=answer, finished_at=timezone.now()))


def give_up(found: AskedPlan) -> bool:
    """The learner does not want to wait. False where it had ended already. Nothing of what is being worked out is kept."""
    with tenant(found.participant.institution), transaction.atomic():
        waiting = AskedPlan.objects.filter(pk=found.pk, state=PlanState.OPEN)
        if not waiting.update(state=PlanState.CANCELLED, finished_at=timezone.now()):
            return False
        _stop(found)
        return True


def delete(found: AskedPlan) -> None:
    """Delete it, and stop whoever works on it. Deleting twice changes nothing."""
    with tenant(found.participant.institution), transaction.atomic():
        if AskedPlan.objects.filter(pk=found.pk).delete()[0]:
            _stop(found)


def _stop(found: AskedPlan) -> None:
    with unscoped("the plan names its job"):
        job = Job.objects.filter(pk=found.job).first()
    if job is not None:
        cancel(job)


def forget() -> int:
    """Delete what has been kept long enough, and what belongs to somebody who does not take part any more; how many."""
    with unscoped("plans of all institutions grow old"):
        old = Q(asked_at__lt=timezone.now() - KEPT)
        gone = Q(participant__left_at__isnull=False) | Q(participant__holder=None)
        rows = list(AskedPlan.objects.filter(old | gone).values_list("pk", flat=True))
        return AskedPlan.objects.filter(pk__in=rows).delete()[0]
