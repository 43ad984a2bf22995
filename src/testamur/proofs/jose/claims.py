"""The claims of a VC-JWT say again what the credential says; where the two differ, one of them deceives (Open Badges 3.0 §8.2)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from testamur.errors import Malformed
from testamur.proofs.date_time import parse_date_time_stamp

CREDENTIALS_V1 = "https://www.w3.org/2018/credentials/v1"


@dataclass(frozen=True, slots=True)
class ClaimMismatch:
    """One claim that does not say what the credential says. `member` is its counterpart there; `missing` when the token lacks it."""

    claim: str
    member: str
    missing: bool = False


def completed(embedded: Mapping[str, Any], payload: Mapping[str, Any]) -> dict[str, Any]:
    """The credential of the `vc` claim with the members that claims of the token stand for (VC Data Model 1.1 §6.3.1): `iss` its issuer,
    `jti` its id, `nbf` and `exp` its dates, `sub` the id of its one subject. What it states itself stays, and is compared later.

    In version 2.0 the claim is forbidden, so nothing is completed there.
    """
    credential = dict(embedded)
    if not _is_version_1(credential):
        return credential
    for member, claim in (("issuer", "iss"), ("id", "jti")):
        if member not in credential and isinstance(payload.get(claim), str):
            credential[member] = payload[claim]
    for members, claim in ((("issuanceDate", "validFrom"), "nbf"), (("expirationDate", "validUntil"), "exp")):
        date = _date_of(payload.get(claim))
        if date is not None and not any(member in credential for member in members):
            credential[members[0]] = date
    subject = credential.get("credentialSubject")
    if isinstance(subject, dict) and "id" not in subject and isinstance(payload.get("sub"), str):
        credential["credentialSubject"] = {"id": payload["sub"], **subject}
    return credential


def ob3_jwt_claims_match(
    header: Mapping[str, Any], payload: Mapping[str, Any], credential: Mapping[str, Any]
) -> list[ClaimMismatch]:
    """Every difference between the claims of a token and the credential that was read from it; empty when there is none.

    1. The credential itself: for the data model 1.1 the `vc` claim, for 2.0 the whole payload (where `vc` and `vp` are forbidden).
       Members that the registered claims stand for may be left out of `vc`.
    2. `iss` = the issuer's id, `jti` = `id`, `sub` = the subject's id, `nbf` = `validFrom` (1.1: `issuanceDate` or `validFrom`), `exp`
       = `validUntil` (1.1: `expirationDate` or `validUntil`); dates as whole seconds.
    3. Open Badges 3.0 demands each claim whose counterpart is there; a token of type `vc+jwt` (VC-JOSE-COSE 1.0 §3.1) may leave them out.

    Values are not reported: they may be personal.
    """
    version_1 = _is_version_1(credential)
    mismatches = _embedding(payload, credential, version_1)
    may_be_missing = str(header.get("typ", "")).lower().removeprefix("application/") == "vc+jwt"
    subject = credential.get("credentialSubject")
    texts = {
        ("iss", "issuer"): _id_of(credential.get("issuer")),
        ("jti", "id"): credential.get("id"),
        ("sub", "credentialSubject.id"): _id_of(subject) if isinstance(subject, dict) else None,
    }
    for (claim, member), value in texts.items():
        if claim not in payload:
            if value is not None and not may_be_missing:
                mismatches.append(ClaimMismatch(claim, member, missing=True))
        elif payload[claim] != value:
            mismatches.append(ClaimMismatch(claim, member))
    dates = {
        "nbf": ("issuanceDate", "validFrom") if version_1 else ("validFrom",),
        "exp": ("expirationDate", "validUntil") if version_1 else ("validUntil",),
    }
    for claim, members in dates.items():
        present = [member for member in members if member in credential]
        if claim not in payload:
            if present and not may_be_missing:
                mismatches.append(ClaimMismatch(claim, present[0], missing=True))
        elif not any(_same_second(payload[claim], credential[member]) for member in present):
            mismatches.append(ClaimMismatch(claim, present[0] if present else members[-1]))
    return mismatches


def _embedding(payload: Mapping[str, Any], credential: Mapping[str, Any], version_1: bool) -> list[ClaimMismatch]:
    if version_1:
        embedded = payload.get("vc")
        if not isinstance(embedded, dict):
            return [ClaimMismatch("vc", "", missing=True)]
        stated = completed(embedded, payload)
        return [ClaimMismatch("vc", name) for name, value in stated.items() if credential.get(name) != value]
    forbidden = [ClaimMismatch(name, "") for name in ("vc", "vp") if name in payload]
    return forbidden + [
        ClaimMismatch(name, name, missing=name not in payload)
        for name, value in credential.items()
        if name not in payload or payload[name] != value
    ]


def _is_version_1(credential: Mapping[str, Any]) -> bool:
    contexts = credential.get("@context")
    return (contexts[:1] == [CREDENTIALS_V1]) if isinstance(contexts, list) else contexts == CREDENTIALS_V1


def _id_of(value: Any) -> Any:
    return value.get("id") if isinstance(value, dict) else value


def _same_second(claim: Any, date: Any) -> bool:
    """NumericDate (RFC 7519 §2) against `xsd:dateTimeStamp`."""
    if isinstance(claim, bool) or not isinstance(claim, int | float):
        return False
    try:
        return math.floor(claim) == math.floor(parse_date_time_stamp(date).timestamp())
    except Malformed:
        return False


def _date_of(claim: Any) -> str | None:
    """A NumericDate as `xsd:dateTimeStamp`, to the second; None for what is none."""
    if isinstance(claim, bool) or not isinstance(claim, int | float):
        return None
    try:
        return datetime.fromtimestamp(math.floor(claim), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return None
