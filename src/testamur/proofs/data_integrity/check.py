"""Checking one proof with a given key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from testamur.errors import ContextUnavailable, InputError, LinkedDataError, TooComplex
from testamur.linked_data import PINNED, Contexts
from testamur.proofs.data_integrity import bbs_2023, rules
from testamur.proofs.data_integrity.proof_set import covered_document
from testamur.proofs.data_integrity.selective.check import check_derived_proof
from testamur.proofs.data_integrity.suites import Suite, hash_input
from testamur.proofs.keys import PublicKey
from testamur.proofs.result import (
    PROOF_TRANSFORMATION_ERROR,
    PROOF_VERIFICATION_ERROR,
    Decided,
    ProofOutcome,
    ProofResult,
    WhenRead,
    failed,
    unknown,
)

_SIGNATURE_MEMBERS = frozenset({"proofValue", "jws"})


def check_proof(
    document: Mapping[str, Any],
    proof: Mapping[str, Any],
    key: PublicKey,
    *,
    purpose: str | None = "assertionMethod",
    domain: str | Sequence[str] | None = None,
    challenge: str | None = None,
    now: datetime | None = None,
    contexts: Contexts = PINNED,
) -> ProofResult:
    """Did the holder of `key` sign `document` by `proof`, one of its proofs? Data Integrity 1.0 §4.4, without looking anything up.

    `document` is the secured document with all its proofs. `purpose`, `domain` and `challenge` are what the asker expects (None:
    anything); with `now` a proof whose `expires` has passed fails.

    1. The suite that the proof names: `proof.type_invalid`, `proof.cryptosuite_invalid`; not known here: unknown, `proof.suite_unknown`.
    2. The members: `proof.purpose_invalid`, `.verification_method_invalid`, `.id_invalid`, `.created_invalid`, `.expires_invalid`,
       `.expires_before_created`, `.domain_invalid`, `.challenge_invalid`, `.nonce_invalid`.
    3. The expectations: `proof.purpose_mismatch`, `.domain_mismatch`, `.challenge_mismatch`, `.expired`.
    4. The key fits the suite and the value its form and length: `proof.key_algorithm_mismatch`, `proof.value_invalid`.
    5. What is covered: `proof.previous_invalid`, `.previous_missing`, `.id_duplicate`, `.too_many`, and for JCS `.context_mismatch`.
    6. Canonical form and hashes: the code of the `LinkedDataError` or `InputError`. A context that is not pinned here and a graph
       beyond the work limit leave the proof undecided; everything else is a failure.
    7. The signature: `proof.signature_false`, or passed with `proof.verified`.

    `ecdsa-sd-2023` and `bbs-2023` are checked statement by statement (`check_derived_proof` of each); their base proofs are undecided,
    `proof.base_proof`.
    """
    try:
        return _decide(document, proof, key, contexts, purpose=purpose, domain=domain, challenge=challenge, now=now)
    except Decided as decided:
        return decided.result


def _decide(
    document: Mapping[str, Any], proof: Mapping[str, Any], key: PublicKey, contexts: Contexts, **expectations: Any
) -> ProofResult:
    suite = rules.suite_of(proof)
    rules.check_members(proof)
    rules.check_expectations(proof, **expectations)
    if key.algorithm not in suite.hashes:
        raise failed(
            "proof.key_algorithm_mismatch", suite=suite.name, expected=sorted(suite.hashes), found=key.algorithm
        )
    way = _by_statements if suite.selective else _as_a_whole
    try:
        is_true, technical = way(suite, document, proof, key, contexts)
    except (ContextUnavailable, TooComplex) as error:
        raise unknown(error.code, PROOF_TRANSFORMATION_ERROR, **error.facts) from None
    except (LinkedDataError, InputError) as error:
        raise failed(error.code, PROOF_TRANSFORMATION_ERROR, **error.facts) from None
    facts = {"suite": suite.name, **({"created": proof["created"]} if "created" in proof else {})}
    if is_true:
        return ProofResult(ProofOutcome.PASSED, "proof.verified", facts, technical)
    return ProofResult(ProofOutcome.FAILED, "proof.signature_false", facts, technical, problem=PROOF_VERIFICATION_ERROR)


def _as_a_whole(
    suite: Suite, document: Mapping[str, Any], proof: Mapping[str, Any], key: PublicKey, contexts: Contexts
) -> tuple[bool, Mapping[str, Any]]:
    if suite.jws_algorithm is not None:
        signature, prefix = rules.detached_jws_of(proof, suite, key.algorithm)
    else:
        signature, prefix = rules.signature_of(proof, key.algorithm), b""
    options = {name: value for name, value in proof.items() if name not in _SIGNATURE_MEMBERS}
    covered = covered_document(document, proof)
    if suite.canonical_json:
        covered = rules.covered_by_stored_context(covered, proof)
    hashed = hash_input(suite, covered, options, key.algorithm, contexts=contexts)
    technical = WhenRead(lambda: {"suite": suite.name, **hashed.technical()})
    return key.verify(signature, prefix + hashed.to_sign), technical


def _by_statements(
    suite: Suite, document: Mapping[str, Any], proof: Mapping[str, Any], key: PublicKey, contexts: Contexts
) -> tuple[bool, Mapping[str, Any]]:
    check = bbs_2023.check_derived_proof if suite.name == bbs_2023.SUITE else check_derived_proof
    return True, {"suite": suite.name, **check(covered_document(document, proof), proof, key, contexts)}
