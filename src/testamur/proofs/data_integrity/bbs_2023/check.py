"""The verifier's side: a derived proof."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from testamur.errors import ProofError
from testamur.linked_data import Contexts
from testamur.proofs.data_integrity.bbs_2023.library import bbs
from testamur.proofs.data_integrity.bbs_2023.make import signed_header
from testamur.proofs.data_integrity.bbs_2023.proof_value import BASE_HEADER, OPTION_HEADERS, DerivedProofValue
from testamur.proofs.data_integrity.selective.check import decoded, separated
from testamur.proofs.data_integrity.selective.proof_value import header_of
from testamur.proofs.keys import PublicKey
from testamur.proofs.result import failed, unknown


def check_derived_proof(
    document: Mapping[str, Any], proof: Mapping[str, Any], key: PublicKey, contexts: Contexts
) -> dict[str, Any]:
    """Check that `key` signed what `document` (without proof) shows; vc-di-bbs §3.4.7. Returns the technical details.

    1. Read the value; a base proof is not made for verifiers and stays undecided, and so do the draft's options.
    2. Canonicalise, rename the blank nodes to the labels under which they were signed, and sort.
    3. Separate the mandatory statements by their places; the others are the messages that the proof shows.
    4. Check the proof against the header of proof options and mandatory statements.

    Raises `Decided`: `proof.base_proof`, `proof.option_unknown`, `input.too_large`, `bbs.too_many_messages`, `bbs.not_installed` (unknown),
    `proof.value_invalid`, `proof.signature_false`; and `LinkedDataError`.
    """
    header = header_of(proof.get("proofValue"))
    if header == BASE_HEADER:
        raise unknown("proof.base_proof")
    if header in OPTION_HEADERS:
        raise unknown("proof.option_unknown", header=header.hex())
    value = decoded(DerivedProofValue.decode, proof)
    lines, mandatory, others = separated(document, value.labels, value.mandatory_indexes, contexts)
    if len(others) != len(value.selective_indexes):
        raise failed("proof.signature_false", statements=len(others), indexes=len(value.selective_indexes))
    options = {name: item for name, item in proof.items() if name not in ("proofValue", "@context")}
    bbs_header = signed_header(document, options, mandatory, contexts)
    messages = [line.encode("utf-8") for line in others]
    try:
        is_true = bbs().proof_verify(
            key.raw, value.proof, bbs_header, value.presentation_header, messages, value.selective_indexes
        )
    except ProofError as error:
        raise unknown(error.code, **error.facts) from None
    if not is_true:
        raise failed("proof.signature_false")
    return {
        "canonical_document": "".join(lines),
        "mandatory_statements": len(mandatory),
        "selected_statements": len(others),
        "hash_name": "sha256",
        "signed_header": bbs_header.hex(),
        "presentation_header": value.presentation_header.hex(),
    }
