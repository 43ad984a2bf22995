"""The one who writes the log: entries in, a signed checkpoint out, and never two roots at one size.

A log is a set of immutable files and one *head*, which moves by compare and swap. The head is the commit point:

  1. The new tiles are computed from the right edge, and the new root from them.
  2. They are *staged*: one file, named by the new size and root, that holds them all.
  3. The head is swapped from the old signed checkpoint to the new one. From here on the entries are in the log,
     whatever happens next.
  4. The tiles are written from the stage, the checkpoint is published, the stage is dropped.

Killed before 3, nothing happened: the stage is a file that nobody names. Killed after 3, `open` finds the head's stage
and does 4 again. Tiles are written only once they are committed, so a partial tile is never written with two contents.
A store that answers with an error may have kept what it was given or not; so after an error the sequencer refuses to go
on, and is opened again (the faults are gone through one by one in the tests).

What is stored is not believed: `open` computes the root from the right edge and refuses to sign on top of tiles that do
not lead to the head.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence
from typing import Protocol

from testamur.errors import Malformed, TestamurError

from .checkpoints import Checkpoint, CheckpointSigner, SignedCheckpoint, sign
from .merkle import EMPTY_ROOT, HASH_BYTES, inclusion_proof, leaf_hash, tree_root, verify_inclusion
from .tiles import (
    HEIGHT,
    WIDTH,
    Tile,
    TileCache,
    TileReader,
    edge_tiles,
    extend,
    read_bundle,
    width_at,
    write_bundle,
)

CHECKPOINT = "checkpoint"


class LogDamaged(TestamurError):
    """What is stored does not lead to what was signed. Nothing more is signed on top of it: begin the next shard
    (docs/explanation)."""

    default_code = "log.damaged"


class LogStore(Protocol):
    """Where a log is kept: a folder, and an object store of the same shape.

    Any method may raise OSError; then it is not known whether the change was kept.
    """

    def read(self, path: str) -> bytes | None:
        """The file, or None when there is none."""
        ...

    def write(self, path: str, content: bytes) -> None:
        """Keep a file durably, in place of one that is there."""
        ...

    def remove(self, path: str) -> None:
        """Forget a file; there may be none."""
        ...

    def head(self) -> bytes | None: ...

    def swap_head(self, old: bytes | None, new: bytes) -> bool:
        """Move the head durably from `old` to `new`; False, and nothing done, when it is no longer `old`."""
        ...


class Sequencer:
    """Open it with `Sequencer.open`; then `append`. One at a time for a log: a second one is refused at its first
    append."""

    def __init__(
        self, store: LogStore, origin: str, signers: Sequence[CheckpointSigner], head: bytes | None, edge: list[bytes]
    ) -> None:
        self._store = store
        self._origin = origin
        self._signers = tuple(signers)
        self._head = head
        self._edge = edge
        self._usable = True
        self.checkpoint = SignedCheckpoint.from_bytes(head).checkpoint if head else Checkpoint(origin, 0, EMPTY_ROOT)

    @classmethod
    def open(cls, store: LogStore, origin: str, signers: Sequence[CheckpointSigner]) -> Sequencer:
        """Read the head, finish what was committed, and compare what is stored with what was signed.

        Raises LogDamaged, Malformed, OSError.
        """
        head = store.head()
        if head is None:
            return cls(store, origin, signers, None, [])
        checkpoint = SignedCheckpoint.from_bytes(head).checkpoint
        if checkpoint.origin != origin:
            raise LogDamaged("The store holds another log.", facts={"origin": checkpoint.origin})
        staged = store.read(_stage(checkpoint))
        if staged is not None:
            _apply(store, checkpoint, head, staged)
        elif (published := store.read(CHECKPOINT)) is None or _size(published) < checkpoint.size:
            store.write(CHECKPOINT, head)
        return cls(store, origin, signers, head, _right_edge(store, checkpoint))

    def append(self, entries: Sequence[bytes], time: int) -> range:
        """Append entries and return their indexes. `time` (seconds since 1970) stands in the log's own timestamped
        signatures.

        Raises LogDamaged when somebody else wrote to the log, OSError from the store; after either, open it anew.
        """
        if not entries:
            return range(self.checkpoint.size, self.checkpoint.size)
        if not self._usable:
            raise LogDamaged("A write to the log failed. Open it again, to see what was kept.", code="log.reopen")
        size = self.checkpoint.size
        tiles, edge = extend(size, self._edge, [leaf_hash(entry) for entry in entries])
        bundles = self._bundles(size, entries)
        checkpoint = Checkpoint(self._origin, size + len(entries), _root(size + len(entries), edge))
        head = sign(checkpoint, self._signers, time).to_bytes()
        staged = _pack({**tiles, **bundles})
        self._usable = False  # until everything below has come through
        self._store.write(_stage(checkpoint), staged)
        if not self._store.swap_head(self._head, head):
            raise LogDamaged("Somebody else writes to this log.", code="log.two_writers")
        _apply(self._store, checkpoint, head, staged)
        self._head, self._edge, self.checkpoint, self._usable = head, edge, checkpoint, True
        return range(size, checkpoint.size)

    def _bundles(self, size: int, entries: Sequence[bytes]) -> dict[Tile, bytes]:
        first, written = size // WIDTH, {}
        pending = [*self._last_bundle(size), *entries]
        for number in range(0, len(pending), WIDTH):
            part = pending[number : number + WIDTH]
            written[Tile(None, first + number // WIDTH, len(part))] = write_bundle(part)
        return written

    def _last_bundle(self, size: int) -> list[bytes]:
        """The entries that the next bundle begins with. They are held to their hashes: what was damaged would otherwise
        be copied into a file that stays for ever."""
        if not size % WIDTH:
            return []
        tile = Tile(None, size // WIDTH, size % WIDTH)
        stored = self._store.read(tile.path)
        try:
            entries = read_bundle(stored or b"")
        except Malformed:
            entries = []
        if b"".join(leaf_hash(each) for each in entries) != self._edge[0]:
            raise LogDamaged("The last bundle of the log is missing or damaged.", facts={"tile": tile.path})
        return entries

    def publish(self, signed: SignedCheckpoint) -> None:
        """Publish the present checkpoint with the cosignatures it has gathered. Raises ValueError for another one."""
        if signed.checkpoint != self.checkpoint:
            raise ValueError("only the present checkpoint is published")
        self._store.write(CHECKPOINT, signed.to_bytes())


def reader(store: LogStore, size: int, cache: TileCache | None = None) -> TileReader:
    """The hashes of a stored log of `size` entries. Raises LogDamaged for a tile that is missing."""
    return TileReader(size, lambda tile: stored_tile(store, tile), cache)


def stored_tile(store: LogStore, tile: Tile) -> bytes:
    """The bytes of a tile of hashes. Where a partial tile has been replaced by a wider one, the wider one's beginning is
    taken. Raises LogDamaged when there is neither."""
    content = store.read(tile.path)
    if content is None and tile.width < WIDTH:
        full = store.read(Tile(tile.level, tile.index).path)
        content = full[: tile.width * HASH_BYTES] if full is not None else None
    if content is None:
        raise LogDamaged("A tile of the log is missing.", facts={"tile": tile.path})
    return content


def prove(
    store: LogStore, checkpoint: Checkpoint, index: int, entry: bytes, cache: TileCache | None = None
) -> list[bytes]:
    """The audit path that leads from entry `index` to the root of `checkpoint`, read from the stored tiles and followed
    before it is given away: a proof that proves nothing would be blamed on whoever shows it.

    Raises LogDamaged where the stored tiles do not lead there, ValueError where the tree has no such entry.
    """
    path = inclusion_proof(checkpoint.size, index, reader(store, checkpoint.size, cache))
    if not verify_inclusion(leaf_hash(entry), index, checkpoint.size, path, checkpoint.root):
        raise LogDamaged(
            "The stored tiles do not lead from an entry to the root that was signed.",
            facts={"index": index, "size": checkpoint.size},
        )
    return path


def _root(size: int, edge: Sequence[bytes]) -> bytes:
    """The root of a log from its right edge alone."""
    return tree_root(size, TileReader(size, edge_tiles(size, edge).__getitem__))


def _right_edge(store: LogStore, checkpoint: Checkpoint) -> list[bytes]:
    edge: list[bytes] = []
    level = 0
    while count := checkpoint.size >> (HEIGHT * level):
        width = width_at(level, count // WIDTH, checkpoint.size)
        content = stored_tile(store, Tile(level, count // WIDTH, width)) if width else b""
        if len(content) != width * HASH_BYTES:
            raise LogDamaged("The right edge of the log is damaged.", facts={"level": level})
        edge.append(content)
        level += 1
    if _root(checkpoint.size, edge) != checkpoint.root:
        raise LogDamaged("The stored tiles do not lead to the root that was signed.", facts={"size": checkpoint.size})
    return edge


def _stage(checkpoint: Checkpoint) -> str:
    return f"staging/{checkpoint.size}-{checkpoint.root.hex()}"


def _apply(store: LogStore, checkpoint: Checkpoint, head: bytes, staged: bytes) -> None:
    for path, content in _unpack(staged):
        store.write(path, content)
    published = store.read(CHECKPOINT)
    if published is None or _size(published) < checkpoint.size:
        store.write(CHECKPOINT, head)
    store.remove(_stage(checkpoint))


def _size(published: bytes) -> int:
    try:
        return SignedCheckpoint.from_bytes(published).checkpoint.size
    except Malformed:
        return -1


def _pack(tiles: dict[Tile, bytes]) -> bytes:
    out = io.BytesIO()
    for tile, content in tiles.items():
        path = tile.path.encode()
        out.write(struct.pack(">HI", len(path), len(content)) + path + content)
    return out.getvalue()


def _unpack(staged: bytes) -> list[tuple[str, bytes]]:
    found, at = [], 0
    while at < len(staged):
        try:
            path_length, length = struct.unpack_from(">HI", staged, at)
        except struct.error as error:
            raise LogDamaged("A staged file is damaged.") from error
        at += 6
        path, content = staged[at : at + path_length], staged[at + path_length : at + path_length + length]
        at += path_length + length
        if len(content) != length or Tile.from_path(path.decode("ascii", "replace")) is None:
            raise LogDamaged("A staged file is damaged.")
        found.append((path.decode("ascii"), content))
    return found
