"""The holder's door: derive from whichever base proof a credential has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from testamur.linked_data import PINNED, Contexts
from testamur.proofs.data_integrity import bbs_2023, selective
from testamur.proofs.data_integrity.proof_set import proofs_of


def derive_proof(
    document: Mapping[str, Any],
    selective_pointers: Sequence[str],
    *,
    presentation_header: bytes = b"",
    contexts: Contexts = PINNED,
) -> dict[str, Any]:
    """The document with only what `selective_pointers` and the issuer's mandatory pointers name, and its derived proof.

    The base proof, of `ecdsa-sd-2023` or `bbs-2023`, is the document's only proof. `presentation_header` is bound into a proof
    of `bbs-2023`; the other suite has no place for it. Nothing is secret in the result except what was left out. Raises as
    `selective.derive_proof` and `bbs_2023.derive_proof`.
    """
    if any(proof.get("cryptosuite") == bbs_2023.SUITE for proof in proofs_of(document)):
        return bbs_2023.derive_proof(
            document, selective_pointers, presentation_header=presentation_header, contexts=contexts
        )
    return selective.derive_proof(document, selective_pointers, contexts=contexts)
