"""The participant before the rule, and the record of a decision about them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from testamur.pathways import Approval, Case, Override
from testamur.pathways.decisions import DecisionRecord, make_record, part_of

from ..holdings import Held
from ..models import Participant
from ..rules import EMBEDDED


def case_of(participant: Participant, held: Sequence[Held], day: date) -> Case:
    """The participant before the rule: what they hold, what is known of them, and what was decided by hand."""
    allowances = list(participant.allowances.filter(withdrawn_at=None))
    return Case(
        on=day,
        holdings=tuple(holding for one in held for holding in one.holdings),
        facts={name: _fact(value) for name, value in participant.facts.items()},
        approvals=tuple(
            Approval(one.of, one.by_name, one.reason, one.on, one.credential) for one in allowances if not one.does
        ),
        overrides=tuple(
            Override(one.does, one.of, one.credential, one.by_name, one.role, one.reason)
            for one in allowances
            if one.does
        ),
    )


def _fact(value: Any) -> Any:
    """A stated fact as the engine reads it: a day, an exact number, or as it is."""
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    return Decimal(str(value)) if isinstance(value, float) else value


def record_of(participant: Participant, held: Sequence[Held], day: date) -> DecisionRecord:
    """The decision of this day as it will stand in the credential. Parts are embedded from the smallest on, until they would be
    too many."""
    parts, room = [], EMBEDDED
    for one in sorted(held, key=lambda each: (len(each.document.content), each.digest)):
        embed = len(one.document.content) <= room
        room -= len(one.document.content) if embed else 0
        parts.append(part_of(one.document.content, one.holdings, media_type=one.document.media_type, embed=embed))
    return make_record(participant.rule.content, case_of(participant, held, day), parts)
