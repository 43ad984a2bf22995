"""One bit of a stored log is flipped: who notices?

found      the audit says so: everything computed again from what is served
stopped    the audit does not read that file, but the log refuses to sign on (its head), or a proof is refused (an older partial tile)
harmless   nothing that is published, signed or proven is any different
MISSED     anything else. There must be none.

Two ways, because an audit of a large log takes its time. `judge` takes one flip of a small log through all of that. `missed` takes hundreds
of flips of a large log at once through one audit, and wants each of them named.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from testamur.errors import Malformed, TestamurError
from testamur.fetch.log_folder import FolderStore
from testamur.log import KeyType, LogDamaged, Policy, SecretKey, Sequencer, SignedCheckpoint
from testamur.log.audit import MAX_FINDINGS, audit
from testamur.log.checkpoints import Checkpoint
from testamur.log.entries import LENGTH
from testamur.log.sequencer import prove
from testamur.log.tiles import WIDTH, Tile

NOW = 1_764_115_200


def entry(number: int) -> bytes:
    """An entry as they are in a real log: a version, a kind, two hashes."""
    return b"\x01\x01" + hashlib.sha512(number.to_bytes(8, "big")).digest()


class InMemory:
    """A log store in a dictionary; the head is a file like the others."""

    def __init__(self, files: Mapping[str, bytes] | None = None) -> None:
        self.files = dict(files or {})

    def read(self, path: str) -> bytes | None:
        return self.files.get(path)

    def write(self, path: str, content: bytes) -> None:
        self.files[path] = content

    def remove(self, path: str) -> None:
        self.files.pop(path, None)

    def head(self) -> bytes | None:
        return self.files.get("head")

    def swap_head(self, old: bytes | None, new: bytes) -> bool:
        if self.files.get("head") != old:
            return False
        self.files["head"] = new
        return True


@dataclass(frozen=True)
class SmallLog:
    """A log of a few hundred entries, grown in steps, so that it has full and partial tiles and bundles, old and present ones."""

    origin: str
    signers: Sequence[SecretKey]
    policy: Policy
    files: Mapping[str, bytes]
    entries: Sequence[bytes]
    checkpoints: Sequence[Checkpoint]

    @classmethod
    def grown(cls, steps: Sequence[int] = (100, 156, 300, 144)) -> SmallLog:
        origin = "log.example/small"
        signers = [SecretKey(origin, kind, bytes(range(32))) for kind in (KeyType.ED25519, KeyType.ML_DSA_44)]
        store, entries, checkpoints = InMemory(), [], []
        for step in steps:
            fresh = [entry(number) for number in range(len(entries), len(entries) + step)]
            sequencer = Sequencer.open(store, origin, signers)
            sequencer.append(fresh, NOW)
            entries += fresh
            checkpoints.append(sequencer.checkpoint)
        policy = Policy.from_text("".join(f"log {key.key.text}\n" for key in signers) + "quorum none\n")
        made = cls(origin, signers, policy, store.files, entries, checkpoints)
        if not audit(store.read, policy).sound:
            raise LogDamaged("The log is not sound before anything is flipped.")
        return made

    def judge(self, path: str, bit: int) -> str:
        """What becomes of one flipped bit; see the words at the top."""
        files = {**self.files, path: flipped(self.files[path], bit)}
        try:
            if not audit(files.get, self.policy).sound:
                return "found"
        except Malformed:
            return "found"
        try:
            self._proofs(files)
            store = InMemory(files)
            next_one = entry(len(self.entries))
            Sequencer.open(store, self.origin, self.signers).append([next_one], NOW)
        except TestamurError:
            return "stopped"
        return "harmless" if self._goes_on_as_if_nothing_were(store, next_one) else "MISSED"

    def _proofs(self, files: Mapping[str, bytes]) -> None:
        """From every checkpoint that a holder's proof may stand on. Raises TestamurError."""
        for checkpoint in self.checkpoints:
            for index in {0, checkpoint.size // 2, checkpoint.size - 1}:
                prove(InMemory(files), checkpoint, index, self.entries[index])

    def _goes_on_as_if_nothing_were(self, store: InMemory, next_one: bytes) -> bool:
        sound = InMemory(self.files)
        Sequencer.open(sound, self.origin, self.signers).append([next_one], NOW)
        same = all(
            store.files.get(path) == content
            for path, content in sound.files.items()
            if path.startswith("tile/") and path not in self.files
        )
        texts = [SignedCheckpoint.from_bytes(each.files["checkpoint"]).note.text for each in (store, sound)]
        return same and texts[0] == texts[1] and audit(store.read, self.policy).sound


def flipped(content: bytes, bit: int) -> bytes:
    changed = bytearray(content)
    changed[bit // 8] ^= 0x80 >> bit % 8
    return bytes(changed)


def strata(log: SmallLog) -> dict[str, list[str]]:
    """The files of a log by what they are: each kind gets its share of the flips, however small its files."""
    newest = log.checkpoints[-1].size
    kinds: dict[str, list[str]] = {}
    for path in sorted(log.files):
        tile = Tile.from_path(path)
        if tile is None:
            kind = path
        else:
            what = "bundle of entries" if tile.level is None else f"tile of level {tile.level}"
            level = tile.level or 0
            present = tile.width == min(WIDTH, (newest >> (8 * level)) - tile.index * WIDTH)
            kind = f"{'full' if tile.width == WIDTH else 'partial' if present else 'older partial'} {what}"
        kinds.setdefault(kind, []).append(path)
    return kinds


def flip_small(log: SmallLog, count: int, seed: int = 7) -> dict[str, Counter[str]]:
    """`count` random flips, the same number in each kind of file: what became of them."""
    draw = random.Random(seed)
    kinds = strata(log)
    outcomes: dict[str, Counter[str]] = {kind: Counter() for kind in kinds}
    names = list(kinds)
    for number in range(count):
        kind = names[number % len(names)]
        path = draw.choice(kinds[kind])
        outcomes[kind][log.judge(path, draw.randrange(len(log.files[path]) * 8))] += 1
    return outcomes


_ENTRY = re.compile(r"\d+")


def missed(store: FolderStore, policy: Policy, flips: Mapping[str, int]) -> list[str]:
    """Flip one bit in each of these files (all tiles of hashes, or all bundles) and audit; the paths that no finding names."""
    left = dict(flips)
    while left:
        found = audit(lambda path, flips=left: _changed(store, flips, path), policy)  # type: ignore[misc]
        named = {finding.place for finding in found.findings}
        bundles = {int(place) // WIDTH for place in named if _ENTRY.fullmatch(place)}
        still = {path: bit for path, bit in left.items() if not _named(path, named, bundles)}
        if len(found.findings) < MAX_FINDINGS and not any(each.code == "log.bundle" for each in found.findings):
            return list(still)
        # A bundle that cannot be read ends an audit: it is mended, and the audit begun again.
        if len(still) == len(left):
            return list(still)
        left = still
    return []


def _changed(store: FolderStore, flips: Mapping[str, int], path: str) -> bytes | None:
    content = store.read(path)
    return flipped(content, flips[path]) if content is not None and path in flips else content


def _named(path: str, named: set[str], bundles: set[int]) -> bool:
    tile = Tile.from_path(path)
    if path in named or tile is None or tile.level is not None:
        return path in named
    return tile.index in bundles or Tile(0, tile.index, tile.width).path in named


def flip(folder: Path, policy: Policy, count: int, say: Callable[[str, str], None]) -> None:
    """`count` flips in every kind of file of a small log, one by one, and three tenths of that in the tiles and in the entries of this
    large one, hundreds at once. (Not in the lengths of its entries: a bundle without ends an audit; the small log has those.)"""
    small = SmallLog.grown()
    outcomes = flip_small(small, count)
    total: Counter[str] = Counter()
    for kind, seen in outcomes.items():
        say(f"  flips in: {kind}", ", ".join(f"{number} {what}" for what, number in sorted(seen.items())))
        total += seen
    store, draw = FolderStore(folder), random.Random(11)
    for what, pattern, share in (("tiles", r"tile/\d+/.*", 500), ("bundles", r"tile/entries/.*", 300)):
        paths = [
            path.relative_to(folder).as_posix()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and re.fullmatch(pattern, path.relative_to(folder).as_posix()) and ".p/" not in str(path)
        ]
        wanted = 3 * count // 10
        lost: list[str] = []
        for start in range(0, wanted, share):
            some = draw.sample(paths, min(share, wanted - start, len(paths)))
            step = LENGTH + 2 if what == "bundles" else 1
            flips = {}
            for path in some:
                size = (folder / path).stat().st_size
                byte = draw.randrange(size // step) * step + (2 + draw.randrange(LENGTH) if step > 1 else 0)
                flips[path] = byte * 8 + draw.randrange(8)
            lost += missed(store, policy, flips)
            total["found"] += len(some) - len(lost)
        total["MISSED"] += len(lost)
        say(
            f"  flips in: {what} of the large log",
            f"{wanted - len(lost)} found" + (f", MISSED {lost[:3]}" if lost else ""),
        )
    say("flipped bits", ", ".join(f"{number:,} {what}" for what, number in sorted(total.items()) if number))
    if total["MISSED"]:
        raise LogDamaged("A flipped bit was missed.")
