"""Institutions of this installation that own a micro-credential together: each agrees to a content before it is published.

1. The owner asks. The co-owner gets a row in its own tenant (`CoOwnerConsent`), so that its people find it.
2. The co-owner agrees to exactly the content it saw, or declines with a reason. Changed content needs a new agreement.
3. Without the agreement of all, nothing is published; and what was published together is not corrected by one alone.

Departments and organisations that are not institutions here are named on the page and in the credential; nobody can ask them.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from testamur_site.foundation.audit.api import record
from testamur_site.foundation.tenancy.api import Institution, institution_by_slug, tenant, unscoped

from ..errors import ConsentOutdated, CoOwnersNotAgreed
from ..exchange.achievement import content_hash as hash_of
from ..models import AchievementVersion, CoOwnerConsent
from .common import audit, for_update


def co_owning_institutions(version: AchievementVersion) -> list[Institution]:
    """The institutions here, other than the owner, that the description names as co-owners."""
    keys = {organisation.key for organisation in version.description.organisations}
    named = (institution_by_slug(owner) for owner in version.description.co_owners if owner not in keys)
    return [found for found in named if found is not None and found.pk != version.institution_id]


def consents(version: AchievementVersion) -> list[tuple[Institution, str]]:
    """Each co-owning institution with `agreed`, `declined`, `asked`, `changed` (agreed to other content) or `not_asked`."""
    owners = co_owning_institutions(version)
    if not owners:
        return []
    with unscoped("the owner reads what its co-owners said"):
        rows = {row.institution_id: row for row in CoOwnerConsent.objects.filter(version=version)}
    now = hash_of(version)
    return [(owner, _state(rows.get(owner.pk), now)) for owner in owners]


def _state(row: CoOwnerConsent | None, now: str) -> str:
    if row is None:
        return "not_asked"
    if row.state == CoOwnerConsent.State.AGREED and row.content_hash != now:
        return "changed"
    return str(row.state)


def refuse_without_consent(version: AchievementVersion) -> None:
    """Raises CoOwnersNotAgreed with those who have not agreed to this content."""
    waiting = tuple((owner.name, state) for owner, state in consents(version) if state != CoOwnerConsent.State.AGREED)
    if waiting:
        raise CoOwnersNotAgreed(version, waiting)


@transaction.atomic
def ask_co_owners(version: AchievementVersion, *, actor: Any = None) -> int:
    """Ask every co-owning institution that has not agreed to this content; how many were asked. Asking again is no new question."""
    version = for_update(version)
    asked = 0
    for owner, state in consents(version):
        if state in {CoOwnerConsent.State.AGREED, CoOwnerConsent.State.ASKED}:
            continue
        with tenant(owner):
            row, _created = CoOwnerConsent.objects.select_for_update().get_or_create(institution=owner, version=version)
            row.state, row.content_hash, row.reason = CoOwnerConsent.State.ASKED, "", ""
            row.decided_at = row.decided_by = None
            row.save()
        asked += 1
        facts = {"version": version.public_id, "co_owner": owner.public_id}
        audit("co_owner.asked", version.micro_credential, actor, facts)
    return asked


@transaction.atomic
def agree(consent: CoOwnerConsent, content_hash: str, *, actor: Any = None) -> CoOwnerConsent:
    """Agree to this content, for the active institution. Raises ConsentOutdated when the version says something else by now."""
    return _answer(consent, CoOwnerConsent.State.AGREED, content_hash, "", actor)


@transaction.atomic
def decline(consent: CoOwnerConsent, content_hash: str, reason: str, *, actor: Any = None) -> CoOwnerConsent:
    """Decline this content, with a reason that the owner reads. Raises ConsentOutdated, ValueError (no reason)."""
    if not reason.strip():
        raise ValueError("a reason is needed")
    return _answer(consent, CoOwnerConsent.State.DECLINED, content_hash, reason.strip()[:2000], actor)


def _answer(consent: CoOwnerConsent, state: str, content_hash: str, reason: str, actor: Any) -> CoOwnerConsent:
    row = CoOwnerConsent.objects.select_for_update().get(pk=consent.pk)
    with unscoped("the version belongs to the institution that asked"):
        version = for_update(AchievementVersion(pk=row.version_id))
    if hash_of(version) != content_hash:
        raise ConsentOutdated(version)
    if (row.state, row.content_hash, row.reason) == (state, content_hash, reason):
        return row
    row.state, row.content_hash, row.reason = state, content_hash, reason
    row.decided_at, row.decided_by = timezone.now(), actor
    row.save()
    for institution in (row.institution, version.institution):
        record(
            f"co_owner.{state}",
            f"micro-credential:{version.micro_credential.public_id}",
            institution=institution,
            actor=actor,
            facts={"version": version.public_id, "co_owner": row.institution.public_id},
        )
    return row


def consents_waiting() -> int:
    """How many questions of other institutions the active one has not answered."""
    return CoOwnerConsent.objects.filter(state=CoOwnerConsent.State.ASKED).count()


def own_consents() -> list[CoOwnerConsent]:
    """What the active institution was asked, newest first, with the versions of the institutions that asked."""
    rows = list(CoOwnerConsent.objects.order_by("-pk")[:200])
    with unscoped("a co-owner reads what it owns together with others"):
        versions = {
            version.pk: version
            for version in AchievementVersion.objects.filter(pk__in=[row.version_id for row in rows]).select_related(
                "institution", "micro_credential", "image"
            )
        }
    for row in rows:
        row.version = versions[row.version_id]
    return rows


def own_consent(version_id: str) -> CoOwnerConsent | None:
    """The one about a version (its public identifier); None for a version nobody asked the active institution about."""
    return next((row for row in own_consents() if row.version.public_id == version_id), None)
