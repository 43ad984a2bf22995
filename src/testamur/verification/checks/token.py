"""The proof of a credential that is a compact JWS (OB 3.0 §8.2, VC-JOSE-COSE 1.0).

1. The header names the key: `kid` (a DID URL or an https address), else `jwk`, which proves nothing about the issuer.
2. The signature must be true for that key, with an algorithm of the allow-list.
3. The claims around the credential, where they stand, must say what the credential says: `iss` its issuer, `jti` its id, `sub` its
   subject, `nbf` and `exp` its dates to the second. Otherwise two readers could take two different documents from one token.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from testamur.errors import KeyMaterialError, TestamurError
from testamur.proofs import jose
from testamur.proofs.data_integrity import ProofOutcome
from testamur.proofs.keys import PublicKey
from testamur.verification.case import Case
from testamur.verification.checks.examined import ProofFinding
from testamur.verification.checks.signing_key import SigningKey, binding, signing_key
from testamur.verification.codes import found
from testamur.verification.report import Check


def examine(case: Case) -> ProofFinding:
    """The finding about the compact JWS of `case` (whose `token` is not None)."""
    token = case.token or ""
    try:
        header, payload = jose.read_compact(token)
    except TestamurError as error:
        return ProofFinding(found("proof.malformed", reason=error.code))
    signer = _signer(header, case)
    if isinstance(signer, Check):
        return ProofFinding(signer)
    suite = f"JWS {header.get('alg', '—')}"
    result = jose.check_jws(token, signer.key)
    check = found("proof.signature_true", suite=suite, method=signer.identifier, created=None)
    if result.outcome is ProofOutcome.UNKNOWN:
        check = found("proof.suite_unknown", suite=suite)
    elif result.code == "jose.signature_false":
        check = found("proof.signature_false", suite=suite, method=signer.identifier)
    elif result.outcome is ProofOutcome.FAILED:
        check = found("proof.malformed", reason=result.code)
    else:
        # A claim that is missing deceives nobody: the whole credential is in the signed payload. 1EdTech's own samples lack `sub`.
        differing = [claim for claim in jose.ob3_jwt_claims_match(header, payload, case.document) if not claim.missing]
        if differing:
            check = found("proof.claims_differ", claim=differing[0].claim)
    technical = {**result.technical, "suite": suite, "verificationMethod": signer.identifier}
    return ProofFinding(check, binding(case, signer, case.purpose, _issued_at(payload)), technical)


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
    return found("proof.method_unusable", method=kid if isinstance(kid, str) else "—")
