"""Blockcerts 1.2, revoked by a later transaction; and version 3 by issuers who have a DID, known by the address of their key."""

from __future__ import annotations

import base64
import copy
import json
from typing import Any

import pytest
from tests.unit.verification.standards.badges import codes
from tests.unit.verification.standards.test_blockcerts import INVALID, UNDETERMINED, VALID, document, verify

from testamur.errors import NotFound, Unreachable
from testamur.formats import blockcerts
from testamur.proofs.data_integrity.selective import cbor
from testamur.proofs.encodings import multibase_encode
from testamur.proofs.keys import PublicKey

# --- 1.2 --------------------------------------------------------------------------------------------------------------------------------

OLD = "v1/testnet-valid-1.2.json"
ISSUER_KEY, BATCH_KEY = "msBCHdwaQ7N2ypBYupkp6uNxtr9Pg76imj", "mkAvTwCYUyVk3rncFVCTJt1HUDsApVezhP"
HOLDER_KEY = "1K4P4LKXWZZ5bS2i34zLaJkHxbFBreDoTa"  # of the recipient, in the certificate


def old_world(*paid: str, spent: Any = None) -> dict[str, Any]:
    """The transaction of the certificate, with outputs to `paid` and then the one with the root; the issuer; and what was spent."""
    certificate = document(OLD)
    receipt = blockcerts.receipt_of(certificate, "1.2")
    address, issuer = blockcerts.transaction_address(receipt.anchors[0]), blockcerts.issuer_address(certificate, "1.2")
    spending = blockcerts.spending_address(receipt.anchors[0])
    assert address is not None
    assert issuer is not None
    assert spending == address + "/outspends"
    answer = {
        "txid": receipt.anchors[0].transaction,
        "vin": [{"prevout": {"scriptpubkey_address": ISSUER_KEY}}],
        "vout": [
            *({"scriptpubkey": "76a914", "scriptpubkey_address": each} for each in paid),
            {"scriptpubkey": "6a20" + receipt.root},
        ],
        "status": {"confirmed": True, "block_time": 1_475_000_000},
    }
    profile = document("issuer-blockcerts-v1.json") | {"id": issuer}
    return {address: answer, issuer: profile, **({spending: spent} if spent is not None else {})}


UNSPENT, SPENT = {"spent": False}, {"spent": True, "txid": "ab" * 32, "status": {"confirmed": True}}


@pytest.mark.parametrize(
    ("paid", "spent", "verdict", "code"),
    [
        ([HOLDER_KEY], [UNSPENT, UNSPENT], VALID, "status.clear"),
        ([HOLDER_KEY], [SPENT, UNSPENT], INVALID, "status.revoked"),
        ([BATCH_KEY], [UNSPENT, UNSPENT], VALID, "status.clear"),
        ([BATCH_KEY], [SPENT, UNSPENT], INVALID, "status.revoked"),
        (["mrOther", HOLDER_KEY, BATCH_KEY], [SPENT, UNSPENT, UNSPENT, UNSPENT], VALID, "status.clear"),
        (["mrOther", HOLDER_KEY, BATCH_KEY], [UNSPENT, UNSPENT, SPENT, UNSPENT], INVALID, "status.revoked"),
        ([HOLDER_KEY], [{**SPENT, "status": {"confirmed": False}}, UNSPENT], UNDETERMINED, "status.list_malformed"),
        ([HOLDER_KEY], [], UNDETERMINED, "status.list_malformed"),
        ([HOLDER_KEY], [{}, {}], UNDETERMINED, "status.list_malformed"),
        ([HOLDER_KEY], {"spent": False}, UNDETERMINED, "status.list_malformed"),
        ([HOLDER_KEY], NotFound("no"), UNDETERMINED, "status.not_found"),
        ([HOLDER_KEY], Unreachable("no"), UNDETERMINED, "status.unreachable"),
        (["mrOther"], [SPENT, SPENT], VALID, "status.none_offered"),
    ],
)
def test_revocation_by_a_later_transaction(paid: list[str], spent: Any, verdict: Any, code: str) -> None:
    report = verify(document(OLD), old_world(*paid, spent=spent))
    assert {"proof.anchored", "issuer.chain_key_listed"} <= codes(report)
    assert (report.verdict, code in codes(report)) == (verdict, True)


def test_an_issuer_who_does_not_answer_leaves_it_open() -> None:
    answers = old_world(HOLDER_KEY, spent=[UNSPENT, UNSPENT])
    (issuer,) = [address for address in answers if "/tx/" not in address]
    del answers[issuer]
    report = verify(document(OLD), answers)
    assert "status.unreachable" in codes(report)
    assert report.verdict is UNDETERMINED


# --- 3, with a DID ----------------------------------------------------------------------------------------------------------------------

GENERATOR = bytes.fromhex("0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798")
KEY = PublicKey.from_raw("secp256k1", GENERATOR)  # the key whose secret is 1, and whose addresses everybody knows
DID_WEB, DID_PAGE = "did:web:university.example", "https://university.example/.well-known/did.json"
P2PKH, ETHEREUM = "mrCDrCybB6J1vRfbwM5hemdJz73FwDBC8r", "0x7e5f4552091a69125d5dfcb7b8c2659029395bdf"
DID_JWK = "did:jwk:" + base64.urlsafe_b64encode(json.dumps(KEY.jwk).encode()).rstrip(b"=").decode()


def new_world(
    issuer: str = DID_WEB, method: str = DID_WEB + "#key-1", sender: str = P2PKH, **change: Any
) -> tuple[dict[str, Any], dict[str, Any]]:
    certificate = copy.deepcopy(document("v3/testnet-v3-did.json"))
    certificate["issuer"]["id"] = issuer
    certificate |= change.pop("extra", {})
    root = bytes.fromhex(blockcerts.local_hash(certificate, "3")[-1])
    chain, network = (1, 11155111) if sender.startswith("0x") else (0, 3)
    transaction = bytes.fromhex("ab" * 32)
    packed = [[0, root], [1, root], [2, [[[0, chain], [1, network], [2, transaction]]]], [3, []]]
    certificate["proof"] |= {"verificationMethod": method, "proofValue": multibase_encode(cbor.encode(packed))}
    anchor = blockcerts.receipt_of(certificate, "3").anchors[0]
    address = blockcerts.transaction_address(anchor)
    assert address is not None
    bitcoin = {
        "txid": "ab" * 32,
        "vin": [{"prevout": {"scriptpubkey_address": sender}}],
        "vout": [{"scriptpubkey": "6a20" + root.hex()}],
        "status": {"confirmed": True, "block_time": 1_649_166_190},
    }
    ethereum = {
        "hash": "0x" + "ab" * 32,
        "from": {"hash": sender},
        "raw_input": "0x" + root.hex(),
        "timestamp": "2022-11-02T15:35:00.000000Z",
        "status": "ok",
        "confirmations": 100,
    }
    listed = {
        "id": DID_WEB + "#key-1",
        "type": "JsonWebKey",
        "controller": DID_WEB,
        "publicKeyJwk": KEY.jwk,
        **change.pop("method_change", {}),
    }
    page = {
        "@context": ["https://www.w3.org/ns/did/v1"],
        "id": DID_WEB,
        "verificationMethod": [listed],
        "assertionMethod": [DID_WEB + "#key-1"],
        **change,
    }
    return certificate, {address: ethereum if sender.startswith("0x") else bitcoin, DID_PAGE: page}


@pytest.mark.parametrize(
    "sender", [P2PKH, "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"]
)
def test_an_issuer_with_a_did_is_known_by_the_address_of_the_key(sender: str) -> None:
    certificate, answers = new_world(sender=sender)
    report = verify(certificate, answers)
    assert {"proof.anchored", "issuer.chain_key_listed"} <= codes(report)
    assert report.verdict is VALID


def test_on_ethereum() -> None:
    certificate, answers = new_world(sender=ETHEREUM.upper().replace("0X", "0x"))
    assert verify(certificate, answers).verdict is VALID
    certificate, answers = new_world(sender="0x" + "11" * 20)
    assert verify(certificate, answers).verdict is INVALID


def test_an_issuer_who_is_a_key() -> None:
    certificate, answers = new_world(issuer=DID_JWK, method=DID_JWK + "#0")
    report = verify(certificate, answers)
    assert "issuer.bound_to_key" in codes(report)
    assert report.verdict is VALID


@pytest.mark.parametrize(
    ("changes", "verdict", "code"),
    [
        ({"sender": "mgdWjvq4RYAAP5goUNagTRMx7Xw534S5am"}, INVALID, "issuer.chain_key_not_listed"),
        ({"method": DID_JWK + "#0"}, INVALID, "issuer.other_controller"),
        ({"method": DID_WEB + "#key-2"}, INVALID, "issuer.key_not_listed"),
        ({"method": "did:ion:abc#key-1"}, UNDETERMINED, "issuer.profile_not_obtained"),
        ({"method": None}, UNDETERMINED, "issuer.profile_not_obtained"),
        ({"assertionMethod": []}, INVALID, "issuer.purpose_missing"),
        ({"method_change": {"revoked": "2020-01-01T00:00:00Z"}}, INVALID, "issuer.chain_key_out_of_use"),
        ({"method_change": {"revoked": "2024-01-01T00:00:00Z"}}, VALID, "issuer.chain_key_listed"),
    ],
)
def test_one_thing_changed(changes: dict[str, Any], verdict: Any, code: str) -> None:
    certificate, answers = new_world(**changes)
    report = verify(certificate, answers)
    assert (report.verdict, code in codes(report)) == (verdict, True)


def test_a_did_document_that_cannot_be_had() -> None:
    certificate, answers = new_world()
    del answers[DID_PAGE]
    report = verify(certificate, answers)
    assert "issuer.profile_not_obtained" in codes(report)
    assert report.verdict is UNDETERMINED


@pytest.mark.parametrize(("required", "verdict"), [("issuer", VALID), ("grade", INVALID)])
def test_a_schema_that_the_certificate_names_is_applied(required: str, verdict: Any) -> None:
    schema = "https://university.example/schema.json"
    certificate, answers = new_world(extra={"credentialSchema": {"id": schema, "type": "JsonSchemaValidator2018"}})
    report = verify(certificate, answers | {schema: {"type": "object", "required": [required]}})
    assert report.verdict is verdict
