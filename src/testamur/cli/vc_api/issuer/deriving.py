"""`POST /holders/credentials/derive`: show a part of a credential that was issued for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from testamur.cli.vc_api.issuer.issuing import PROOF_GENERATION_ERROR
from testamur.cli.vc_api.problems import from_error, options_of, refused
from testamur.errors import InputError, LinkedDataError, ProofError
from testamur.proofs.data_integrity import derive_proof


def derive(body: Mapping[str, Any]) -> dict[str, Any]:
    """The derived credential for `{"verifiableCredential": …, "options": {"selectivePointers": […]}}`. Raises Refused.

    Whether the base proof is true cannot be seen by a holder alone: what was derived from a false one will not verify.
    """
    credential = body.get("verifiableCredential")
    if not isinstance(credential, dict):
        raise refused("vc_api.credential_missing", "The request has no “verifiableCredential”, or it is not an object.")
    pointers = options_of(body).get("selectivePointers", [])
    if not isinstance(pointers, list) or not all(isinstance(pointer, str) for pointer in pointers):
        raise refused(
            "vc_api.pointers_invalid",
            "selectivePointers is a list of JSON pointers.",
            path="/options/selectivePointers",
        )
    try:
        return derive_proof(credential, pointers)
    except (ProofError, InputError, LinkedDataError) as error:
        raise from_error(error, kind=PROOF_GENERATION_ERROR, path="/verifiableCredential") from None
