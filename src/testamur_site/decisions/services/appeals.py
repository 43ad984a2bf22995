"""Appeals: lodged in time, taken up by somebody new to it, answered with a reason; and what an answer sets off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from testamur_site.assessment import api as assessment
from testamur_site.enrolment import api as enrolment_api
from testamur_site.enrolment.api import EvidenceItem
from testamur_site.foundation.tenancy.api import tenant

from .. import queries, rules
from ..errors import NotIndependent, TooLate, Unfit, WrongState
from ..models import Appeal, Decision, MisconductCase
from ..rules import AppealState, CaseState, Ground
from . import common
from .deciding import _refresh


def lodge(decision: Decision, grounds: Sequence[str], statement: str, items: Sequence[EvidenceItem] = ()) -> Appeal:
    """A learner appeals. Raises TooLate (its code says which rule), ReasonMissing, Unfit (no ground, or evidence that is not theirs)."""
    with tenant(decision.institution), transaction.atomic():
        common.lock(decision.enrolment)
        fresh = queries.decisions().get(pk=decision.pk)
        now = timezone.now()
        if refusal := fresh.can_be_appealed(now):
            raise TooLate(refusal)
        named = [ground.value for ground in Ground if ground.value in grounds]
        if not named:
            raise Unfit("appeal.no_ground")
        policy = common.policy_of(fresh.enrolment.version)
        try:
            with transaction.atomic():
                appeal = Appeal.objects.create(
                    institution=fresh.institution,
                    decision=fresh,
                    grounds=named,
                    statement=common.reason_given(statement, 20_000),
                    answer_by=rules.end_of_window(now, policy.answer_days),
                    lodged_at=now,
                )
        except IntegrityError as error:
            raise TooLate("appeal.already") from error
        common.exhibit(items, fresh.enrolment, appeal=appeal)
        common.record("appeal.lodged", appeal, decision=fresh.public_id, grounds=named, exhibits=len(items))
        common.tell(
            fresh.enrolment,
            "appeal_received",
            f"appeal:{appeal.public_id}",
            f"/learn/{fresh.enrolment.public_id}/appeal",
        )
        return appeal


def take_back(appeal: Appeal) -> None:
    """The learner withdraws the appeal, as long as it is not answered. Raises WrongState."""
    with tenant(appeal.institution), transaction.atomic():
        common.lock(appeal.decision.enrolment)
        _move(appeal, AppealState.WITHDRAWN, decided_at=timezone.now())
        common.record("appeal.withdrawn", appeal)
        common.award_if_waiting(appeal.decision.enrolment, appeal.public_id)


def take_up(appeal: Appeal, *, actor: Any) -> None:
    """Somebody who had no part in it begins to look into it. Raises NotIndependent, WrongState."""
    with tenant(appeal.institution), transaction.atomic():
        common.lock(appeal.decision.enrolment)
        _refuse_involved(appeal, actor)
        _move(appeal, AppealState.IN_REVIEW, taken_by=actor)
        common.record("appeal.taken_up", appeal, actor=actor)


def answer(
    appeal: Appeal,
    state: AppealState,
    text: str,
    *,
    actor: Any,
    mark_again: Sequence[str] = (),
    hand_in_again: Sequence[str] = (),
    lift: Sequence[str] = (),
) -> Appeal:
    """Decide an appeal, with a reason. What is upheld, wholly or in part, must change something; what is rejected changes nothing.

    `mark_again`: tasks whose work is marked again by people who did not mark it before. `hand_in_again`: tasks for which the learner gets a
    further attempt. `lift`: public ids of misconduct cases whose consequence is taken back. The results that come of it are proposed and
    decided upon as any others: an appeal is not a way around the marks.

    Raises NotIndependent, WrongState, ReasonMissing, Unfit.
    """
    with tenant(appeal.institution), transaction.atomic():
        common.lock(appeal.decision.enrolment)
        _refuse_involved(appeal, actor)
        decision = queries.decisions().get(pk=appeal.decision_id)
        if decision.successor is not None:
            raise WrongState(state="superseded")
        text = common.reason_given(text, 20_000)
        changes = bool(mark_again or hand_in_again or lift)
        if state is AppealState.REJECTED and changes:
            raise Unfit("appeal.rejected_changes")
        if state in (AppealState.UPHELD, AppealState.PARTLY) and not changes:
            raise Unfit("appeal.upheld_changes_nothing")
        now = timezone.now()
        _move(
            appeal,
            state,
            decided_by=actor,
            decided_at=now,
            answer=text,
            reopened=sorted({*mark_again, *hand_in_again}),
        )
        facts = {"outcome": state.value, "tasks": sorted({*mark_again, *hand_in_again}), "lifted": len(lift)}
        common.record("appeal.answered", appeal, actor=actor, **facts)
        if changes:
            with common.as_ours():
                _change(decision, appeal, text, actor, mark_again, hand_in_again, lift)
        else:
            common.award_if_waiting(decision.enrolment, appeal.public_id)
        path = f"/learn/{decision.enrolment.public_id}/appeal"
        common.tell(decision.enrolment, "appeal_answered", f"appeal:{appeal.public_id}:answered", path)
        return Appeal.objects.select_related("decision", "decided_by").get(pk=appeal.pk)


def _change(
    decision: Decision,
    appeal: Appeal,
    text: str,
    actor: Any,
    mark_again: Sequence[str],
    hand_in_again: Sequence[str],
    lift: Sequence[str],
) -> None:
    """What an appeal that was upheld sets off, each only where it can be done at all."""
    enrolment = decision.enrolment
    tasks = {task.task: task for task in decision.tasks}
    if set(mark_again) & set(hand_in_again):
        raise Unfit("appeal.again_twice")
    if any(key not in tasks or not tasks[key].submission for key in (*mark_again, *hand_in_again)):
        raise Unfit("appeal.no_such_work")
    enrolment_api.reopen(enrolment, actor=actor)
    before = queries.involved(enrolment)
    for key in mark_again:
        submission = enrolment_api.submission_by_public_id(tasks[key].submission)
        if submission is not None:
            assessment.reopen(submission, text, excluding_assessors=sorted(before), actor=actor)
    for key in hand_in_again:
        submission = enrolment_api.submission_by_public_id(tasks[key].submission)
        if submission is not None:
            days = common.policy_of(enrolment.version).resubmission_days
            until = rules.default_until(timezone.now().date(), days)
            enrolment_api.return_for_resubmission(submission, text, until, actor=actor, extra_attempt=True)
    for public_id in lift:
        case = MisconductCase.objects.filter(
            enrolment=enrolment, public_id=public_id, state=CaseState.CLOSED, lifted_at=None
        ).first()
        if case is None:
            raise Unfit("appeal.no_such_case")
        MisconductCase.objects.filter(pk=case.pk).update(lifted_at=timezone.now())
        common.record("misconduct.lifted", case, actor=actor, appeal=appeal.public_id)
    _refresh(enrolment)


def _refuse_involved(appeal: Appeal, actor: Any) -> None:
    """Nobody answers an appeal against what they marked, moderated, reported or decided themselves, nor the learner their own."""
    enrolment = appeal.decision.enrolment
    common.refuse_the_learner(enrolment, actor)
    if actor.pk in queries.involved(enrolment):
        raise NotIndependent()


def _move(appeal: Appeal, state: AppealState, **values: Any) -> None:
    if not Appeal.objects.filter(pk=appeal.pk, state__in=rules.before(state)).update(state=state, **values):
        raise WrongState(state=Appeal.objects.values_list("state", flat=True).get(pk=appeal.pk))
    appeal.state = state.value
