"""The holder's side: a derived proof that shows a part."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from testamur.linked_data import PINNED, Contexts
from testamur.proofs.data_integrity.bbs_2023.library import bbs
from testamur.proofs.data_integrity.bbs_2023.make import SUITE
from testamur.proofs.data_integrity.bbs_2023.proof_value import BaseProofValue, DerivedProofValue
from testamur.proofs.data_integrity.selective.disclosure import base_proof, disclose
from testamur.proofs.data_integrity.selective.grouping import shuffled_labels

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
    proof = base_proof(document, SUITE)
    base = BaseProofValue.decode(proof.get("proofValue"))
    chosen = disclose(document, base.mandatory_pointers, selective_pointers, shuffled_labels(base.hmac_key), contexts)
    shown = list(chosen.shown)
    made = bbs().proof_gen(
        base.public_key.raw,
        base.signature,
        base.header,
        presentation_header,
        [statement.encode("utf-8") for statement in chosen.statements],
        shown,
        draw=draw,
    )
    value = DerivedProofValue(made, dict(chosen.labels), list(chosen.mandatory), shown, presentation_header)
    return {**chosen.reveal, "proof": {**proof, "proofValue": value.encode()}}
