"""Blockcerts through the whole verifier: the project's documents with and without somebody who knows the chain."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.shared import shared
from tests.simulator import FixedClock
from tests.unit.verification.standards.badges import codes

from testamur.errors import NotFound, ResolutionError
from testamur.fetch import FixedResolver
from testamur.formats import blockcerts
from testamur.verification import Report, Verdict, Verifier

FOLDER = "vectors/blockcerts"
NOW = datetime(2026, 11, 25, tzinfo=UTC)
VALID, INVALID, UNDETERMINED = Verdict.VALID, Verdict.INVALID, Verdict.UNDETERMINED

MAINNET = "v2/mainnet-valid-2.0.json"
MAINNET_PROFILE = "issuer-profile-mainnet-example.json"
MAINNET_LIST = "https://blockcerts.learningmachine.com/issuer/5a4fe9931f607f0f3452a65e/revocation.json"
MAINNET_KEY = "1AwdUWQzJgfDDjeKtpPzMfYMHejFBrxZfo"

# file → (verdict without anybody to ask, a code). What its source calls valid is undetermined until the chain is asked.
ALONE = {
    "v1/testnet-valid-1.2.json": (UNDETERMINED, "proof.anchor_not_asked"),
    "v2/ethereum-main-valid-2.0.json": (UNDETERMINED, "proof.anchor_not_asked"),
    "v2/ethereum-revoked-2.0.json": (UNDETERMINED, "proof.anchor_no_witness"),
    "v2/ethereum-ropsten-valid-2.0.json": (UNDETERMINED, "proof.anchor_no_witness"),
    "v2/mainnet-invalid-merkle-receipt-2.0.json": (INVALID, "proof.anchor_path_broken"),
    "v2/mainnet-merkle-root-unmatch-2.0.json": (UNDETERMINED, "proof.anchor_not_asked"),
    "v2/mainnet-revoked-2.0.json": (UNDETERMINED, "proof.anchor_not_asked"),
    "v2/mainnet-valid-2.0.json": (UNDETERMINED, "proof.anchor_not_asked"),
    "v2/regtest-valid-2.0.json": (UNDETERMINED, "proof.anchor_no_witness"),
    "v2/testnet-tampered-hashes-2.0.json": (INVALID, "proof.anchor_hash_differs"),
    "v2/testnet-valid-2.0.json": (UNDETERMINED, "proof.anchor_not_asked"),
    "v3/blockcerts-3.0-alpha.json": (UNDETERMINED, "structure.context_unavailable"),
    "v3/blockcerts-3.0-beta.json": (INVALID, "structure.not_linked_data"),
    "v3/ethereum-sepolia-v3.json": (UNDETERMINED, "proof.anchor_not_asked"),
    "v3/mocknet-vc-v2-credential-schema.json": (UNDETERMINED, "proof.anchor_no_witness"),
    "v3/mocknet-vc-v2-validFrom-not-yet-valid.json": (UNDETERMINED, "proof.anchor_no_witness"),
    "v3/testnet-v3--no-did.json": (INVALID, "proof.anchor_hash_differs"),
    "v3/testnet-v3--tampered.json": (INVALID, "structure.not_linked_data"),
    "v3/testnet-v3-did.json": (UNDETERMINED, "proof.anchor_not_asked"),
}


def document(name: str) -> Any:
    return json.loads((shared(FOLDER) / name).read_bytes())


def verify(certificate: Any, answers: dict[str, Any] | None = None) -> Report:
    pages = {
        address: answer if isinstance(answer, ResolutionError) else json.dumps(answer).encode()
        for address, answer in (answers or {}).items()
    }
    return Verifier(FixedResolver(pages, fetched_at=NOW), clock=FixedClock(NOW)).verify(certificate)


def world(
    certificate: Any, profile: Any, *, sender: str = MAINNET_KEY, at: int = 1_518_048_000, **change: Any
) -> dict[str, Any]:
    """The explorer's answer about the certificate's transaction, and the issuer's profile at its address."""
    version = blockcerts.version_of(certificate)
    assert version is not None
    receipt = blockcerts.receipt_of(certificate, version)
    anchor = receipt.anchors[0]
    address = blockcerts.transaction_address(anchor)
    assert address is not None
    answer = {
        "txid": anchor.transaction,
        "vin": [{"prevout": {"scriptpubkey_address": sender}}],
        "vout": [{"scriptpubkey": "6a20" + change.pop("root", receipt.root)}],
        "status": {"confirmed": True, "block_time": at},
        **change,
    }
    issuer = blockcerts.issuer_address(certificate, version)
    assert issuer is not None
    return {address: answer, issuer: profile, MAINNET_LIST: document("revocation-list-mainnet-example.json")}


@pytest.mark.parametrize("name", ALONE)
def test_without_anybody_to_ask(name: str) -> None:
    report = verify((shared(FOLDER) / name).read_bytes())
    assert (report.verdict, ALONE[name][1] in codes(report)) == (ALONE[name][0], True)
    assert report.document_type == "blockcerts"


def test_with_the_chain_and_the_issuer() -> None:
    certificate = document(MAINNET)
    report = verify(certificate, world(certificate, document(MAINNET_PROFILE)))
    assert report.verdict is VALID
    assert {"proof.anchored", "issuer.chain_key_listed", "status.clear"} <= codes(report)
    assert report.subject["achievement"]["name"] == "Certified Security Expert"
    assert report.subject["holder"]["name"] == "Dimi Arhontidis"


def test_one_that_was_revoked() -> None:
    certificate = document("v2/mainnet-revoked-2.0.json")
    key = blockcerts.named_key(certificate)
    assert key is not None
    report = verify(certificate, world(certificate, document(MAINNET_PROFILE), sender=key, at=1_530_403_200))
    assert "status.revoked" in codes(report)
    assert report.verdict is INVALID


def test_a_root_that_the_transaction_does_not_carry() -> None:
    certificate = document("v2/mainnet-merkle-root-unmatch-2.0.json")
    report = verify(certificate, world(certificate, {}, root="ab" * 32))
    assert "proof.anchor_root_differs" in codes(report)
    assert report.verdict is INVALID


@pytest.mark.parametrize(
    ("change", "verdict", "code"),
    [
        ({"sender": "1Somebody"}, INVALID, "issuer.chain_key_other"),
        ({"at": 1_400_000_000}, INVALID, "issuer.chain_key_out_of_use"),
        ({"root": "00" * 32}, INVALID, "proof.anchor_root_differs"),
        ({"status": {"confirmed": False}}, UNDETERMINED, "proof.anchor_not_asked"),
        ({"txid": "00" * 32}, UNDETERMINED, "proof.anchor_not_asked"),
    ],
)
def test_one_thing_changed_in_the_answer(change: dict[str, Any], verdict: Verdict, code: str) -> None:
    certificate = document(MAINNET)
    report = verify(certificate, world(certificate, document(MAINNET_PROFILE), **change))
    assert (report.verdict, code in codes(report)) == (verdict, True)


def test_an_issuer_who_does_not_list_the_key() -> None:
    certificate = document(MAINNET)
    profile = document(MAINNET_PROFILE) | {"publicKey": []}
    report = verify(certificate, world(certificate, profile))
    assert "issuer.chain_key_not_listed" in codes(report)
    assert report.verdict is INVALID


def test_an_issuer_who_does_not_answer_and_a_transaction_that_is_not_there() -> None:
    certificate = document(MAINNET)
    answers = world(certificate, document(MAINNET_PROFILE))
    (explorer,) = [address for address in answers if "/tx/" in address]
    assert verify(certificate, answers | {explorer: NotFound("no")}).verdict is INVALID
    (issuer,) = [address for address in answers if address.endswith("f3452a65e.json")]
    del answers[issuer]
    report = verify(certificate, answers)
    assert "issuer.profile_not_obtained" in codes(report)
    assert report.verdict is UNDETERMINED


def test_a_hidden_end_is_found() -> None:
    """The same statements, so the same hash; but a reader of the JSON would not see when it ends."""
    certificate = document(MAINNET)
    moved = {name: value for name, value in certificate.items() if name != "issuedOn"}
    moved["issued"] = certificate["issuedOn"]
    moved["@context"] = [*certificate["@context"], {"issued": {"@id": "obi:issueDate", "@type": "xsd:dateTime"}}]
    assert blockcerts.local_hash(moved, "2") == blockcerts.local_hash(certificate, "2")
    report = verify(moved, world(certificate, document(MAINNET_PROFILE)))
    assert "structure.term_ambiguous" in codes(report)
    assert report.verdict is INVALID


def test_a_test_chain_is_named() -> None:
    certificate = document("v2/testnet-valid-2.0.json")
    key = blockcerts.named_key(certificate)
    assert key is not None
    profile = {
        "id": "x",
        "type": "Profile",
        "publicKey": [{"id": f"ecdsa-koblitz-pubkey:{key}", "created": "2017-01-01T00:00:00+00:00"}],
    }
    answers = world(certificate, profile, sender=key)
    report = verify(certificate, answers)
    assert {"proof.test_chain", "status.unreachable"} <= codes(report)
    assert report.verdict is UNDETERMINED
    # The profile names no list of revocations, but the issuer that is written out in the certificate does.
    named = certificate["badge"]["issuer"]["revocationList"]
    listed = {"type": "RevocationList", "id": named, "revokedAssertions": []}
    assert verify(certificate, answers | {named: listed}).verdict is VALID


ETHEREUM = [
    ("v2/ethereum-main-valid-2.0.json", None, VALID, "proof.anchored"),
    ("v3/ethereum-sepolia-v3.json", "issuer-blockcerts.json", VALID, "proof.test_chain"),
]


@pytest.mark.parametrize(("name", "profile", "verdict", "code"), ETHEREUM)
def test_with_an_ethereum_chain(name: str, profile: str | None, verdict: Verdict, code: str) -> None:
    certificate = document(name)
    version = blockcerts.version_of(certificate)
    assert version is not None
    receipt = blockcerts.receipt_of(certificate, version)
    address, issuer = (
        blockcerts.transaction_address(receipt.anchors[0]),
        blockcerts.issuer_address(certificate, version),
    )
    assert address is not None
    assert issuer is not None
    sender = (
        "0x40Cf9B7DB6FCc742ad0a76B8588C7f8De2b54a60"  # the first names an address of Bitcoin, which is nobody's here
    )
    listed = [{"id": f"ecdsa-koblitz-pubkey:{sender}", "created": "2017-01-01T00:00:00Z"}]
    answer = {
        "hash": receipt.anchors[0].transaction,
        "from": {"hash": sender},
        "raw_input": "0x" + receipt.root,
        "timestamp": "2022-11-02T15:35:00.000000Z",
        "status": "ok",
        "confirmations": 100,
    }
    published = document(profile) if profile else {"id": issuer, "type": "Profile", "publicKey": listed}
    answers: dict[str, Any] = {address: answer, issuer: published}
    named = certificate.get("badge", {}).get("issuer", {}).get("revocationList")
    if named is not None:
        answers[named] = {"type": "RevocationList", "id": named, "revokedAssertions": []}
    report = verify(certificate, answers)
    assert (report.verdict, code in codes(report)) == (verdict, True)
    answers[address] = {**answer, "raw_input": "0x" + "00" * 32}
    assert verify(certificate, answers).verdict is INVALID


def test_an_issuer_whom_nobody_here_can_ask() -> None:
    """The transaction is there, but `did:ion` is a register of identifiers that cannot be asked here: argued among the disagreements."""
    certificate = document("v3/testnet-v3-did.json")
    receipt = blockcerts.receipt_of(certificate, "3")
    address = blockcerts.transaction_address(receipt.anchors[0])
    assert address is not None
    answer = {
        "txid": receipt.anchors[0].transaction,
        "vin": [{"prevout": {"scriptpubkey_address": "mgdWjvq4RYAAP5goUNagTRMx7Xw534S5am"}}],
        "vout": [{"scriptpubkey": "6a20" + receipt.root}],
        "status": {"confirmed": True, "block_time": 1_649_166_190},
    }
    report = verify(certificate, {address: answer})
    assert {"proof.anchored", "issuer.profile_not_obtained"} <= codes(report)
    assert report.verdict is UNDETERMINED
