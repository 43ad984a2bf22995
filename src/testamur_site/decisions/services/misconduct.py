"""Misconduct: a suspicion, the learner heard, a finding by somebody else, a consequence that is graded and told.

The gravest two consequences take effect at once, also on what was awarded already: the decision in force becomes void, in the same
transaction, and its award is withdrawn by a job. The lighter ones change the results, and a person decides upon these anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from testamur_site.enrolment import api as enrolment_api
from testamur_site.enrolment.api import Enrolment, EnrolmentState, EvidenceItem, Submission
from testamur_site.foundation.tenancy.api import tenant

from .. import queries, rules
from ..errors import NotIndependent, TooEarly, Unfit, WrongState
from ..models import MisconductCase, Proposal
from ..rules import CaseState, Consequence, Finding, Outcome
from . import common
from .deciding import _refresh


def suspect(
    enrolment: Enrolment, suspicion: str, *, submission: Submission | None = None, actor: Any, reference: str = ""
) -> MisconductCase:
    """Put a suspicion on record and ask the learner what they say to it; with a `reference`, once for each of these.

    Raises ReasonMissing, Unfit (work of somebody else), NotIndependent (about oneself).
    """
    with tenant(enrolment.institution), transaction.atomic():
        common.lock(enrolment)
        common.refuse_the_learner(enrolment, actor)
        if submission is not None and submission.enrolment_id != enrolment.pk:
            raise Unfit("misconduct.not_their_work")
        if reference:
            reported = MisconductCase.objects.filter(enrolment=enrolment, reference=reference).first()
            if reported is not None:
                return reported
        now = timezone.now()
        policy = common.policy_of(enrolment.version)
        case = MisconductCase.objects.create(
            institution=enrolment.institution,
            enrolment=enrolment,
            submission=submission,
            suspicion=common.reason_given(suspicion, 20_000),
            reported_by=actor,
            reported_at=now,
            answer_by=rules.end_of_window(now, policy.hearing_days),
            reference=reference,
        )
        facts = {"submission": submission.public_id} if submission else {}
        common.record("misconduct.suspected", case, actor=actor, **facts)
        path = f"/learn/{enrolment.public_id}/hearing/{case.public_id}"
        common.tell(enrolment, "hearing", f"misconduct:{case.public_id}", path, answer_by=case.answer_by)
        return case


def hear(case: MisconductCase, statement: str, items: Sequence[EvidenceItem] = ()) -> None:
    """The learner answers, once, before anything is found. Raises ReasonMissing, WrongState, Unfit."""
    with tenant(case.institution), transaction.atomic():
        common.lock(case.enrolment)
        _move(case, CaseState.HEARD, statement=common.reason_given(statement, 20_000), heard_at=timezone.now())
        common.exhibit(items, case.enrolment, case=case)
        common.record("misconduct.heard", case, exhibits=len(items))


def no_answer(case: MisconductCase, *, actor: Any) -> None:
    """Note that the time to answer went by without one. Raises TooEarly, WrongState."""
    with tenant(case.institution), transaction.atomic():
        common.lock(case.enrolment)
        fresh = MisconductCase.objects.get(pk=case.pk)
        if fresh.answer_by > timezone.now():
            raise TooEarly(until=fresh.answer_by.isoformat())
        _move(case, CaseState.HEARD, heard_at=timezone.now())
        common.record("misconduct.heard", case, actor=actor, answered=False)


def find(case: MisconductCase, proven: bool, finding: str, *, actor: Any) -> None:
    """Find on a case after the learner was heard; not whoever reported it. A suspicion may be dismissed at any time before.

    Raises NotIndependent, ReasonMissing, TooEarly (nobody was heard yet), WrongState.
    """
    with tenant(case.institution), transaction.atomic():
        common.lock(case.enrolment)
        fresh = MisconductCase.objects.select_related("enrolment__learner").get(pk=case.pk)
        common.refuse_the_learner(fresh.enrolment, actor)
        if proven and actor.pk == fresh.reported_by_id:
            raise NotIndependent("misconduct.not_independent")
        if proven and fresh.state == CaseState.SUSPECTED:
            raise TooEarly(until=fresh.answer_by.isoformat())
        state = CaseState.FOUND if proven else CaseState.DISMISSED
        finding = common.reason_given(finding, 20_000)
        _move(case, state, finding=finding, found_by=actor, found_at=timezone.now())
        common.record("misconduct.found" if proven else "misconduct.dismissed", case, actor=actor)
        if not proven:
            _told(fresh)
            common.award_if_waiting(fresh.enrolment, fresh.public_id)


def impose(
    case: MisconductCase, consequence: Consequence, *, points: Decimal = Decimal(0), actor: Any
) -> MisconductCase:
    """Impose the consequence of what was found, and let it take effect.

    `points` are per cent points off the mark (0 < points ≤ 100), for "mark reduced" alone. Raises NotIndependent, Unfit, WrongState.
    """
    with tenant(case.institution), transaction.atomic():
        common.lock(case.enrolment)
        fresh = MisconductCase.objects.select_related("enrolment__learner", "submission").get(pk=case.pk)
        common.refuse_the_learner(fresh.enrolment, actor)
        if actor.pk == fresh.reported_by_id:
            raise NotIndependent("misconduct.not_independent")
        reduces = consequence is Consequence.MARK_REDUCED
        if reduces != bool(points) or not 0 <= points <= 100:
            raise Unfit("misconduct.points")
        if consequence in (Consequence.MARK_REDUCED, Consequence.TASK_VOID) and fresh.submission_id is None:
            raise Unfit("misconduct.no_work")
        _move(
            fresh,
            CaseState.CLOSED,
            consequence=consequence.value,
            points=points,
            imposed_by=actor,
            imposed_at=timezone.now(),
        )
        common.record("misconduct.closed", fresh, actor=actor, consequence=consequence.value, points=str(points))
        enrolment = enrolment_api.enrolment_by_public_id(fresh.enrolment.public_id)
        if enrolment is not None:
            with common.as_ours():
                _take_effect(enrolment, fresh, consequence, actor)
        _told(fresh)
        return MisconductCase.objects.get(pk=case.pk)


def _take_effect(enrolment: Enrolment, case: MisconductCase, consequence: Consequence, actor: Any) -> None:
    current = queries.current_decision(enrolment)
    grave = consequence in (Consequence.TASK_VOID, Consequence.EXCLUSION)
    passed = current is not None and current.is_pass
    if consequence is Consequence.EXCLUSION or (grave and passed):
        tasks = queries.standings(enrolment)
        reasoned = rules.propose(tasks)
        findings = tuple(one for one in reasoned.findings if not one.code.startswith("outcome."))
        facts = {"consequence": consequence.value, "case": case.public_id}
        proposal = rules.Proposal(Outcome.VOID, (*findings, Finding("outcome.void", facts)), reasoned.percent)
        Proposal.objects.filter(enrolment=enrolment).delete()
        decision = common.write_decision(
            enrolment, Outcome.VOID, tasks, proposal, actor=actor, reason=case.finding, now=timezone.now()
        )
        common.tell_decision(decision)
    if consequence is Consequence.EXCLUSION:
        if enrolment.state == EnrolmentState.COMPLETED:
            enrolment_api.reopen(enrolment, actor=actor)
        enrolment_api.withdraw(enrolment, reason="excluded", actor=actor)
    else:
        _refresh(enrolment)
        if consequence is Consequence.WARNING:
            common.award_if_waiting(enrolment, case.public_id)


def _told(case: MisconductCase) -> None:
    enrolment = case.enrolment
    path = f"/learn/{enrolment.public_id}/hearing/{case.public_id}"
    common.tell(enrolment, "hearing_closed", f"misconduct:{case.public_id}:closed", path)


def _move(case: MisconductCase, state: CaseState, **values: Any) -> None:
    if not MisconductCase.objects.filter(pk=case.pk, state__in=rules.before(state)).update(state=state, **values):
        raise WrongState(state=MisconductCase.objects.values_list("state", flat=True).get(pk=case.pk))
    for name, value in {"state": state.value, **values}.items():
        setattr(case, name, value)
