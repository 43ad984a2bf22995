"""An anchor in a chain of Ethereum's kind: since when the contract `CheckpointAnchor` has known a checkpoint, provable
without a node.

The receipt keeps everything between the digest and the block: the log entry in the transaction's receipt, the
Merkle-Patricia proof of that receipt in the block, and the block's header, whose hash is the block's name. What it
cannot prove itself is that this block belongs to the chain: for that, hashes of blocks come from somebody who is
believed: a node, or a list that was printed. Without one the answer is *could not be decided*.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from testamur.errors import Malformed
from testamur.formats.blockcerts.hashes import keccak_256

from .ethereum_encoding import Rlp, decode, encode, trie_value
from .result import AnchorResult, failed, passed, unknown

TOPIC = keccak_256(b"Anchored(bytes32,uint256)")
MAX_PROOF = 16
_RECEIPTS_ROOT, _NUMBER, _TIME = 5, 8, 11  # places in a block header (Yellow Paper §4.4)

KnownBlock = Callable[[int, int], bytes | None]
"""The hash of the block with that number in the chain with that id, from somebody who is believed; None when nobody
says."""


@dataclass(frozen=True, slots=True)
class EvmReceipt:
    """`header`, `receipt` and the nodes of `proof` are RLP as hashed in the chain (a typed receipt with its type
    before it)."""

    chain: int
    contract: bytes
    transaction: bytes
    index: int
    header: bytes
    receipt: bytes
    proof: tuple[bytes, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "anchor": "evm",
            "chain": self.chain,
            "contract": "0x" + self.contract.hex(),
            "transaction": "0x" + self.transaction.hex(),
            "index": self.index,
            "header": base64.b64encode(self.header).decode(),
            "receipt": base64.b64encode(self.receipt).decode(),
            "proof": [base64.b64encode(node).decode() for node in self.proof],
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> EvmReceipt:
        """Raises Malformed."""
        try:
            made = cls(
                _number(value["chain"]),
                bytes.fromhex(value["contract"].removeprefix("0x")),
                bytes.fromhex(value["transaction"].removeprefix("0x")),
                _number(value["index"]),
                base64.b64decode(value["header"], validate=True),
                base64.b64decode(value["receipt"], validate=True),
                tuple(base64.b64decode(node, validate=True) for node in value["proof"][:MAX_PROOF]),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Malformed("That is no receipt of an anchor.", code="anchor.receipt") from error
        if len(made.contract) != 20 or len(made.transaction) != 32 or len(value["proof"]) > MAX_PROOF:
            raise Malformed("That is no receipt of an anchor.", code="anchor.receipt")
        return made


def _number(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 1 << 63:
        raise ValueError(value)
    return value


def verify(
    digest: bytes, receipt: EvmReceipt, contracts: Mapping[int, Collection[bytes]], known: KnownBlock
) -> AnchorResult:
    """Whether, and since when, `digest` (32 bytes) was anchored. `contracts` are the addresses that are believed, by
    chain id.

    1. The contract must be one that the reader names: anybody can write another that says whatever they like. 2. The
    proof must lead from the block's receipts to this receipt, and the transaction must have succeeded. 3. The receipt
    must hold the contract's event for this digest. 4. The block must be known.
    """
    if receipt.contract not in contracts.get(receipt.chain, ()):
        return unknown("anchor.contract_unknown", chain=receipt.chain, contract="0x" + receipt.contract.hex())
    try:
        header, logs = decode(receipt.header), _logs(receipt.receipt)
        proven = isinstance(header, list) and len(header) > _TIME
        root = header[_RECEIPTS_ROOT] if proven else b""
        proven = (
            proven
            and isinstance(root, bytes)
            and trie_value(root, encode(receipt.index), receipt.proof) == receipt.receipt
        )
    except Malformed as error:
        return failed("anchor.damaged", found=error.code)
    if not proven or logs is None:
        return failed("anchor.not_in_block")
    if [receipt.contract, [TOPIC, digest]] not in [each[:2] for each in logs if isinstance(each, list)]:
        return failed("anchor.other_digest")
    numbers = (header[_NUMBER], header[_TIME]) if isinstance(header, list) else ()
    told = [int.from_bytes(each, "big") for each in numbers if isinstance(each, bytes) and len(each) <= 8]
    if len(told) != 2:
        return failed("anchor.damaged", found="header")
    number, time = told
    facts = {"chain": receipt.chain, "block": number, "hash": "0x" + keccak_256(receipt.header).hex()}
    believed = known(receipt.chain, number)
    if believed is None:
        return unknown("anchor.block_unknown", **facts)
    if believed != keccak_256(receipt.header):
        return failed("anchor.other_block", **facts)
    try:
        return passed("anchor.evm", datetime.fromtimestamp(time, UTC), **facts)
    except (OverflowError, ValueError, OSError):
        return failed("anchor.damaged", **facts)


def block_number(receipt: EvmReceipt) -> int | None:
    """The number that the receipt's header says its block has; None where it says none."""
    try:
        header = decode(receipt.header)
    except Malformed:
        return None
    value = header[_NUMBER] if isinstance(header, list) and len(header) > _NUMBER else None
    return int.from_bytes(value, "big") if isinstance(value, bytes) and len(value) <= 8 else None


def _logs(receipt: bytes) -> list[Rlp] | None:
    """The log entries of a receipt that says it succeeded; None when it does not. Raises Malformed."""
    body = decode(receipt[1:] if receipt[:1] < b"\x80" else receipt)
    if not isinstance(body, list) or len(body) != 4 or body[0] != b"\x01" or not isinstance(body[3], list):
        return None
    return body[3]
