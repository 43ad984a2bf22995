"""Where a programme leaves the last word to a person."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from testamur_site.foundation.accounts.api import User
from testamur_site.foundation.audit import api as audit
from testamur_site.foundation.tenancy.api import tenant
from testamur_site.issuing.api import Award

from ..errors import WrongState
from ..holdings import held_by
from ..models import Participant
from ..rules import Event, ParticipantState
from . import awarding
from .cases import record_of
from .evaluating import evaluate


def approve(participant: Participant, *, actor: User, reason: str = "") -> Award:
    """Approve the award of a participant who waits. The rule is applied once more: what holds no longer is not awarded.

    Raises WrongState, and the errors of issuing.
    """
    with tenant(participant.institution):
        fresh = Participant.objects.select_related("institution", "rule", "rule__version", "holder", "award").get(
            pk=participant.pk
        )
        if fresh.state != ParticipantState.WAITING or fresh.holder is None:
            raise WrongState(state=fresh.state)
        day = timezone.localdate()
        record = record_of(fresh, held_by(fresh.holder), day)
        if record.said.outcome != "holds":
            evaluate(fresh, today=day)
            raise WrongState(state=ParticipantState.ACTIVE)
        return awarding.award(fresh, record, actor=actor, reason=reason)


def decline(participant: Participant, *, actor: User, reason: str) -> None:
    """Do not award although the rule holds, with a reason that the learner reads. The next change in what they hold proposes it again.

    Raises WrongState.
    """
    with tenant(participant.institution), transaction.atomic():
        changed = Participant.objects.filter(pk=participant.pk, state=ParticipantState.WAITING).update(
            state=ParticipantState.ACTIVE
        )
        if not changed:
            raise WrongState(state=participant.state)
        key = f"{participant.public_id}-{participant.decisions.count()}:declined"
        awarding.row(participant, Event.DECLINED, key, actor=actor, reason=reason)
        audit.record(
            "pathway.declined",
            f"participant:{participant.public_id}",
            institution=participant.institution,
            actor=actor,
            facts={},
        )
        awarding.tell(participant, "declined", key, {"reason": reason})
