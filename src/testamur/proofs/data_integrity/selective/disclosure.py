"""What a holder shows: the same choice of statements for either suite that discloses selectively (vc-di-ecdsa §3.5.3, vc-di-bbs §3.3.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from testamur.errors import ProofError
from testamur.linked_data import Contexts, canonicalize_quads
from testamur.proofs.data_integrity.proof_set import proofs_of, unsecured
from testamur.proofs.data_integrity.selective.grouping import Relabelling, group_statements
from testamur.proofs.data_integrity.selective.pointers import select


@dataclass(frozen=True, slots=True)
class Disclosure:
    """The chosen part of a document.

    `reveal` is the part itself, without proof. `statements` are those of the whole that may be hidden, in their order, `shown` the places
    among them of what is shown; `mandatory` are the places of the mandatory statements among all that are shown. `labels` lead from the
    canonical labels of the part to those under which the statements were signed.
    """

    reveal: dict[str, Any]
    statements: Sequence[str]
    shown: Sequence[int]
    mandatory: Sequence[int]
    labels: Mapping[str, str]


def base_proof(document: Mapping[str, Any], suite: str) -> dict[str, Any]:
    """The one base proof of `document`. Raises `ProofError` (`proof.base_absent`) where it has another, several or none."""
    proofs = proofs_of(document)
    if len(proofs) != 1 or proofs[0].get("cryptosuite") != suite:
        raise ProofError(
            f"Only a credential with one base proof of {suite} can be shown in part.", code="proof.base_absent"
        )
    return proofs[0]


def disclose(
    document: Mapping[str, Any],
    mandatory_pointers: Sequence[str],
    selective_pointers: Sequence[str],
    relabel: Relabelling,
    contexts: Contexts,
) -> Disclosure:
    """Choose what the pointers name. Raises `ProofError` (`proof.nothing_selected`), and as `group_statements` and `select` do."""
    plain = unsecured(document)
    combined_pointers = [*mandatory_pointers, *selective_pointers]
    reveal = select(plain, combined_pointers)
    if reveal is None:
        raise ProofError("Nothing is mandatory and nothing was selected.", code="proof.nothing_selected")
    pointers = {
        "mandatory": list(mandatory_pointers),
        "selective": list(selective_pointers),
        "combined": combined_pointers,
    }
    grouped = group_statements(plain, relabel, pointers, contexts)
    mandatory, selective, combined = (grouped.groups[name] for name in ("mandatory", "selective", "combined"))
    issued = canonicalize_quads(combined.quads).issued_identifiers
    return Disclosure(
        reveal,
        statements=list(mandatory.not_matching.values()),
        shown=[place for place, index in enumerate(mandatory.not_matching) if index in selective.matching],
        mandatory=[place for place, index in enumerate(combined.matching) if index in mandatory.matching],
        labels={canonical: grouped.labels[given] for given, canonical in issued.items()},
    )
