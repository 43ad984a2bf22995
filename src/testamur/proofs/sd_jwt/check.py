"""The verifier's side (RFC 9901 §7.1 and §7.3)."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from testamur.errors import KeyMaterialError, Malformed, TooLarge
from testamur.proofs.jose.compact import check_jws, read_compact
from testamur.proofs.jose.times import check_times, numeric_date
from testamur.proofs.keys import PublicKey
from testamur.proofs.result import (
    PROOF_VERIFICATION_ERROR,
    Decided,
    Opened,
    ProofOutcome,
    ProofResult,
    failed,
    unknown,
)
from testamur.proofs.sd_jwt.disclosure import digest
from testamur.proofs.sd_jwt.serialisation import SdJwt, read_sd_jwt
from testamur.proofs.sd_jwt.unfold import unfold

BINDING_TYPE = "kb+jwt"


@dataclass(frozen=True, slots=True)
class KeyBinding:
    """What a verifier expects of the holder: its own `nonce` and name (`audience`), and a token not older than `max_age` at `now`
    (aware)."""

    nonce: str
    audience: str
    now: datetime
    max_age: timedelta = timedelta(minutes=10)
    tolerance: timedelta = timedelta(minutes=1)


def check_sd_jwt(
    data: str | bytes | Mapping[str, Any] | SdJwt,
    key: PublicKey,
    *,
    key_binding: KeyBinding | None = None,
    now: datetime | None = None,
) -> Opened:
    """Did the holder of `key` issue this, what does it disclose, and does its presenter hold the key it was issued to?

    With `key_binding` the presentation must be bound as it says; without, a key binding that is there must still be true, but its
    nonce and audience are nobody's. With `now` (aware) the claims `nbf` and `exp` must admit it. `document` of the result holds the claims.

    1. Take it apart: `sd_jwt.syntax`, `input.too_large`.
    2. The issuer's signature: the codes of `check_jws`. Of several signatures one by `key` suffices.
    3. The disclosures: the codes of `unfold`.
    4. The dates: `jose.time_invalid`, `jose.not_yet_valid`, `jose.expired`.
    5. The key binding: `sd_jwt.key_binding_missing`, `.key_binding_invalid` (form, type or claims), `.confirmation_missing` (no
       `cnf` in the token), `.confirmation_invalid`, `.key_binding_signature_false`, `.key_binding_hash` (it belongs to another
       presentation), `.nonce_mismatch`, `.audience_mismatch`, `.key_binding_time`; unknown: `sd_jwt.confirmation_unknown` for a
       `cnf` without `jwk`.

    Passed: `sd_jwt.verified`, with the facts `algorithm`, `disclosures` (count) and `key_bound`.
    """
    try:
        found = data if isinstance(data, SdJwt) else read_sd_jwt(data)
        signature, payload = _issuer_signature(found, key)
        unfolded = unfold(payload, found.disclosures)
        if now is not None:
            check_times(unfolded.claims, now)
        _check_binding(found, unfolded.claims, unfolded.hash_name, key_binding)
    except Decided as decided:
        return Opened(decided.result)
    except (Malformed, TooLarge) as error:
        return Opened(ProofResult(ProofOutcome.FAILED, error.code, error.facts, problem=PROOF_VERIFICATION_ERROR))
    facts = {
        "algorithm": signature.facts["algorithm"],
        "disclosures": len(found.disclosures),
        "key_bound": found.key_binding is not None,
    }
    result = ProofResult(
        ProofOutcome.PASSED, "sd_jwt.verified", facts, {**signature.technical, "signed_payload": payload}
    )
    return Opened(result, unfolded.claims)


def _issuer_signature(found: SdJwt, key: PublicKey) -> tuple[ProofResult, dict[str, Any]]:
    results = [check_jws(token, key) for token in found.tokens]
    for token, result in zip(found.tokens, results, strict=True):
        if result.outcome is ProofOutcome.PASSED:
            return result, read_compact(token)[1]
    raise Decided(results[0])


def _check_binding(found: SdJwt, claims: Mapping[str, Any], hash_name: str, expected: KeyBinding | None) -> None:
    if found.key_binding is None:
        if expected is not None:
            raise failed("sd_jwt.key_binding_missing")
        return
    holder = _holder_key(claims)
    try:
        header, bound = read_compact(found.key_binding)
    except (Malformed, TooLarge) as error:
        raise failed("sd_jwt.key_binding_invalid", reason=error.code) from None
    if header.get("typ") != BINDING_TYPE:
        raise failed("sd_jwt.key_binding_invalid", reason="typ")
    signature = check_jws(found.key_binding, holder)
    if signature.outcome is ProofOutcome.UNKNOWN:
        raise Decided(signature)
    if signature.outcome is ProofOutcome.FAILED:
        raise failed("sd_jwt.key_binding_signature_false", reason=signature.code)
    for claim in ("nonce", "aud", "sd_hash"):
        if not isinstance(bound.get(claim), str):
            raise failed("sd_jwt.key_binding_invalid", reason=claim)
    issued = numeric_date(bound, "iat")
    if not hmac.compare_digest(bound["sd_hash"].encode(), digest(found.covered, hash_name).encode()):
        raise failed("sd_jwt.key_binding_hash")
    if expected is None:
        return
    if not hmac.compare_digest(bound["nonce"].encode(), expected.nonce.encode()):
        raise failed("sd_jwt.nonce_mismatch")
    if bound["aud"] != expected.audience:
        raise failed("sd_jwt.audience_mismatch", expected=expected.audience)
    if not expected.now - expected.max_age <= issued <= expected.now + expected.tolerance:
        raise failed("sd_jwt.key_binding_time", issued=bound["iat"])


def _holder_key(claims: Mapping[str, Any]) -> PublicKey:
    """The key in `cnf` (RFC 7800 §3)."""
    if "cnf" not in claims:
        raise failed("sd_jwt.confirmation_missing")
    confirmation = claims["cnf"]
    if not isinstance(confirmation, dict):
        raise failed("sd_jwt.confirmation_invalid")
    if "jwk" not in confirmation:
        raise unknown("sd_jwt.confirmation_unknown")
    try:
        return PublicKey.from_jwk(confirmation["jwk"])
    except KeyMaterialError as error:
        raise failed("sd_jwt.confirmation_invalid", reason=error.code) from None
