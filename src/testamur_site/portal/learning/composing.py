"""How everything stands for a learner in one programme, gathered from the capabilities that know it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone

from testamur_site.assessment import api as assessment
from testamur_site.catalogue.api import in_language
from testamur_site.decisions import api as decisions
from testamur_site.enrolment import api as enrolment_api
from testamur_site.enrolment.api import TAKES_PART, Enrolment, TaskStanding
from testamur_site.issuing import api as issuing
from testamur_site.wallet import api as wallet

from . import rules, sentences
from .rules import Next, Step, TaskView


@dataclass(frozen=True)
class TaskLine:
    """A task on the learner's page. `result` is the agreed result, None before; `due` a sentence, '' without a date."""

    key: str
    title: str
    standing: TaskStanding
    state: tuple[str, Any]
    due: str
    late_rule: str
    result: Any
    has_feedback: bool


@dataclass(frozen=True)
class DecisionShown:
    """What was decided, with its reasons as sentences. `appeal_until` is None where no appeal is possible (any more); `award_url` leads
    to the credential, '' while there is none, and `accepted` says whether the learner has taken it."""

    decision: Any
    word: str
    reasons: list[str]
    appeal_until: date | None
    award_url: str
    accepted: bool


@dataclass(frozen=True)
class Overview:
    """A programme of a learner. `handed_in` of `len(tasks)`; `step_url` is '' where there is nothing to press."""

    enrolment: Enrolment
    title: str
    state: tuple[str, Any]
    tasks: tuple[TaskLine, ...]
    handed_in: int
    step: Step
    sentence: str
    step_url: str
    step_label: str
    reviews: int
    decision: DecisionShown | None

    @property
    def urgent(self) -> bool:
        """Whether something waits for the learner to be done."""
        return self.step.what in (Next.HAND_IN_AGAIN, Next.REVIEW, Next.HAND_IN, Next.CARRY_ON)


def overview(enrolment: Enrolment, language: str) -> Overview:
    standings = enrolment_api.tasks_for(enrolment)
    handed_in = [s.latest for s in standings if s.latest is not None and s.latest.handed_in]
    results = assessment.results_of(handed_in)
    decision = decisions.current_decision(enrolment)
    reviews, reviews_due = assessment.reviews_waiting(enrolment)
    case = _hearing(enrolment)
    step = rules.next_step(
        enrolment.state,
        [TaskView(s.task.key, str(s.state), s.deadline.due_on) for s in standings],
        decision=decision.outcome if decision is not None else "",
        reviews=reviews,
        reviews_due=reviews_due,
        hearing_by=timezone.localdate(case.answer_by) if case is not None else None,
    )
    titles = {s.task.key: in_language(s.task.title, language) for s in standings}
    return Overview(
        enrolment=enrolment,
        title=enrolment.version.title,
        state=enrolment_api.state_words(enrolment),
        # Who does not take part (yet, any more) sees the tasks that they worked on, and no others: their pages would not open.
        tasks=tuple(
            _line(s, titles[s.task.key], results)
            for s in standings
            if enrolment.state in TAKES_PART or s.latest is not None
        ),
        handed_in=len(handed_in),
        step=step,
        sentence=sentences.next_words(step, task=titles.get(step.task, ""), reviews=reviews),
        step_url=_url(enrolment, step, case),
        step_label=sentences.button(step),
        reviews=reviews,
        decision=_shown(decision) if decision is not None else None,
    )


def _line(standing: TaskStanding, title: str, results: dict[int, Any]) -> TaskLine:
    latest = standing.latest
    result = results.get(latest.pk) if latest is not None else None
    return TaskLine(
        key=standing.task.key,
        title=title,
        standing=standing,
        state=enrolment_api.task_state_words(standing),
        due=enrolment_api.due_words(standing.deadline),
        late_rule=enrolment_api.late_rule_words(standing.deadline),
        result=result if result is not None and result.agreed else None,
        has_feedback=latest is not None and latest.handed_in,
    )


def _hearing(enrolment: Enrolment) -> decisions.MisconductCase | None:
    """The suspicion about which the learner is to be heard now."""
    rows = decisions.MisconductCase.objects.filter(enrolment=enrolment, state="suspected", statement="")
    return rows.order_by("answer_by").first()


def _shown(decision: decisions.Decision) -> DecisionShown:
    award = issuing.award_of(decision)
    deposit = wallet.deposit_of(award.public_id) if award is not None and award.published else None
    waiting = deposit is not None and deposit.state == wallet.DepositState.PENDING
    url = ""
    if award is not None and award.published:
        # Whoever sees this page reads the mailbox to which the claim link went.
        url = wallet.claim_path(deposit) if deposit is not None and waiting else f"/c/{award.public_id}"
    return DecisionShown(
        decision=decision,
        word=decisions.outcome_words(decision),
        reasons=decisions.reasons_words(decision),
        appeal_until=None if decision.can_be_appealed() else timezone.localdate(decision.appeal_until),
        award_url=url,
        accepted=not waiting,
    )


def _url(enrolment: Enrolment, step: Step, case: decisions.MisconductCase | None) -> str:
    here = f"/learn/{enrolment.public_id}/"
    if case is not None:
        return reverse("decisions:learner_hearing", args=[enrolment.public_id, case.public_id])
    if step.task and step.what is not Next.MISSED:
        return f"{here}tasks/{step.task}/"
    if step.what is Next.REVIEW:
        return f"{here}reviews/"
    return f"{here}#decision" if step.what in (Next.PASSED, Next.FAILED) else ""
