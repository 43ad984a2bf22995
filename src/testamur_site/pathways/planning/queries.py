"""What is read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Count, F, Max, Q
from django.utils import timezone

from testamur import strict_json
from testamur_site.catalogue.api import Offering
from testamur_site.foundation.jobs.api import Job, Status
from testamur_site.foundation.tenancy.api import tenant, unscoped
from testamur_site.wallet.api import Holder

from ..holdings import documents_of
from ..models import Participant
from .models import AskedPlan
from .rules import KEPT, PlanState

_WITH = (
    "participant",
    "participant__institution",
    "participant__rule",
    "participant__rule__version",
    "participant__holder",
)
_OFFERED_WITH = ("version", "version__micro_credential", "version__institution", "institution")


def plans_of(participant: Participant) -> list[AskedPlan]:
    """What the participant has asked, newest first, without the answers."""
    with tenant(participant.institution):
        rows = AskedPlan.objects.filter(participant=participant, asked_at__gt=timezone.now() - KEPT)
        return list(rows.defer("answer"))


def own_plan(holder: Holder, participant_id: str, public_id: str) -> AskedPlan | None:
    """A plan, for the learner whose it is, as long as they take part; None for anybody else."""
    with unscoped("a learner reads a plan of their own, of whichever institution's microdegree"):
        return (
            AskedPlan.objects.filter(
                public_id=public_id,
                asked_at__gt=timezone.now() - KEPT,
                participant__public_id=participant_id,
                participant__holder=holder,
                participant__left_at=None,
            )
            .select_related(*_WITH)
            .first()
        )


def plan_to_work_out(public_id: str) -> AskedPlan | None:
    with unscoped("a worker is told which plan to work out"):
        return AskedPlan.objects.filter(public_id=public_id).select_related(*_WITH).first()


def state_of(plan: AskedPlan) -> PlanState:
    """How it stands. What was being worked out by a job that is not there any more, or has failed, has failed."""
    state = PlanState(plan.state)
    if state is not PlanState.OPEN:
        return state
    with unscoped("the plan names its job"):
        job = Job.objects.filter(pk=plan.job).only("status").first()
    lost = job is None or job.status in (Status.FAILED, Status.CANCELLED)
    if lost and plan_is_still_open(plan):
        return PlanState.FAILED
    return state


def plan_is_still_open(plan: AskedPlan) -> bool:
    """Looked up again: between two looks a worker may have finished."""
    with unscoped("a worker may have written meanwhile"):
        return AskedPlan.objects.filter(pk=plan.pk, state=PlanState.OPEN, attempt=plan.attempt).exists()


def catalogue_state(today: date) -> list[Any]:
    """Another one whenever another offering is open, or one of them says something else; not for each seat that is taken."""
    with_seats = Q(seats__isnull=True) | Q(seats__gt=F("seats_taken"))
    with unscoped("what is offered is public"):
        rows = Offering.objects.filter(with_seats, state=Offering.State.OPEN)
        rows = rows.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=today))
        found = rows.aggregate(
            count=Count("pk"), sum=Max("pk"), changed=Max("changed_at"), version=Max("version__changed_at")
        )
    return [str(found[name]) for name in ("count", "sum", "changed", "version")]


def holdings_state(participant: Participant, holder: Holder) -> list[Any]:
    """Another one whenever the learner holds something else, something they hold stands otherwise, or the institution stated or decided
    something else about them. Verifies nothing: what the last evaluation found is part of it."""
    documents = sorted(hashlib.sha256(each.content).hexdigest() for each in documents_of(holder))
    with tenant(participant.institution):
        decided = list(participant.allowances.filter(withdrawn_at=None).values_list("pk", flat=True))
    shown = hashlib.sha256(strict_json.dumps(participant.shown)).hexdigest()
    return [participant.rule.digest, documents, decided, dict(participant.facts), shown]


def offerings_by_id(public_ids: Iterable[str]) -> dict[str, Offering]:
    """The offerings of a plan as they are now, whatever became of them."""
    with unscoped("what is offered is public"):
        rows = Offering.objects.select_related(*_OFFERED_WITH).filter(public_id__in=set(public_ids))
        return {run.public_id: run for run in rows.exclude(state=Offering.State.DRAFT)}
