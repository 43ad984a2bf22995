"""Are these the bytes that somebody signed, and was that somebody the issuer?

1. A document that is a compact JWS is examined by its signature, every other one by each of its proofs (Data Integrity 1.0 §2.1: a
   set or a chain). No proof at all is a failure: nobody signed.
2. For each proof: the suite must be known, the key must be obtained, the signature must be true for the purpose of issuing.
3. A chain holds only as a whole: a proof that builds on one that is missing or false is false too.
4. One false proof makes the document false, whatever the others are. A proof of an unknown suite beside a true one that is bound to
   the issuer adds nothing and takes nothing away.
5. The binding is that of the best true proof: a second signer beside the issuer does not make the issuer less of an issuer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from testamur.errors import TestamurError
from testamur.formats.blockcerts.versions import CRYPTOSUITE
from testamur.ports import Resolver
from testamur.proofs import data_integrity
from testamur.proofs.data_integrity import ProofOutcome, ProofResult
from testamur.proofs.keys import PublicKey
from testamur.proofs.result import WhenRead
from testamur.status.remembered import REMEMBERED
from testamur.verification.case import Case, identifier_of, many
from testamur.verification.chains import merkle_proofs
from testamur.verification.checks import token
from testamur.verification.checks.examined import Examined, ProofFinding
from testamur.verification.checks.signing_key import SigningKey, binding, signing_key
from testamur.verification.codes import found
from testamur.verification.moments import moment
from testamur.verification.report import Check, Outcome

MAX_PROOFS = 8

_CHAIN = ("proof.previous_invalid", "proof.previous_missing", "proof.id_duplicate")


def examine(case: Case) -> Examined:
    """The findings about the proofs of `case` and about their binding to its issuer."""
    if case.token is not None or case.kind == "cose":
        return Examined.of([token.examine(case)])
    try:
        proofs = data_integrity.proofs_of(case.document)
    except TestamurError as error:
        return Examined.of([ProofFinding(found("proof.malformed", reason=error.code))])
    if not proofs:
        return Examined.of([ProofFinding(found("proof.absent"))])
    if len(proofs) > MAX_PROOFS:
        return Examined.of([ProofFinding(found("proof.too_many", count=len(proofs), limit=MAX_PROOFS))])
    return Examined.of(_with_chains(proofs, [_one(case, proof) for proof in proofs]))


def examine_again(case: Case, digest: bytes) -> Examined:
    """As `examine`, for a document that is met again and again, whose bytes have this `digest`.

    That one key signed these bytes, and is that of the issuer whom they name, is worked out once where nothing but the bytes and the key
    decides it: one proof without an end, and a key without one. Whose key it is today is asked each time.
    """
    signer = lasting_signer(lasting_method(case.document) if case.token is None else None, case.resolver)
    if signer is None:
        return examine(case)
    name = (digest, "examined", case.purpose, signer)
    known: Examined | None = REMEMBERED.get(name)
    if known is not None and case.budget.spend(case.size):
        return known
    examined = examine(case)
    if examined.bound:
        REMEMBERED.keep(name, replace(examined, technical=()), 4_000)
    return examined


def lasting_method(document: Mapping[str, Any]) -> str | None:
    """The method that the one proof of `document` names, if that has no end."""
    proof: Any = document.get("proof")
    if isinstance(proof, list) and len(proof) == 1:
        proof = proof[0]
    return (
        identifier_of(proof.get("verificationMethod")) if isinstance(proof, dict) and "expires" not in proof else None
    )


def lasting_signer(method: str | None, resolver: Resolver) -> SigningKey | None:
    """The key that `method` names, if it has no end. Whose it is today is asked each time."""
    signer = signing_key(method, resolver) if method is not None else None
    return None if signer is None or isinstance(signer, Check) or signer.until is not None else signer


def _one(case: Case, proof: Mapping[str, Any]) -> ProofFinding:
    suite = _suite(proof)
    if suite == CRYPTOSUITE:
        return merkle_proofs.examine(case, proof)
    if suite not in data_integrity.SUITES:
        return ProofFinding(found("proof.suite_unknown", suite=suite))
    # A method may be written out as an object. The key in it would prove nothing, so only its name counts.
    identifier = identifier_of(proof.get("verificationMethod"))
    if identifier is None:
        return ProofFinding(found("proof.method_absent"))
    if not case.budget.spend(case.size):
        return ProofFinding(found("proof.not_decided", reason="linked_data.too_complex"))
    signer = signing_key(identifier, case.resolver)
    if isinstance(signer, Check):
        return ProofFinding(signer)
    result = data_integrity.check_proof(case.document, proof, signer.key, purpose=case.purpose, now=case.now)
    return ProofFinding(
        _finding(result, proof, suite, identifier, case.purpose),
        binding(case, signer, case.purpose, moment(proof.get("created"))),
        WhenRead(
            lambda: {
                **WhenRead.all_of(result.technical),
                "suite": suite,
                "verificationMethod": identifier,
                "publicKey": _shown(signer.key),
            }
        ),
    )


def _finding(result: ProofResult, proof: Mapping[str, Any], suite: str, method: str, purpose: str) -> Check:
    if result.outcome is ProofOutcome.PASSED:
        return found("proof.signature_true", suite=suite, method=method, created=proof.get("created"))
    if result.code == "proof.base_proof":
        return found("proof.base_only", suite=suite)
    if result.outcome is ProofOutcome.UNKNOWN:
        return found("proof.not_decided", reason=result.code)
    if result.code == "proof.signature_false":
        return found("proof.signature_false", suite=suite, method=method)
    if result.code == "proof.purpose_mismatch":
        return found("proof.purpose", purpose=str(result.facts.get("found", "")), expected=purpose)
    if result.code == "proof.expired":
        return found("proof.expired", expires=proof.get("expires"))
    if result.code in _CHAIN:
        return found("proof.chain_broken", previous=_names(proof))
    return found("proof.malformed", reason=result.code)


def _with_chains(proofs: list[dict[str, Any]], findings: list[ProofFinding]) -> list[ProofFinding]:
    """The same findings, where a true proof that builds on one that is not true is broken. Repeated until nothing changes."""
    if len(proofs) == 1 and "previousProof" not in proofs[0]:
        return findings
    by_id = {proof["id"]: index for index, proof in enumerate(proofs) if isinstance(proof.get("id"), str)}
    changed = True
    while changed:
        changed = False
        for index, proof in enumerate(proofs):
            if findings[index].check.outcome is not Outcome.PASSED:
                continue
            before = [findings[by_id[name]].check.outcome for name in many(proof.get("previousProof")) if name in by_id]
            if Outcome.FAILED in before:
                findings[index] = ProofFinding(found("proof.chain_broken", previous=_names(proof)))
                changed = True
            elif Outcome.UNKNOWN in before:
                findings[index] = ProofFinding(found("proof.not_decided", reason="proof.previous_unknown"))
                changed = True
    return findings


def _suite(proof: Mapping[str, Any]) -> str:
    """The name of the suite: of the cryptosuite where there is one, else the type."""
    kind = proof.get("type")
    suite = proof.get("cryptosuite") if kind == "DataIntegrityProof" else kind
    return suite if isinstance(suite, str) and suite else "—"


def _shown(key: PublicKey) -> str:
    """The key as it is written for people: as Multikey, or where it has none (RSA) by its thumbprint (RFC 7638)."""
    return key.thumbprint if key.algorithm == "RSA" else key.multikey


def _names(proof: Mapping[str, Any]) -> str:
    return ", ".join(str(name) for name in many(proof.get("previousProof")))
