"""The one who writes the log: entries in, a signed checkpoint out, and never two roots at one size.

A log is a set of immutable files and one *head*, which moves by compare and swap. The head is the commit point:

  1. The new tiles are computed from the right edge, and the new root from them.
  2. They are *staged*: one file, named by the new size and root, that holds them all; and it is noted that this was begun.
  3. The checkpoint is signed, and the head is swapped from the old one to it. From here on the entries are in the log,
     whatever happens next.
  4. The tiles are written from the stage, the checkpoint is published, the stage is dropped.

Killed before the swap, the log has nothing new; but whoever holds the key may have signed already, and signs nothing else
of that size and nothing smaller. So `open` says which entries were begun, and they are appended again, in the same order,
before any other. Killed after the swap, `open` finds the head's stage and does 4 again. Tiles are written only once they
are committed, so a partial tile is never written with two contents. A store that answers with an error may have kept what
it was given or not; so after an error the sequencer refuses to go on, and is opened again (the faults are gone through one
by one in the tests).

What is stored is not believed: `open` wants its own signature under the head, computes the root from the right edge, and
refuses to sign on top of tiles that do not lead to the head, or of a head that is older than what was published.
"""

from __future__ import annotations

import hashlib
import io
import re
import struct
from collections.abc import Sequence
from typing import Protocol

from testamur.errors import Malformed, ProofError, TestamurError

from .checkpoints import Checkpoint, CheckpointSigner, SignedCheckpoint, sign, verified_by
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
        self,
        store: LogStore,
        origin: str,
        signers: Sequence[CheckpointSigner],
        head: SignedCheckpoint | None,
        edge: list[bytes],
        begun: tuple[str, list[bytes]],
    ) -> None:
        self._store = store
        self._origin = origin
        self._signers = tuple(signers)
        self._head = head
        self._edge = edge
        self._usable = True
        self.checkpoint = head.checkpoint if head is not None else Checkpoint(origin, 0, EMPTY_ROOT)
        self._left, self.begun = begun
        """`begun`: the entries that somebody was about to append after the present checkpoint, in their order. They may have been signed
        for: whoever appends others first may find that nobody signs them."""

    @classmethod
    def open(cls, store: LogStore, origin: str, signers: Sequence[CheckpointSigner]) -> Sequencer:
        """Read the head, finish what was committed, and compare what is stored with what was signed.

        Raises LogDamaged, also where the head is not signed with our keys, and where a larger log was published before: a
        copy was put back, and to sign on would make a second history. OSError from the store.
        """
        content = store.head()
        if content is None:
            if _published(store, signers) is not None:
                raise LogDamaged("A checkpoint was published, and the log has no head.", code="log.rolled_back")
            return cls(store, origin, signers, None, [], _begun(store, 0))
        head = _ours(content, signers)
        if head is None:
            raise LogDamaged("The head of the log is damaged, or was not signed with its keys.")
        if head.checkpoint.origin != origin:
            raise LogDamaged("The store holds another log.", facts={"origin": head.checkpoint.origin})
        staged = store.read(_stage(head.checkpoint))
        if staged is not None:
            _write_tiles(store, staged)
        edge = _right_edge(store, head.checkpoint)
        _publish(store, head, signers)
        if staged is not None:
            store.remove(_stage(head.checkpoint))
            store.remove(_BEGUN)
        return cls(store, origin, signers, head, edge, _begun(store, head.checkpoint.size))

    def append(self, entries: Sequence[bytes], time: int) -> range:
        """Append entries and return their indexes. `time` (seconds since 1970) stands in the log's own timestamped
        signatures; where the clock was put back, the time of the last checkpoint stands there again.

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
        staged, stage = _pack({**tiles, **bundles}), _stage(checkpoint)
        self._usable = False  # until everything below has come through
        self._store.write(stage, staged)
        self._store.write(_BEGUN, stage.encode())
        head = sign(checkpoint, self._signers, max(time, self._last_time()))
        old = self._head.to_bytes() if self._head is not None else None
        if not self._store.swap_head(old, head.to_bytes()):
            raise LogDamaged("Somebody else writes to this log.", code="log.two_writers")
        _write_tiles(self._store, staged)
        _publish(self._store, head, self._signers)
        for path in dict.fromkeys((stage, self._left or stage, _BEGUN)):
            self._store.remove(path)
        self._head, self._edge, self.checkpoint, self._usable = head, edge, checkpoint, True
        self._left, self.begun = "", []
        return range(size, checkpoint.size)

    def _last_time(self) -> int:
        """The latest time in the signatures of the head; 0 where there is none."""
        if self._head is None:
            return 0
        times = verified_by(self._head, [each.key for each in self._signers]).values()
        return max((time for time in times if time is not None), default=0)

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


_BEGUN = "staging/begun"
_STAGE = re.compile(rb"staging/([1-9][0-9]{0,18})-[0-9a-f]{64}")


def _begun(store: LogStore, size: int) -> tuple[str, list[bytes]]:
    """The stage that was begun last, and its entries beyond `size`. Nothing where the log has them already, or where they cannot be
    read: then it is as if nobody had begun."""
    named = _STAGE.fullmatch(store.read(_BEGUN) or b"")
    if named is None or int(named[1]) <= size:
        return "", []
    stage = named[0].decode()
    try:
        bundles = [
            (tile.index, read_bundle(content))
            for tile, content in (
                (Tile.from_path(path), content) for path, content in _unpack(store.read(stage) or b"")
            )
            if tile is not None and tile.level is None
        ]
    except (LogDamaged, Malformed):
        return stage, []
    numbered = {index * WIDTH + place: entry for index, entries in bundles for place, entry in enumerate(entries)}
    wanted = range(size, int(named[1]))
    return stage, [numbered[number] for number in wanted] if numbered.keys() >= set(wanted) else []


def _write_tiles(store: LogStore, staged: bytes) -> None:
    for path, content in _unpack(staged):
        store.write(path, content)


def _publish(store: LogStore, head: SignedCheckpoint, signers: Sequence[CheckpointSigner]) -> None:
    """Publish the head, unless it is published already (perhaps with cosignatures). What is published and is not ours is
    damage, and is written over. Raises LogDamaged where another history of ours was published."""
    published = _published(store, signers)
    if published is not None:
        theirs, ours = published.checkpoint, head.checkpoint
        if theirs == ours:
            return
        if theirs.size >= ours.size:
            raise LogDamaged(
                "A larger log, or another one of this size, was published before: an old copy was put back.",
                code="log.rolled_back",
                facts={"size": ours.size, "published": theirs.size},
            )
    store.write(CHECKPOINT, head.to_bytes())


def _published(store: LogStore, signers: Sequence[CheckpointSigner]) -> SignedCheckpoint | None:
    content = store.read(CHECKPOINT)
    return _ours(content, signers) if content is not None else None


def _ours(content: bytes, signers: Sequence[CheckpointSigner]) -> SignedCheckpoint | None:
    """The checkpoint, where one of these keys has signed it and no signature of theirs is false; else None."""
    try:
        signed = SignedCheckpoint.from_bytes(content)
        return signed if verified_by(signed, [each.key for each in signers]) else None
    except (Malformed, ProofError):
        return None


def _pack(tiles: dict[Tile, bytes]) -> bytes:
    """Each file with its path before it, behind the SHA-256 over all of that."""
    out = io.BytesIO()
    for tile, content in tiles.items():
        path = tile.path.encode()
        out.write(struct.pack(">HI", len(path), len(content)) + path + content)
    return hashlib.sha256(out.getvalue()).digest() + out.getvalue()


def _unpack(stored: bytes) -> list[tuple[str, bytes]]:
    digest, staged = stored[:HASH_BYTES], stored[HASH_BYTES:]
    if hashlib.sha256(staged).digest() != digest:
        raise LogDamaged("A staged file is damaged.")
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
