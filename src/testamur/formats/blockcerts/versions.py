"""Which version of Blockcerts a document is, by its form: a certificate around a document, an assertion with a receipt, a credential."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

Version = Literal["1.2", "2", "3"]

MERKLE_PROOFS = ("MerkleProof2019", "ChainedProof2021")
CRYPTOSUITE = "merkle-proof-2019"


def version_of(document: Mapping[str, Any]) -> Version | None:
    """The version of Blockcerts that `document` is; None for what is no Blockcerts document."""
    if isinstance(document.get("document"), dict) and isinstance(document.get("receipt"), dict):
        return "1.2"
    signature = document.get("signature")
    if isinstance(signature, dict) and "targetHash" in signature and "badge" in document:
        return "2"
    return "3" if merkle_proof(document) is not None else None


def merkle_proof(document: Mapping[str, Any]) -> tuple[int, dict[str, Any]] | None:
    """The position and the text of the Merkle proof among the proofs of a version 3 document; None where it has none, or several."""
    proofs = document.get("proof")
    found = [
        (position, proof)
        for position, proof in enumerate(proofs if isinstance(proofs, list) else [proofs])
        if isinstance(proof, dict) and (proof.get("type") in MERKLE_PROOFS or proof.get("cryptosuite") == CRYPTOSUITE)
    ]
    return found[0] if len(found) == 1 else None
