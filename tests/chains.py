"""A real node of Ethereum's kind for tests (anvil, by `sh tools/ensure-anvil`), and the contract on it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from testamur.fetch.evm import Node
from testamur.fetch.evm_transactions import (
    Draft,
    SignedTransaction,
    account_of,
    broadcast,
    next_nonce,
    public_key,
    sign,
)

ROOT = Path(__file__).parents[1]
CONTRACT = ROOT / "src/testamur/log/anchors/contract/checkpoint_anchor.json"
# The first of the well-known keys of every development node.
SECRET = bytes.fromhex("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80")
GWEI = 10**9


def _anvil() -> str | None:
    built = next((str(path) for path in ROOT.glob("build/tools/anvil/bin/anvil")), None)
    return os.environ.get("TESTAMUR_ANVIL") or shutil.which("anvil") or built


@contextmanager
def running_node(folder: Path, *options: str) -> Iterator[tuple[Node, str]]:
    """A node of its own with further `options`, and its address. It mines only when told (`evm_mine`): left to itself it
    mines *after* it has answered, and a test that asks at once finds the transaction not yet in a block."""
    anvil = _anvil()
    if anvil is None:
        pytest.skip("needs anvil: sh tools/ensure-anvil")
    command = [anvil, "--port", "0", "--silent", "--no-mining", "--config-out", str(folder / "anvil.json"), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        try:
            origin = f"http://127.0.0.1:{_port_of(running.pid)}"
            yield Node(origin, allowed_origins=[origin]), origin
        finally:
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


def sent(node: Node, to: bytes | None, data: bytes, *, secret: bytes = SECRET, gas: int = 2_000_000) -> bytes:
    """Send a transaction of our own, not mined yet; its hash."""
    nonce = next_nonce(node, account_of(public_key(secret)))
    made: SignedTransaction = sign(Draft(node.chain(), nonce, to, data, gas, 20 * GWEI, GWEI), secret)
    broadcast(node, made)
    return made.hash


def deployed(node: Node) -> bytes:
    """The address of a fresh CheckpointAnchor."""
    code = bytes.fromhex(json.loads(CONTRACT.read_text())["bytecode"].removeprefix("0x"))
    transaction = sent(node, None, code)
    node.ask("evm_mine")
    made = node.ask("eth_getTransactionReceipt", "0x" + transaction.hex())
    return bytes.fromhex(made["contractAddress"][2:])


def give(node: Node, address: str, ether: int = 10) -> None:
    """Money for an account, by the development node's grace."""
    node.ask("anvil_setBalance", address, hex(ether * 10**18))
