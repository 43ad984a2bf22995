"""The proof of a credential that is a compact JWS (OB 3.0 §8.2, VC-JOSE-COSE 1.0).

1. The type of the token, where it states one, is that of a credential: the same key signs other tokens too (RFC 8725 §3.11). An SD-JWT
   that has lost its tildes looks like a plain token and is none, and nothing in it would seem to be withheld.
2. The header names the key: `kid` (a DID URL or an https address), else `jwk`, which proves nothing about the issuer.
3. The signature must be true for that key, with an algorithm of the allow-list.
4. The claims around the credential, where they stand, must say what the credential says: `iss` its issuer, `jti` its id, `sub` its
   subject, `nbf` and `exp` its dates to the second. Otherwise two readers could take two different documents from one token.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from testamur.errors import KeyMaterialError, TestamurError
from testamur.proofs import jose, sd_jwt, vc_jose_cose
from testamur.proofs.data_integrity import ProofOutcome, ProofResult
from testamur.proofs.keys import PublicKey
from testamur.verification.case import Case
from testamur.verification.checks.examined import ProofFinding
from testamur.verification.checks.signing_key import SigningKey, binding, signing_key
from testamur.verification.codes import found
from testamur.verification.moments import iso
from testamur.verification.report import Check, Outcome

REGISTERED_CLAIMS = frozenset({"iss", "sub", "aud", "exp", "nbf", "iat", "jti", "cnf", "_sd_alg"})
_NEW_TOKENS = ("vc+jwt", "vp+jwt")
_OLDER_TOKENS = ("jwt", "vc-ld+jwt", "vp-ld+jwt", "vc+ld+jwt", "vp+ld+jwt", "vc+ld+json+jwt", "vp+ld+json+jwt")
_DIGESTS = ("_sd", "_sd_alg", "...")
_UNNAMED = {
    vc_jose_cose.Form.JWT: "vc+jwt",
    vc_jose_cose.Form.SD_JWT: "vc+sd-jwt",
    vc_jose_cose.Form.COSE: "vc+cose",
}


def examine(case: Case) -> ProofFinding:
    """The finding about the envelope of `case`: a compact JWS, an SD-JWT or a COSE message."""
    secured: str | bytes = case.token if case.token is not None else case.raw
    try:
        seen = vc_jose_cose.peek(secured)
    except TestamurError as error:
        return ProofFinding(found("proof.malformed", reason=error.code))
    if seen.form is vc_jose_cose.Form.JWT and _is_no_credential(seen):
        return ProofFinding(found("proof.malformed", reason="envelope.kind_other"))
    if jose.proves_nothing(seen.header):  # before any key is asked for
        return ProofFinding(found("proof.malformed", reason="jose.algorithm_refused"))
    signer = _signer(seen.header or {"kid": seen.key_name}, case)
    if isinstance(signer, Check):
        return ProofFinding(signer)
    if seen.form is not vc_jose_cose.Form.JWT or seen.media_type in _NEW_TOKENS:
        return _enveloped(case, secured, seen, signer)
    header, payload = seen.header, seen.claims
    suite = f"JWS {header.get('alg', '—')}"
    result = jose.check_jws(secured, signer.key)
    check = _finding(result, suite, signer.identifier)
    if check.outcome is Outcome.PASSED:
        # A claim that is missing deceives nobody: the whole credential is in the signed payload. 1EdTech's own samples lack `sub`.
        differing = [claim for claim in jose.ob3_jwt_claims_match(header, payload, case.document) if not claim.missing]
        if differing:
            check = found("proof.claims_differ", claim=differing[0].claim)
    technical = {**result.technical, "suite": suite, "verificationMethod": signer.identifier}
    return ProofFinding(check, binding(case, signer, case.purpose, _issued_at(payload)), technical)


def _is_no_credential(seen: vc_jose_cose.Peeked) -> bool:
    """Whether a compact JWS says that it is a token of another kind, or holds digests of what is disclosed elsewhere."""
    stated = seen.header.get("typ")
    known = stated is None or seen.media_type in (*_NEW_TOKENS, *_OLDER_TOKENS)
    return not known or _holds_digests(seen.claims)


def _holds_digests(value: Any) -> bool:
    if isinstance(value, dict):
        return any(name in value for name in _DIGESTS) or any(map(_holds_digests, value.values()))
    return isinstance(value, list) and any(map(_holds_digests, value))


def _enveloped(case: Case, secured: str | bytes, seen: vc_jose_cose.Peeked, signer: SigningKey) -> ProofFinding:
    """VC-JOSE-COSE: the media type decides what the envelope may hold, and what is judged must be what it opens to."""
    media_type = seen.media_type or _UNNAMED[seen.form]
    if media_type not in vc_jose_cose.KINDS:
        return ProofFinding(found("proof.suite_unknown", suite=media_type))
    opened = vc_jose_cose.check_secured(secured, media_type, signer.key, now=case.now)
    suite = f"{media_type} {seen.header.get('alg', signer.key.algorithm)}"
    check = _finding(opened.result, suite, signer.identifier)
    if check.outcome is Outcome.PASSED and _without_claims(opened.document) != _without_claims(case.document):
        check = found("proof.malformed", reason="envelope.document_other")
    technical = {"header": dict(seen.header), "suite": suite, "verificationMethod": signer.identifier}
    bound = binding(case, signer, case.purpose, _issued_at(seen.claims))
    return ProofFinding(check, bound, technical, whole=_is_whole(secured, seen))


def _is_whole(secured: str | bytes, seen: vc_jose_cose.Peeked) -> bool:
    """Whether every member of an SD-JWT itself is shown; what is withheld deeper says nothing about its end or its status. A digest
    that stands for nothing (a decoy) cannot be told from one that stands for something."""
    if seen.form is not vc_jose_cose.Form.SD_JWT:
        return False
    _, signed = jose.read_compact(sd_jwt.read_sd_jwt(secured).tokens[0])
    digests = signed.get("_sd", [])
    shown = sum(len(path) == 1 for path in sd_jwt.disclosable_paths(secured))
    return len(digests) == shown and seen.claims.get("credentialStatus") != []


def _finding(result: ProofResult, suite: str, method: str) -> Check:
    if result.outcome is ProofOutcome.PASSED:
        return found("proof.signature_true", suite=suite, method=method, created=None)
    if result.outcome is ProofOutcome.UNKNOWN:
        return found("proof.suite_unknown", suite=suite)
    if result.code == "jose.expired":
        return found("proof.expired", expires=iso(datetime.fromtimestamp(result.facts["exp"], UTC)))
    if result.code.endswith(".signature_false"):
        return found("proof.signature_false", suite=suite, method=method)
    return found("proof.malformed", reason=result.code)


def _without_claims(document: Mapping[str, Any] | None) -> dict[str, Any]:
    """The document without the claims of RFC 7519 and of SD-JWT that stand around it in its token."""
    return {name: value for name, value in (document or {}).items() if name not in REGISTERED_CLAIMS}


def _issued_at(payload: Mapping[str, Any]) -> datetime | None:
    """When the token says that it was made (`iat`, seconds since 1970)."""
    stated = payload.get("iat")
    if isinstance(stated, bool) or not isinstance(stated, (int, float)):
        return None
    try:
        return datetime.fromtimestamp(stated, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _signer(header: Mapping[str, Any], case: Case) -> SigningKey | Check:
    kid, jwk = header.get("kid"), header.get("jwk")
    if isinstance(kid, str) and kid.startswith(("did:", "https://", "http://")):
        return signing_key(kid, case.resolver)
    if isinstance(kid, str) and kid.startswith("#") and case.issuer:
        return signing_key(case.issuer + kid, case.resolver)
    if isinstance(jwk, dict):
        try:
            key = PublicKey.from_jwk(jwk)
        except KeyMaterialError as error:
            return found("proof.malformed", reason=error.code)
        return SigningKey(key, "jwk", None, frozenset(), "header")
    return found("proof.method_unusable", method=kid) if isinstance(kid, str) else found("proof.method_absent")
