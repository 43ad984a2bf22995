"""Receipts that are not as they should be; explorers' answers; documents that hide a statement."""

from __future__ import annotations

import hashlib
from typing import Any

import base58
import pytest
from hypothesis import given
from hypothesis import strategies as st

from testamur.errors import Malformed
from testamur.formats import blockcerts
from testamur.formats.blockcerts import Anchor

TARGET, BESIDE = "11" * 32, "22" * 32
ROOT = hashlib.sha256(bytes.fromhex(TARGET + BESIDE)).hexdigest()
TRANSACTION = "ab" * 32


def certificate(**signature: Any) -> dict[str, Any]:
    return {
        "badge": {},
        "signature": {
            "targetHash": TARGET,
            "merkleRoot": ROOT,
            "proof": [{"right": BESIDE}],
            "anchors": [{"sourceId": TRANSACTION, "type": "BTCOpReturn", "chain": "bitcoinMainnet"}],
            **signature,
        },
    }


def test_a_receipt_whose_way_leads_to_its_root() -> None:
    receipt = blockcerts.receipt_of(certificate(), "2")
    assert blockcerts.root_of(receipt)
    assert receipt.anchors == (Anchor("bitcoin", TRANSACTION),)


@pytest.mark.parametrize(
    "change", [{"merkleRoot": "00" * 32}, {"proof": [{"left": BESIDE}]}, {"proof": []}, {"targetHash": BESIDE}]
)
def test_a_way_that_leads_elsewhere(change: dict[str, Any]) -> None:
    assert not blockcerts.root_of(blockcerts.receipt_of(certificate(**change), "2"))


@pytest.mark.parametrize(
    "change",
    [
        {"targetHash": None},
        {"targetHash": "11"},
        {"merkleRoot": 3},
        {"proof": None},
        {"proof": [{"up": BESIDE}]},
        {"proof": [{"left": BESIDE, "right": BESIDE}]},
        {"proof": [3]},
        {"proof": [{"right": BESIDE}] * 65},
        {"anchors": []},
        {"anchors": [{}]},
        {"anchors": [3]},
    ],
)
def test_no_receipt(change: dict[str, Any]) -> None:
    with pytest.raises(Malformed) as raised:
        blockcerts.receipt_of(certificate(**change), "2")
    assert raised.value.code == "blockcerts.receipt"


@given(st.binary(max_size=200))
def test_a_packed_receipt_is_read_or_refused(data: bytes) -> None:
    document = {"proof": {"type": "MerkleProof2019", "proofValue": "z" + base58.b58encode(data).decode()}}
    with pytest.raises(Malformed):
        blockcerts.receipt_of(document, "3")


@pytest.mark.parametrize("value", [None, 3, "", "u123", "z0OIl", "z" + "1" * 20_000, "z한글"])
def test_what_is_no_packed_receipt(value: Any) -> None:
    with pytest.raises(Malformed):
        blockcerts.receipt_of({"proof": {"type": "MerkleProof2019", "proofValue": value}}, "3")


BITCOIN = {
    "txid": TRANSACTION,
    "vin": [{"prevout": {"scriptpubkey_address": "1Issuer"}}],
    "vout": [{"scriptpubkey": "76a914"}, {"scriptpubkey": "6a20" + ROOT}],
    "status": {"confirmed": True, "block_time": 1517961123},
}
ETHEREUM = {
    "hash": "0x" + TRANSACTION,
    "from": {"hash": "0xABC"},
    "raw_input": "0x" + ROOT,
    "timestamp": "2018-02-07T23:52:16.000000Z",
    "status": "ok",
    "confirmations": 12,
}


@pytest.mark.parametrize(
    ("chain", "answer", "sender"), [("bitcoin", BITCOIN, "1Issuer"), ("ethereum", ETHEREUM, "0xabc")]
)
def test_what_a_transaction_carries(chain: str, answer: dict[str, Any], sender: str) -> None:
    anchor = Anchor(chain, TRANSACTION)
    found = blockcerts.transaction_in(answer, anchor)
    assert ROOT in found.carried
    assert found.senders == {sender}
    assert found.at.year == 2018
    address = blockcerts.transaction_address(anchor)
    assert address is not None
    assert TRANSACTION in address


@pytest.mark.parametrize(
    ("chain", "answer"),
    [
        ("bitcoin", None),
        ("bitcoin", {}),
        ("bitcoin", {**BITCOIN, "txid": "cd" * 32}),
        ("bitcoin", {**BITCOIN, "status": {"confirmed": False}}),
        ("bitcoin", {**BITCOIN, "vout": 3}),
        ("bitcoin", {**BITCOIN, "status": {"confirmed": True, "block_time": 10**20}}),
        ("ethereum", {**ETHEREUM, "hash": "0x" + "cd" * 32}),
        ("ethereum", {**ETHEREUM, "status": "error"}),
        ("ethereum", {**ETHEREUM, "confirmations": 0}),
        ("ethereum", {**ETHEREUM, "timestamp": "soon"}),
        ("ethereum", {**ETHEREUM, "from": None}),
    ],
)
def test_answers_that_say_nothing(chain: str, answer: Any) -> None:
    with pytest.raises(Malformed):
        blockcerts.transaction_in(answer, Anchor(chain, TRANSACTION))


@pytest.mark.parametrize(
    ("chain", "transaction"),
    [
        ("bitcoin", "../../admin"),
        ("bitcoin", TRANSACTION + "?x"),
        ("bitcoin", TRANSACTION[:-1]),
        ("bitcoin-regtest", TRANSACTION),
        ("mocknet", ""),
        ("unknown", TRANSACTION),
    ],
)
def test_the_document_never_makes_an_address(chain: str, transaction: str) -> None:
    assert blockcerts.transaction_address(Anchor(chain, transaction)) is None


PLAIN: dict[str, Any] = {
    "@context": ["https://w3id.org/openbadges/v2", "https://w3id.org/blockcerts/v2"],
    "id": "urn:uuid:1",
    "type": "Assertion",
    "expires": "2020-01-01T00:00:00Z",
    "badge": {"id": "urn:uuid:2", "type": "BadgeClass", "name": "x"},
}


def hidden(**change: Any) -> str | None:
    changed = {name: value for name, value in {**PLAIN, **change}.items() if value is not None}
    return blockcerts.hidden_statement(changed, blockcerts.CONTEXTS)


def own(words: dict[str, Any]) -> list[Any]:
    return [*PLAIN["@context"], words]


def test_nothing_is_hidden_in_a_plain_document() -> None:
    assert hidden() is None
    assert hidden(**{"@context": own({"metadata": {"@id": "https://own.example/metadata"}}), "metadata": "x"}) is None


@pytest.mark.parametrize(
    "change",
    [
        {"expires": None, "https://w3id.org/security#expiration": "2020-01-01T00:00:00Z"},
        {"expires": None, "sec:expiration": "2020-01-01T00:00:00Z"},
        {"@graph": []},
        {"expires": None, "ends": "2020", "@context": own({"ends": "https://w3id.org/security#expiration"})},
        {"expires": None, "ends": "2020", "@context": own({"ends": {"@id": "sec:expiration"}})},
        {"@context": own({"expires": "https://own.example/other"})},
        {"@context": own({"expires": None})},
        {"@context": own({"inside": "@nest"}), "inside": {"expires": "2020"}},
        {"@context": own({"inside": {"@id": "@graph"}})},
        {"@context": own({"x": {"@id": "https://own.example/x", "@context": {"expires": None}}})},
        {"@context": own({"@vocab": "https://w3id.org/security#"})},
        {"@context": own({"@base": "https://own.example/"})},
        {"evidence": {"id": "urn:uuid:1", "expires": "2020-01-01T00:00:00Z"}},
        {"badge": {**PLAIN["badge"], "@context": {"name": "https://own.example/x"}}},
        {"evidence": [["x"]]},
    ],
)
def test_a_hidden_statement_is_found(change: dict[str, Any]) -> None:
    assert hidden(**change) is not None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["id", "@id", "type", "badge", "proof", "signature", "document", "receipt", "targetHash", "anchors"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(
    st.dictionaries(
        st.sampled_from(["badge", "signature", "document", "receipt", "proof", "verification", "recipient"]),
        json_values,
    )
)
def test_any_document_is_told_apart(document: dict[str, Any]) -> None:
    version = blockcerts.version_of(document)
    if version is not None:
        with pytest.raises(Malformed):
            blockcerts.receipt_of(document, version)
    blockcerts.named_key(document)
    blockcerts.issuer_keys(document)
    blockcerts.issuer_address(document, "2")
