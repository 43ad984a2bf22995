"""Credentials as JSON Web Tokens (`vc+jwt`, W3C Securing Verifiable Credentials using JOSE and COSE 1.0 §3.1.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from testamur.issuing.lints.rule import Draft
from testamur.issuing.prepared import require_clean
from testamur.ports import Signer
from testamur.proofs.vc_jose_cose import secure

MEDIA_TYPE: Final = "vc+jwt"


def issue_token(document: Mapping[str, Any], signer: Signer, *, verification_method: str) -> bytes:
    """`document`, as `compose` made it, signed as a token: ASCII bytes.

    A token says nothing of when it was signed: the same document and a deterministic signer give the same bytes. `verification_method` is
    the key's identifier, below the issuer's id; it becomes the header's `kid`.

    Raises `IssuingRefused` (`issuing.refused`) as `prepare` does, and `ProofError` as `proofs.vc_jose_cose.secure`.
    """
    require_clean(Draft(document), verification_method)
    return secure(document, MEDIA_TYPE, signer, kid=verification_method)
