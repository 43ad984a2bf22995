"""A Merkle proof and the transaction that it names: what an explorer of the chain is asked, and who may have sent
it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from testamur import strict_json
from testamur.errors import InputError, LinkedDataError, NotFound, ResolutionError, TestamurError
from testamur.formats import blockcerts
from testamur.formats.blockcerts import Anchor, Receipt, Transaction
from testamur.proofs.did import resolve_verification_method
from testamur.verification.case import Case, identifier_of
from testamur.verification.checks.examined import ProofFinding
from testamur.verification.codes import found
from testamur.verification.moments import iso
from testamur.verification.report import Check, Outcome

_DISOWNED = ("did.method_not_listed", "did.method_ambiguous", "did.method_malformed", "did.controller_mismatch")


def examine(case: Case, proof: Mapping[str, Any]) -> ProofFinding:
    """The Merkle proof of a document that has other proofs as well (a Blockcerts edition).

    1. Hash and way are computed, and each may fail. 2. An explorer is asked for the transaction; where nobody answers,
    nothing is proven yet by this proof, and the others decide. 3. Its sender must be an address of the key that the
    proof names and the issuer lists.
    """
    if not case.budget.spend(case.size):
        return ProofFinding(found("proof.not_decided", reason="linked_data.too_complex"))
    try:
        hashes = blockcerts.local_hash(case.document, "3")
        receipt = blockcerts.receipt_of(case.document, "3")
    except (InputError, LinkedDataError) as error:
        return ProofFinding(found("proof.malformed", reason=error.code))
    technical = {"suite": blockcerts.CRYPTOSUITE, "targetHash": receipt.target, "merkleRoot": receipt.root}
    if receipt.target not in hashes:
        return ProofFinding(found("proof.anchor_hash_differs"), technical=technical)
    if not blockcerts.root_of(receipt):
        return ProofFinding(found("proof.anchor_path_broken"), technical=technical)
    anchor = receipt.anchors[0]
    check, transaction = transaction_of(case, receipt, anchor)
    if transaction is None:
        if check.outcome is Outcome.UNKNOWN:
            check = found("proof.further_unknown", suite=blockcerts.CRYPTOSUITE)
        return ProofFinding(check, technical=technical)
    sender = holder_of_key(case, proof, identifier_of(case.document.get("issuer")) or "", transaction)
    if sender.outcome is Outcome.FAILED:
        return ProofFinding(sender, technical=technical)
    if anchor.is_test_chain:  # what costs nothing proves nothing: it adds nothing to the other proofs
        check = found("proof.test_chain", chain=anchor.chain)
    return ProofFinding(check, sender, technical)


def transaction_of(case: Case, receipt: Receipt, anchor: Anchor) -> tuple[Check, Transaction | None]:
    """What an explorer of the chain says of the transaction, and the transaction where it carries the receipt's
    root."""
    address = blockcerts.transaction_address(anchor)
    if address is None:
        return found("proof.anchor_no_witness", chain=anchor.chain), None
    witness = urlsplit(address).hostname or ""
    try:
        said = strict_json.loads(case.resolver.fetch(address).content)
        transaction = blockcerts.transaction_in(said, anchor)
    except NotFound:
        return found("proof.anchor_missing", chain=anchor.chain, witness=witness), None
    except (ResolutionError, InputError) as error:
        return found("proof.anchor_not_asked", chain=anchor.chain, witness=witness, reason=error.code), None
    if receipt.root not in transaction.carried:
        return found("proof.anchor_root_differs", chain=anchor.chain, witness=witness), None
    return found("proof.anchored", chain=anchor.chain, witness=witness, at=iso(transaction.at)), transaction


def holder_of_key(case: Case, proof: Mapping[str, Any], issuer: str, transaction: Transaction) -> Check:
    """Whether the sender of the transaction holds the key that `proof` names and the DID document of `issuer` lists
    for issuing."""
    named = proof.get("verificationMethod")
    if not isinstance(named, str):
        return found("issuer.profile_not_obtained", issuer=issuer, reason="did.method_not_found")
    try:
        method = resolve_verification_method(named, case.resolver)
    except TestamurError as error:
        if error.code in _DISOWNED:
            return found("issuer.key_not_listed", issuer=issuer, method=named)
        return found("issuer.profile_not_obtained", issuer=issuer, reason=error.code)
    if method.controller != issuer:
        return found("issuer.other_controller", issuer=issuer, controller=method.controller or "—")
    if "assertionMethod" not in method.purposes:
        return found("issuer.purpose_missing", issuer=issuer, method=named)
    held = blockcerts.addresses_of(method.key)
    senders = {sender.lower() if sender.startswith("0x") else sender for sender in transaction.senders}
    if not held & senders:
        return found("issuer.chain_key_not_listed", issuer=issuer, key=", ".join(sorted(senders)) or "—")
    until = min((date for date in (method.expires, method.revoked) if date is not None), default=None)
    key = min(held & senders)
    if until is not None and until < transaction.at:
        return found("issuer.chain_key_out_of_use", issuer=issuer, key=key, at=iso(transaction.at))
    if method.bound_by in ("did:key", "did:jwk"):
        return found("issuer.bound_to_key", issuer=issuer)
    return found("issuer.chain_key_listed", issuer=issuer, key=key)
