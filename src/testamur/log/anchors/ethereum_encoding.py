"""RLP, Keccak-256 and the Merkle-Patricia trie: as much of Ethereum's encoding as a receipt needs to be checked without
a node.

Sources: Ethereum Yellow Paper, appendices B (RLP) and D (trie). A proof is a list of nodes; each is named by the hash
in the one above it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from testamur.errors import Malformed
from testamur.formats.blockcerts.hashes import keccak_256

Rlp = bytes | list["Rlp"]
MAX_BYTES = 1_000_000
_MAX_DEPTH = 32
EMPTY_TRIE = bytes.fromhex("56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421")


def encode(value: Rlp | int) -> bytes:
    """RLP of bytes, of a list, or of a number in its shortest form."""
    if isinstance(value, int):
        return encode(value.to_bytes((value.bit_length() + 7) // 8, "big"))
    if isinstance(value, bytes):
        return value if len(value) == 1 and value[0] < 0x80 else _prefix(len(value), 0x80) + value
    body = b"".join(encode(each) for each in value)
    return _prefix(len(body), 0xC0) + body


def _prefix(length: int, offset: int) -> bytes:
    if length < 56:
        return bytes((offset + length,))
    size = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((offset + 55 + len(size),)) + size


def decode(data: bytes) -> Rlp:
    """The value of an RLP encoding, which must be the whole of `data` in its one form. Raises Malformed."""
    if len(data) > MAX_BYTES:
        raise Malformed("Too large for a part of a block.", code="anchor.size")
    value, end = _decode(data, 0, 0)
    if end != len(data):
        raise Malformed("Something follows the RLP value.", code="anchor.rlp")
    return value


def _decode(data: bytes, at: int, depth: int) -> tuple[Rlp, int]:
    if at >= len(data) or depth > _MAX_DEPTH:
        raise Malformed("The RLP value is cut off, or too deep.", code="anchor.rlp")
    first = data[at]
    if first < 0x80:
        return data[at : at + 1], at + 1
    offset = 0x80 if first < 0xC0 else 0xC0
    length, begin = first - offset, at + 1
    if length > 55:
        size = data[begin : begin + length - 55]
        begin += length - 55
        length = int.from_bytes(size, "big")
        if not size or size[0] == 0 or length < 56:
            raise Malformed("A length in RLP is not in its shortest form.", code="anchor.rlp")
    end = begin + length
    if end > len(data):
        raise Malformed("The RLP value is cut off.", code="anchor.rlp")
    if offset == 0x80:
        content = data[begin:end]
        if length == 1 and content[0] < 0x80:
            raise Malformed("A byte in RLP is not in its shortest form.", code="anchor.rlp")
        return content, end
    items: list[Rlp] = []
    while begin < end:
        item, begin = _decode(data, begin, depth + 1)
        items.append(item)
    if begin != end:
        raise Malformed("An RLP list is longer than it says.", code="anchor.rlp")
    return items, end


def _nibbles(key: bytes) -> list[int]:
    return [part for byte in key for part in (byte >> 4, byte & 15)]


def _path(encoded: bytes) -> tuple[list[int], bool]:
    """The nibbles of a hex-prefixed path, and whether it ends at a value."""
    nibbles = _nibbles(encoded)
    if not nibbles or nibbles[0] > 3:
        raise Malformed("A path of the trie is damaged.", code="anchor.trie")
    return nibbles[1:] if nibbles[0] & 1 else nibbles[2:], bool(nibbles[0] & 2)


def trie_value(root: bytes, key: bytes, proof: Sequence[bytes]) -> bytes | None:
    """The value under `key` in the trie with this root, as far as `proof` proves it; None where it does not. Raises
    Malformed."""
    rest, expected = _nibbles(key), root
    node: Rlp = b""
    proof = list(proof)
    embedded = False
    while True:
        if not embedded:
            if not proof or keccak_256(proof[0]) != expected:
                return None
            node = decode(proof.pop(0))
        if not isinstance(node, list):
            return None
        if len(node) == 17:
            if not rest:
                return node[16] if isinstance(node[16], bytes) and node[16] else None
            following: Rlp = node[rest.pop(0)]
        elif len(node) == 2 and isinstance(node[0], bytes):
            path, ends = _path(node[0])
            if rest[: len(path)] != path:
                return None
            rest = rest[len(path) :]
            if ends:
                return node[1] if not rest and isinstance(node[1], bytes) else None
            following = node[1]
        else:
            return None
        embedded = isinstance(following, list)
        if embedded:
            node = following
        elif isinstance(following, bytes) and len(following) == 32:
            expected = following
        else:
            return None


class Trie:
    """A trie built from all its values, for whoever makes a proof: `root`, and `proof(key)`."""

    def __init__(self, values: Mapping[bytes, bytes]) -> None:
        self._nodes: dict[bytes, bytes] = {}
        items = [(_nibbles(key), value) for key, value in sorted(values.items())]
        if items:
            encoded = encode(self._build(items))
            self.root = keccak_256(encoded)
            self._nodes[self.root] = encoded
        else:
            self.root = EMPTY_TRIE

    def _build(self, items: list[tuple[list[int], bytes]]) -> list[Rlp]:
        if len(items) == 1:
            return [_hex_prefix(items[0][0], ends=True), items[0][1]]
        common = _common([path for path, _ in items])
        if common:
            inner = self._reference(self._build([(path[common:], value) for path, value in items]))
            return [_hex_prefix(items[0][0][:common], ends=False), inner]
        branch: list[Rlp] = [b""] * 17
        for nibble in range(16):
            below = [(path[1:], value) for path, value in items if path and path[0] == nibble]
            if below:
                branch[nibble] = self._reference(self._build(below))
        branch[16] = next((value for path, value in items if not path), b"")
        return branch

    def _reference(self, node: list[Rlp]) -> Rlp:
        encoded = encode(node)
        if len(encoded) < 32:
            return node
        hashed = keccak_256(encoded)
        self._nodes[hashed] = encoded
        return hashed

    def proof(self, key: bytes) -> list[bytes]:
        """The nodes from the root to the value."""
        found: list[bytes] = []
        rest, reference = _nibbles(key), self.root
        node: Rlp
        while reference in self._nodes:
            found.append(self._nodes[reference])
            node = decode(found[-1])
            following: Rlp = node
            while isinstance(following, list):
                if len(following) == 17:
                    following = following[rest.pop(0)] if rest else b""
                else:
                    path, ends = _path(following[0] if isinstance(following[0], bytes) else b"")
                    rest = rest[len(path) :]
                    following = b"" if ends else following[1]
            reference = following
        return found


def _hex_prefix(path: Sequence[int], *, ends: bool) -> bytes:
    flag = 2 if ends else 0
    nibbles = [flag | 1, *path] if len(path) % 2 else [flag, 0, *path]
    return bytes(nibbles[at] << 4 | nibbles[at + 1] for at in range(0, len(nibbles), 2))


def _common(paths: Sequence[list[int]]) -> int:
    shortest, longest = min(paths), max(paths)
    count = 0
    while count < min(len(shortest), len(longest)) and shortest[count] == longest[count]:
        count += 1
    return count
