"""SD-JWT VC: a credential of the European wallets (draft-ietf-oauth-sd-jwt-vc §3).

It is another model than W3C's: a type in `vct`, and claims beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from testamur.errors import ProofError
from testamur.ports import Signer
from testamur.proofs.keys import PublicKey
from testamur.proofs.result import Decided, Opened, failed
from testamur.proofs.sd_jwt.check import KeyBinding, check_sd_jwt
from testamur.proofs.sd_jwt.issue import issue_sd_jwt
from testamur.proofs.sd_jwt.paths import Path
from testamur.proofs.sd_jwt.serialisation import SdJwt
from testamur.proofs.urls import is_url

VC_MEDIA_TYPE = "dc+sd-jwt"
# `vc+sd-jwt` is what the drafts before November 2024 said; wallets still hold such credentials. For W3C's `vc+sd-jwt` see `vc_jose_cose`.
_READ_TYPES = (VC_MEDIA_TYPE, "vc+sd-jwt")

# §3.2.2.2: what decides about the credential as a whole is never hidden.
ALWAYS_SHOWN = ("iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "status")


def issue_sd_jwt_vc(
    claims: Mapping[str, Any],
    signer: Signer,
    disclosable: Sequence[Path],
    *,
    kid: str | None = None,
    certificates: Sequence[str] = (),
    holder_key: PublicKey | None = None,
    decoys: int = 0,
) -> SdJwt:
    """Sign `claims` (with `vct`, and with `iss` unless certificates name the issuer) as SD-JWT VC.

    `certificates` are the chain for the header `x5c`, base64 DER, the signer's first. Raises `ProofError`: `sd_jwt_vc.type_missing`,
    `sd_jwt_vc.issuer_missing`, `sd_jwt_vc.claim_hidden` (facts: `claim`), `sd_jwt_vc.status_invalid`, and as `issue_sd_jwt`.
    """
    try:
        _check_claims(claims, claims)
    except Decided as decided:
        raise ProofError(
            "No wallet would accept a credential with these claims.",
            code=decided.result.code,
            facts=decided.result.facts,
        ) from None
    if "iss" not in claims and not certificates:
        raise ProofError("The credential names no issuer.", code="sd_jwt_vc.issuer_missing")
    for path in disclosable:
        if path and path[0] in ALWAYS_SHOWN:
            raise ProofError("This claim is never hidden.", code="sd_jwt_vc.claim_hidden", facts={"claim": path[0]})
    header: dict[str, Any] = {"typ": VC_MEDIA_TYPE}
    if kid is not None:
        header["kid"] = kid
    if certificates:
        header["x5c"] = list(certificates)
    return issue_sd_jwt(claims, signer, disclosable, header=header, holder_key=holder_key, decoys=decoys)


def check_sd_jwt_vc(
    data: str | bytes | Mapping[str, Any],
    key: PublicKey,
    *,
    key_binding: KeyBinding | None = None,
    now: datetime | None = None,
) -> Opened:
    """An SD-JWT VC: everything that `check_sd_jwt` checks, and the rules of the credential (§3.2, §3.4).

    Failed besides: `sd_jwt_vc.media_type` (the header's `typ`), `sd_jwt_vc.type_missing` (no `vct`), `sd_jwt_vc.issuer_invalid`,
    `sd_jwt_vc.status_invalid`, `sd_jwt_vc.claim_hidden` (a claim of `ALWAYS_SHOWN` came from a disclosure).
    """
    opened = check_sd_jwt(data, key, key_binding=key_binding, now=now)
    if opened.document is None:
        return opened
    technical = opened.result.technical
    try:
        found = technical["header"].get("typ")
        if not isinstance(found, str) or found.lower().removeprefix("application/") not in _READ_TYPES:
            raise failed("sd_jwt_vc.media_type", expected=VC_MEDIA_TYPE, found=str(found)[:80])
        _check_claims(opened.document, technical["signed_payload"])
    except Decided as decided:
        return Opened(decided.result)
    return opened


def _check_claims(claims: Mapping[str, Any], signed: Mapping[str, Any]) -> None:
    for claim in ALWAYS_SHOWN:
        if claim in claims and claim not in signed:
            raise failed("sd_jwt_vc.claim_hidden", claim=claim)
    if not isinstance(claims.get("vct"), str) or not claims["vct"]:
        raise failed("sd_jwt_vc.type_missing")
    if "iss" in claims and not is_url(claims["iss"]):
        raise failed("sd_jwt_vc.issuer_invalid")
    if "status" in claims and not isinstance(claims["status"], dict):
        raise failed("sd_jwt_vc.status_invalid")
