"""Receipts: the way from the hash of one document to the root that a transaction carries.

A receipt is JSON in Chainpoint 2 and MerkleProof2017, and base58 of CBOR in MerkleProof2019. A step of the way names the hash beside and
its side; the next hash is SHA-256 of both. Nothing in the tree tells a document's hash from an inner one, so a way may be shortened or
lengthened at will; that is harmless only because the first hash is always computed from the document here.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from testamur.errors import Malformed
from testamur.formats.blockcerts.anchors import Anchor
from testamur.formats.blockcerts.versions import Version, merkle_proof
from testamur.proofs.encodings import base58_decode

_MAX_STEPS: Final = 64
_MAX_ANCHORS: Final = 4
_MAX_VALUE: Final = 16_384
_MAX_DEPTH: Final = 6
_BASE58: Final = re.compile(r"[1-9A-HJ-NP-Za-km-z]+")
_HASH: Final = re.compile(r"[0-9a-fA-F]{64}")
_LENGTHS: Final = {24: 1, 25: 2, 26: 4, 27: 8}

_CHAINS: Final = {
    "bitcoinMainnet": "bitcoin",
    "bitcoinTestnet": "bitcoin-testnet",
    "bitcoinRegtest": "bitcoin-regtest",
    "ethereumMainnet": "ethereum",
    "ethereumRopsten": "ethereum-ropsten",
    "ethereumRinkeby": "ethereum-rinkeby",
    "ethereumGoerli": "ethereum-goerli",
    "ethereumSepolia": "ethereum-sepolia",
    "mocknet": "mocknet",
}
_NUMBERS: Final = {
    (0, 1): "bitcoin",
    (0, 2): "bitcoin-regtest",
    (0, 3): "bitcoin-testnet",
    (1, 1): "ethereum",
    (1, 3): "ethereum-ropsten",
    (1, 4): "ethereum-rinkeby",
    (1, 5): "ethereum-goerli",
    (1, 11155111): "ethereum-sepolia",
}


@dataclass(frozen=True, slots=True)
class Receipt:
    """`target` and `root` are hashes in hexadecimal, `path` the steps (side of the hash beside, that hash), `anchors` the transactions."""

    target: str
    root: str
    path: tuple[tuple[str, str], ...]
    anchors: tuple[Anchor, ...]


def receipt_of(document: Mapping[str, Any], version: Version) -> Receipt:
    """The receipt in a Blockcerts document. Raises `Malformed` (`blockcerts.receipt`)."""
    if version == "3":
        found = merkle_proof(document)
        return _packed(found[1].get("proofValue") if found else None)
    stated = document.get("receipt" if version == "1.2" else "signature")
    if not isinstance(stated, Mapping):
        raise _malformed()
    path = []
    for step in _list(stated.get("proof"), _MAX_STEPS):
        if not isinstance(step, Mapping) or len(step) != 1:
            raise _malformed()
        ((side, value),) = step.items()
        path.append((side, _hash(value)))
    anchors = [_anchor(entry, document) for entry in _list(stated.get("anchors"), _MAX_ANCHORS)]
    return _receipt(_hash(stated.get("targetHash")), _hash(stated.get("merkleRoot")), path, anchors)


def root_of(receipt: Receipt) -> bool:
    """Whether the path of `receipt` leads from its target to its root."""
    value = bytes.fromhex(receipt.target)
    for side, beside in receipt.path:
        other = bytes.fromhex(beside)
        value = hashlib.sha256(other + value if side == "left" else value + other).digest()
    return hmac.compare_digest(value, bytes.fromhex(receipt.root))


def _receipt(target: str, root: str, path: list[tuple[str, str]], anchors: list[Anchor]) -> Receipt:
    if not anchors or any(side not in ("left", "right") for side, _ in path):
        raise _malformed()
    return Receipt(target, root, tuple(path), tuple(anchors))


def _anchor(entry: Any, document: Mapping[str, Any]) -> Anchor:
    if isinstance(entry, str):  # MerkleProof2019 in plain form: blink:btc:testnet:<transaction>
        _, _, place = entry.partition("blink:")
        chain, _, rest = place.partition(":")
        network, _, transaction = rest.partition(":")
        short = {"btc": "bitcoin", "eth": "ethereum"}.get(chain, chain)
        return Anchor(short if network == "mainnet" else f"{short}-{network}", transaction)
    if not isinstance(entry, Mapping) or not isinstance(entry.get("sourceId"), str):
        raise _malformed()
    named = entry.get("chain")
    if isinstance(named, str):
        return Anchor(_CHAINS.get(named, "unknown"), entry["sourceId"])
    return Anchor("ethereum" if entry.get("type") == "ETHData" else _bitcoin_network(document), entry["sourceId"])


def _bitcoin_network(document: Mapping[str, Any]) -> str:
    """Where a receipt does not name its chain, the issuer's address does: those of the test chain begin with m, n or 2."""
    verification = document.get("verification", document.get("verify"))
    key = verification.get("publicKey") if isinstance(verification, Mapping) else None
    if not isinstance(key, str) and isinstance(document.get("recipient"), Mapping):
        key = document["recipient"].get("publicKey")
    address = key.rpartition(":")[2] if isinstance(key, str) else ""
    return "bitcoin-testnet" if address[:1] in ("m", "n", "2") else "bitcoin"


def _packed(value: Any) -> Receipt:
    """MerkleProof2019: `z`, then base58 of a list of (number of member, value), values packed once more."""
    if not isinstance(value, str) or not value.startswith("z") or len(value) > _MAX_VALUE:
        raise _malformed()
    try:
        members = dict(_pairs(_cbor(_base58(value[1:]))))
        path = [({0: "left", 1: "right"}[side], _hash(_unpacked(step))) for side, step in _pairs(members.get(3, []))]
        anchors = [_packed_anchor(dict(_pairs(entry))) for entry in _list(members.get(2), _MAX_ANCHORS)]
        return _receipt(_hash(_unpacked(members[1])), _hash(_unpacked(members[0])), path[:_MAX_STEPS], anchors)
    except (ValueError, KeyError, TypeError, IndexError):
        raise _malformed() from None


def _base58(text: str) -> bytes:
    if not _BASE58.fullmatch(text):
        raise ValueError("a sign that is no digit")
    return base58_decode(text)


def _packed_anchor(members: dict[Any, Any]) -> Anchor:
    if members.get(0) == -1:
        return Anchor("mocknet", "")
    transaction = _unpacked(members[2])
    return Anchor(
        _NUMBERS.get((members[0], members[1]), "unknown"),
        transaction if isinstance(transaction, str) else transaction.hex(),
    )


def _pairs(value: Any) -> list[tuple[Any, Any]]:
    """A list of pairs, or the same pairs one after the other, as some encoders wrote them; or a map."""
    if isinstance(value, dict):
        return list(value.items())
    if isinstance(value, list) and all(isinstance(entry, list) and len(entry) == 2 for entry in value):
        return [(entry[0], entry[1]) for entry in value]
    raise ValueError("no list of pairs")


def _unpacked(value: Any) -> Any:
    """A text packed as CBOR once more, or, as newer encoders write it, the bytes themselves."""
    if isinstance(value, bytes) and len(value) not in (20, 32):
        return _cbor(value)
    return value


def _hash(value: Any) -> str:
    if isinstance(value, bytes):
        value = value.hex()
    if not isinstance(value, str) or not _HASH.fullmatch(value):
        raise _malformed()
    return value.lower()


def _list(value: Any, most: int) -> list[Any]:
    if not isinstance(value, list) or len(value) > most:
        raise _malformed()
    return value


def _cbor(data: bytes) -> Any:
    value, rest = _cbor_item(memoryview(data), 0)
    if len(rest):
        raise ValueError("something follows")
    return value


def _cbor_item(data: memoryview, depth: int) -> tuple[Any, memoryview]:
    """One value of CBOR (RFC 8949): whole numbers of both signs, bytes, texts, lists and maps."""
    if depth > _MAX_DEPTH:
        raise ValueError("nested too deeply")
    major, number, rest = data[0] >> 5, data[0] & 31, data[1:]
    if number >= 24:
        length = _LENGTHS[number]
        if len(rest) < length:
            raise ValueError("cut off")
        number, rest = int.from_bytes(rest[:length], "big"), rest[length:]
    if major in (0, 1):
        return (number if major == 0 else -1 - number), rest
    if number > len(rest):  # every member takes at least one byte
        raise ValueError("cut off")
    if major == 2:
        return bytes(rest[:number]), rest[number:]
    if major == 3:
        return bytes(rest[:number]).decode("utf-8"), rest[number:]
    if major not in (4, 5):
        raise ValueError("a sort of value that has no place here")
    items = []
    for _ in range(number if major == 4 else 2 * number):
        item, rest = _cbor_item(rest, depth + 1)
        items.append(item)
    return (items if major == 4 else dict(zip(items[::2], items[1::2], strict=True))), rest


def _malformed() -> Malformed:
    return Malformed("The receipt of this certificate is not in the form of its standard.", code="blockcerts.receipt")
