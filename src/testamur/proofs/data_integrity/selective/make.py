"""The issuer's side: a base proof."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from testamur.errors import ProofError
from testamur.linked_data import PINNED, Contexts, canonicalize
from testamur.ports import Signer
from testamur.proofs.data_integrity import rules
from testamur.proofs.data_integrity.proof_set import proofs_of, unsecured
from testamur.proofs.data_integrity.selective.grouping import group_statements, hmac_labels
from testamur.proofs.data_integrity.selective.proof_value import HMAC_LENGTH, BaseProofValue
from testamur.proofs.date_time import format_date_time_stamp
from testamur.proofs.keys import PrivateKey
from testamur.proofs.keys.algorithms import CURVES
from testamur.proofs.result import Decided

SUITE = "ecdsa-sd-2023"


def add_base_proof(
    document: Mapping[str, Any],
    signer: Signer,
    *,
    verification_method: str,
    created: datetime | None,
    mandatory_pointers: Sequence[str] = ("/issuer",),
    proof_purpose: str = "assertionMethod",
    hmac_key: bytes | None = None,
    proof_key: PrivateKey | None = None,
    contexts: Contexts = PINNED,
) -> dict[str, Any]:
    """Sign `document` so that its holder can later show parts of it; vc-di-ecdsa §3.6.1 to §3.6.5.

    `mandatory_pointers` (RFC 6901) name what can never be hidden. `hmac_key` (32 bytes) and `proof_key` (P-256) are random and used once;
    they are given only by whoever must repeat a step and get the same bytes.

    1. Name the blank nodes and sort the statements into those that must be shown and the others.
    2. Hash the proof options, and the statements that must be shown.
    3. Sign each other statement with `proof_key`, and both hashes with the public half of that key with `signer`.

    Raises `ProofError` (`proof.key_algorithm_mismatch`, `proof.set_unsupported` for a document that has a proof already, and the codes of
    `check_proof`), `Malformed` (`proof.pointer_invalid`, `proof.selective_unsupported`) and `LinkedDataError`.
    """
    if signer.algorithm != "P-256":
        raise ProofError(
            "The suite ecdsa-sd-2023 signs with a key of P-256.",
            code="proof.key_algorithm_mismatch",
            facts={"suite": SUITE, "expected": ["P-256"], "found": signer.algorithm},
        )
    options = base_options(document, SUITE, verification_method, created, proof_purpose)
    key = proof_key or PrivateKey.generate("P-256")
    secret = hmac_key or secrets.token_bytes(HMAC_LENGTH)
    pointers = list(mandatory_pointers)
    grouped = group_statements(unsecured(document), hmac_labels(secret), {"mandatory": pointers}, contexts)
    mandatory = grouped.groups["mandatory"]
    signatures = [key.sign(statement.encode("utf-8")) for statement in mandatory.not_matching.values()]
    signed = signing_input(document, options, [*mandatory.matching.values()], key.public.raw, contexts)
    value = BaseProofValue(signer.sign(signed), key.public, secret, signatures, pointers)
    return {**document, "proof": {**options, "proofValue": value.encode()}}


def signing_input(
    document: Mapping[str, Any],
    proof_options: Mapping[str, Any],
    mandatory: Sequence[str],
    public_key: bytes,
    contexts: Contexts,
) -> bytes:
    """What the issuer signs: proof hash, the key of the statements as multikey bytes, mandatory hash (§3.5.1)."""
    options = {**proof_options, "@context": document["@context"]} if "@context" in document else dict(proof_options)
    proof_hash = hashlib.sha256(canonicalize(options, contexts=contexts)).digest()
    mandatory_hash = hashlib.sha256("".join(mandatory).encode("utf-8")).digest()
    return proof_hash + CURVES["P-256"].public_prefix + public_key + mandatory_hash


def base_options(
    document: Mapping[str, Any], suite: str, verification_method: str, created: datetime | None, proof_purpose: str
) -> dict[str, Any]:
    """The options of a base proof for `document`, of either suite that discloses selectively.

    Raises `ProofError`: `proof.set_unsupported` for a document that has a proof already, or the code by which a verifier would refuse.
    """
    if proofs_of(document):
        raise ProofError(
            "A credential for selective disclosure has this one proof alone.", code="proof.set_unsupported"
        )
    options: dict[str, Any] = {"type": "DataIntegrityProof", "cryptosuite": suite}
    if created is not None:
        options["created"] = format_date_time_stamp(created)
    options |= {"verificationMethod": verification_method, "proofPurpose": proof_purpose}
    try:
        rules.check_members(options)
    except Decided as decided:
        raise ProofError(
            "A proof with these members would be refused by every verifier.", code=decided.result.code
        ) from None
    return options
