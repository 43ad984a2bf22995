"""`testamur log audit`: everything about a log computed again from what it serves, by somebody who trusts nothing of
it.

  1. The checkpoint is read, and judged by the policy: the log's signature, the witnesses.
  2. Every bundle of entries is read; each entry must be an entry, and its hash must stand in the tile of level 0.
  3. Every tile of every level is computed from the level below and compared with what is served.
  4. The root is computed from the entries alone and compared with the checkpoint.
  5. A handle that stands twice is reported, unless the later entry supersedes.

The whole log is gone through in one pass. Of it are kept the tiles that are not yet full, one a level, and eight bytes
for each handle.
"""

from __future__ import annotations

import hashlib
import secrets
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from testamur.errors import Malformed, ProofError

from .checkpoints import SignedCheckpoint
from .entries import Entry, Kind
from .merkle import HASH_BYTES, leaf_hash, root_from_row, tree_root
from .policies import Judgement, Policy
from .tiles import WIDTH, Tile, TileReader, edge_tiles, read_bundle, width_at

Read = Callable[[str], bytes | None]
"""The bytes under a path of the log, None when there is nothing."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong. `code` is stable, `place` a path of the log or the number of an entry."""

    code: str
    place: str


@dataclass(frozen=True, slots=True)
class Audit:
    """What was found. Sound is a log without findings; what its policy demands is said by `judgement` (None where
    it could not be read)."""

    size: int
    root: bytes
    judgement: Judgement | None
    findings: tuple[Finding, ...]

    @property
    def sound(self) -> bool:
        return not self.findings


MAX_FINDINGS = 1000
"""So many are listed; then the audit ends, because a log that is nothing but damage would fill the auditor's memory."""

_ONCE = frozenset({Kind.ISSUE})
"""Kinds whose handle may stand once in a log. A second credential under one id is what a log is there to show."""


def audit(read: Read, policy: Policy, *, progress: Callable[[int, int], None] | None = None) -> Audit:
    """Go through a log. `progress` is told how many entries of how many are done, once a bundle. Raises Malformed
    without a checkpoint."""
    content = read("checkpoint")
    if content is None:
        raise Malformed("There is no checkpoint.", code="log.checkpoint")
    signed = SignedCheckpoint.from_bytes(content)
    checkpoint = signed.checkpoint
    findings: list[Finding] = []
    judgement: Judgement | None = None
    try:
        judgement = policy.judge(signed)
        if not judgement.by_log:
            findings.append(Finding("log.unknown_key", "checkpoint"))
        if not judgement.quorum:
            findings.append(Finding("log.quorum", "checkpoint"))
    except ProofError as error:
        findings.append(Finding(error.code, "checkpoint"))
    levels = _Levels(read, findings)
    seen = _Handles()
    done = 0
    for tile, entries in _bundles(read, checkpoint.size, findings):
        for number, entry in enumerate(entries, tile.index * WIDTH):
            levels.add(0, leaf_hash(entry))
            _judge_entry(number, entry, seen, findings)
        done += len(entries)
        if progress is not None:
            progress(done, checkpoint.size)
        if len(findings) >= MAX_FINDINGS:
            findings.append(Finding("log.and_more", tile.path))
            break
    if done == checkpoint.size:
        edge = levels.finish()
        if tree_root(done, TileReader(done, edge_tiles(done, edge).__getitem__)) != checkpoint.root:
            findings.append(Finding("log.root", "checkpoint"))
    return Audit(checkpoint.size, checkpoint.root, judgement, tuple(findings))


class _Levels:
    """The rows of the tree as they are computed: of each level the tile that is being filled. One that is full is
    compared with what is served, and its root goes one level up."""

    def __init__(self, read: Read, findings: list[Finding]) -> None:
        self._read = read
        self._findings = findings
        self._rows: list[list[bytes]] = []
        self._full: list[int] = []

    def add(self, level: int, hashed: bytes) -> None:
        if level == len(self._rows):
            self._rows.append([])
            self._full.append(0)
        row = self._rows[level]
        row.append(hashed)
        if len(row) == WIDTH:
            _compare(self._read, Tile(level, self._full[level]), b"".join(row), self._findings)
            self._full[level] += 1
            root = root_from_row(row)
            row.clear()
            self.add(level + 1, root)

    def finish(self) -> list[bytes]:
        """Compare the partial tiles, and give the right edge."""
        edge = [b"".join(row) for row in self._rows]
        for level, content in enumerate(edge):
            if content:
                tile = Tile(level, self._full[level], len(content) // HASH_BYTES)
                _compare(self._read, tile, content, self._findings)
        return edge


class _Handles:
    """Which handles were seen, in sixteen bytes each at most: a table of 64-bit fingerprints with open addressing.

    The fingerprints are keyed anew for every audit, so that nobody can choose identifiers whose fingerprints meet; that
    two of a million do by chance is one audit in thirty million.
    """

    def __init__(self) -> None:
        self._key = secrets.token_bytes(16)
        self._slots = array("Q", bytes(8 * 4096))
        self._count = 0

    def seen(self, handle: bytes, *, remember: bool) -> bool:
        """Whether it was there before; with `remember` it is from now on."""
        mark = int.from_bytes(hashlib.blake2b(handle, digest_size=8, key=self._key).digest(), "little") or 1
        at = self._place(mark)
        known = self._slots[at] == mark
        if remember and not known:
            self._slots[at] = mark
            self._count += 1
            if 2 * self._count > len(self._slots):
                self._grow()
        return known

    def _place(self, mark: int) -> int:
        mask = len(self._slots) - 1
        at = mark & mask
        while self._slots[at] not in (0, mark):
            at = (at + 1) & mask
        return at

    def _grow(self) -> None:
        old, self._slots = self._slots, array("Q", bytes(8 * 2 * len(self._slots)))
        for mark in old:
            if mark:
                self._slots[self._place(mark)] = mark


def _bundles(read: Read, size: int, findings: list[Finding]) -> Iterator[tuple[Tile, list[bytes]]]:
    """The bundles in order, until one is missing or damaged: what comes after it has no numbers any more."""
    for index in range((size + WIDTH - 1) // WIDTH):
        tile = Tile(None, index, width_at(0, index, size))
        content = read(tile.path)
        wider = content is None and tile.width < WIDTH
        if wider:
            content = read(Tile(None, index).path)
        try:
            entries = read_bundle(content) if content is not None else []
        except Malformed:
            entries = []
        if len(entries) < tile.width or (len(entries) > tile.width and not wider):
            findings.append(Finding("log.bundle" if content is not None else "log.missing", tile.path))
            return
        yield tile, entries[: tile.width]


def _judge_entry(number: int, content: bytes, seen: _Handles, findings: list[Finding]) -> None:
    try:
        entry = Entry.from_bytes(content)
    except Malformed:
        findings.append(Finding("log.entry", str(number)))
        return
    known = seen.seen(entry.handle, remember=entry.kind in (Kind.ISSUE, Kind.SUPERSEDE))
    if known and entry.kind in _ONCE:
        findings.append(Finding("log.handle_twice", str(number)))


def _compare(read: Read, tile: Tile, computed: bytes, findings: list[Finding]) -> None:
    served = read(tile.path)
    if served is None and tile.width < WIDTH:  # a partial tile may be cleared away once there is a wider one
        wider = read(Tile(tile.level, tile.index).path)
        served = wider[: tile.width * HASH_BYTES] if wider is not None else None
    if served is None:
        findings.append(Finding("log.missing", tile.path))
    elif served != computed:
        findings.append(Finding("log.tile", tile.path))
