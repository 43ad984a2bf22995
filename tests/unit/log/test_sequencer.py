"""Every step of writing the log fails once, persisted or not, and the log is opened again: never two roots at one size,
nothing lost that was acknowledged (the fault matrix)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.log.worlds import ORIGIN, SIGNERS, Faulty, Stored, entry

from testamur.log import LogDamaged, Sequencer, SignedCheckpoint
from testamur.log.checkpoints import signature_time
from testamur.log.merkle import Leaves, leaf_hash, tree_root
from testamur.log.notes import KeyType
from testamur.log.sequencer import reader
from testamur.log.tiles import Tile, read_bundle, tiles_of

TIME = 1_764_115_200


def opened(store: Stored) -> Sequencer:
    return Sequencer.open(store, ORIGIN, SIGNERS[:1])


def entries_of(store: Stored, size: int) -> list[bytes]:
    found: list[bytes] = []
    for tile in tiles_of(size):
        if tile.level is None:
            content = store.files[tile.path]
            found += read_bundle(content)
    return found


def assert_sound(store: Stored) -> list[bytes]:
    """Entries, tiles and the published checkpoint lead to one root. Returns the entries."""
    sequencer = opened(store)
    size = sequencer.checkpoint.size
    entries = entries_of(store, size)
    assert len(entries) == size
    assert tree_root(size, Leaves([leaf_hash(each) for each in entries])) == sequencer.checkpoint.root
    assert tree_root(size, reader(store, size)) == sequencer.checkpoint.root
    if size:
        assert SignedCheckpoint.from_bytes(store.files["checkpoint"]).checkpoint == sequencer.checkpoint
    return entries


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 600), max_size=6))
def test_a_log_grows(steps: list[int]) -> None:
    store, size = Stored(), 0
    sequencer = opened(store)
    for step in steps:
        if step % 3 == 0:
            sequencer = opened(store)
        assert sequencer.append([entry(number) for number in range(size, size + step)], TIME) == range(
            size, size + step
        )
        size += step
    assert assert_sound(store) == [entry(number) for number in range(size)]
    assert not [path for path in store.files if path.startswith("staging/")]


def _changes() -> list[str]:
    """The changes that `_story` makes, by name: those of the first append, then those of the second."""
    store = Faulty()
    _story(store)
    second = store.names.index("end") + 1
    return [f"{'first' if at < second else 'second'} append, {name}" for at, name in enumerate(store.names)]


def _story(store: Faulty) -> list[tuple[int, bytes]]:
    """250 entries, then 300: over the end of a tile. After a failure the log is opened and the batch handed in again,
    with other entries, as happens when other awards are ready by then. Returns every head that was ever signed and
    swapped in."""
    heads: list[tuple[int, bytes]] = []
    done: list[bytes] = []
    for batch in (250, 300):
        for attempt in range(3):
            try:
                sequencer = opened(store)
                # What was committed although an error came back is found, and not handed in again.
                stored = entries_of(store, sequencer.checkpoint.size)
                assert stored[: len(done)] == done
                fresh = [entry(10_000 * attempt + number) for number in range(len(stored), len(stored) + batch)]
                sequencer.append(fresh, TIME)
            except OSError:
                if store.head_bytes is not None:
                    heads.append(_head(store))
                continue
            done = [*stored, *fresh]
            heads.append(_head(store))
            break
        else:
            pytest.fail("one fault, and three attempts did not do")
    return heads


def _head(store: Faulty) -> tuple[int, bytes]:
    checkpoint = SignedCheckpoint.from_bytes(store.head_bytes or b"").checkpoint
    return checkpoint.size, checkpoint.root


@pytest.mark.parametrize("kept", [False, True], ids=["not_persisted", "persisted"])
@pytest.mark.parametrize("step", _changes(), ids=lambda step: step.replace(", ", "-").replace(" ", "_"))
def test_a_fault_at_every_step(step: str, kept: bool) -> None:
    at = _changes().index(step)
    store = Faulty(at, kept=kept)
    heads = _story(store)
    assert store.changes > at, "the fault never came"
    roots: dict[int, set[bytes]] = {}
    for size, root in heads:
        roots.setdefault(size, set()).add(root)
    assert all(len(each) == 1 for each in roots.values()), "two roots at one size"
    assert_sound(store)


def _broken_off(entries: list[bytes]) -> Stored:
    """A log of 250 entries, to which `entries` were about to be appended: they were signed for, and the head was not moved."""
    store = Faulty()
    opened(store).append([entry(number) for number in range(250)], TIME)
    store.at, store.kept = store.changes + 2, False  # stage, begin, and then the head
    with pytest.raises(OSError, match="disk"):
        opened(store).append(entries, TIME)
    return store


def test_what_was_begun_is_said_and_appended_first() -> None:
    entries = [entry(number) for number in range(1000, 1300)]
    store = _broken_off(entries)
    sequencer = opened(store)
    assert (sequencer.checkpoint.size, sequencer.begun) == (250, entries)
    sequencer.append(sequencer.begun, TIME)
    assert sequencer.begun == opened(store).begun == []
    assert assert_sound(store)[250:] == entries
    assert not [path for path in store.files if path.startswith("staging/")]


def test_of_what_was_begun_and_given_up_nothing_is_left() -> None:
    store = _broken_off([entry(1000)])
    opened(store).append([entry(1001)], TIME)
    assert assert_sound(store)[250:] == [entry(1001)]
    assert not [path for path in store.files if path.startswith("staging/")]


@pytest.mark.parametrize(
    "content", [b"", b"staging/251-zz", b"../head", b"staging/251-" + b"0" * 64, b"staging/9-" + b"0" * 64]
)
def test_a_note_of_what_was_begun_that_leads_nowhere(content: bytes) -> None:
    store = _broken_off([entry(1000)])
    store.files["staging/begun"] = content
    assert opened(store).begun == []


def test_what_was_begun_and_cannot_be_read() -> None:
    store = _broken_off([entry(1000)])
    stage = store.files["staging/begun"].decode()
    store.files[stage] = store.files[stage][:-1] + b"?"
    assert opened(store).begun == []


def test_after_an_error_it_must_be_opened_again() -> None:
    store = Faulty(1)
    sequencer = opened(store)
    with pytest.raises(OSError, match="disk"):
        sequencer.append([entry(0)], TIME)
    with pytest.raises(LogDamaged) as caught:
        sequencer.append([entry(0)], TIME)
    assert caught.value.code == "log.reopen"


def test_the_second_of_two_writers_is_refused() -> None:
    store = Stored()
    first, second = opened(store), opened(store)
    first.append([entry(0)], TIME)
    with pytest.raises(LogDamaged) as caught:
        second.append([entry(1)], TIME)
    assert caught.value.code == "log.two_writers"
    assert assert_sound(store) == [entry(0)]


def test_a_head_that_somebody_else_signed_is_not_continued() -> None:
    store = Stored()
    Sequencer.open(store, ORIGIN, SIGNERS[1:]).append([entry(0)], TIME)
    with pytest.raises(LogDamaged):
        Sequencer.open(store, ORIGIN, SIGNERS[:1])
    assert Sequencer.open(store, ORIGIN, SIGNERS).checkpoint.size == 1, "one of our keys is enough"


def test_an_old_head_under_a_newer_checkpoint_is_not_continued() -> None:
    """The head was put back from a copy; what was published shows it."""
    store = Stored()
    opened(store).append([entry(0)], TIME)
    old = Stored()
    old.files, old.head_bytes = dict(store.files), store.head_bytes
    opened(store).append([entry(1)], TIME)
    old.files["checkpoint"] = store.files["checkpoint"]
    empty = Stored()
    empty.files["checkpoint"] = store.files["checkpoint"]
    other = Stored()
    opened(other).append([entry(7)], TIME)
    old_fork = Stored()
    old_fork.files, old_fork.head_bytes = {**store.files, "checkpoint": other.files["checkpoint"]}, store.head_bytes
    for back in (old, empty):
        with pytest.raises(LogDamaged) as caught:
            opened(back)
        assert caught.value.code == "log.rolled_back"
    assert opened(old_fork).checkpoint.size == 2, "one that is shorter is written over"
    fork = Stored()
    opened(fork).append([entry(8), entry(9)], TIME)
    store.files["checkpoint"] = fork.files["checkpoint"]
    with pytest.raises(LogDamaged) as caught:
        opened(store)
    assert caught.value.code == "log.rolled_back", "two roots at one size"


def test_the_time_of_a_signature_never_goes_back() -> None:
    store = Stored()
    times = []
    for number, time in enumerate((TIME, TIME - 86_400, TIME + 86_400, TIME)):
        Sequencer.open(store, ORIGIN, SIGNERS).append([entry(number)], time)
        (line,) = SignedCheckpoint.from_bytes(store.files["checkpoint"]).note.by(SIGNERS[1].key)
        times.append(signature_time(line, KeyType.ML_DSA_44))
    assert times == [TIME, TIME, TIME + 86_400, TIME + 86_400]


def test_another_origin_is_not_continued() -> None:
    store = Stored()
    opened(store).append([entry(0)], TIME)
    with pytest.raises(LogDamaged):
        Sequencer.open(store, "another.example/log", SIGNERS[:1])


@pytest.mark.parametrize("path", [Tile(0, 1, 44).path, Tile(1, 0, 1).path, Tile(None, 1, 44).path])
def test_a_missing_right_edge_is_said(path: str) -> None:
    store = Stored()
    opened(store).append([entry(number) for number in range(300)], TIME)
    del store.files[path]
    with pytest.raises(LogDamaged):
        opened(store).append([entry(300)], TIME)


def test_cosignatures_are_published_with_the_present_checkpoint_only() -> None:
    store = Stored()
    sequencer = opened(store)
    sequencer.append([entry(0)], TIME)
    old = SignedCheckpoint.from_bytes(store.files["checkpoint"])
    sequencer.publish(old)
    sequencer.append([entry(1)], TIME)
    with pytest.raises(ValueError, match="present"):
        sequencer.publish(old)
