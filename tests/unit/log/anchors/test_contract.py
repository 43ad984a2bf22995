"""The contract on a real EVM (py-evm, in process): nobody owns it, the first time stays, and it knows what a log
holds."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.unit.log.worlds import ORIGIN, entry

from testamur.log import Checkpoint
from testamur.log.anchors import digest_of
from testamur.log.merkle import Leaves, inclusion_proof, leaf_hash, tree_root

CONTRACT = Path(__file__).parents[4] / "src/testamur/log/anchors/contract"
TREE = Leaves([leaf_hash(entry(number)) for number in range(40)])


@pytest.fixture(scope="module")
def chain() -> Iterator[Any]:
    """py-evm raises the recursion limit of the whole process when it is imported; other tests rely on the ordinary one,
    for beyond it the interpreter may crash where it should refuse. So it is imported here, and the limit put back
    afterwards."""
    limit = sys.getrecursionlimit()
    try:
        import eth_tester
        import web3

        yield web3.Web3(web3.EthereumTesterProvider(eth_tester.EthereumTester(eth_tester.PyEVMBackend())))
    finally:
        sys.setrecursionlimit(limit)


@pytest.fixture
def contract(chain: Any) -> Any:
    built = json.loads((CONTRACT / "checkpoint_anchor.json").read_text())
    made = chain.eth.contract(abi=built["abi"], bytecode=built["bytecode"])
    receipt = chain.eth.wait_for_transaction_receipt(made.constructor().transact({"from": chain.eth.accounts[0]}))
    return chain.eth.contract(address=receipt.contractAddress, abi=built["abi"])


def test_what_is_shipped_was_compiled_from_the_source_beside_it() -> None:
    """`tools/compile-contract --check` compiles it again; its compiler does not live beside the platform's packages."""
    built = json.loads((CONTRACT / "checkpoint_anchor.json").read_text())
    assert hashlib.sha256((CONTRACT / "checkpoint_anchor.vy").read_bytes()).hexdigest() == built["source"]


def test_there_is_nothing_to_own_change_or_delete() -> None:
    built = json.loads((CONTRACT / "checkpoint_anchor.json").read_text())
    names = {each["name"]: each.get("stateMutability") for each in built["abi"] if each["type"] == "function"}
    assert names == {"anchor": "nonpayable", "first_seen": "view", "recorded_since": "view"}


def test_the_first_time_stays(chain: Any, contract: Any) -> None:
    digest = b"\x07" * 32
    assert contract.functions.first_seen(digest).call() == 0
    first = chain.eth.wait_for_transaction_receipt(
        contract.functions.anchor(digest).transact({"from": chain.eth.accounts[1]})
    )
    time = contract.functions.first_seen(digest).call()
    assert time == chain.eth.get_block(first.blockNumber).timestamp
    again = chain.eth.wait_for_transaction_receipt(
        contract.functions.anchor(digest).transact({"from": chain.eth.accounts[2]})
    )
    assert contract.functions.first_seen(digest).call() == time
    assert len(first.logs) == 1
    assert again.logs == []
    assert contract.functions.first_seen(b"\x08" * 32).call() == 0


@pytest.mark.parametrize("size", [1, 2, 3, 4, 7, 8, 13, 40])
def test_it_knows_since_when_an_entry_is_recorded(chain: Any, contract: Any, size: int) -> None:
    head = Checkpoint(ORIGIN, size, tree_root(size, TREE))
    ask = contract.functions.recorded_since
    proofs = {index: inclusion_proof(size, index, TREE) for index in range(size)}
    assert ask(ORIGIN, size, 0, entry(0), proofs[0]).call() == 0  # true, and not anchored yet
    contract.functions.anchor(digest_of(head)).transact({"from": chain.eth.accounts[0]})
    time = contract.functions.first_seen(digest_of(head)).call()
    assert time > 0
    for index, proof in proofs.items():
        assert ask(ORIGIN, size, index, entry(index), proof).call() == time
        assert ask(ORIGIN, size, index, entry(index + 1), proof).call() == 0
        assert ask(ORIGIN, size + 1, index, entry(index), proof).call() == 0
        assert ask(ORIGIN + "x", size, index, entry(index), proof).call() == 0
        assert ask(ORIGIN, size, index, entry(index), [*proof, b"\x00" * 32]).call() == 0
        assert ask(ORIGIN, size, size, entry(index), proof).call() == 0
        if proof:
            assert ask(ORIGIN, size, index, entry(index), proof[:-1]).call() == 0
