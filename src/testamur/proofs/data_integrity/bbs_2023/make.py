"""The issuer's side: a base proof."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from testamur.linked_data import PINNED, Contexts, canonicalize
from testamur.proofs.data_integrity.bbs_2023.proof_value import BaseProofValue
from testamur.proofs.data_integrity.proof_set import unsecured
from testamur.proofs.data_integrity.selective.grouping import group_statements, shuffled_labels
from testamur.proofs.data_integrity.selective.make import base_options
from testamur.proofs.data_integrity.selective.proof_value import HMAC_LENGTH

if TYPE_CHECKING:
    from testamur.proofs.bbs import BbsPrivateKey

SUITE = "bbs-2023"


def add_base_proof(
    document: Mapping[str, Any],
    key: BbsPrivateKey,
    *,
    verification_method: str,
    created: datetime | None,
    mandatory_pointers: Sequence[str] = ("/issuer",),
    proof_purpose: str = "assertionMethod",
    hmac_key: bytes | None = None,
    contexts: Contexts = PINNED,
) -> dict[str, Any]:
    """Sign `document` so that its holder can later show parts of it, unlinkably; vc-di-bbs §3.4.1 to §3.4.5.

    `mandatory_pointers` (RFC 6901) name what can never be hidden. `hmac_key` (32 bytes) is random and used once; it is given only by
    whoever must repeat a step and get the same bytes.

    Raises `ProofError` (`proof.set_unsupported` for a document that has a proof already, `bbs.too_many_messages`, and the codes of
    `check_proof`), `Malformed` (`proof.pointer_invalid`, `proof.selective_unsupported`) and `LinkedDataError`.
    """
    options = base_options(document, SUITE, verification_method, created, proof_purpose)
    secret = hmac_key or secrets.token_bytes(HMAC_LENGTH)
    pointers = list(mandatory_pointers)
    grouped = group_statements(unsecured(document), shuffled_labels(secret), {"mandatory": pointers}, contexts)
    mandatory = grouped.groups["mandatory"]
    header = signed_header(document, options, [*mandatory.matching.values()], contexts)
    messages = [statement.encode("utf-8") for statement in mandatory.not_matching.values()]
    signature = key.sign_messages(header, messages)
    value = BaseProofValue(signature, header, key.public, secret, pointers)
    return {**document, "proof": {**options, "proofValue": value.encode()}}


def signed_header(
    document: Mapping[str, Any], proof_options: Mapping[str, Any], mandatory: Sequence[str], contexts: Contexts
) -> bytes:
    """The header of the BBS signature: the hash of the proof options and that of the statements that must be shown (§3.4.5)."""
    options = {**proof_options, "@context": document["@context"]} if "@context" in document else dict(proof_options)
    proof_hash = hashlib.sha256(canonicalize(options, contexts=contexts)).digest()
    return proof_hash + hashlib.sha256("".join(mandatory).encode("utf-8")).digest()
