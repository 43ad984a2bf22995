"""Watching how a log grows: what came into it since one looked last, and whether it is still the same log.

A monitor remembers little: the size that it has seen, and the roots of the complete subtrees over it (at most 63 hashes).
To these it adds the leaf hashes of the new entries, as they are served. If that leads to the root of the new checkpoint,
then everything it saw before is still in its place, and what it was shown now is what the log has signed: one
computation says both, and no tile has to be believed.

  1. The checkpoint is read; one of the log's keys must have signed it. 2. It must not be smaller than what was seen.
  3. The new entries are read, handed on, and added. 4. The root is compared. Only then does the position move on.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from testamur.errors import Malformed, ProofError

from .audit import Finding, Read
from .checkpoints import SignedCheckpoint, verified_by
from .merkle import EMPTY_ROOT, HASH_BYTES, leaf_hash, node_hash
from .notes import VerifierKey
from .tiles import WIDTH, Tile, read_bundle, width_at

New = Callable[[int, Sequence[bytes]], None]
"""Is told new entries in their order: the number of the first, and their bytes."""


@dataclass(frozen=True, slots=True)
class Position:
    """What was seen of a log: how many entries, and the roots of the complete subtrees over them, from left to right."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    @property
    def root(self) -> bytes:
        """The root of the tree of these entries."""
        if not self.peaks:
            return EMPTY_ROOT
        root = self.peaks[-1]
        for left in reversed(self.peaks[:-1]):
            root = node_hash(left, root)
        return root

    def followed_by(self, entries: Sequence[bytes]) -> Position:
        """The position after these further entries."""
        size, peaks = self.size, list(self.peaks)
        for entry in entries:
            made, height = leaf_hash(entry), 0
            while size >> height & 1:
                made, height = node_hash(peaks.pop(), made), height + 1
            peaks.append(made)
            size += 1
        return Position(size, tuple(peaks))

    def to_json(self) -> dict[str, Any]:
        return {"size": self.size, "peaks": [base64.b64encode(each).decode() for each in self.peaks]}

    @classmethod
    def from_json(cls, document: object) -> Position:
        """Raises Malformed for what `to_json` did not write."""
        try:
            size, listed = document["size"], document["peaks"]  # type: ignore[index]
            peaks = tuple(base64.b64decode(each, validate=True) for each in listed)
        except (KeyError, TypeError, ValueError):
            size, peaks = -1, ()
        sound = type(size) is int and 0 <= size < 1 << 63 and size.bit_count() == len(peaks)
        if not sound or any(len(each) != HASH_BYTES for each in peaks):
            raise Malformed("What the monitor remembers of the log is damaged.", code="log.position")
        return cls(size, peaks)


@dataclass(frozen=True, slots=True)
class Look:
    """What was found. With findings, `position` is the old one: nothing that is shown then is taken for seen."""

    position: Position
    checkpoint: SignedCheckpoint | None
    findings: tuple[Finding, ...] = ()


def look(read: Read, position: Position, keys: Sequence[VerifierKey], new: New) -> Look:
    """Look at a log from `position` on, by what it serves. `new` is told each part of the new entries before it is known
    whether they lead to the root, so that what a broken log shows is looked at, too.

    Findings: `log.checkpoint` (none, or not readable), `log.unknown_key`, `log.signature_false`, `log.rolled_back` (it was
    longer), `log.missing`, `log.bundle` (entries are missing or damaged), `log.fork` (what is served now does not follow
    from what was seen).
    """
    try:
        signed = SignedCheckpoint.from_bytes(read("checkpoint") or b"")
    except Malformed:
        return Look(position, None, (Finding("log.checkpoint", "checkpoint"),))
    size = signed.checkpoint.size
    code = _of_signatures(signed, keys) or ("log.rolled_back" if size < position.size else "")
    if code:
        return Look(position, signed, (Finding(code, "checkpoint"),))
    seen = position
    for tile, entries in _bundles(read, position.size, size):
        if entries is None:
            return Look(position, signed, (Finding("log.bundle", tile.path),))
        fresh = entries[max(0, position.size - tile.index * WIDTH) :]
        if fresh:
            new(seen.size, fresh)
        seen = seen.followed_by(fresh)
    if seen.root != signed.checkpoint.root:
        return Look(position, signed, (Finding("log.fork", "checkpoint"),))
    return Look(seen, signed)


def _of_signatures(signed: SignedCheckpoint, keys: Sequence[VerifierKey]) -> str:
    """What is wrong with the signatures, '' for nothing."""
    ours = [key for key in keys if key.name == signed.checkpoint.origin]
    try:
        return "" if verified_by(signed, ours) else "log.unknown_key"
    except ProofError as error:
        return error.code


def _bundles(read: Read, since: int, size: int) -> Iterator[tuple[Tile, list[bytes] | None]]:
    """The bundles that hold the entries from `since` on; None for the entries of one that is missing or damaged."""
    for index in range(since // WIDTH, (size + WIDTH - 1) // WIDTH):
        tile = Tile(None, index, width_at(0, index, size))
        yield tile, bundle_at(read, tile)


def bundle_at(read: Read, tile: Tile) -> list[bytes] | None:
    """The entries of a bundle as it is served, or of the full one in place of a partial one that was cleared away; None
    where it is missing or damaged."""
    content = read(tile.path)
    if content is None and tile.width < WIDTH:
        content = read(Tile(None, tile.index).path)
    try:
        entries = read_bundle(content) if content is not None else []
    except Malformed:
        return None
    return entries[: tile.width] if len(entries) >= tile.width else None
