"""The claims of a VC-JWT say again what the credential says; where the two differ, one of them deceives (Open Badges 3.0 §8.2)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
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


def ob3_jwt_claims_match(
    header: Mapping[str, Any], payload: Mapping[str, Any], credential: Mapping[str, Any]
) -> list[ClaimMismatch]:
    """Every difference between the claims of a token and the credential that was read from it; empty when there is none.

    1. The credential itself: for the data model 1.1 the `vc` claim, for 2.0 the whole payload (where a `vc` claim is forbidden).
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
        return [ClaimMismatch("vc", name) for name, value in embedded.items() if credential.get(name) != value]
    forbidden = [ClaimMismatch("vc", "")] if "vc" in payload else []
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
