from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from testamur_site.foundation.audit import api as audit
from testamur_site.foundation.permissions.api import RIGHTS, Right
from testamur_site.foundation.tenancy.api import Institution, Membership, members, tenant

from . import rules
from .models import KeyProposal

ROLES = sorted(role for role, rights in RIGHTS.items() if Right.MANAGE_KEYS in rights)


def keepers(institution: Institution) -> list[Membership]:
    """The people who have the right to the keys, with their accounts."""
    return list(members(institution).filter(role__in=ROLES, user__is_active=True))


def proposals(institution: Institution, *, newest: int = 50) -> list[KeyProposal]:
    """The newest proposals, the open ones first."""
    with tenant(institution):
        rows = KeyProposal.objects.select_related("proposed_by", "decided_by")[:newest]
        return sorted(rows, key=lambda one: one.state != KeyProposal.State.OPEN)


def proposal(institution: Institution, public_id: str) -> KeyProposal | None:
    with tenant(institution):
        rows = KeyProposal.objects.select_related("institution", "proposed_by", "decided_by")
        return rows.filter(public_id=public_id).first()


def refusal(one: KeyProposal, person: Any, now: datetime | None = None) -> str:
    """Why `person`, who has the right to the keys, may not carry the proposal out now (`rules.refusal`, or `closed`); "" where they may."""
    moment = now or timezone.now()
    if one.state != KeyProposal.State.OPEN:
        return "closed"
    return rules.refusal(facts_of(one, person), moment)


def alone_from(one: KeyProposal) -> datetime | None:
    """From when on its author may carry it out alone; None where somebody else has the right to the keys."""
    facts = facts_of(one, one.proposed_by)
    return None if facts.others else rules.alone_from(facts)


def facts_of(one: KeyProposal, person: Any) -> rules.Facts:
    institution = one.institution
    ids = {keeper.user_id for keeper in keepers(institution)}
    return rules.Facts(
        proposed_at=one.proposed_at,
        expires_at=one.expires_at,
        own=one.proposed_by_id == getattr(person, "pk", None),
        urgent=one.urgent,
        since=_given_right(institution, person, one.proposed_at),
        others=bool(ids - {one.proposed_by_id}),
        somebody_left=last_lost_right(institution),
    )


def _given_right(institution: Institution, person: Any, after: datetime) -> datetime | None:
    """When the person was last given a role with the right, if that was after a moment. The audit trail says so, whose entries are chained:
    nobody can date it back."""
    written = audit.entries(institution, action="member.", target=getattr(person, "public_id", ""))
    for entry in written.filter(recorded_at__gt=after, action__in=("member.added", "member.role_changed")):
        return entry.recorded_at
    return None


def last_lost_right(institution: Institution) -> datetime | None:
    """When somebody who had the right to the keys was last removed or given another role; None where that is long ago."""
    lately = timezone.now() - rules.AFTER_SOMEBODY_LEFT - timedelta(hours=1)
    written = audit.entries(institution, action="member.").filter(recorded_at__gt=lately)
    for entry in written.filter(action__in=("member.removed", "member.role_changed")):
        if {entry.facts.get("role"), entry.facts.get("from")} & set(ROLES):
            return entry.recorded_at
    return None
