"""The holder's side: a derived proof that shows a part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from testamur.errors import ProofError
from testamur.linked_data import PINNED, Contexts
from testamur.proofs.data_integrity.selective.disclosure import base_proof, disclose
from testamur.proofs.data_integrity.selective.grouping import hmac_labels
from testamur.proofs.data_integrity.selective.make import SUITE
from testamur.proofs.data_integrity.selective.proof_value import BaseProofValue, DerivedProofValue


def derive_proof(
    document: Mapping[str, Any], selective_pointers: Sequence[str], *, contexts: Contexts = PINNED
) -> dict[str, Any]:
    """The document with only what `selective_pointers` and the issuer's mandatory pointers name, and its derived proof.

    vc-di-ecdsa §3.6.6. The base proof is the document's only proof. Nothing is secret in the result except what was left out.

    Raises `ProofError` (`proof.base_absent`, `proof.nothing_selected`), `Malformed` (`proof.value_invalid`, `proof.pointer_invalid`,
    `proof.selective_unsupported`) and `LinkedDataError`.
    """
    proof = base_proof(document, SUITE)
    base = BaseProofValue.decode(proof.get("proofValue"))
    chosen = disclose(document, base.mandatory_pointers, selective_pointers, hmac_labels(base.hmac_key), contexts)
    if len(base.signatures) != len(chosen.statements):
        raise ProofError("This base proof belongs to another document.", code="proof.base_absent")
    signatures = [base.signatures[place] for place in chosen.shown]
    value = DerivedProofValue(
        base.base_signature, base.public_key, signatures, dict(chosen.labels), list(chosen.mandatory)
    )
    return {**chosen.reveal, "proof": {**proof, "proofValue": value.encode()}}
