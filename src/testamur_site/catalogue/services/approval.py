"""What the quality process decided, as far as publishing must know it. The process itself belongs to quality, which calls this.

1. An institution says which of its versions need an approval (`PublishingPolicy`).
2. An approval is of one content: `content_hash`. Whoever changes the content has no approval any more.
3. Where it is needed, nothing is published, corrected in place or brought back without one that still holds.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from testamur_site.foundation.audit.api import record
from testamur_site.foundation.tenancy.api import Institution

from ..errors import ApprovedOtherContent, NotApproved
from ..exchange.achievement import content_hash as hash_of
from ..exchange.achievement import needs_decision
from ..models import AchievementVersion, PublishingPolicy
from .common import audit, for_update


def publishing_policy(institution: Institution) -> PublishingPolicy:
    """The institution's policy; where it has none yet, one that is not saved and asks for nothing."""
    found = PublishingPolicy.objects.filter(institution=institution).first()
    return found or PublishingPolicy(institution=institution)


def approval_required(version: AchievementVersion) -> bool:
    """Whether this version needs an approval to be published, by the policy of its institution."""
    policy = publishing_policy(version.institution).requires_approval
    return policy == PublishingPolicy.Requires.ALL or (
        policy == PublishingPolicy.Requires.ASSESSED and needs_decision(version)
    )


@transaction.atomic
def set_publishing_policy(
    institution: Institution, *, requires_approval: str, stop_when_overdue: bool = False, actor: Any = None
) -> PublishingPolicy:
    """Say which versions need an approval (`none`, `assessed`, `all`). Saying it again changes nothing. Raises ValueError."""
    if requires_approval not in PublishingPolicy.Requires.values:
        raise ValueError(requires_approval)
    policy, _created = PublishingPolicy.objects.select_for_update().get_or_create(institution=institution)
    if (policy.requires_approval, policy.stop_when_overdue) != (requires_approval, stop_when_overdue):
        policy.requires_approval, policy.stop_when_overdue = requires_approval, stop_when_overdue
        policy.save()
        record(
            "publishing_policy.changed",
            f"institution:{institution.public_id}",
            institution=institution,
            actor=actor,
            facts={"requires_approval": requires_approval, "stop_when_overdue": stop_when_overdue},
        )
    return policy


@transaction.atomic
def approve(
    version: AchievementVersion, content_hash: str, until: date | None, *, actor: Any = None, reference: str = ""
) -> AchievementVersion:
    """Note that this content was approved, until a date or without end. `reference` names the decision (a public identifier).

    Approving the same again changes nothing. Raises ApprovedOtherContent when the version says something else by now.
    """
    version = for_update(version)
    if content_hash != hash_of(version):
        raise ApprovedOtherContent(version)
    if (version.approved_hash, version.approved_until) == (content_hash, until):
        return version
    version.approved_hash, version.approved_until = content_hash, until
    version.save(update_fields=["approved_hash", "approved_until"])
    facts = {"version": version.public_id, "until": until.isoformat() if until else "", "reference": reference}
    audit("version.approved", version.micro_credential, actor, facts)
    return version


@transaction.atomic
def withdraw_approval(version: AchievementVersion, *, actor: Any = None, reference: str = "") -> AchievementVersion:
    """Take the approval back. What was published stays published until it is retired. Without an approval, nothing changes."""
    version = for_update(version)
    if not version.approved_hash:
        return version
    version.approved_hash, version.approved_until = "", None
    version.save(update_fields=["approved_hash", "approved_until"])
    facts = {"version": version.public_id, "reference": reference}
    audit("version.approval_withdrawn", version.micro_credential, actor, facts)
    return version


def refuse_unapproved(version: AchievementVersion) -> None:
    """Raises NotApproved where the institution asks for an approval and this content has none that holds today."""
    if not approval_required(version):
        return
    if not version.approved_hash:
        raise NotApproved(version, "never")
    if version.approved_hash != hash_of(version):
        raise NotApproved(version, "changed")
    if version.approved_until is not None and version.approved_until < timezone.localdate():
        raise NotApproved(version, "expired")


def refuse_edit_in_place(version: AchievementVersion) -> None:
    """Raises NotApproved where a published version would be changed behind the back of those who approved it."""
    if version.state == AchievementVersion.State.PUBLISHED and approval_required(version):
        raise NotApproved(version, "published")
