"""A chain of Ethereum's kind, through any node that speaks JSON-RPC: all that the receipt of an anchor needs. Sending
is in `evm_transactions`.

The node is not believed: what it says of a block is hashed, and must lead to the block's own hash; only *that this
block belongs to the chain* is the node's word, or somebody else's (`block_hash`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from testamur import strict_json
from testamur.errors import InputError, Malformed, Unreachable
from testamur.fetch.post import HttpPoster
from testamur.formats.blockcerts.hashes import keccak_256
from testamur.log.anchors.ethereum_encoding import Rlp, Trie, encode
from testamur.log.anchors.evm import EvmReceipt

_MOST = 32_000_000
"""Bytes of an answer: the receipts of a whole block."""

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
        self._poster = HttpPoster(allowed_origins, max_bytes=_MOST, timeout=timeout)

    def ask(self, method: str, *parameters: Any) -> Any:
        """The result of one call. Raises Unreachable: no answer, no JSON, or an error of the node."""
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": list(parameters)}).encode()
        answer = self._poster.post(self._url, body, media_type="application/json", accept="application/json")
        try:
            said = strict_json.loads(answer.content, max_bytes=_MOST)
            if said.get("error") is not None or "result" not in said:
                raise Unreachable("The node refused.", code="anchor.node_refused", facts={"method": method})
        except (ValueError, AttributeError, InputError) as error:
            raise Unreachable(
                "The node's answer cannot be read.", code="anchor.node", facts={"method": method}
            ) from error
        return said["result"]

    def chain(self) -> int:
        """The id of the chain that this node follows."""
        try:
            return int(self.ask("eth_chainId"), 16)
        except (TypeError, ValueError) as error:
            raise Unreachable("The node's answer cannot be read.", code="anchor.node") from error

    def block_hash(self, number: int) -> bytes | None:
        """The hash of a block, as this node says; None when it has no such block."""
        block = self.ask("eth_getBlockByNumber", hex(number), False)
        try:
            return bytes.fromhex(block["hash"][2:]) if block else None
        except (KeyError, TypeError, ValueError) as error:
            raise Unreachable("The node's answer cannot be read.", code="anchor.node") from error


def account_address(raw: bytes) -> str:
    """An address with the checksum of EIP-55."""
    plain = raw.hex()
    digest = keccak_256(plain.encode()).hex()
    return "0x" + "".join(each.upper() if int(digest[at], 16) > 7 else each for at, each in enumerate(plain))


def collect(node: Node, contract: bytes, transaction: bytes, *, confirmations: int = 1) -> EvmReceipt | None:
    """Everything that proves what a mined transaction left in `contract`, or None while it has fewer than so many
    `confirmations` (blocks, its own included).

    Raises Unreachable, and Malformed when what the node says does not lead to the hash of the block.
    """
    found = node.ask("eth_getTransactionReceipt", "0x" + transaction.hex())
    if found is None:
        return None
    try:
        if found["blockNumber"] is None:
            return None
        number = int(found["blockNumber"], 16)
        if int(node.ask("eth_blockNumber"), 16) - number + 1 < confirmations:
            return None
        block = node.ask("eth_getBlockByNumber", hex(number), False)
        receipts = node.ask("eth_getBlockReceipts", hex(number))
        header = _header(block)
        encoded = {encode(int(each["transactionIndex"], 16)): _receipt(each) for each in receipts}
        index = int(found["transactionIndex"], 16)
        trie = Trie(encoded)
        whole = ("0x" + keccak_256(header).hex(), "0x" + trie.root.hex()) == (block["hash"], block["receiptsRoot"])
        own = encoded[encode(index)]
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise Malformed("The node's answer is incomplete.", code="anchor.node") from error
    if not whole:
        raise Malformed("What the node says of the block does not lead to the block's hash.", code="anchor.node_block")
    return EvmReceipt(node.chain(), contract, transaction, index, header, own, tuple(trie.proof(encode(index))))


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
