"""The Merkle tree of RFC 6962 §2.1: hashes, roots, inclusion and consistency proofs, and their checks.

A tree is never held as a whole. What is asked of it is a `HashReader`: the hash of a *complete* subtree by its height
and its place in that row. Tiles answer that (`tiles.TileReader`), and so does a list of leaves in memory (`Leaves`).
Every proof is a list of complete subtrees, so a proof is first planned as places and then read, all at once.

The checks (`verify_inclusion`, `verify_consistency`) follow RFC 9162 §2.1.3.2 and §2.1.4.2 and share nothing with the
code that makes proofs, so that one can find the faults of the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from testamur.linked_data import sha256

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"")
"""The root of a tree without leaves (RFC 6962 §2.1)."""


class Place(NamedTuple):
    """The complete subtree over the leaves `number * 2**height` up to, not including, `(number + 1) * 2**height`."""

    height: int
    number: int


class HashReader(Protocol):
    """Answers with the hashes of complete subtrees, in the order asked. What it cannot answer it raises as
    `errors.NotFound`."""

    def hashes(self, places: Sequence[Place]) -> list[bytes]: ...


def leaf_hash(entry: bytes) -> bytes:
    """SHA-256(0x00 ‖ entry)."""
    return sha256(b"\x00" + entry)


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right)."""
    return sha256(b"\x01" + left + right)


def root_from_row(row: Sequence[bytes]) -> bytes:
    """The root over a row of 2**n sibling hashes."""
    hashes = list(row)
    while len(hashes) > 1:
        hashes = [node_hash(hashes[i], hashes[i + 1]) for i in range(0, len(hashes), 2)]
    return hashes[0]


class Leaves:
    """A tree in memory, for tests, small logs and audits: leaf hashes in, hashes of complete subtrees out."""

    def __init__(self, leaf_hashes: Sequence[bytes] = ()) -> None:
        self._rows: list[list[bytes]] = [[]]
        for each in leaf_hashes:
            self.append(each)

    def __len__(self) -> int:
        return len(self._rows[0])

    def append(self, hashed: bytes) -> None:
        row = 0
        self._rows[0].append(hashed)
        while len(self._rows[row]) % 2 == 0:
            if len(self._rows) == row + 1:
                self._rows.append([])
            self._rows[row + 1].append(node_hash(self._rows[row][-2], self._rows[row][-1]))
            row += 1

    def hashes(self, places: Sequence[Place]) -> list[bytes]:
        return [self._rows[place.height][place.number] for place in places]


def peaks(start: int, end: int) -> list[Place]:
    """The complete subtrees, from left to right, that together cover the leaves from `start` to `end` (not included).

    `start` must be a multiple of the largest subtree that fits, as it is in every use here.
    """
    found: list[Place] = []
    while start < end:
        height = (end - start).bit_length() - 1
        found.append(Place(height, start >> height))
        start += 1 << height
    return found


def _joined(hashes: Sequence[bytes]) -> bytes:
    """The root over peaks: the smallest, rightmost, are joined first."""
    root = hashes[-1]
    for left in reversed(hashes[:-1]):
        root = node_hash(left, root)
    return root


def tree_root(size: int, reader: HashReader) -> bytes:
    """The root of the tree of the first `size` leaves."""
    if size == 0:
        return EMPTY_ROOT
    return _joined(reader.hashes(peaks(0, size)))


def inclusion_proof(size: int, index: int, reader: HashReader) -> list[bytes]:
    """The audit path of leaf `index` in the tree of `size` leaves, from the leaf's sibling up (RFC 6962 §2.1.1).

    Raises ValueError when there is no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    places: list[Place] = []
    edge: tuple[int, int] | None = None  # where the places of the one sibling begin and end that is no complete subtree
    first, last, height = index, size - 1, 0
    while last:
        if first & 1:
            places.append(Place(height, first - 1))
        elif first + 1 < last or (first < last and not size & ((1 << height) - 1)):
            places.append(Place(height, first + 1))
        elif first < last:
            before = len(places)
            places += peaks(last << height, size)
            edge = before, len(places)
        first, last, height = first >> 1, last >> 1, height + 1
    hashes = reader.hashes(places)
    if edge is not None:
        hashes[edge[0] : edge[1]] = [_joined(hashes[edge[0] : edge[1]])]
    return hashes


def consistency_proof(old: int, new: int, reader: HashReader) -> list[bytes]:
    """That the tree of `old` leaves is a beginning of the tree of `new` leaves (RFC 6962 §2.1.2).

    Empty where nothing has to be proven: `old` is 0 or equal to `new`. Raises ValueError for `old > new`.
    """
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {old} leaves is no beginning of one of {new}")
    if old in (0, new):
        return []
    groups: list[list[Place]] = []
    start, end, whole = 0, new, True
    while end != old:
        middle = start + _split(end - start)
        if old <= middle:
            groups.append(peaks(middle, end))
            end = middle
        else:
            groups.append(peaks(start, middle))
            start, whole = middle, False
    if not whole:
        groups.append(peaks(start, end))
    return _read(list(reversed(groups)), reader)


def _split(count: int) -> int:
    """The largest power of two smaller than `count`."""
    return 1 << ((count - 1).bit_length() - 1)


def _read(groups: Sequence[Sequence[Place]], reader: HashReader) -> list[bytes]:
    hashes = iter(reader.hashes([place for group in groups for place in group]))
    return [_joined([next(hashes) for _ in group]) for group in groups]


def verify_inclusion(hashed: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether `proof` shows that the leaf with hash `hashed` is number `index` of the tree of `size` leaves with this
    root.

    RFC 9162 §2.1.3.2. Never raises: whatever is handed in, what does not prove it is False.
    """
    if not 0 <= index < size or set(map(len, (hashed, root, *proof))) != {HASH_BYTES}:
        return False
    first, last, result = index, size - 1, hashed
    for sibling in proof:
        if last == 0:
            return False
        if first & 1 or first == last:
            result = node_hash(sibling, result)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            result = node_hash(result, sibling)
        first, last = first >> 1, last >> 1
    return last == 0 and result == root


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether `proof` shows that the tree `(old, old_root)` is a beginning of the tree `(new, new_root)`. RFC 9162
    §2.1.4.2.

    The empty tree is a beginning of every tree, and is proven by an empty proof; so is a tree of itself.
    """
    if not 0 <= old <= new or any(len(each) != HASH_BYTES for each in (old_root, new_root, *proof)):
        return False
    if old == 0:
        return not proof and old_root == EMPTY_ROOT and (new > 0 or new_root == EMPTY_ROOT)
    if old == new:
        return not proof and old_root == new_root
    path = list(proof)
    if old & (old - 1) == 0:  # a complete tree: its root is the first hash, and need not be sent
        path.insert(0, old_root)
    if not path:
        return False
    first, last = old - 1, new - 1
    while first & 1:
        first, last = first >> 1, last >> 1
    of_old = of_new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if first & 1 or first == last:
            of_old, of_new = node_hash(sibling, of_old), node_hash(sibling, of_new)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            of_new = node_hash(of_new, sibling)
        first, last = first >> 1, last >> 1
    return last == 0 and of_old == old_root and of_new == new_root
