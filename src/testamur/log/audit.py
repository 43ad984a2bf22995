"""`testamur log audit`: everything about a log computed again from what it serves, by somebody who trusts nothing of
it.

  1. The checkpoint is read, and judged by the policy: the log's signature, the witnesses.
  2. Every bundle of entries is read; each entry must be an entry, and its hash must stand in the tile of level 0.
  3. Every tile of every level is computed from the level below and compared with what is served.
  4. The root is computed from the entries alone and compared with the checkpoint.
  5. A handle that stands twice is reported, unless the later entry supersedes.

The whole log is gone through in one pass; of it are kept the hashes of the levels above, and the handles (32 bytes an
entry).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from testamur.errors import Malformed, ProofError

from .checkpoints import SignedCheckpoint
from .entries import Entry, Kind
from .merkle import HASH_BYTES, Leaves, Place, leaf_hash, tree_root
from .policies import Judgement, Policy
from .tiles import HEIGHT, WIDTH, Tile, read_bundle, width_at

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
    leaves = Leaves()
    seen: set[bytes] = set()
    for tile, entries in _bundles(read, checkpoint.size, findings):
        for number, entry in enumerate(entries, tile.index * WIDTH):
            leaves.append(leaf_hash(entry))
            _judge_entry(number, entry, seen, findings)
        _compare(read, Tile(0, tile.index, tile.width), b"".join(leaf_hash(each) for each in entries), findings)
        if progress is not None:
            progress(len(leaves), checkpoint.size)
    if len(leaves) == checkpoint.size:
        _judge_levels(read, checkpoint.size, leaves, findings)
        if tree_root(checkpoint.size, leaves) != checkpoint.root:
            findings.append(Finding("log.root", "checkpoint"))
    return Audit(checkpoint.size, checkpoint.root, judgement, tuple(findings))


def _bundles(read: Read, size: int, findings: list[Finding]) -> Iterator[tuple[Tile, list[bytes]]]:
    """The bundles in order, until one is missing or damaged: what comes after it has no numbers any more."""
    for index in range((size + WIDTH - 1) // WIDTH):
        tile = Tile(None, index, width_at(0, index, size))
        content = _read(read, tile)
        try:
            entries = read_bundle(content) if content is not None else []
        except Malformed:
            entries = []
        if len(entries) < tile.width:
            findings.append(Finding("log.bundle" if content is not None else "log.missing", tile.path))
            return
        yield tile, entries[: tile.width]


def _read(read: Read, tile: Tile) -> bytes | None:
    """The tile, or the full one in place of a partial one that was cleared away."""
    content = read(tile.path)
    return read(Tile(tile.level, tile.index).path) if content is None and tile.width < WIDTH else content


def _judge_entry(number: int, content: bytes, seen: set[bytes], findings: list[Finding]) -> None:
    try:
        entry = Entry.from_bytes(content)
    except Malformed:
        findings.append(Finding("log.entry", str(number)))
        return
    if entry.kind in _ONCE and entry.handle in seen:
        findings.append(Finding("log.handle_twice", str(number)))
    if entry.kind in (Kind.ISSUE, Kind.SUPERSEDE):
        seen.add(entry.handle)


def _judge_levels(read: Read, size: int, leaves: Leaves, findings: list[Finding]) -> None:
    level, row = 1, _row(leaves, 1, size)
    while row:
        for index in range((len(row) + WIDTH - 1) // WIDTH):
            part = row[index * WIDTH : (index + 1) * WIDTH]
            _compare(read, Tile(level, index, len(part)), b"".join(part), findings)
        level += 1
        row = _row(leaves, level, size)


def _row(leaves: Leaves, level: int, size: int) -> list[bytes]:
    return leaves.hashes([Place(HEIGHT * level, number) for number in range(size >> (HEIGHT * level))])


def _compare(read: Read, tile: Tile, computed: bytes, findings: list[Finding]) -> None:
    served = _read(read, tile)
    if served is None:
        findings.append(Finding("log.missing", tile.path))
    elif served[: tile.width * HASH_BYTES] != computed:
        findings.append(Finding("log.tile", tile.path))
