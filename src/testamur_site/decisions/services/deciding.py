"""From agreed results to a proposal, and from a proposal to a decision that a person answers for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone, translation

from testamur_site.enrolment import api as enrolment_api
from testamur_site.enrolment.api import Enrolment
from testamur_site.foundation.tenancy.api import tenant

from .. import queries, rules, texts
from ..errors import DecisionError, NotIndependent, NotOpen, NotPermitted, ResultsChanged, Unfit, WrongState
from ..models import Decision, Proposal
from ..rules import Outcome, TaskStanding
from . import common


def refresh(enrolment: Enrolment) -> Proposal | None:
    """Work out what follows from the results as they are now, and keep it for a person. Safe to repeat at any time.

    None where nothing can be proposed: results are still to come, or the same results were decided upon already.
    """
    with tenant(enrolment.institution), transaction.atomic():
        common.lock(enrolment)
        return _refresh(enrolment)


def _refresh(enrolment: Enrolment) -> Proposal | None:
    """As `refresh`, in the caller's transaction and under its lock."""
    proposed = queries.proposed(enrolment)
    waiting = Proposal.objects.filter(enrolment=enrolment).first()
    if proposed is None:
        if waiting is not None:
            waiting.delete()
        return None
    if waiting is not None and waiting.digest == proposed.digest:
        return waiting
    if waiting is not None:
        proposed.pk = waiting.pk
    proposed.save(force_update=waiting is not None)
    common.record("decision.proposed", enrolment, outcome=proposed.outcome, anew=waiting is not None)
    return proposed


def decide(
    enrolment: Enrolment,
    outcome: Outcome,
    *,
    base: str,
    actor: Any,
    reason: str = "",
    resubmit: Sequence[str] = (),
    until: date | None = None,
) -> Decision:
    """A person confirms what is proposed, or decides otherwise with a reason. (That somebody leaves is decided by `withdraw`.)

    `base` is the fingerprint of the results that the person saw. `resubmit` are the tasks to be handed in again (the failed ones where
    none is named), `until` their new date (by policy where none is given).

    Raises NotOpen, ResultsChanged, NotPermitted, NotIndependent (four eyes, or the learner themself), CaseOpen, ReasonMissing, Unfit,
    WrongState.
    """
    outcome = Outcome(outcome)
    with tenant(enrolment.institution), transaction.atomic():
        common.lock(enrolment)
        waiting = _refresh(enrolment)
        if waiting is None:
            raise NotOpen()
        if waiting.digest != base:
            raise ResultsChanged()
        tasks = rules.restored(waiting.standings)
        proposal = rules.propose(tasks)
        _refuse(enrolment, outcome, proposal, actor)
        departs = outcome is not proposal.outcome
        reason = common.reason_given(reason) if departs or reason.strip() else ""
        now = timezone.now()
        again, until = _resubmission(enrolment, outcome, tasks, resubmit, until)
        decision = common.write_decision(
            enrolment, outcome, tasks, proposal, actor=actor, reason=reason, now=now, resubmit=again, until=until
        )
        Proposal.objects.filter(pk=waiting.pk).delete()
        with common.as_ours():
            _follow(decision, tasks, actor)
        common.tell_decision(decision)
        return decision


def _refuse(enrolment: Enrolment, outcome: Outcome, proposal: rules.Proposal, actor: Any) -> None:
    if outcome not in rules.permitted(proposal):
        raise NotPermitted(outcome=outcome.value, proposed=proposal.outcome.value if proposal.outcome else "")
    common.refuse_the_learner(enrolment, actor)
    if common.policy_of(enrolment.version).four_eyes and actor.pk in queries.markers(enrolment):
        raise NotIndependent()
    if outcome is Outcome.PASS:
        common.refuse_open_case(enrolment)


def _resubmission(
    enrolment: Enrolment, outcome: Outcome, tasks: Sequence[TaskStanding], chosen: Sequence[str], until: date | None
) -> tuple[list[str], date | None]:
    """The tasks to be handed in again, in their order, and until when. Raises Unfit."""
    if outcome is not Outcome.RESUBMIT:
        return [], None
    # Work that was given back already, and not handed in again in time, cannot be given back a second time: an extension helps there.
    possible = [
        task.task for task in tasks if not task.passed and not task.void and queries.is_handed_in(task.submission)
    ]
    wanted = [key for key in possible if key in chosen] if chosen else possible
    if not wanted or set(chosen) - set(possible):
        raise Unfit("decision.nothing_to_resubmit")
    today = timezone.now().date()
    until = until or rules.default_until(today, common.policy_of(enrolment.version).resubmission_days)
    if until <= today:
        raise Unfit("decision.until_past")
    return wanted, until


def _follow(decision: Decision, tasks: Iterable[TaskStanding], actor: Any) -> None:
    """What a decision sets off for the enrolment and its work."""
    enrolment = decision.enrolment
    if decision.outcome != Outcome.RESUBMIT:
        enrolment_api.complete(enrolment, actor=actor)
        return
    enrolment_api.reopen(enrolment, actor=actor)
    for task in tasks:
        submission = enrolment_api.submission_by_public_id(task.submission) if task.task in decision.resubmit else None
        if submission is not None:
            enrolment_api.return_for_resubmission(
                submission,
                decision.reason or _what_was_missing(decision, task.task),
                decision.until,
                actor=actor,
                extra_attempt=not task.attempts_left,
            )


def _what_was_missing(decision: Decision, task: str) -> str:
    """The findings about a task in the learner's words, where nobody wrote a reason: with the work comes back why."""
    with translation.override(decision.enrolment.learner.language):
        found = [one for one in decision.reasons if one.facts.get("task") == task]
        return " ".join(texts.reasons(found, decision.enrolment.version))


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one learner of a board: the decision, or why it was not made."""

    enrolment: str
    decision: Decision | None = None
    error: DecisionError | None = None


def decide_many(enrolments: Sequence[Enrolment], bases: Mapping[str, str], *, actor: Any) -> list[Row]:
    """Confirm what is proposed for each, one transaction a learner: what is refused stays as it was and says why.

    `bases` maps the enrolments' public ids to the fingerprints that the board looked at. Nothing is decided that is not named there.
    """
    rows = []
    for enrolment in enrolments:
        base = bases.get(enrolment.public_id, "")
        waiting = Proposal.objects.filter(enrolment=enrolment, digest=base).first()
        try:
            if waiting is None:
                raise ResultsChanged()
            decision = decide(enrolment, Outcome(waiting.outcome), base=base, actor=actor)
        except DecisionError as error:
            if isinstance(error, ResultsChanged):
                refresh(enrolment)  # so that the board shows what there is to decide now
            rows.append(Row(enrolment.public_id, error=error))
        else:
            rows.append(Row(enrolment.public_id, decision=decision))
    return rows


def note_withdrawal(enrolment: Enrolment, *, actor: Any = None, reason: str = "") -> Decision | None:
    """Put on record that a learner who was enrolled has left. Once: None where it stands there already."""
    with tenant(enrolment.institution), transaction.atomic():
        common.lock(enrolment)
        fresh = enrolment_api.enrolment_by_public_id(enrolment.public_id)
        current = queries.current_decision(enrolment)
        if fresh is None or fresh.state != "withdrawn":
            raise WrongState(state=fresh.state if fresh else "")
        if current is not None and current.outcome in (Outcome.WITHDRAWN, Outcome.VOID):
            return None
        tasks = queries.standings(enrolment)
        proposal = rules.Proposal(Outcome.WITHDRAWN, (rules.Finding("outcome.withdrawn"),))
        Proposal.objects.filter(enrolment=enrolment).delete()
        return common.write_decision(
            enrolment, Outcome.WITHDRAWN, tasks, proposal, actor=actor, reason=reason.strip(), now=timezone.now()
        )


def withdraw(enrolment: Enrolment, reason: str, *, actor: Any) -> Decision:
    """The institution takes a learner out, at any time before a pass, with a reason. Raises ReasonMissing, NotPermitted, WrongState."""
    with tenant(enrolment.institution), transaction.atomic():
        common.lock(enrolment)
        common.refuse_the_learner(enrolment, actor)
        reason = common.reason_given(reason)
        current = queries.current_decision(enrolment)
        if current is not None and current.is_pass:
            raise NotPermitted(outcome=Outcome.WITHDRAWN.value, proposed=current.outcome)
        with common.as_ours():
            enrolment_api.withdraw(enrolment, reason="by_institution", actor=actor)
        decision = note_withdrawal(enrolment, actor=actor, reason=reason)
        if decision is None:
            raise WrongState(state="withdrawn")
        return decision
