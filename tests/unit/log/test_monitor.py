"""A monitor is told everything that comes into a log, once, and does not follow one that is not what it was."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from tests.unit.log.worlds import LOG_KEY, ORIGIN, SIGNERS

from testamur.errors import Malformed
from testamur.fetch.log_folder import FolderStore
from testamur.log import Kind, SecretKey, Sequencer, SignedCheckpoint, entry_for
from testamur.log.checkpoints import sign
from testamur.log.merkle import Leaves, leaf_hash, tree_root
from testamur.log.monitor import Look, Position, look
from testamur.log.notes import Note
from testamur.log.tiles import write_bundle

TIME = 1_764_115_200
KEYS = [each.key for each in SIGNERS]
ENTRIES = [entry_for(Kind.ISSUE, f"urn:uuid:{n}", b"{}", n.to_bytes(32, "big")).to_bytes() for n in range(1200)]


class Told:
    """What the monitor was told."""

    def __init__(self) -> None:
        self.entries: dict[int, bytes] = {}

    def __call__(self, first: int, entries: Sequence[bytes]) -> None:
        for number, entry in enumerate(entries, first):
            assert number not in self.entries, "everything is told once"
            self.entries[number] = entry


@pytest.fixture
def store(tmp_path_factory: pytest.TempPathFactory) -> FolderStore:
    return FolderStore(tmp_path_factory.mktemp("log"))


def grow(store: FolderStore, size: int) -> None:
    sequencer = Sequencer.open(store, ORIGIN, SIGNERS)
    sequencer.append(ENTRIES[sequencer.checkpoint.size : size], TIME)


def at(store: FolderStore, size: int) -> Position:
    grow(store, size)
    seen = look(store.read, Position(), KEYS, Told())
    assert seen.findings == ()
    return seen.position


def codes(seen: Look) -> list[str]:
    return [found.code for found in seen.findings]


def test_everything_is_told_once_however_the_log_grows(store: FolderStore) -> None:
    draw, told, position, size = random.Random(1), Told(), Position(), 0
    while size < len(ENTRIES):
        size = min(len(ENTRIES), size + draw.choice([1, 2, 7, 100, 256, 300]))
        grow(store, size)
        seen = look(store.read, Position.from_json(position.to_json()), KEYS, told)
        assert seen.findings == ()
        position = seen.position
        assert position.size == size
    assert [told.entries[number] for number in range(size)] == ENTRIES
    again = look(store.read, position, KEYS, told)
    assert again.position == position


@pytest.mark.parametrize("size", [0, 1, 2, 3, 5, 255, 256, 257, 511])
def test_its_root_is_that_of_the_tree(size: int) -> None:
    leaves = Leaves([leaf_hash(each) for each in ENTRIES[:size]])
    assert Position().followed_by(ENTRIES[:size]).root == tree_root(size, leaves)


def replaced(store: FolderStore, entries: Sequence[bytes]) -> FolderStore:
    """The same log, begun anew with other entries, by somebody who has its keys."""
    other = FolderStore(store._folder / "other")
    Sequencer.open(other, ORIGIN, SIGNERS).append(entries, TIME)
    return other


def test_another_history_is_not_followed(store: FolderStore) -> None:
    position = at(store, 300)
    other = replaced(store, [ENTRIES[1], ENTRIES[0], *ENTRIES[2:400]])
    seen = look(other.read, position, KEYS, Told())
    assert codes(seen) == ["log.fork"]
    assert seen.position == position


def test_another_root_of_the_same_size_is_not_followed(store: FolderStore) -> None:
    position = at(store, 300)
    other = replaced(store, [*ENTRIES[:299], ENTRIES[600]])
    assert codes(look(other.read, position, KEYS, Told())) == ["log.fork"]


def test_a_shorter_log_is_not_followed(store: FolderStore) -> None:
    position = at(store, 300)
    other = replaced(store, ENTRIES[:299])
    assert codes(look(other.read, position, KEYS, Told())) == ["log.rolled_back"]


def test_a_strange_signature_is_not_followed(store: FolderStore) -> None:
    position = at(store, 10)
    stranger = SecretKey(ORIGIN, LOG_KEY.type, b"x" * 32)
    signed = SignedCheckpoint.from_bytes(store.read("checkpoint") or b"")
    store.write("checkpoint", sign(signed.checkpoint, [stranger], TIME).to_bytes())
    assert codes(look(store.read, position, KEYS, Told())) == ["log.unknown_key"]
    line = signed.note.signatures[0]
    forged = type(line)(line.name, line.key_id, bytes(len(line.value)))
    store.write("checkpoint", Note(signed.note.text, (forged,)).to_bytes())
    assert codes(look(store.read, position, KEYS, Told())) == ["log.signature_false"]


@pytest.mark.parametrize("content", [None, b"", b"nonsense"])
def test_without_a_checkpoint_nothing_is_seen(store: FolderStore, content: bytes | None) -> None:
    position = at(store, 10)
    seen = look(lambda path: content if path == "checkpoint" else store.read(path), position, KEYS, Told())
    assert (codes(seen), seen.checkpoint, seen.position) == (["log.checkpoint"], None, position)


def test_other_entries_than_those_that_were_signed_are_noticed(store: FolderStore) -> None:
    position, told = at(store, 256), Told()
    grow(store, 300)
    bundle = "tile/entries/001.p/44"
    store.write(bundle, write_bundle([*ENTRIES[256:299], ENTRIES[900]]))
    seen = look(store.read, position, KEYS, told)
    assert codes(seen) == ["log.fork"]
    assert told.entries[299] == ENTRIES[900], "what a broken log shows is looked at, too"
    store.write(bundle, b"\x00")
    assert codes(look(store.read, position, KEYS, Told())) == ["log.bundle"]
    store.remove(bundle)
    assert codes(look(store.read, position, KEYS, Told())) == ["log.bundle"]


@pytest.mark.parametrize(
    "document",
    [None, {}, {"size": 1, "peaks": []}, {"size": -1, "peaks": []}, {"size": 1, "peaks": ["AA=="]}, {"size": True, "peaks": [""]},
     {"size": 1, "peaks": [3]}, {"size": "1", "peaks": ["A" * 44]}],
)  # fmt: skip
def test_what_is_remembered_is_read_strictly(document: object) -> None:
    with pytest.raises(Malformed):
        Position.from_json(document)
