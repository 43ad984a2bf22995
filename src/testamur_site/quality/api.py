"""The door of quality."""

from __future__ import annotations

from typing import Any

from testamur import strict_json
from testamur_site.catalogue import api as catalogue
from testamur_site.catalogue.api import AchievementVersion
from testamur_site.foundation.tenancy.api import tenant

from .demo import approve_demo, set_demo_policy
from .errors import QualityError
from .models import Proposal
from .profiles import profiles
from .queries import Due, Record, approval_was_withdrawn, due, endorsements_in_force, policy_of, record_of
from .rules import LATE, Refusal, Standing
from .sentences import AwardRefused, refused
from .services import (
    accept,
    answer,
    approve,
    decline,
    fulfil,
    invite,
    propose,
    return_for_changes,
    review,
    set_policy,
    withdraw_approval,
)
from .services.archive import TABLES as ARCHIVED_TABLES

__all__ = [
    "ARCHIVED_TABLES",
    "AwardRefused",
    "Due",
    "Proposal",
    "QualityError",
    "Record",
    "Refusal",
    "Standing",
    "accept",
    "answer",
    "approve",
    "approve_demo",
    "awarding_refusal",
    "decline",
    "due",
    "endorsements",
    "fulfil",
    "invite",
    "policy_of",
    "profiles",
    "propose",
    "record_of",
    "refused",
    "return_for_changes",
    "review",
    "set_demo_policy",
    "set_policy",
    "withdraw_approval",
]


def endorsements(version: AchievementVersion) -> list[dict[str, Any]]:
    """The signed EndorsementCredentials that hold now for exactly this content of `version`, oldest first, at most four.

    Complete documents with their proofs, to be embedded as `achievement.endorsement`. Needs no active tenant.
    """
    return [strict_json.loads(bytes(one.document)) for one in endorsements_in_force(version)]


def awarding_refusal(version: AchievementVersion) -> AwardRefused | None:
    """Why nothing may be awarded by this version now, or None. Needs no active tenant.

    Only where the institution requires an approval: after that was withdrawn, and, if its policy says so, while the review or a
    condition is overdue. A version that was published before there was a policy is not stopped.
    """
    with tenant(version.institution):
        if not catalogue.approval_required(version):
            return None
        record = record_of(version)
        if record.approved is None and approval_was_withdrawn(version):
            return AwardRefused(Refusal("award.withdrawn"))
        if record.standing in LATE and catalogue.publishing_policy(version.institution).stop_when_overdue:
            day = record.review_on if record.standing is Standing.OVERDUE else min(c.due_on for c in record.conditions)
            return AwardRefused(Refusal(f"award.{record.standing}", {"date": day.isoformat() if day else ""}))
    return None
