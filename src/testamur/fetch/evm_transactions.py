"""Paying for a transaction in a chain of Ethereum's kind: drafting, signing, sending and finding it again, each a step
of its own, so that whoever is killed between two of them never pays twice.

The rule: the signed bytes are kept before they are sent, and whatever takes their place has the same nonce. The chain
takes one transaction a nonce; so however often it is sent, one is mined.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from testamur.errors import Malformed
from testamur.fetch.evm import Node, account_address
from testamur.formats.blockcerts.hashes import keccak_256
from testamur.proofs.keys import PublicKey

ANCHOR = keccak_256(b"anchor(bytes32)")[:4]
FIRST_SEEN = keccak_256(b"first_seen(bytes32)")[:4]
ANCHOR_GAS = 80_000
"""More than a first anchor uses (45,767)."""
_LEAST_TIP = 1_000_000


@dataclass(frozen=True, slots=True)
class Prices:
    """What a unit of gas costs now, in wei: `base` is burned, `tip` goes to who makes the block."""

    base: int
    tip: int


@dataclass(frozen=True, slots=True)
class Draft:
    """A transaction of EIP-1559 that sends no money. `to` is an address of 20 bytes, None to make a contract;
    prices in wei a unit of gas."""

    chain: int
    nonce: int
    to: bytes | None
    data: bytes
    gas: int
    max_fee: int
    tip: int


@dataclass(frozen=True, slots=True)
class SignedTransaction:
    hash: bytes
    raw: bytes


@dataclass(frozen=True, slots=True)
class Mined:
    """A transaction in a block. `confirmations` counts the blocks from its own on; `price` is what was paid, in wei
    a unit of gas."""

    hash: bytes
    block: int
    block_hash: bytes
    at: datetime
    succeeded: bool
    gas_used: int
    price: int
    confirmations: int
    contract: bytes | None


def new_secret() -> bytes:
    """A fresh secp256k1 secret key: 32 bytes."""
    return ec.generate_private_key(ec.SECP256K1()).private_numbers().private_value.to_bytes(32, "big")


def public_key(secret: bytes) -> PublicKey:
    """The public half of a secret key (32 bytes)."""
    key = ec.derive_private_key(int.from_bytes(secret, "big"), ec.SECP256K1()).public_key()
    return PublicKey.from_raw("secp256k1", key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint))


def account_of(key: PublicKey) -> bytes:
    """The address (20 bytes) of the account with that key."""
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256K1(), key.raw)
    return keccak_256(point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)[1:])[-20:]


def sign(draft: Draft, secret: bytes) -> SignedTransaction:
    """Sign with the account's secret key. Deterministic: the same draft has the same bytes."""
    from eth_account import Account  # only who pays in such a chain needs it

    signed = Account.from_key(secret).sign_transaction(
        {
            "type": 2,
            "chainId": draft.chain,
            "nonce": draft.nonce,
            "to": account_address(draft.to) if draft.to is not None else "",
            "value": 0,
            "gas": draft.gas,
            "maxFeePerGas": draft.max_fee,
            "maxPriorityFeePerGas": min(draft.tip, draft.max_fee),
            "data": "0x" + draft.data.hex(),
        }
    )
    return SignedTransaction(bytes(signed.hash), bytes(signed.raw_transaction))


def prices(node: Node) -> Prices:
    """Raises Unreachable, and Malformed for an answer that is none."""
    block = _block(node.ask("eth_getBlockByNumber", "latest", False))
    base = _number(block.get("baseFeePerGas") or "0x0")
    price = _number(node.ask("eth_gasPrice"))
    return Prices(base, max(min(price - base, 2_000_000_000), _LEAST_TIP))


def next_nonce(node: Node, account: bytes) -> int:
    """The first nonce that the node knows no transaction of. Raises Unreachable and Malformed."""
    return _number(node.ask("eth_getTransactionCount", account_address(account), "pending"))


def used_nonces(node: Node, account: bytes, *, depth: int) -> int:
    """How many nonces were used up in blocks that are at least so deep in the chain. Raises Unreachable and
    Malformed."""
    block = max(0, _number(node.ask("eth_blockNumber")) - depth)
    return _number(node.ask("eth_getTransactionCount", account_address(account), hex(block)))


def balance(node: Node, account: bytes) -> int:
    """In wei. Raises Unreachable and Malformed."""
    return _number(node.ask("eth_getBalance", account_address(account), "latest"))


def broadcast(node: Node, signed: SignedTransaction) -> None:
    """Hand the signed bytes to the node. Raises Unreachable where it refuses them: also when it knows them already, or
    when they are mined; so ask `mined` before believing that they were refused."""
    node.ask("eth_sendRawTransaction", "0x" + signed.raw.hex())


def mined(node: Node, transaction: bytes) -> Mined | None:
    """The block that holds the transaction, as this node says; None while there is none. Raises Unreachable and
    Malformed."""
    found = node.ask("eth_getTransactionReceipt", "0x" + transaction.hex())
    if found is None or not isinstance(found, dict) or found.get("blockNumber") is None:
        return None
    number = _number(found["blockNumber"])
    block = _block(node.ask("eth_getBlockByNumber", hex(number), False))
    head = _number(node.ask("eth_blockNumber"))
    try:
        made = found.get("contractAddress")
        return Mined(
            transaction,
            number,
            bytes.fromhex(found["blockHash"][2:]),
            datetime.fromtimestamp(_number(block["timestamp"]), UTC),
            _number(found["status"]) == 1,
            _number(found["gasUsed"]),
            _number(found.get("effectiveGasPrice") or "0x0"),
            head - number + 1,
            bytes.fromhex(made[2:]) if made else None,
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError) as error:
        raise Malformed("The node's answer is incomplete.", code="anchor.node") from error


def first_seen(node: Node, contract: bytes, digest: bytes) -> int:
    """Since when the contract has known the digest, in seconds since 1970; 0 when it does not. Raises Unreachable
    and Malformed."""
    call = {"to": account_address(contract), "data": "0x" + (FIRST_SEEN + digest).hex()}
    return _number(node.ask("eth_call", call, "latest"))


def anchored_in(node: Node, contract: bytes, digest: bytes, topic: bytes, *, since: int = 0) -> bytes | None:
    """The transaction that first brought the digest to the contract, found by its event from block `since` on; None
    where the node finds none. Raises Unreachable and Malformed."""
    wanted = {
        "address": account_address(contract),
        "topics": ["0x" + topic.hex(), "0x" + digest.hex()],
        "fromBlock": hex(since),
        "toBlock": "latest",
    }
    found = node.ask("eth_getLogs", wanted)
    try:
        return bytes.fromhex(found[0]["transactionHash"][2:]) if found else None
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Malformed("The node's answer is incomplete.", code="anchor.node") from error


def has_code(node: Node, account: bytes) -> bool:
    """Whether there is a contract at the address. Raises Unreachable."""
    return str(node.ask("eth_getCode", account_address(account), "latest")) not in ("0x", "None", "")


def _number(text: Any) -> int:
    try:
        number = int(text, 16)
    except (TypeError, ValueError) as error:
        raise Malformed("The node's answer is no number.", code="anchor.node") from error
    if not 0 <= number < 1 << 256:
        raise Malformed("The node's answer is no number.", code="anchor.node")
    return number


def _block(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Malformed("The node does not have that block.", code="anchor.node")
    return value
