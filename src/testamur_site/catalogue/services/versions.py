"""Micro-credentials and their versions: described, illustrated, published, replaced, retired, locked."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from testamur_site.foundation.jobs.api import enqueue
from testamur_site.foundation.tenancy.api import Institution

from ..consistency import errors as consistency_errors
from ..description import codec, sections
from ..description.checks import faults
from ..description.elements import Description, Image
from ..description.search import columns
from ..description.tasks import with_assessments_followed, with_keys
from ..errors import (
    AlreadyDrafted,
    Conflict,
    CoOwnersNotAgreed,
    LearnersEnrolled,
    NotConsistent,
    NothingToPublish,
    NotPublishable,
    VersionLocked,
    VersionNotPublished,
)
from ..finding import entries
from ..models import AchievementImage, AchievementVersion, MicroCredential, Offering
from ..queries import issuer_of
from ..rules import completeness
from .approval import refuse_edit_in_place, refuse_unapproved
from .co_owners import co_owning_institutions, refuse_without_consent
from .common import audit as _audit
from .common import for_update as _for_update


@transaction.atomic
def create(
    institution: Institution,
    description: Description,
    *,
    actor: Any = None,
    source: str = "form",
    png: bytes | None = None,
    svg: bytes | None = None,
) -> MicroCredential:
    """A new micro-credential with its first draft. Raises ValueError for a description with faults."""
    _refuse_faults(description)
    micro_credential = MicroCredential.objects.create(institution=institution)
    version = AchievementVersion(institution=institution, micro_credential=micro_credential, number=1)
    if png is not None:
        version.image = _image(institution, png, svg)
    _write(version, description, actor)
    _audit("micro_credential.created", micro_credential, actor, {"version": version.public_id, "source": source})
    return micro_credential


@transaction.atomic
def save_section(
    version: AchievementVersion, section: str, members: Mapping[str, Any], *, base: str, actor: Any = None
) -> AchievementVersion:
    """Write one section of a version that may be edited.

    `members` are values for exactly the members of `sections.SECTIONS[section]`; `base` is the token of what the editor saw.

    Raises Conflict, VersionLocked, NotPublishable and NotConsistent (for a published version), NotApproved (a published version
    where the institution publishes only what was approved), CoOwnersNotAgreed and LearnersEnrolled (a published version), ValueError
    (faults).
    """

    def changed(before: Description) -> Description:
        return replace(before, **{name: members[name] for name in sections.SECTIONS[section]})

    return change_section(
        version, section, changed, seen=lambda stored: sections.token(stored, section) == base, actor=actor
    )


@transaction.atomic
def change_section(
    version: AchievementVersion,
    section: str,
    changed: Callable[[Description], Description],
    *,
    seen: Callable[[Description], bool],
    actor: Any = None,
) -> AchievementVersion:
    """Write what `changed` makes of the stored description, which must differ in this section only.

    `seen` says whether the editor saw what is stored now. Where nothing would be different, nothing is written, whatever was seen.
    Raises as `save_section`.
    """
    version = _for_update(version)
    _refuse_locked(version)
    before = version.description
    after = with_assessments_followed(before, with_keys(changed(before)))
    if before == after:
        return version
    if not seen(before):
        raise Conflict(version, section)
    _refuse_edit_in_place(version)
    _refuse_faults(after)
    _refuse_incomplete(version, after)
    _write(version, after, actor)
    names = sorted(name for name in sections.SECTIONS[section] if getattr(before, name) != getattr(after, name))
    _audit("version.edited", version.micro_credential, actor, {"version": version.public_id, "changed": names})
    return version


@transaction.atomic
def set_image(
    version: AchievementVersion, image: Image, png: bytes | None, svg: bytes | None = None, *, actor: Any = None
) -> AchievementVersion:
    """Give a version its picture, or (with `png` None) change only what is said about it. Raises VersionLocked, NotApproved."""
    version = _for_update(version)
    _refuse_locked(version)
    _refuse_edit_in_place(version)
    described = replace(version.description, image=image)
    _refuse_faults(described)
    if png is not None:
        version.image = _image(version.institution, png, svg)
    _write(version, described, actor)
    facts = {"version": version.public_id, "changed": ["image"], "source": image.source}
    _audit("version.edited", version.micro_credential, actor, facts)
    return version


@transaction.atomic
def publish(version: AchievementVersion, *, actor: Any = None) -> AchievementVersion:
    """Make a draft the version that is shown and awarded.

    Raises NothingToPublish, NotPublishable (with what is missing), NotConsistent (with what does not fit together), NotApproved
    (where the institution asks for an approval), CoOwnersNotAgreed.
    """
    version = _for_update(version)
    if version.state != AchievementVersion.State.DRAFT:
        raise NothingToPublish(version)
    found = completeness(version.description, issuer_of(version.institution))
    if not found.publishable:
        raise NotPublishable(found)
    _refuse_inconsistent(version.description)
    refuse_unapproved(version)
    refuse_without_consent(version)
    micro_credential = version.micro_credential
    micro_credential.versions.filter(state=AchievementVersion.State.PUBLISHED).update(
        state=AchievementVersion.State.SUPERSEDED
    )
    version.state = AchievementVersion.State.PUBLISHED
    version.published_at = timezone.now()
    version.save(update_fields=["state", "published_at", "changed_at"])
    _move(micro_credential, MicroCredential.State.PUBLISHED)
    entries.refresh(micro_credential)
    _audit("version.published", micro_credential, actor, {"version": version.public_id, "number": version.number})
    _tell(version)
    return version


@transaction.atomic
def begin_version(
    micro_credential: MicroCredential,
    what_changed: str,
    *,
    earlier_learners: str = AchievementVersion.EarlierLearners.FINISH,
    earlier_until: date | None = None,
    actor: Any = None,
) -> AchievementVersion:
    """The next version as a draft, beginning as a copy of the published one.

    `earlier_learners` says what becomes of those who began under an earlier version (`AchievementVersion.EarlierLearners`).
    Raises AlreadyDrafted, VersionNotPublished, ValueError (a rule without its date).
    """
    _refuse_rule(earlier_learners, earlier_until)
    # The parent row is the lock: two requests at once must not both find that there is no draft yet.
    micro_credential = MicroCredential.objects.select_for_update().get(pk=micro_credential.pk)
    if draft := micro_credential.versions.filter(state=AchievementVersion.State.DRAFT).first():
        raise AlreadyDrafted(draft)
    current = micro_credential.versions.filter(state=AchievementVersion.State.PUBLISHED).first()
    if current is None:
        raise VersionNotPublished(micro_credential.public_id)
    newest = micro_credential.versions.order_by("-number").values_list("number", flat=True)[0]
    version = AchievementVersion(
        institution=current.institution,
        micro_credential=micro_credential,
        number=newest + 1,
        image=current.image,
        what_changed=what_changed,
        earlier_learners=earlier_learners,
        earlier_until=earlier_until,
    )
    _write(version, current.description, actor)
    _audit("version.begun", micro_credential, actor, {"version": version.public_id, "number": version.number})
    return version


@transaction.atomic
def note_what_changed(version: AchievementVersion, what_changed: str, *, actor: Any = None) -> AchievementVersion:
    """Reword the note of a draft. Raises VersionLocked."""
    version = _for_update(version)
    _refuse_locked(version)
    version.what_changed = what_changed
    version.save(update_fields=["what_changed", "changed_at"])
    _audit("version.edited", version.micro_credential, actor, {"version": version.public_id, "changed": ["note"]})
    return version


@transaction.atomic
def set_rule_for_earlier(
    version: AchievementVersion, earlier_learners: str, earlier_until: date | None, *, actor: Any = None
) -> AchievementVersion:
    """Say what becomes of learners who began under an earlier version: also of a published or locked version, to give them longer.

    It is no part of the content. Raises ValueError (a rule without its date), NothingToPublish for a replaced version.
    """
    _refuse_rule(earlier_learners, earlier_until)
    version = _for_update(version)
    if version.state == AchievementVersion.State.SUPERSEDED:
        raise NothingToPublish(version)
    if (version.earlier_learners, version.earlier_until) != (earlier_learners, earlier_until):
        version.earlier_learners, version.earlier_until = earlier_learners, earlier_until
        version.save(update_fields=["earlier_learners", "earlier_until", "changed_at"])
        facts = {
            "version": version.public_id,
            "rule": earlier_learners,
            "until": earlier_until.isoformat() if earlier_until else "",
        }
        _audit("version.earlier_learners", version.micro_credential, actor, facts)
    return version


def _refuse_rule(rule: str, until: date | None) -> None:
    rules = AchievementVersion.EarlierLearners
    if rule not in rules.values or (until is not None) != (rule == rules.UNTIL):
        raise ValueError(rule)


@transaction.atomic
def discard_draft(version: AchievementVersion, *, actor: Any = None) -> None:
    """Delete a draft; a micro-credential that never had another version goes with it. Raises NothingToPublish for other states."""
    version = _for_update(version)
    if version.state != AchievementVersion.State.DRAFT:
        raise NothingToPublish(version)
    micro_credential, public_id = version.micro_credential, version.public_id
    version.delete()
    _audit("version.discarded", micro_credential, actor, {"version": public_id})
    if not micro_credential.versions.exists():
        micro_credential.delete()


@transaction.atomic
def duplicate(version: AchievementVersion, titles: Mapping[str, str], *, actor: Any = None) -> MicroCredential:
    """A new micro-credential that begins as a copy of this version, under other titles (a language map)."""
    described = replace(version.description, title=dict(titles))
    _refuse_faults(described)
    copied = MicroCredential.objects.create(institution=version.institution)
    first = AchievementVersion(institution=version.institution, micro_credential=copied, number=1, image=version.image)
    _write(first, described, actor)
    _audit("micro_credential.created", copied, actor, {"version": first.public_id, "source": version.public_id})
    return copied


@transaction.atomic
def retire(micro_credential: MicroCredential, *, actor: Any = None) -> None:
    """Take it out of the catalogue: what was awarded stays valid, nothing more is awarded. Doing it twice is doing it once."""
    _change_state(micro_credential, MicroCredential.State.PUBLISHED, MicroCredential.State.RETIRED, "retired", actor)


@transaction.atomic
def bring_back(micro_credential: MicroCredential, *, actor: Any = None) -> None:
    """Undo `retire`. Raises NotApproved where an approval is needed and that of the published version does not hold any more."""
    published = micro_credential.versions.filter(state=AchievementVersion.State.PUBLISHED).first()
    if published is not None:
        refuse_unapproved(_for_update(published))
    _change_state(
        micro_credential, MicroCredential.State.RETIRED, MicroCredential.State.PUBLISHED, "brought_back", actor
    )


def _tell(version: AchievementVersion) -> None:
    """Queue the job named in TESTAMUR_AFTER_PUBLISH, in the transaction of the change: what is published, or awarded by, is recorded."""
    if path := getattr(settings, "TESTAMUR_AFTER_PUBLISH", None):
        enqueue(path, {"version": version.public_id}, institution=version.institution)


@transaction.atomic
def lock_version(version: AchievementVersion, *, actor: Any = None) -> AchievementVersion:
    """Lock a version for ever, because something is being awarded by it. Call it in the transaction of the award.

    Locking what is locked changes nothing. Raises VersionNotPublished for a draft.
    """
    version = _for_update(version)
    if version.state == AchievementVersion.State.DRAFT:
        raise VersionNotPublished(version.public_id)
    if version.locked_at is None:
        version.locked_at = timezone.now()
        version.save(update_fields=["locked_at"])
        _tell(version)
        _audit("version.locked", version.micro_credential, actor, {"version": version.public_id})
    return version


def _change_state(micro_credential: MicroCredential, before: str, after: str, verb: str, actor: Any) -> None:
    changed = MicroCredential.objects.filter(pk=micro_credential.pk, state=before).update(
        state=after, changed_at=timezone.now()
    )
    if changed:
        micro_credential.state = after
        entries.refresh(micro_credential)
        _audit(f"micro_credential.{verb}", micro_credential, actor, {})


def _refuse_locked(version: AchievementVersion) -> None:
    if version.is_locked or version.state == AchievementVersion.State.SUPERSEDED:
        raise VersionLocked(version)


def _refuse_edit_in_place(version: AchievementVersion) -> None:
    """What others approved, agreed to or enrolled in is not changed behind their backs once it is published."""
    if version.state != AchievementVersion.State.PUBLISHED:
        return
    refuse_edit_in_place(version)
    if co_owning_institutions(version):
        raise CoOwnersNotAgreed(version, ())
    if Offering.objects.filter(version=version, seats_taken__gt=0).exists():
        raise LearnersEnrolled(version)


def _refuse_faults(description: Description) -> None:
    """Nothing is stored that the strict reader would not give back, or that is not what its field says."""
    codec.description_from_json(codec.to_json(description))
    if found := faults(description):
        raise ValueError(f"{found[0].code}: {found[0].path}")


def _refuse_incomplete(version: AchievementVersion, description: Description) -> None:
    if version.state == AchievementVersion.State.PUBLISHED:
        found = completeness(description, issuer_of(version.institution))
        if not found.publishable:
            raise NotPublishable(found)
        _refuse_inconsistent(description)


def _refuse_inconsistent(description: Description) -> None:
    if findings := consistency_errors(description):
        raise NotConsistent(findings)


def _write(version: AchievementVersion, description: Description, actor: Any) -> None:
    description = with_keys(description)
    version.content = codec.to_json(description)
    version.changed_by = actor
    for name, value in columns(description).items():
        setattr(version, name, value)
    version.save()
    version.micro_credential.save(update_fields=["changed_at"])
    if version.state == AchievementVersion.State.PUBLISHED:
        entries.refresh(version.micro_credential)


def _move(micro_credential: MicroCredential, state: str) -> None:
    micro_credential.state = state
    micro_credential.save(update_fields=["state", "changed_at"])


def _image(institution: Institution, png: bytes, svg: bytes | None) -> AchievementImage:
    digest = hashlib.sha256(png).hexdigest()
    image, _created = AchievementImage.objects.get_or_create(
        institution=institution, digest=digest, defaults={"png": png, "svg": svg}
    )
    return image
