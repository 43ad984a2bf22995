"""Blockcerts: the hash of the document, the way to the root, the transaction that carries the root, and who sent it.

1. The document must mean only one thing, and all of it must be covered by the hash.
2. Hash and way are computed; each may fail.
3. A public explorer of the chain is asked for the transaction. Without an answer nothing is proven yet, and that is what is said.
4. The sender of the transaction must be an address that the issuer's profile lists, in use at that time. Of an issuer with a DID it must be
   an address of the key in the DID document that the proof names.
5. Withdrawal: the issuer's list in 2.0, a status list in 3.x. In 1.2 it is a later transaction: the one that carries the root also paid a
   trifle to an address for revoking, and who spends that revokes. The explorer is asked whether it was spent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from testamur import strict_json
from testamur.errors import (
    ContextUnavailable,
    InputError,
    LinkedDataError,
    NotAllowed,
    NotFound,
    ResolutionError,
    UndefinedTerm,
)
from testamur.formats import blockcerts, open_badges_2
from testamur.formats.blockcerts import Anchor, Transaction
from testamur.verification.case import Case
from testamur.verification.chains.merkle_proofs import holder_of_key, transaction_of
from testamur.verification.checks import answer, status
from testamur.verification.codes import found
from testamur.verification.moments import iso
from testamur.verification.report import Check, Outcome
from testamur.verification.standards.assertion import revocation_list
from testamur.verification.standards.judged import Judged, unbound

_COUNTED = 500_000  # bytes: most of a large document is pictures, which are copied and not understood


def judge(case: Case) -> Judged:
    """The findings about a Blockcerts document."""
    document = case.document
    version = blockcerts.version_of(document)
    if version is None:
        return Judged((found("proof.malformed", reason="blockcerts.receipt"),), {}, unbound())
    view = _view(document, version)
    if not case.budget.spend(min(case.size, _COUNTED)):
        return Judged((found("proof.not_decided", reason="linked_data.too_complex"),), view, unbound())
    meaning, hashes = _meaning(document, version)
    if meaning.outcome is not Outcome.PASSED:
        return Judged((meaning, found("proof.not_decided", reason="proof.structure")), view, unbound())
    try:
        receipt = blockcerts.receipt_of(document, version)
    except InputError as error:
        return Judged((meaning, found("proof.malformed", reason=error.code)), view, unbound())
    technical = (
        {
            "suite": f"Blockcerts {version}",
            "targetHash": receipt.target,
            "merkleRoot": receipt.root,
            "hash": hashes[-1],
        },
    )
    if receipt.target not in hashes:
        return Judged((meaning, found("proof.anchor_hash_differs")), view, unbound(), technical=technical)
    if not blockcerts.root_of(receipt):
        return Judged((meaning, found("proof.anchor_path_broken")), view, unbound(), technical=technical)
    asked = [entry for entry in receipt.anchors if blockcerts.transaction_address(entry) is not None]
    anchor = (asked or list(receipt.anchors))[0]
    proof, transaction = transaction_of(case, receipt, anchor)
    checks = [meaning, proof]
    if anchor.is_test_chain:
        checks.append(found("proof.test_chain", chain=anchor.chain))
    binding, profile = unbound(), None
    if transaction is not None:
        binding, profile = _sender(case, version, transaction)
    return Judged(tuple(checks), view, binding, tuple(_status(case, version, anchor, transaction, profile)), technical)


def _meaning(document: Mapping[str, Any], version: blockcerts.Version) -> tuple[Check, tuple[str, ...]]:
    """Whether the document means one thing only, and its hash where it does."""
    try:
        part = blockcerts.signed_part(document) if version == "1.2" else document
        bare = {name: value for name, value in part.items() if name not in ("signature", "proof")}
        hidden = blockcerts.hidden_statement(bare, blockcerts.CONTEXTS)
        hashes = blockcerts.local_hash(document, version)
    except ContextUnavailable as error:
        return found("structure.context_unavailable", context=str(error.facts.get("url", ""))), ()
    except UndefinedTerm as error:
        term, path = str(error.facts.get("term", "")), str(error.facts.get("path", "")) or "/"
        return found("structure.term_undefined", term=term, path=path), ()
    except LinkedDataError as error:
        return found("structure.not_linked_data", reason=error.code), ()
    if hidden is not None:
        return found("structure.term_ambiguous", term=hidden.rpartition("/")[2] or hidden, path=hidden), ()
    return found("structure.terms_defined"), hashes


def _view(document: Mapping[str, Any], version: blockcerts.Version) -> dict[str, Any]:
    try:
        return blockcerts.in_words_of_3(document, version)
    except LinkedDataError:
        return {}


def _sender(
    case: Case, version: blockcerts.Version, transaction: Transaction
) -> tuple[Check, Mapping[str, Any] | None]:
    """Whether the sender of the transaction is an address of the issuer's, by the profile that stands at the issuer's address."""
    issuer = blockcerts.issuer_address(case.document, version)
    if issuer is None:
        return found("issuer.absent"), None
    if not issuer.startswith(("https://", "http://")):
        proof = blockcerts.merkle_proof(case.document)
        return holder_of_key(case, proof[1] if proof is not None else {}, issuer, transaction), None
    try:
        profile = open_badges_2.fetch_node(issuer, case.resolver).document
    except (ResolutionError, InputError) as error:
        return found("issuer.profile_not_obtained", issuer=issuer, reason=error.code), None
    senders = {sender.lower() if sender.startswith("0x") else sender for sender in transaction.senders}
    named = blockcerts.named_key(case.document)
    # Some issuers left the address of another chain in their template; it names nobody here, and the profile decides anyway.
    if (
        named is not None
        and named.startswith("0x") == any(sender.startswith("0x") for sender in senders)
        and named not in senders
    ):
        return found("issuer.chain_key_other", issuer=issuer, key=named), profile
    listed = [key for key in blockcerts.issuer_keys(profile) if key.address in senders]
    if not listed:
        return found("issuer.chain_key_not_listed", issuer=issuer, key=", ".join(sorted(senders)) or "—"), profile
    if not any(key.in_use(transaction.at) for key in listed):
        return found(
            "issuer.chain_key_out_of_use", issuer=issuer, key=listed[0].address, at=iso(transaction.at)
        ), profile
    return found("issuer.chain_key_listed", issuer=issuer, key=listed[0].address), profile


def _status(
    case: Case,
    version: blockcerts.Version,
    anchor: Anchor,
    transaction: Transaction | None,
    profile: Mapping[str, Any] | None,
) -> Iterator[Check]:
    if transaction is None:
        return
    if version == "3":
        yield from status.checks(case, partial=False)
    elif version == "1.2" and profile is not None:
        yield _spent(case, anchor, transaction, profile)
    elif profile is None:
        yield found("status.unreachable", list=blockcerts.issuer_address(case.document, version) or "—")
    else:
        badge = case.document.get("badge")
        written_out = badge.get("issuer") if isinstance(badge, Mapping) else None
        if "revocationList" not in profile and isinstance(written_out, Mapping):
            profile = written_out  # covered by the hash, so the issuer's word as well
        listed = revocation_list(case, case.document, profile, required=True)
        yield found("status.none_offered") if listed is None else listed


def _spent(case: Case, anchor: Anchor, transaction: Transaction, profile: Mapping[str, Any]) -> Check:
    """Whether what the transaction of a version 1.2 certificate paid to an address for revoking was spent since."""
    part = blockcerts.signed_part(case.document)
    keys = blockcerts.revocation_addresses(part, profile)
    outputs = [output for output, paid in enumerate(transaction.paid) if paid in keys]
    address = blockcerts.spending_address(anchor)
    if not outputs:
        return found("status.none_offered")
    if address is None:
        return found("status.type_unknown", type="Blockcerts 1.2")
    try:
        resource = case.resolver.fetch(address)
        spent = blockcerts.spent_in(strict_json.loads(resource.content), outputs)
    except NotAllowed:
        return found("status.not_allowed", list=address)
    except NotFound:
        return found("status.not_found", list=address)
    except ResolutionError:
        return found("status.unreachable", list=address)
    except InputError as error:
        return found("status.list_malformed", list=address, reason=error.code)
    if spent:
        return answer.revoked(address, resource.fetched_at)
    return answer.clear(case, address, resource.fetched_at)
