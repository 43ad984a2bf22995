"""The verifier's side: a derived proof."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from testamur.errors import InputError, TooLarge
from testamur.linked_data import Contexts
from testamur.proofs.data_integrity.selective.grouping import canonical_quads, renamed
from testamur.proofs.data_integrity.selective.make import signing_input
from testamur.proofs.data_integrity.selective.proof_value import BASE_HEADER, DerivedProofValue, header_of
from testamur.proofs.keys import PublicKey
from testamur.proofs.result import failed, unknown


def check_derived_proof(
    document: Mapping[str, Any], proof: Mapping[str, Any], key: PublicKey, contexts: Contexts
) -> dict[str, Any]:
    """Check that `key` signed what `document` (without proof) shows; vc-di-ecdsa §3.6.7. Returns the technical details.

    1. Read the value; a base proof is not made for verifiers and stays undecided.
    2. Canonicalise, rename the blank nodes to the labels under which they were signed, and sort.
    3. Separate the mandatory statements by their places; each other one needs a signature of its own.
    4. Check the issuer's signature over proof options, the key of the statements and the mandatory statements; then each statement.

    Raises `Decided`: `proof.base_proof` and `input.too_large` (unknown), `proof.value_invalid`, `proof.signature_false`; and
    `LinkedDataError`.
    """
    if header_of(proof.get("proofValue")) == BASE_HEADER:
        raise unknown("proof.base_proof")
    try:
        value = DerivedProofValue.decode(proof.get("proofValue"))
    except TooLarge as error:  # our limit, not a fault of the proof
        raise unknown(error.code, **error.facts) from None
    except InputError as error:
        raise failed("proof.value_invalid", reason=error.code) from None
    try:
        lines = sorted(renamed(quad, value.labels).line() for quad in canonical_quads(document, contexts))
    except KeyError:
        raise failed("proof.value_invalid", reason="proof.label_missing") from None
    places = set(value.mandatory_indexes)
    if any(place >= len(lines) for place in places):
        raise failed("proof.value_invalid", reason="proof.index_missing")
    mandatory = [line for place, line in enumerate(lines) if place in places]
    others = [line for place, line in enumerate(lines) if place not in places]
    if len(others) != len(value.signatures):
        raise failed("proof.signature_false", statements=len(others), signatures=len(value.signatures))
    options = {name: item for name, item in proof.items() if name not in ("proofValue", "@context")}
    signed = signing_input(document, options, mandatory, value.public_key.raw, contexts)
    if not key.verify(value.base_signature, signed):
        raise failed("proof.signature_false", part="mandatory")
    for line, signature in zip(others, value.signatures, strict=True):
        if not value.public_key.verify(signature, line.encode("utf-8")):
            raise failed("proof.signature_false", part="selective")
    return {
        "canonical_document": "".join(lines),
        "mandatory_statements": len(mandatory),
        "selected_statements": len(others),
        "hash_name": "sha256",
        "signed_input": signed.hex(),
    }
