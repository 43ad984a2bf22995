"""From issuer, achievement, recipient and award to an unsigned Open Badges 3.0 credential on VC Data Model 2.0.

Composing is pure: the same arguments give the same document. What is random (the id, the salt) is made by whoever calls.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from testamur.linked_data import OPEN_BADGES_3_EXTENSIONS
from testamur.model import (
    Achievement,
    AchievementSubject,
    Credential,
    Evidence,
    IdentityObject,
    Image,
    Profile,
    Result,
    hashed_email,
    new_salt,
    person_name,
)

CONTEXTS: Final = (
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
)
"""The contexts of an OB 3.0 credential, in the order the standard fixes."""

_REFRESHED: Final = (*CONTEXTS, OPEN_BADGES_3_EXTENSIONS)
"""With a refresh service: its type `1EdTechCredentialRefresh` is defined in 1EdTech's context of extensions, and nowhere else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Who is awarded. `name` stands in the credential in the clear; `email` only as a salted hash; `identifiers` are further identity
    objects (a student number, a user name). `id` is the holder's own identifier (a DID) where one is known."""

    name: str
    email: str | None = None
    identifiers: tuple[IdentityObject, ...] = ()
    id: str | None = None
    salt: str = field(default_factory=new_salt, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardDetails:
    """One award. `id` is the credential's absolute address (random, at least 128 bits, nothing personal in it).

    Moments are aware datetimes; they are written in UTC to the second, because the JWT form of a credential (OB 3.0 §8.2) can say no
    more. `awarded_date` is when it was first awarded, `valid_from` when this version begins to be valid. `image` is the address of the
    baked image; `status_entry` one entry as `status.bitstring_status_list.status_entry` makes it; `results` refer to result
    descriptions of the achievement.
    """

    id: str
    valid_from: datetime
    valid_until: datetime | None = None
    awarded_date: datetime | None = None
    name: str | None = None
    description: str | None = None
    image: Image | None = None
    evidence: tuple[Evidence, ...] = ()
    results: tuple[Result, ...] = ()
    status_entry: Mapping[str, Any] | None = None
    activity_start_date: datetime | None = None
    activity_end_date: datetime | None = None
    credits_earned: float | None = None
    license_number: str | None = None
    narrative: str | None = None
    role: str | None = None
    term: str | None = None
    source: Profile | None = None
    endorsement: tuple[Mapping[str, Any], ...] = ()
    refresh_service: Mapping[str, Any] | None = None
    terms_of_use: tuple[Mapping[str, Any], ...] = ()


def compose(issuer: Profile, achievement: Achievement, recipient: Recipient, award: AwardDetails) -> dict[str, Any]:
    """An unsigned credential as JSON values: an `OpenBadgeCredential` with the two contexts of `CONTEXTS`.

    Raises ValueError for a datetime without a time zone; everything else that may be wrong is for `lint` to say.
    """
    identifier = [person_name(recipient.name)]
    if recipient.email:
        identifier.append(hashed_email(recipient.email, recipient.salt))
    subject = AchievementSubject(
        id=recipient.id,
        identifier=(*identifier, *recipient.identifiers),
        achievement=achievement,
        activity_start_date=_date_time(award.activity_start_date),
        activity_end_date=_date_time(award.activity_end_date),
        credits_earned=award.credits_earned,
        image=award.image,
        license_number=award.license_number,
        narrative=award.narrative,
        result=award.results,
        role=award.role,
        source=award.source,
        term=award.term,
    )
    credential = Credential(
        context=CONTEXTS if award.refresh_service is None else _REFRESHED,
        id=award.id,
        name=award.name or achievement.name,
        description=award.description,
        image=award.image,
        issuer=issuer,
        valid_from=_date_time(award.valid_from),
        valid_until=_date_time(award.valid_until),
        awarded_date=_date_time(award.awarded_date or award.valid_from),
        credential_subject=subject,
        evidence=award.evidence,
        credential_status=award.status_entry,
        endorsement=award.endorsement,
        refresh_service=award.refresh_service,
        terms_of_use=award.terms_of_use,
    )
    return credential.to_json()


def _date_time(moment: datetime | None) -> str | None:
    """XSD dateTimeStamp in UTC, without fractions of a second."""
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone: an aware datetime")
    return in_utc(moment)


def in_utc(moment: datetime) -> str:
    """An aware moment as `2026-02-24T09:30:00Z`, to the second."""
    moment = moment.astimezone(UTC)
    if moment.year < 1000:  # the platform decides how such a year is written, and a lint what to think of that
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    return moment.isoformat(timespec="seconds")[:-6] + "Z"
