"""The holder's side: a derived proof that shows a part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from testamur.errors import ProofError
from testamur.linked_data import PINNED, Contexts, canonicalize_quads
from testamur.proofs.data_integrity.proof_set import proofs_of, unsecured
from testamur.proofs.data_integrity.selective.grouping import group_statements, hmac_labels
from testamur.proofs.data_integrity.selective.make import SUITE
from testamur.proofs.data_integrity.selective.pointers import select
from testamur.proofs.data_integrity.selective.proof_value import BaseProofValue, DerivedProofValue


def derive_proof(
    document: Mapping[str, Any], selective_pointers: Sequence[str], *, contexts: Contexts = PINNED
) -> dict[str, Any]:
    """The document with only what `selective_pointers` and the issuer's mandatory pointers name, and its derived proof.

    vc-di-ecdsa §3.6.6. The base proof is the document's only proof. Nothing is secret in the result except what was left out.

    Raises `ProofError` (`proof.base_absent`, `proof.nothing_selected`), `Malformed` (`proof.value_invalid`, `proof.pointer_invalid`,
    `proof.selective_unsupported`) and `LinkedDataError`.
    """
    proofs = proofs_of(document)
    if len(proofs) != 1 or proofs[0].get("cryptosuite") != SUITE:
        raise ProofError(
            "Only a credential with one base proof of ecdsa-sd-2023 can be shown in part.", code="proof.base_absent"
        )
    base = BaseProofValue.decode(proofs[0].get("proofValue"))
    plain = unsecured(document)
    combined_pointers = [*base.mandatory_pointers, *selective_pointers]
    reveal = select(plain, combined_pointers)
    if reveal is None:
        raise ProofError("Nothing is mandatory and nothing was selected.", code="proof.nothing_selected")
    pointers = {
        "mandatory": base.mandatory_pointers,
        "selective": list(selective_pointers),
        "combined": combined_pointers,
    }
    grouped = group_statements(plain, hmac_labels(base.hmac_key), pointers, contexts)
    mandatory, selective, combined = (grouped.groups[name] for name in ("mandatory", "selective", "combined"))
    if len(base.signatures) != len(mandatory.not_matching):
        raise ProofError("This base proof belongs to another document.", code="proof.base_absent")
    signatures = [
        signature
        for index, signature in zip(mandatory.not_matching, base.signatures, strict=True)
        if index in selective.matching
    ]
    indexes = [place for place, index in enumerate(combined.matching) if index in mandatory.matching]
    issued = canonicalize_quads(combined.quads).issued_identifiers
    labels = {canonical: grouped.labels[given] for given, canonical in issued.items()}
    value = DerivedProofValue(base.base_signature, base.public_key, signatures, labels, indexes)
    return {**reveal, "proof": {**proofs[0], "proofValue": value.encode()}}
