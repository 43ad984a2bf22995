"""An anchor on a real node (anvil): sent, collected, and then checked without any node. Every part of the receipt
that is changed is noticed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testamur.errors import Malformed
from testamur.fetch.evm import Node, collect, send
from testamur.formats.blockcerts.hashes import keccak_256
from testamur.log.anchors import AnchorOutcome
from testamur.log.anchors.ethereum_encoding import EMPTY_TRIE, Trie, decode, encode, trie_value
from testamur.log.anchors.evm import EvmReceipt, verify

CONTRACT = Path(__file__).parents[4] / "src/testamur/log/anchors/contract/checkpoint_anchor.json"
DIGEST = bytes(range(32))
# The first of the well-known keys of every development node.
SECRET = bytes.fromhex("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80")
ANVIL = (
    os.environ.get("TESTAMUR_ANVIL")
    or shutil.which("anvil")
    or next((str(path) for path in Path(__file__).parents[4].glob("build/tools/anvil/bin/anvil")), None)
)


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
    if ANVIL is None:
        pytest.skip("needs anvil: sh tools/ensure-anvil")
    # It mines only when told (evm_mine): left to itself it mines *after* it has answered, and a test that asks at once
    # finds the transaction not yet in a block.
    settings = str(tmp_path_factory.mktemp("anvil") / "c.json")
    with subprocess.Popen([ANVIL, "--port", "0", "--silent", "--no-mining", "--config-out", settings],
                          stdout=subprocess.PIPE, text=True) as running:  # fmt: skip
        port = _port_of(running.pid)
        origin = f"http://127.0.0.1:{port}"
        yield Node(origin, allowed_origins=[origin])
        running.terminate()


def _port_of(process: int) -> int:
    """The port that a process listens on, as the system says; asked until it does."""
    for _ in range(400):
        inodes = {str(each.readlink()) for each in Path(f"/proc/{process}/fd").iterdir() if each.is_symlink()}
        for line in Path(f"/proc/{process}/net/tcp").read_text().splitlines()[1:]:
            parts = line.split()
            if parts[3] == "0A" and f"socket:[{parts[9]}]" in inodes:
                return int(parts[1].partition(":")[2], 16)
        subprocess.run(["sleep", "0.02"], check=True)
    raise AssertionError("the node does not listen")


@pytest.fixture(scope="module")
def contract(node: Node) -> bytes:
    from eth_account import Account

    built = json.loads(CONTRACT.read_text())
    account = Account.from_key(SECRET)
    signed = account.sign_transaction(
        {
            "chainId": node.chain(),
            "nonce": 0,
            "value": 0,
            "gas": 2_000_000,
            "gasPrice": 2_000_000_000,
            "data": built["bytecode"],
            "to": "",
        }
    )
    sent = node.ask("eth_sendRawTransaction", "0x" + bytes(signed.raw_transaction).hex())
    node.ask("evm_mine")
    return bytes.fromhex(node.ask("eth_getTransactionReceipt", sent)["contractAddress"][2:])


@pytest.fixture(scope="module")
def receipt(node: Node, contract: bytes) -> EvmReceipt:
    """DIGEST anchored in one block with two other transactions."""
    transactions = [send(node, contract, digest, SECRET) for digest in (b"\x01" * 32, DIGEST, b"\x02" * 32)]
    node.ask("evm_mine")
    found = collect(node, transactions[1])
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
    transaction = send(node, contract, b"\x09" * 32, SECRET)
    for _ in range(3):
        assert collect(node, transaction, confirmations=3) is None
        node.ask("evm_mine")
    assert collect(node, transaction, confirmations=3) is not None


@pytest.mark.parametrize("value", [{}, {"chain": -1}, {"chain": True}, [], {"proof": ["?"]}])
def test_what_is_no_receipt(value: Any) -> None:
    with pytest.raises(Malformed):
        EvmReceipt.from_json(value)
