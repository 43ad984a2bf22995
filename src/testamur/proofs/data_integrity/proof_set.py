"""Proof sets and chains (Data Integrity 1.0 §2.1.1, §2.1.2, §4.3, §4.5).

Proofs in a set are independent of each other: each covers the document without any proof. A proof in a chain names by
`previousProof` those that it builds on, and covers the document together with exactly these. A link that points nowhere makes the
proof false: what it says that it covers is not there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from testamur.errors import Malformed
from testamur.proofs.result import Decided, ProofResult, failed

MAX_PROOFS = 32


def proofs_of(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The proofs of a document in their order; an empty list where it has none.

    Raises `Malformed`: `proof.not_an_object` where `proof` is neither an object nor an array of objects, and `proof.too_many` beyond 32
    proofs, each of which would cost a canonicalisation.
    """
    found = document.get("proof", [])
    proofs = found if isinstance(found, list) else [found]
    if not all(isinstance(proof, dict) for proof in proofs):
        raise Malformed("A proof is an object, or several are an array of objects.", code="proof.not_an_object")
    if len(proofs) > MAX_PROOFS:
        raise Malformed(
            f"This document has {len(proofs)} proofs; at most {MAX_PROOFS} are checked.",
            code="proof.too_many",
            facts={"count": len(proofs), "limit": MAX_PROOFS},
        )
    return proofs


def unsecured(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document without its proofs. The values are shared with `document`, not copied."""
    return {name: value for name, value in document.items() if name != "proof"}


def matching_previous(document: Mapping[str, Any], proof: Mapping[str, Any]) -> list[dict[str, Any]] | ProofResult:
    """The proofs that `proof` names by `previousProof`, in the order of the names; an empty list when it names none.

    Otherwise the failed result that follows: `proof.previous_invalid` (not an id nor a list of ids), `proof.previous_missing` (facts:
    `missing`) or `proof.id_duplicate` (an id that two proofs bear, so that the link is ambiguous). Whether the previous proofs hold
    is for the caller to decide, who checks every proof of the document; a chain is as good as its weakest link.
    """
    try:
        return _previous(document, proof)
    except Decided as decided:
        return decided.result


def covered_document(document: Mapping[str, Any], proof: Mapping[str, Any]) -> dict[str, Any]:
    """What `proof` covers: the document without proofs, or with its previous proofs. Raises `Decided`."""
    covered = unsecured(document)
    if previous := _previous(document, proof):
        covered["proof"] = previous
    return covered


def _previous(document: Mapping[str, Any], proof: Mapping[str, Any]) -> list[dict[str, Any]]:
    if "previousProof" not in proof:
        return []
    named = proof["previousProof"]
    names: Sequence[Any] = named if isinstance(named, list) else [named]
    if not names or not all(isinstance(name, str) for name in names) or len(set(names)) != len(names):
        raise failed("proof.previous_invalid")
    by_id: dict[str, list[dict[str, Any]]] = {}
    for candidate in proofs_of(document):
        if isinstance(candidate.get("id"), str):
            by_id.setdefault(candidate["id"], []).append(candidate)
    if missing := [name for name in names if name not in by_id]:
        raise failed("proof.previous_missing", missing=missing)
    if any(len(by_id[name]) > 1 for name in names):
        raise failed("proof.id_duplicate")
    return [by_id[name][0] for name in names]
