"""Making a proof and putting it into the document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from testamur.errors import ProofError
from testamur.linked_data import PINNED, Contexts
from testamur.ports import Signer
from testamur.proofs.data_integrity import rules
from testamur.proofs.data_integrity.proof_set import covered_document, proofs_of
from testamur.proofs.data_integrity.suites import SUITES, Suite, hash_canonical, hash_input
from testamur.proofs.date_time import format_date_time_stamp
from testamur.proofs.encodings import multibase_encode
from testamur.proofs.result import Decided


def add_proof(
    document: Mapping[str, Any],
    signer: Signer,
    *,
    verification_method: str,
    created: datetime | None,
    cryptosuite: str = "eddsa-rdfc-2022",
    proof_purpose: str = "assertionMethod",
    domain: str | Sequence[str] | None = None,
    challenge: str | None = None,
    expires: datetime | None = None,
    proof_id: str | None = None,
    previous_proof: str | Sequence[str] | None = None,
    contexts: Contexts = PINNED,
) -> dict[str, Any]:
    """Sign `document` and return a new one with the proof in it (Data Integrity 1.0 §4.2, §4.3).

    A document with a proof gets a second one: an independent one, or with `previous_proof` (ids of proofs in the document) one that
    covers those too. Dates are aware datetimes and are written in UTC with whole seconds; `created=None` leaves the date out. The same
    arguments and a deterministic signer give the same bytes. The values of `document` are shared with the result, not copied.

    Raises `ProofError` (`proof.suite_unknown`, `proof.suite_check_only`, `proof.suite_selective`, `proof.key_algorithm_mismatch`,
    `proof.key_mismatch` where a `did:key` method names another key, and the codes of `check_proof` for members that would be refused),
    `LinkedDataError`, `InputError`.
    """
    suite = _suite(cryptosuite, signer)
    _require_method(verification_method, signer)
    options: dict[str, Any] = {"type": "DataIntegrityProof", "cryptosuite": suite.name}
    if proof_id is not None:
        options = {"id": proof_id, **options}
    optional = {
        "created": format_date_time_stamp(created) if created is not None else None,
        "expires": format_date_time_stamp(expires) if expires is not None else None,
        "verificationMethod": verification_method,
        "proofPurpose": proof_purpose,
        "domain": _text_or_list(domain),
        "challenge": challenge,
        "previousProof": _text_or_list(previous_proof),
    }
    options |= {name: value for name, value in optional.items() if value is not None}
    existing = proofs_of(document)
    if proof_id is not None and any(proof.get("id") == proof_id for proof in existing):
        raise ProofError("Another proof of this document has the same id.", code="proof.id_duplicate")
    if suite.canonical_json and "@context" in document:
        options["@context"] = document["@context"]
    covered = _check(options, document)
    hashed = hash_input(suite, covered, options, signer.algorithm, contexts=contexts)
    proof = {**options, "proofValue": multibase_encode(signer.sign(hashed.to_sign))}
    return {**document, "proof": [*existing, proof] if existing else proof}


def proof_of_canonical(
    canonical: bytes,
    context: Sequence[str],
    signer: Signer,
    *,
    verification_method: str,
    created: str,
    cryptosuite: str,
) -> dict[str, Any] | None:
    """The proof that `add_proof` makes of a document without proofs, whose canonical form (RDFC-1.0 with SHA-256, the pinned contexts) and
    contexts these are; `created` as it is written. None for a suite or key that hashes otherwise. Raises as `add_proof` does.
    """
    suite = _suite(cryptosuite, signer)
    if suite.canonical_json or suite.hashes[signer.algorithm] != "sha256":
        return None
    _require_method(verification_method, signer)
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": suite.name,
        "created": created,
        "verificationMethod": verification_method,
        "proofPurpose": "assertionMethod",
    }
    _check(options, {})
    hashed = hash_canonical(canonical, context, options)
    return {**options, "proofValue": multibase_encode(signer.sign(hashed.to_sign))}


def _check(options: dict[str, Any], document: Mapping[str, Any]) -> dict[str, Any]:
    """What a proof with these members covers of `document`. Raises `ProofError`."""
    try:
        rules.check_members(options)
        return covered_document(document, options)
    except Decided as decided:
        raise ProofError(
            "A proof with these members would be refused by every verifier.",
            code=decided.result.code,
            facts=decided.result.facts,
        ) from None


def _suite(name: str, signer: Signer) -> Suite:
    suite = SUITES.get(name)
    if suite is None:
        raise ProofError(
            f"The cryptosuite {name} is not known here.", code="proof.suite_unknown", facts={"suite": name}
        )
    if suite.check_only:
        raise ProofError(
            f"{name} is outdated: it is checked, but no longer made. Use eddsa-rdfc-2022.",
            code="proof.suite_check_only",
            facts={"suite": name},
        )
    if suite.selective:
        raise ProofError(
            f"{name} needs to know what may be hidden: it is made by the function for its base proofs.",
            code="proof.suite_selective",
            facts={"suite": name},
        )
    if signer.algorithm not in suite.hashes:
        raise ProofError(
            f"The cryptosuite {name} does not sign with a key of {signer.algorithm}.",
            code="proof.key_algorithm_mismatch",
            facts={"suite": name, "expected": sorted(suite.hashes), "found": signer.algorithm},
        )
    return suite


def _require_method(verification_method: str, signer: Signer) -> None:
    """Strict JSON-LD libraries refuse a DID without a fragment as a method, and a `did:key` must name the very key that signs."""
    did, _, fragment = verification_method.partition("#")
    if did.startswith("did:") and not fragment:
        raise ProofError(
            "A verification method of a DID is named with a fragment, such as did:web:example.edu#key-1.",
            code="proof.verification_method_invalid",
        )
    if did.startswith("did:key:") and not did.removeprefix("did:key:") == fragment == signer.public_multikey:
        raise ProofError(
            "The verification method names another key than the one that signs.", code="proof.key_mismatch"
        )


def _text_or_list(value: str | Sequence[str] | None) -> str | list[str] | None:
    return value if value is None or isinstance(value, str) else list(value)
