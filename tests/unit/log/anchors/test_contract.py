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
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.log.worlds import ORIGIN, entry

from testamur.log import Checkpoint
from testamur.log.anchors import digest_of
from testamur.log.merkle import Leaves, inclusion_proof, leaf_hash, tree_root

CONTRACT = Path(__file__).parents[4] / "src/testamur/log/anchors/contract"
EXAMPLE = Path(__file__).parents[4] / "examples/contracts"
SOURCES = (CONTRACT / "checkpoint_anchor", EXAMPLE / "payout_on_record")
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


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_what_is_shipped_was_compiled_from_the_source_beside_it(source: Path) -> None:
    """`tools/compile-contract --check` compiles it again; its compiler does not live beside the platform's packages."""
    built = json.loads(source.with_suffix(".json").read_text())
    assert hashlib.sha256(source.with_suffix(".vy").read_bytes()).hexdigest() == built["source"]


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


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 4), st.integers(0, 3), st.integers(0, 10_000)),
        min_size=1,
        max_size=8,
    )
)
def test_whoever_brings_what_when_the_first_time_stays(
    chain: Any, contract: Any, steps: list[tuple[int, int, int, int]]
) -> None:
    """Any people bring any digests in any order, with any time between: what is remembered is the first block of each."""
    first: dict[bytes, int] = {}
    for digest_number, person, blocks, later in steps:
        digest = hashlib.sha256(bytes((digest_number,))).digest()
        if (known := contract.functions.first_seen(digest).call()) and digest not in first:
            first[digest] = known  # of an earlier run against the same chain
        tester = chain.provider.ethereum_tester
        tester.time_travel(chain.eth.get_block("latest").timestamp + 1 + later)
        receipt = chain.eth.wait_for_transaction_receipt(
            contract.functions.anchor(digest).transact({"from": chain.eth.accounts[person]})
        )
        first.setdefault(digest, chain.eth.get_block(receipt.blockNumber).timestamp)
        tester.mine_blocks(blocks)
        for each, time in first.items():
            assert contract.functions.first_seen(each).call() == time


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


LEARNER = "0x00000000000000000000000000000000000a11ce"
MONEY = 10**16


def promised(chain: Any, contract: Any, number: int, end: int) -> Any:
    """A contract that holds money for who is awarded entry `number`."""
    built = json.loads((EXAMPLE / "payout_on_record.json").read_text())
    learner = chain.to_checksum_address(LEARNER)
    made = chain.eth.contract(abi=built["abi"], bytecode=built["bytecode"])
    given = made.constructor(contract.address, ORIGIN, entry(number), learner, end)
    receipt = chain.eth.wait_for_transaction_receipt(given.transact({"from": chain.eth.accounts[3], "value": MONEY}))
    return chain.eth.contract(address=receipt.contractAddress, abi=built["abi"])


def test_another_contract_acts_on_a_credential_by_itself(chain: Any, contract: Any) -> None:
    """Money waits for an entry; when its checkpoint is anchored, anybody may prove it, and nobody decides."""
    from eth_tester.exceptions import TransactionFailed

    now = chain.eth.get_block("latest").timestamp
    escrow = promised(chain, contract, 3, now + 10_000)
    head, path = Checkpoint(ORIGIN, 40, tree_root(40, TREE)), inclusion_proof(40, 3, TREE)
    learner, anybody = chain.to_checksum_address(LEARNER), {"from": chain.eth.accounts[5]}
    with pytest.raises(TransactionFailed):  # not anchored yet
        escrow.functions.settle(40, 3, path).transact(anybody)
    contract.functions.anchor(digest_of(head)).transact({"from": chain.eth.accounts[0]})
    for index, other in ((4, path), (3, path[:-1]), (3, inclusion_proof(40, 4, TREE))):
        with pytest.raises(TransactionFailed):  # of another entry
            escrow.functions.settle(40, index, other).transact(anybody)
    with pytest.raises(TransactionFailed):
        escrow.functions.take_back().transact({"from": chain.eth.accounts[3]})
    before = chain.eth.get_balance(learner)
    escrow.functions.settle(40, 3, path).transact(anybody)
    assert chain.eth.get_balance(learner) - before == MONEY
    assert chain.eth.get_balance(escrow.address) == 0


def test_what_was_recorded_too_late_is_not_paid_for(chain: Any, contract: Any) -> None:
    from eth_tester.exceptions import TransactionFailed

    now = chain.eth.get_block("latest").timestamp
    escrow = promised(chain, contract, 5, now)
    head, path = Checkpoint(ORIGIN, 40, tree_root(40, TREE)), inclusion_proof(40, 5, TREE)
    contract.functions.anchor(digest_of(head)).transact({"from": chain.eth.accounts[0]})
    with pytest.raises(TransactionFailed):
        escrow.functions.settle(40, 5, path).transact({"from": chain.eth.accounts[5]})
    chain.provider.ethereum_tester.time_travel(now + 31 * 24 * 3600)
    payer = chain.eth.accounts[3]
    before = chain.eth.get_balance(chain.to_checksum_address(payer))
    escrow.functions.take_back().transact({"from": chain.eth.accounts[6]})
    assert chain.eth.get_balance(payer) - before == MONEY
