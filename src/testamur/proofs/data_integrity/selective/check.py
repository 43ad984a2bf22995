"""The verifier's side: a derived proof."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeVar

from testamur.errors import InputError, TooLarge
from testamur.linked_data import Contexts
from testamur.proofs.data_integrity.selective.grouping import canonical_quads, renamed
from testamur.proofs.data_integrity.selective.make import signing_input
from testamur.proofs.data_integrity.selective.proof_value import BASE_HEADER, DerivedProofValue, header_of
from testamur.proofs.keys import PublicKey
from testamur.proofs.result import failed, unknown

Value = TypeVar("Value")


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
    value = decoded(DerivedProofValue.decode, proof)
    lines, mandatory, others = separated(document, value.labels, value.mandatory_indexes, contexts)
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


def decoded(decode: Callable[[object], Value], proof: Mapping[str, Any]) -> Value:
    """What `decode` makes of the proof's value. Raises `Decided`: `proof.value_invalid`, and `input.too_large` as unknown, because that is
    our limit and no fault of the proof."""
    try:
        return decode(proof.get("proofValue"))
    except TooLarge as error:
        raise unknown(error.code, **error.facts) from None
    except InputError as error:
        raise failed("proof.value_invalid", reason=error.code) from None


def separated(
    document: Mapping[str, Any], labels: Mapping[str, str], mandatory_indexes: Collection[int], contexts: Contexts
) -> tuple[list[str], list[str], list[str]]:
    """All statements of `document` under the labels they were signed with, sorted; of these the mandatory ones; and the others.

    Raises `Decided` (`proof.value_invalid`) where the value names a blank node or a place that the document does not have.
    """
    try:
        lines = sorted(renamed(quad, labels).line() for quad in canonical_quads(document, contexts))
    except KeyError:
        raise failed("proof.value_invalid", reason="proof.label_missing") from None
    places = set(mandatory_indexes)
    if any(place >= len(lines) for place in places):
        raise failed("proof.value_invalid", reason="proof.index_missing")
    mandatory = [line for place, line in enumerate(lines) if place in places]
    others = [line for place, line in enumerate(lines) if place not in places]
    return lines, mandatory, others
