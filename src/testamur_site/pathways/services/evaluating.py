"""What follows from what a participant holds.

1. Gather the documents of the holder and verify each. This is slow and writes nothing.
2. Apply the rule: for who is not awarded yet, to all that is held; for who is, to what the award stood on (`awarding.look_after`).
3. In one transaction, if the participant is still in the state that step 2 started from: keep what came out, and take the step that
   follows. Whoever comes second finds the state changed and does nothing; the next evaluation starts from there.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils import timezone

from testamur.pathways import Decision, Outcome, decide
from testamur.pathways.words import names_of, to_json
from testamur_site.foundation.tenancy.api import tenant

from .. import holdings
from ..holdings import Held
from ..models import Participant
from ..rules import EVALUATED, IN_FORCE, Awarding, ParticipantState
from . import awarding
from .cases import case_of, record_of


def evaluate(participant: Participant, *, today: date | None = None) -> Participant:
    """Evaluate one participant now, and do what follows. May be repeated and interrupted at any point."""
    day = today or timezone.localdate()
    with tenant(participant.institution):
        fresh = _latest(_fresh(participant))
        if fresh.left_at is not None or fresh.holder is None or fresh.state not in EVALUATED:
            return fresh
        held = holdings.held_by(fresh.holder)
        if fresh.award is not None:
            held = holdings.without(held, fresh.award.url)
        if fresh.state in IN_FORCE:
            awarding.look_after(fresh, held, day)
            return _keep(fresh, decide(fresh.rule.programme(), case_of(fresh, held, day)), held)
        decision = decide(fresh.rule.programme(), case_of(fresh, held, day))
        fresh = _keep(fresh, decision, held)
        if decision.outcome is Outcome.HOLDS:
            _holds(fresh, held, day)
        elif fresh.state == ParticipantState.WAITING:
            _move(fresh, ParticipantState.WAITING, ParticipantState.ACTIVE)
        return _fresh(fresh)


def _fresh(participant: Participant) -> Participant:
    found = Participant.objects.select_related(
        "institution", "rule", "rule__version", "holder", "award", "micro_credential"
    )
    return found.get(pk=participant.pk)


def _latest(participant: Participant) -> Participant:
    """The participant with the award as it stands now: it may have been corrected, reinstated or signed anew by hand meanwhile. What took
    its place is the microdegree too, and counts towards itself no more than the first did."""
    award = participant.award
    if award is None or award.successor is None:
        return participant
    while award.successor is not None:
        award = award.successor
    Participant.objects.filter(pk=participant.pk).update(award=award)
    return _fresh(participant)


def _holds(participant: Participant, held: Sequence[Held], day: date) -> None:
    if participant.rule.awarding == Awarding.AUTOMATIC:
        awarding.award(participant, record_of(participant, held, day))
    elif participant.state != ParticipantState.WAITING and _move(
        participant, participant.state, ParticipantState.WAITING
    ):
        awarding.propose(participant)


def _move(participant: Participant, before: str, after: ParticipantState) -> bool:
    return bool(Participant.objects.filter(pk=participant.pk, state=before, left_at=None).update(state=after))


def _keep(participant: Participant, decision: Decision, held: Sequence[Held]) -> Participant:
    """Keep what came out, for the pages: values, and sentences in both languages."""
    credentials = [holding for one in held for holding in one.holdings]
    shown = {
        "decision": to_json(decision, "en", names_of(credentials, "en")),
        "sentences": {"ko": to_json(decision, "ko", names_of(credentials, "ko"))["sentences"]},
        "credentials": holdings.names_of(held),
    }
    with transaction.atomic():
        Participant.objects.filter(pk=participant.pk, left_at=None).update(
            shown=shown, outcome=decision.outcome.value, evaluated_at=timezone.now()
        )
    return _fresh(participant)
