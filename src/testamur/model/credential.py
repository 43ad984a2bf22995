"""What was awarded to whom: subject, results, evidence and the credential around them.

Dates are texts in the lexical form of the document (XSD dateTimeStamp): what is signed is the text, not the moment.
Proofs, status entries, endorsements and the like are kept as JSON objects, because each is signed or extensible by itself.
Source: Open Badges 3.0, data models AchievementCredential, AchievementSubject, Result, Evidence, EndorsementCredential.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from testamur.model.achievement import Achievement, Alignment
from testamur.model.node import Node
from testamur.model.profile import IdentityObject, Image, Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Result(Node):
    """One result. `result_description` and `achieved_level` are ids of a ResultDescription and a RubricCriterionLevel of the
    achievement; `status` is a `ResultStatus`."""

    TYPES: ClassVar[tuple[str, ...]] = ("Result",)

    result_description: str | None = None
    value: str | None = None
    status: str | None = None
    achieved_level: str | None = None
    alignment: tuple[Alignment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence(Node):
    """A piece of work, an assessment, a record. `id` is its address where it has one; `narrative` is Markdown.

    `digest_sri` is the hash of what `id` names, in the form of W3C Subresource Integrity ("sha256-…"): the VC Data Model 2.0 (§5.3) lets
    any object that has an id carry it. It is `digestSRI` in JSON.
    """

    TYPES: ClassVar[tuple[str, ...]] = ("Evidence",)

    id: str | None = None
    name: str | None = None
    description: str | None = None
    narrative: str | None = None
    genre: str | None = None
    audience: str | None = None
    digest_sri: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AchievementSubject(Node):
    """The recipient and what was achieved. Has an `id`, an `identifier`, or both."""

    TYPES: ClassVar[tuple[str, ...]] = ("AchievementSubject",)

    achievement: Achievement
    id: str | None = None
    identifier: tuple[IdentityObject, ...] = ()
    activity_start_date: str | None = None
    activity_end_date: str | None = None
    credits_earned: float | None = None
    image: Image | None = None
    license_number: str | None = None
    narrative: str | None = None
    result: tuple[Result, ...] = ()
    role: str | None = None
    source: Profile | None = None
    term: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential(Node):
    """An OpenBadgeCredential (AchievementCredential) on VC Data Model 2.0."""

    TYPES: ClassVar[tuple[str, ...]] = ("VerifiableCredential", "OpenBadgeCredential")

    context: tuple[Any, ...]
    id: str
    name: str | None = None
    description: str | None = None
    image: Image | None = None
    issuer: Profile
    valid_from: str | None = None
    valid_until: str | None = None
    awarded_date: str | None = None
    credential_subject: AchievementSubject
    evidence: tuple[Evidence, ...] = ()
    endorsement: tuple[Mapping[str, Any], ...] = ()
    endorsement_jwt: tuple[str, ...] = ()
    credential_schema: tuple[Mapping[str, Any], ...] = ()
    credential_status: Mapping[str, Any] | None = None
    refresh_service: Mapping[str, Any] | None = None
    terms_of_use: tuple[Mapping[str, Any], ...] = ()
    proof: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EndorsementSubject(Node):
    """What is endorsed, by its id, and what the endorser says of it (Markdown)."""

    TYPES: ClassVar[tuple[str, ...]] = ("EndorsementSubject",)

    id: str
    endorsement_comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndorsementCredential(Node):
    """A credential by which one party endorses an achievement, a credential or a profile."""

    TYPES: ClassVar[tuple[str, ...]] = ("VerifiableCredential", "EndorsementCredential")

    context: tuple[Any, ...]
    id: str
    name: str | None = None
    description: str | None = None
    issuer: Profile
    valid_from: str | None = None
    valid_until: str | None = None
    awarded_date: str | None = None
    credential_subject: EndorsementSubject
    evidence: tuple[Evidence, ...] = ()
    credential_schema: tuple[Mapping[str, Any], ...] = ()
    credential_status: Mapping[str, Any] | None = None
    refresh_service: Mapping[str, Any] | None = None
    terms_of_use: tuple[Mapping[str, Any], ...] = ()
    proof: tuple[Mapping[str, Any], ...] = ()
