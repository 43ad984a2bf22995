"""Signing compact JWS, and Open Badges in their JWT form."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from testamur import strict_json
from testamur.errors import Malformed, ProofError
from testamur.ports import Signer
from testamur.proofs import encodings
from testamur.proofs.date_time import parse_date_time_stamp
from testamur.proofs.encodings import base64url_encode
from testamur.proofs.jose.claims import CREDENTIALS_V1
from testamur.proofs.urls import is_url

# Algorithm of a key → the JOSE name under which it signs (RFC 7518 §3.1, RFC 8037 §3.1). `EdDSA` and not the newer `Ed25519`: every reader
# of badges knows it.
SIGNING: Mapping[str, str] = {
    "Ed25519": "EdDSA",
    "P-256": "ES256",
    "P-384": "ES384",
    "P-521": "ES512",
    "RSA": "RS256",
}


def sign_compact(header: Mapping[str, Any], payload: bytes, signer: Signer) -> str:
    """`compact_jws` as text. Raises as that does."""
    return compact_jws(header, payload, signer).decode("ascii")


def compact_jws(header: Mapping[str, Any], payload: bytes, signer: Signer) -> bytes:
    """The compact JWS (RFC 7515 §7.1) over `payload`, ASCII bytes; `alg` is put before the members of `header`.

    The same arguments and a deterministic signer give the same text. Raises `ProofError` (`jose.key_algorithm_mismatch` for a key that
    has no JOSE name here, `jose.header_reserved` for a header that names an algorithm, a key or an extension itself).
    """
    if reserved := sorted({"alg", "jwk", "crit", "b64"} & header.keys()):
        raise ProofError(
            "These members of the header are not the caller's.",
            code="jose.header_reserved",
            facts={"members": reserved},
        )
    algorithm = algorithm_of(signer)
    beginning = (
        beginning_of(algorithm, tuple(header.items()))
        if set(map(type, header.values())) <= {str}  # others may be equal and written in another way
        else _written_beginning({"alg": algorithm, **header})
    )
    return signed_behind(beginning, bytes(payload), signer)


def signed_behind(beginning: bytes, payload: bytes, signer: Signer) -> bytes:
    """The compact JWS that begins as `beginning_of` says."""
    signing_input: bytes = encodings.BASE64URL.jws(beginning, payload)
    token: bytes = encodings.BASE64URL.jws(signing_input + b".", bytes(signer.sign(signing_input)))
    return token


@lru_cache(maxsize=256)
def beginning_of(algorithm: str, header: tuple[tuple[str, str], ...]) -> bytes:
    """The header, of these members, as a token begins with it. One key makes many tokens."""
    return _written_beginning({"alg": algorithm, **dict(header)})


def _written_beginning(header: Mapping[str, Any]) -> bytes:
    return base64url_encode(strict_json.dumps(header)).encode() + b"."


def algorithm_of(signer: Signer) -> str:
    """The JOSE name of the algorithm that `signer` signs with. Raises `ProofError` (`jose.key_algorithm_mismatch`)."""
    try:
        return SIGNING[signer.algorithm]
    except KeyError:
        raise ProofError(
            f"A key of {signer.algorithm} does not sign tokens here.",
            code="jose.key_algorithm_mismatch",
            facts={"expected": sorted(SIGNING), "found": signer.algorithm},
        ) from None


def sign_as_jwt(document: Mapping[str, Any], signer: Signer, kid: str) -> bytes:
    """An Open Badge 3.0 or CLR 2.0 credential as compact JWS (Open Badges 3.0 §8.2), ASCII bytes.

    The payload is the credential itself with the claims that repeat it: `iss`, `jti`, `sub` (where the subject has an id), `nbf` and `exp`
    (where it ends). `kid` is the DID URL or https address under which a verifier finds the public key as JWK. RSA (RS256) and P-256
    (ES256) are what every verifier of badges reads; 1EdTech's own reads no other.

    Raises `ProofError`: `jose.kid_invalid`, `jose.version_1` (the data model 1.1 is read, no longer written), `jose.proof_inside` for a
    credential that carries a proof already, `jose.claim_in_document` where a member has the name of a claim, `jose.member_missing`
    without `issuer`, `id`, `validFrom` or subject, `jose.fraction_of_second` where a date cannot be repeated in whole seconds,
    `jose.key_algorithm_mismatch`.
    """
    if not is_url(kid):
        raise ProofError("The name of the key is an absolute address or DID URL.", code="jose.kid_invalid")
    contexts = document.get("@context")
    if contexts == CREDENTIALS_V1 or (isinstance(contexts, list) and CREDENTIALS_V1 in contexts):
        raise ProofError(
            "A credential of the data model 1.1 is no longer made; write it in 2.0.", code="jose.version_1"
        )
    if "proof" in document:
        raise ProofError(
            "This credential carries a proof already; sign it before, or not as a token.", code="jose.proof_inside"
        )
    claims = _claims(document)
    if taken := sorted({*claims, "iss", "jti", "sub", "nbf", "exp", "iat", "aud", "vc", "vp"} & document.keys()):
        raise ProofError(
            "The credential has members with the names of claims.",
            code="jose.claim_in_document",
            facts={"members": taken},
        )
    payload = strict_json.dumps({**document, **claims})
    return compact_jws({"kid": kid, "typ": "JWT"}, payload, signer)


def _claims(document: Mapping[str, Any]) -> dict[str, Any]:
    issuer, subject = document.get("issuer"), document.get("credentialSubject")
    claims: dict[str, Any] = {
        "iss": _text(issuer.get("id") if isinstance(issuer, Mapping) else issuer, "issuer"),
        "jti": _text(document.get("id"), "id"),
    }
    if not isinstance(subject, Mapping):  # Open Badges 3.0: one subject, not a list of them
        raise _missing("credentialSubject")
    if "id" in subject:
        claims["sub"] = _text(subject["id"], "credentialSubject.id")
    claims["nbf"] = _seconds(document.get("validFrom"), "validFrom")
    if "validUntil" in document:
        claims["exp"] = _seconds(document["validUntil"], "validUntil")
    return claims


def _text(value: Any, member: str) -> str:
    if not isinstance(value, str) or not value:
        raise _missing(member)
    return value


def _seconds(value: Any, member: str) -> int:
    """NumericDate of a date: whole seconds, so that the claim and the credential can say the same."""
    try:
        moment = parse_date_time_stamp(value)
    except Malformed:
        raise _missing(member) from None
    if moment.microsecond:
        raise ProofError(
            "A token repeats the dates in whole seconds; write them without fractions.",
            code="jose.fraction_of_second",
            facts={"member": member},
        )
    return int(moment.timestamp())


def _missing(member: str) -> ProofError:
    return ProofError(
        f"The credential needs {member} before it can be signed as a token.",
        code="jose.member_missing",
        facts={"member": member},
    )
