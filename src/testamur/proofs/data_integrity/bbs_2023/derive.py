"""The holder's side: a derived proof that shows a part."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from testamur.errors import ProofError
from testamur.linked_data import PINNED, Contexts, canonicalize_quads
from testamur.proofs.data_integrity.bbs_2023.library import bbs
from testamur.proofs.data_integrity.bbs_2023.make import SUITE
from testamur.proofs.data_integrity.bbs_2023.proof_value import BaseProofValue, DerivedProofValue
from testamur.proofs.data_integrity.proof_set import proofs_of, unsecured
from testamur.proofs.data_integrity.selective.grouping import group_statements, shuffled_labels
from testamur.proofs.data_integrity.selective.pointers import select

if TYPE_CHECKING:
    from py_arkworks_bls12381 import Scalar


def derive_proof(
    document: Mapping[str, Any],
    selective_pointers: Sequence[str],
    *,
    presentation_header: bytes = b"",
    contexts: Contexts = PINNED,
    draw: Callable[[int], list[Scalar]] | None = None,
) -> dict[str, Any]:
    """The document with only what `selective_pointers` and the issuer's mandatory pointers name, and its derived proof.

    vc-di-bbs §3.4.6. `presentation_header` is bound into the proof: a verifier who gave it knows that the proof was made for
    it. `draw` is for published vectors alone (see `bbs.proof_gen`).

    Raises `ProofError` (`proof.base_absent`, `proof.nothing_selected`, `bbs.signature_false`, `bbs.not_installed`), `Malformed`
    (`proof.value_invalid`, `proof.pointer_invalid`, `proof.selective_unsupported`) and `LinkedDataError`.
    """
    proofs = proofs_of(document)
    if len(proofs) != 1 or proofs[0].get("cryptosuite") != SUITE:
        raise ProofError(
            "Only a credential with one base proof of bbs-2023 can be shown in part.", code="proof.base_absent"
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
    grouped = group_statements(plain, shuffled_labels(base.hmac_key), pointers, contexts)
    mandatory, selective, combined = (grouped.groups[name] for name in ("mandatory", "selective", "combined"))
    mandatory_places = [place for place, index in enumerate(combined.matching) if index in mandatory.matching]
    shown = [place for place, index in enumerate(mandatory.not_matching) if index in selective.matching]
    proof = bbs().proof_gen(
        base.public_key.raw,
        base.signature,
        base.header,
        presentation_header,
        [statement.encode("utf-8") for statement in mandatory.not_matching.values()],
        shown,
        draw=draw,
    )
    issued = canonicalize_quads(combined.quads).issued_identifiers
    labels = {canonical: grouped.labels[given] for given, canonical in issued.items()}
    value = DerivedProofValue(proof, labels, mandatory_places, shown, presentation_header)
    return {**reveal, "proof": {**proofs[0], "proofValue": value.encode()}}
