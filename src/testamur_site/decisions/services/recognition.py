"""Recognition of prior learning: a learner claims a task, an assessor judges the claim by its rubric, somebody else decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from testamur.assessment.rubrics import score
from testamur_site.assessment import api as assessment
from testamur_site.enrolment import api as enrolment_api
from testamur_site.enrolment.api import Enrolment, EvidenceItem
from testamur_site.foundation.tenancy.api import tenant

from .. import queries, rules
from ..errors import NotIndependent, Unfit, WrongState
from ..models import PriorLearningClaim
from ..rules import ClaimState
from . import common
from .deciding import _refresh


def claim(enrolment: Enrolment, task_key: str, statement: str, items: Sequence[EvidenceItem]) -> PriorLearningClaim:
    """A learner claims a task. Raises Unfit (no such task, no evidence, work was handed in, claimed before), ReasonMissing, WrongState."""
    with tenant(enrolment.institution), transaction.atomic():
        common.lock(enrolment)
        fresh = enrolment_api.enrolment_by_public_id(enrolment.public_id)
        if fresh is None or fresh.state != "enrolled":
            raise WrongState(state=fresh.state if fresh else "")
        if task_key not in {task.key for task in fresh.tasks}:
            raise Unfit("claim.no_such_task")
        if not queries.ladders(fresh, task_key):
            raise Unfit("claim.no_rubric")
        if queries.last_handed_in(fresh, task_key) is not None:
            raise Unfit("claim.handed_in")
        if not items:
            raise Unfit("claim.no_evidence")
        try:
            with transaction.atomic():
                made = PriorLearningClaim.objects.create(
                    institution=fresh.institution,
                    enrolment=fresh,
                    task_key=task_key,
                    statement=common.reason_given(statement, 20_000),
                )
        except IntegrityError as error:
            raise Unfit("claim.already") from error
        common.exhibit(items, fresh, claim=made)
        common.record("claim.made", made, task=task_key, exhibits=len(items))
        _refresh(fresh)
        return made


def judge(made: PriorLearningClaim, levels: Mapping[str, str], judgement: str, *, actor: Any) -> PriorLearningClaim:
    """An assessor names the level that the evidence shows in every criterion of the task's rubric, with reasons.

    Raises ReasonMissing, Unfit (a level is missing or none of the rubric's), NotIndependent, WrongState.
    """
    with tenant(made.institution), transaction.atomic():
        common.lock(made.enrolment)
        fresh = _fresh(made)
        common.refuse_the_learner(fresh.enrolment, actor)
        ladders = queries.ladders(fresh.enrolment, fresh.task_key)
        if any(levels.get(criterion) not in ladder for criterion, (ladder, _) in ladders.items()):
            raise Unfit("claim.levels")
        chosen = {criterion: levels[criterion] for criterion in ladders}
        design = assessment.design_of(fresh.enrolment.version, fresh.task_key)
        _move(
            fresh,
            ClaimState.JUDGED,
            levels=chosen,
            percent=score(design.model, chosen).percent,
            judgement=common.reason_given(judgement, 20_000),
            judged_by=actor,
            judged_at=timezone.now(),
        )
        common.record("claim.judged", fresh, actor=actor)
        return fresh


def decide_claim(made: PriorLearningClaim, recognised: bool, reason: str, *, actor: Any) -> PriorLearningClaim:
    """Recognise or refuse a claim that was judged; not whoever judged it. Nothing is recognised that the rubric does not carry.

    Raises NotIndependent, ReasonMissing, Unfit, WrongState.
    """
    with tenant(made.institution), transaction.atomic():
        common.lock(made.enrolment)
        fresh = _fresh(made)
        common.refuse_the_learner(fresh.enrolment, actor)
        if actor.pk == fresh.judged_by_id:
            raise NotIndependent("claim.not_independent")
        if recognised and not carries(fresh):
            raise Unfit("claim.not_carried")
        state = ClaimState.RECOGNISED if recognised else ClaimState.REFUSED
        reason = common.reason_given(reason)
        _move(fresh, state, reason=reason, decided_by=actor, decided_at=timezone.now())
        common.record(f"claim.{state.value}", fresh, actor=actor, task=fresh.task_key)
        path = f"/learn/{fresh.enrolment.public_id}/prior-learning"
        common.tell(fresh.enrolment, "claim_decided", f"claim:{fresh.public_id}:decided", path)
        _refresh(fresh.enrolment)
        return fresh


def carries(made: PriorLearningClaim) -> bool:
    """Whether the levels that were judged reach the pass mark of the task and every level that must be reached."""
    enrolment = made.enrolment
    task = next((one for one in enrolment.tasks if one.key == made.task_key), None)
    if task is None or made.percent is None:
        return False
    failed = rules.below_must_pass(made.levels, queries.ladders(enrolment, made.task_key))
    return not failed and made.percent >= queries.number(task.pass_mark, made.percent)


def take_back_claim(made: PriorLearningClaim) -> None:
    """The learner withdraws a claim that is not decided; they may hand in work for the task instead. Raises WrongState."""
    with tenant(made.institution), transaction.atomic():
        common.lock(made.enrolment)
        fresh = _fresh(made)
        _move(fresh, ClaimState.WITHDRAWN)
        common.record("claim.withdrawn", fresh)
        _refresh(fresh.enrolment)


def _fresh(made: PriorLearningClaim) -> PriorLearningClaim:
    return PriorLearningClaim.objects.select_related(
        "institution", "enrolment__learner", "enrolment__institution", "enrolment__version__institution"
    ).get(pk=made.pk)


def _move(made: PriorLearningClaim, state: ClaimState, **values: Any) -> None:
    if not PriorLearningClaim.objects.filter(pk=made.pk, state__in=rules.before(state)).update(state=state, **values):
        raise WrongState(state=PriorLearningClaim.objects.values_list("state", flat=True).get(pk=made.pk))
    for name, value in {"state": state.value, **values}.items():
        setattr(made, name, value)
