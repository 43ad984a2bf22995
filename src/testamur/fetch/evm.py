"""Anchoring in a chain of Ethereum's kind, through any node that speaks JSON-RPC: send, and later fetch all that a
receipt needs.

The node is not believed: what it says of a block is hashed, and must lead to the block's own hash; only *that this
block belongs to the chain* is the node's word, or somebody else's (`block_hash`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from testamur.errors import Malformed, Unreachable
from testamur.fetch.post import HttpPoster
from testamur.formats.blockcerts.hashes import keccak_256
from testamur.log.anchors.ethereum_encoding import Rlp, Trie, encode
from testamur.log.anchors.evm import EvmReceipt

_SELECTOR = keccak_256(b"anchor(bytes32)")[:4]
GAS = 80_000
"""More than a first anchor uses (45,700)."""

_HEADER = (
    ("parentHash", "sha3Uncles", "miner", "stateRoot", "transactionsRoot", "receiptsRoot", "logsBloom"),
    ("difficulty", "number", "gasLimit", "gasUsed", "timestamp"),
    ("extraData", "mixHash", "nonce"),
)  # fmt: skip
_LATER = ("baseFeePerGas", "withdrawalsRoot", "blobGasUsed", "excessBlobGas", "parentBeaconBlockRoot", "requestsHash")
_NUMBERS = frozenset({*_HEADER[1], "baseFeePerGas", "blobGasUsed", "excessBlobGas"})


class Node:
    """A JSON-RPC end point. `url` comes from a setting; `allowed_origins` as for HttpResolver."""

    def __init__(self, url: str, *, allowed_origins: Iterable[str] = (), timeout: float = 10.0) -> None:
        self._url = url
        self._poster = HttpPoster(allowed_origins, max_bytes=8_000_000, timeout=timeout)

    def ask(self, method: str, *parameters: Any) -> Any:
        """The result of one call. Raises Unreachable: no answer, no JSON, or an error of the node."""
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": list(parameters)}).encode()
        answer = self._poster.post(self._url, body, media_type="application/json", accept="application/json")
        try:
            said = json.loads(answer.content)
            if said.get("error") is not None or "result" not in said:
                raise Unreachable("The node refused.", code="anchor.node_refused", facts={"method": method})
        except (ValueError, AttributeError) as error:
            raise Unreachable(
                "The node's answer cannot be read.", code="anchor.node", facts={"method": method}
            ) from error
        return said["result"]

    def chain(self) -> int:
        return int(self.ask("eth_chainId"), 16)

    def block_hash(self, number: int) -> bytes | None:
        """The hash of a block, as this node says; None when it has no such block."""
        block = self.ask("eth_getBlockByNumber", hex(number), False)
        return bytes.fromhex(block["hash"][2:]) if block else None


def send(node: Node, contract: bytes, digest: bytes, secret: bytes) -> bytes:
    """Send `anchor(digest)` from the account of `secret` (32 bytes) and return the transaction's hash, before it is
    mined.

    The transaction is signed here; the node never sees the key. Raises Unreachable.
    """
    from eth_account import Account  # only who anchors in such a chain needs it

    account = Account.from_key(secret)
    price = int(node.ask("eth_gasPrice"), 16)
    transaction = {
        "chainId": node.chain(),
        "nonce": int(node.ask("eth_getTransactionCount", account.address, "pending"), 16),
        "to": account_address(contract),
        "value": 0,
        "gas": GAS,
        "maxFeePerGas": 2 * price,
        "maxPriorityFeePerGas": min(price, 1_000_000_000),
        "data": "0x" + (_SELECTOR + digest).hex(),
    }
    signed = account.sign_transaction(transaction)
    return bytes.fromhex(node.ask("eth_sendRawTransaction", "0x" + bytes(signed.raw_transaction).hex())[2:])


def account_address(raw: bytes) -> str:
    """An address with the checksum of EIP-55."""
    plain = raw.hex()
    digest = keccak_256(plain.encode()).hex()
    return "0x" + "".join(each.upper() if int(digest[at], 16) > 7 else each for at, each in enumerate(plain))


def collect(node: Node, transaction: bytes, *, confirmations: int = 1) -> EvmReceipt | None:
    """Everything that proves a mined transaction, or None while it has fewer than so many `confirmations` (blocks, its
    own included).

    Raises Unreachable, and Malformed when what the node says does not lead to the hash of the block.
    """
    name = "0x" + transaction.hex()
    found = node.ask("eth_getTransactionReceipt", name)
    if found is None or found.get("blockNumber") is None:
        return None
    number = int(found["blockNumber"], 16)
    if int(node.ask("eth_blockNumber"), 16) - number + 1 < confirmations:
        return None
    block = node.ask("eth_getBlockByNumber", hex(number), False)
    receipts = node.ask("eth_getBlockReceipts", hex(number))
    try:
        header = _header(block)
        encoded = {encode(int(each["transactionIndex"], 16)): _receipt(each) for each in receipts}
        index = int(found["transactionIndex"], 16)
        contract = bytes.fromhex(found["to"][2:])
        trie = Trie(encoded)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Malformed("The node's answer is incomplete.", code="anchor.node") from error
    if "0x" + keccak_256(header).hex() != block["hash"] or "0x" + trie.root.hex() != block["receiptsRoot"]:
        raise Malformed("What the node says of the block does not lead to the block's hash.", code="anchor.node_block")
    return EvmReceipt(
        node.chain(), contract, transaction, index, header, encoded[encode(index)], tuple(trie.proof(encode(index)))
    )


def _header(block: dict[str, Any]) -> bytes:
    names = [name for group in _HEADER for name in group] + [name for name in _LATER if block.get(name) is not None]
    return encode([_integer(block[name]) if name in _NUMBERS else bytes.fromhex(block[name][2:]) for name in names])


def _integer(text: str) -> bytes:
    number = int(text, 16)
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def _receipt(found: dict[str, Any]) -> bytes:
    logs: list[Rlp] = []
    for each in found["logs"]:
        topics: list[Rlp] = [bytes.fromhex(topic[2:]) for topic in each["topics"]]
        logs.append([bytes.fromhex(each["address"][2:]), topics, bytes.fromhex(each["data"][2:])])
    status, used = _integer(found["status"]), _integer(found["cumulativeGasUsed"])
    body = encode([status, used, bytes.fromhex(found["logsBloom"][2:]), logs])
    kind = int(found.get("type") or "0x0", 16)
    return bytes((kind,)) + body if kind else body
