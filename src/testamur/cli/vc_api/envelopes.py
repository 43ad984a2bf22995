"""Credentials and presentations that are signed from outside, as a JWT in a `data:` URL (VC-JOSE-COSE 1.0; VC Data Model 2.0 §4.12)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from testamur import strict_json
from testamur.cli.vc_api.expectations import Expectations
from testamur.cli.vc_api.problems import Detail, Refused, from_error, refused
from testamur.cli.vc_api.proofs import PROOF_VERIFICATION_ERROR, resolved
from testamur.cli.vc_api.suites import Issuer
from testamur.errors import InputError
from testamur.formats.vc_2 import RANGE_ERROR
from testamur.linked_data import CREDENTIALS_V2
from testamur.proofs.jose import check_jws, read_compact, sign_compact
from testamur.proofs.result import ProofOutcome

CREDENTIAL: Final = "EnvelopedVerifiableCredential"
PRESENTATION: Final = "EnvelopedVerifiablePresentation"

_DATA_URL = re.compile(r"data:(application/[a-z+.-]{1,40})(?:;[^,]{0,100})?,([A-Za-z0-9_.-]+)")
_WRAPPED: Final = {CREDENTIAL: "vc", PRESENTATION: "vp"}
_MEDIA_TYPES: Final = {
    CREDENTIAL: ("application/vc+jwt", "application/vc+ld+json+jwt", "application/jwt"),
    PRESENTATION: ("application/vp+jwt", "application/vp+ld+json+jwt", "application/jwt"),
}


@dataclass(frozen=True, slots=True)
class Opened:
    """What was inside an envelope, and the controller of the key that sealed it."""

    content: dict[str, Any]
    controller: str


def is_envelope(value: object) -> bool:
    """Whether `value` says that it is an envelope. Whether it is a good one is another question."""
    if not isinstance(value, Mapping):
        return False
    kinds = value.get("type")
    return any(name in _WRAPPED for name in (kinds if isinstance(kinds, list) else [kinds]) if isinstance(name, str))


def seal(credential: Mapping[str, Any], issuer: Issuer) -> dict[str, Any]:
    """The credential as `vc+jwt` in an envelope. Raises ProofError or InputError."""
    header = {"typ": "vc+jwt", "cty": "vc", "kid": issuer.method}
    token = sign_compact(header, strict_json.dumps(dict(credential)), issuer.key)
    return {"@context": [CREDENTIALS_V2], "type": CREDENTIAL, "id": f"data:application/vc+jwt,{token}"}


def open_credential(value: object, expected: Expectations, path: str) -> Opened:
    """The credential in an envelope or in a bare token, whose signature is true. Raises Refused."""
    opened, payload = _open(_token(value, CREDENTIAL, path), CREDENTIAL, expected, path)
    _require_claims(payload, opened.content, path)
    return opened


def open_presentation(value: object, expected: Expectations, path: str) -> Opened:
    """The presentation in an envelope; its nonce and audience are what the asker expects. Raises Refused."""
    opened, payload = _open(_token(value, PRESENTATION, path), PRESENTATION, expected, path)
    if expected.challenge is not None and expected.challenge not in (payload.get("nonce"), payload.get("challenge")):
        raise _false("proof.challenge_mismatch", "The presentation does not answer this challenge.", path)
    if expected.domain is not None:
        audience = payload.get("aud", payload.get("domain"))
        wanted = {expected.domain} if isinstance(expected.domain, str) else set(expected.domain)
        if wanted != set(audience if isinstance(audience, list) else [audience]):
            raise _false("proof.domain_mismatch", "The presentation was made for somebody else.", path)
    return opened


def _token(value: object, kind: str, path: str) -> str:
    if isinstance(value, str):
        return value
    if not isinstance(value, Mapping):
        raise refused("envelope.malformed", "An envelope is an object.", path=path)
    contexts = value.get("@context")
    if CREDENTIALS_V2 not in (contexts if isinstance(contexts, list) else [contexts]):
        raise refused(
            "envelope.context_missing",
            f"The context of an envelope includes {CREDENTIALS_V2}.",
            path=f"{path}/@context",
        )
    if value.get("type") not in (kind, [kind]):
        raise refused("envelope.type_invalid", f"The type of this envelope is {kind}, alone.", path=f"{path}/type")
    identifier = value.get("id")
    found = _DATA_URL.fullmatch(identifier) if isinstance(identifier, str) else None
    if found is None:
        raise refused(
            "envelope.id_invalid", "The id of an envelope is a data: URL with what it holds.", path=f"{path}/id"
        )
    if found[1] not in _MEDIA_TYPES[kind]:
        raise refused(
            "envelope.media_type_unknown", "Envelopes of this media type are not opened here.", path=f"{path}/id"
        )
    return found[2]


def _open(token: str, kind: str, expected: Expectations, path: str) -> tuple[Opened, dict[str, Any]]:
    try:
        header, payload = read_compact(token)
    except InputError as error:
        raise from_error(error, path=path) from None
    method = resolved(header.get("kid", payload.get("iss")), expected, path)
    result = check_jws(token, method.key)
    if result.outcome is not ProofOutcome.PASSED:
        raise Refused(
            [
                Detail(
                    PROOF_VERIFICATION_ERROR,
                    result.code,
                    "The signature of the envelope is not true.",
                    path,
                    result.facts,
                )
            ]
        )
    if expected.dates:
        _check_times(payload, expected.now, path)
    return Opened(_content(header, payload, kind, path), method.controller), payload


def _content(header: Mapping[str, Any], payload: dict[str, Any], kind: str, path: str) -> dict[str, Any]:
    """VC-JOSE-COSE §3.1 forbids the claims `vc` and `vp`; a token of the older kind, whose header calls it a mere JWT, keeps
    the document in one of them (VC Data Model 1.1 §6.3.1)."""
    wrapped = [name for name in _WRAPPED.values() if name in payload]
    if not wrapped:
        return payload
    content = payload[wrapped[0]]
    older = header.get("typ", "JWT") == "JWT" and wrapped == [_WRAPPED[kind]]
    if not older or not isinstance(content, dict):
        raise refused(
            "envelope.claim_forbidden", "The document itself is the payload; there is no claim vc or vp.", path=path
        )
    return content


def _require_claims(payload: Mapping[str, Any], content: Mapping[str, Any], path: str) -> None:
    """Claims that repeat what the credential says (VC-JOSE-COSE §3.1.3: they must not contradict it)."""
    issuer, subject = content.get("issuer"), content.get("credentialSubject")
    stated = {
        "iss": issuer.get("id") if isinstance(issuer, Mapping) else issuer,
        "jti": content.get("id"),
        "sub": subject.get("id") if isinstance(subject, Mapping) else None,
    }
    for claim, value in stated.items():
        if claim in payload and value is not None and payload[claim] != value:
            raise refused("envelope.claim_mismatch", f"The claim {claim} contradicts the credential.", path=path)


def _check_times(payload: Mapping[str, Any], now: datetime, path: str) -> None:
    """`nbf` and `exp`, seconds since 1970 (RFC 7519 §4.1); what is no number is no date."""
    moments = {}
    for claim in ("nbf", "exp"):
        value = payload.get(claim)
        if value is None:
            continue
        try:
            moments[claim] = datetime.fromtimestamp(float(value), UTC)
        except (TypeError, ValueError, OverflowError, OSError):
            raise refused("envelope.time_invalid", f"{claim} is a number of seconds.", path=path) from None
    if "nbf" in moments and moments["nbf"] > now:
        raise refused("dates.not_yet_valid", "The token is not valid yet.", kind=RANGE_ERROR, path=path)
    if "exp" in moments and moments["exp"] < now:
        raise refused("dates.expired", "The token has expired.", kind=RANGE_ERROR, path=path)


def _false(code: str, sentence: str, path: str) -> Refused:
    return Refused([Detail(PROOF_VERIFICATION_ERROR, code, sentence, path)])
