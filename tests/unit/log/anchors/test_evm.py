"""An anchor on a real node (anvil): sent, collected, and then checked without any node. Every part of the receipt
that is changed is noticed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.chains import deployed, running_node, sent

from testamur.errors import Malformed
from testamur.fetch.evm import Node, collect
from testamur.fetch.evm_transactions import ANCHOR, anchored_in, first_seen, has_code, mined
from testamur.fetch.fixed import FixedResolver
from testamur.fetch.known_blocks import learn
from testamur.formats.blockcerts.hashes import keccak_256
from testamur.log.anchors import AnchorOutcome, AnchorPolicy, check
from testamur.log.anchors.ethereum_encoding import EMPTY_TRIE, Trie, decode, encode, trie_value
from testamur.log.anchors.evm import TOPIC, EvmReceipt, block_number, verify

DIGEST = bytes(range(32))


def test_published_hashes() -> None:
    assert keccak_256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
    assert keccak_256(encode(b"")) == EMPTY_TRIE


@pytest.mark.parametrize(
    ("value", "encoded"),
    [(b"dog", "83646f67"), ([b"cat", b"dog"], "c88363617483646f67"), (b"", "80"), ([], "c0"), (b"\x00", "00"), (b"\x0f", "0f"),
     (b"\x04\x00", "820400"), ([[], [[]], [[], [[]]]], "c7c0c1c0c3c0c1c0"),
     (b"a" * 56, "b838" + "61" * 56)],
)  # fmt: skip
def test_published_encodings(value: Any, encoded: str) -> None:
    assert encode(value).hex() == encoded
    assert decode(bytes.fromhex(encoded)) == value


@pytest.mark.parametrize(
    "encoded",
    ["", "83646f", "8100", "b83700", "b90001ff", "c88363617483646f", "83646f6700", "bf" + "ff" * 8, "c1" * 40 + "c0"],
)
def test_what_is_no_encoding(encoded: str) -> None:
    with pytest.raises(Malformed):
        decode(bytes.fromhex(encoded))


@given(st.recursive(st.binary(max_size=70), lambda inner: st.lists(inner, max_size=5), max_leaves=20))
def test_encodings_go_round(value: Any) -> None:
    assert decode(encode(value)) == value


def test_a_published_trie() -> None:
    """The wiki's example: do, dog, doge, horse."""
    values = {b"do": b"verb", b"dog": b"puppy", b"doge": b"coin", b"horse": b"stallion"}
    assert Trie(values).root.hex() == "5991bb8c6514148a29db676a14ac506cd2cd5775ace63c30a4fe457715e9ac84"


@given(
    st.dictionaries(st.binary(min_size=1, max_size=4), st.binary(min_size=1, max_size=40), min_size=1, max_size=30),
    st.data(),
)
def test_a_trie_proves_its_values_and_nothing_else(values: dict[bytes, bytes], data: st.DataObject) -> None:
    trie = Trie(values)
    key = data.draw(st.sampled_from(sorted(values)))
    proof = trie.proof(key)
    assert trie_value(trie.root, key, proof) == values[key]
    other = data.draw(st.binary(max_size=4).filter(lambda each: each != key))
    assert trie_value(trie.root, other, proof) in (None, values.get(other))
    assert trie_value(bytes(32), key, proof) is None
    assert trie_value(trie.root, key, proof[:-1]) is None


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    with running_node(tmp_path_factory.mktemp("anvil")) as (found, _origin):
        yield found


@pytest.fixture(scope="module")
def contract(node: Node) -> bytes:
    return deployed(node)


@pytest.fixture(scope="module")
def receipt(node: Node, contract: bytes) -> EvmReceipt:
    """DIGEST anchored in one block with two other transactions."""
    transactions = [sent(node, contract, ANCHOR + digest) for digest in (b"\x01" * 32, DIGEST, b"\x02" * 32)]
    node.ask("evm_mine")
    found = collect(node, contract, transactions[1])
    assert found is not None
    assert EvmReceipt.from_json(json.loads(json.dumps(found.to_json()))) == found
    return found


def test_an_anchor_is_checked_without_a_node(node: Node, contract: bytes, receipt: EvmReceipt) -> None:
    hashes = {(receipt.chain, number): node.block_hash(number) for number in range(10)}
    contracts = {receipt.chain: {contract}}
    found = verify(DIGEST, receipt, contracts, lambda chain, number: hashes.get((chain, number)))
    assert found.outcome is AnchorOutcome.PASSED
    assert found.time is not None
    block = node.ask("eth_getBlockByNumber", hex(found.facts["block"]), False)
    assert int(found.time.timestamp()) == int(block["timestamp"], 16)
    assert verify(DIGEST, receipt, contracts, lambda *_: None).outcome is AnchorOutcome.UNKNOWN
    assert verify(DIGEST, receipt, {}, lambda *_: None).code == "anchor.contract_unknown"
    assert verify(DIGEST, receipt, contracts, lambda *_: bytes(32)).code == "anchor.other_block"
    assert verify(b"\x01" * 32, receipt, contracts, lambda *_: None).code == "anchor.other_digest"


@pytest.mark.parametrize("part", ["header", "receipt", "index", "proof", "contract"])
def test_whatever_is_changed_is_noticed(node: Node, contract: bytes, receipt: EvmReceipt, part: str) -> None:
    known = node.block_hash
    contracts = {receipt.chain: {contract, bytes(20)}}
    changes = {
        "header": {"header": receipt.header[:-1] + bytes((receipt.header[-1] ^ 1,))},
        "receipt": {"receipt": receipt.receipt[:-1] + bytes((receipt.receipt[-1] ^ 1,))},
        "index": {"index": receipt.index + 1},
        "proof": {"proof": receipt.proof[:-1]},
        "contract": {"contract": bytes(20)},
    }
    assert verify(DIGEST, receipt, contracts, lambda _chain, number: known(number)).outcome is AnchorOutcome.PASSED
    changed = verify(DIGEST, replace(receipt, **changes[part]), contracts, lambda _chain, number: known(number))  # type: ignore[arg-type]
    assert changed.outcome is AnchorOutcome.FAILED


def test_it_waits_until_the_block_is_deep_enough(node: Node, contract: bytes) -> None:
    transaction = sent(node, contract, ANCHOR + b"\x09" * 32)
    for _ in range(3):
        assert collect(node, contract, transaction, confirmations=3) is None
        node.ask("evm_mine")
    assert collect(node, contract, transaction, confirmations=3) is not None
    assert collect(node, contract, bytes(32)) is None


def test_what_the_contract_and_the_chain_say(node: Node, contract: bytes, receipt: EvmReceipt) -> None:
    assert anchored_in(node, contract, DIGEST, TOPIC) == receipt.transaction
    assert anchored_in(node, contract, b"\x77" * 32, TOPIC) is None
    assert first_seen(node, contract, DIGEST) > 0
    assert first_seen(node, contract, b"\x77" * 32) == 0
    assert has_code(node, contract)
    assert not has_code(node, b"\x77" * 20)
    found = mined(node, receipt.transaction)
    assert found is not None
    assert (found.succeeded, found.block) == (True, block_number(receipt))
    assert 40_000 < found.gas_used < 50_000
    assert mined(node, b"\x77" * 32) is None


def test_whoever_is_asked_says_which_blocks_there_are(node: Node, contract: bytes, receipt: EvmReceipt) -> None:
    origin = node._url
    policy = AnchorPolicy.from_text(
        f"evm {receipt.chain} contract 0x{contract.hex()}\nevm {receipt.chain} node {origin}\n"
    )
    assert check(DIGEST, receipt, policy).code == "anchor.block_unknown"
    learned = learn(policy, [receipt], FixedResolver({}), allowed_origins=[origin])
    assert check(DIGEST, receipt, learned).outcome is AnchorOutcome.PASSED
    assert learn(policy, [receipt], FixedResolver({})).blocks == {}


@pytest.mark.parametrize("value", [{}, {"chain": -1}, {"chain": True}, [], {"proof": ["?"]}])
def test_what_is_no_receipt(value: Any) -> None:
    with pytest.raises(Malformed):
        EvmReceipt.from_json(value)
