"""Proofs from stored tiles: every one is followed before it is given away, and many of one log share their tiles."""

from __future__ import annotations

import pytest
from tests.unit.log.worlds import ORIGIN, SIGNERS, Stored, entry

from testamur.log import LogDamaged, Sequencer
from testamur.log.merkle import Leaves, inclusion_proof, leaf_hash
from testamur.log.sequencer import prove
from testamur.log.tiles import Rows, Tile, TileCache

TIME = 1_764_115_200
SIZE = 66_000


@pytest.fixture(scope="module")
def leaves() -> Leaves:
    return Leaves([leaf_hash(entry(number)) for number in range(SIZE)])


@pytest.fixture
def log() -> tuple[Stored, Sequencer]:
    store = Stored()
    sequencer = Sequencer.open(store, ORIGIN, SIGNERS[:1])
    sequencer.append([entry(number) for number in range(700)], TIME)
    return store, sequencer


def test_rows_are_the_complete_subtrees_of_a_tile() -> None:
    row = [leaf_hash(entry(number)) for number in range(200)]
    rows, memory = Rows(b"".join(row)), Leaves(row)
    for height in range(8):
        for number in range(200 >> height):
            assert rows.hash(height, number) == memory._rows[height][number]
        assert rows.hash(height, 200 >> height) is None
    assert rows.hash(8, 0) is None


def test_a_stored_proof_is_the_one_of_the_tree(leaves: Leaves) -> None:
    store = Stored()
    sequencer = Sequencer.open(store, ORIGIN, SIGNERS[:1])
    sequencer.append([entry(number) for number in range(SIZE)], TIME)
    cache = TileCache()
    for index in (0, 255, 256, 65_535, 65_536, SIZE - 1):
        path = prove(store, sequencer.checkpoint, index, entry(index), cache)
        assert path == inclusion_proof(SIZE, index, leaves)


def test_what_was_read_once_is_not_read_again(log: tuple[Stored, Sequencer]) -> None:
    store, sequencer = log
    cache = TileCache()
    first = prove(store, sequencer.checkpoint, 5, entry(5), cache)
    store.files = {}
    assert prove(store, sequencer.checkpoint, 5, entry(5), cache) == first
    cache.forget()
    with pytest.raises(LogDamaged):
        prove(store, sequencer.checkpoint, 5, entry(5), cache)


def test_a_cache_holds_so_many_tiles_and_no_more(log: tuple[Stored, Sequencer]) -> None:
    store, sequencer = log
    cache = TileCache(2)
    for index in (0, 300, 600):
        prove(store, sequencer.checkpoint, index, entry(index), cache)
    assert len(cache) == 2
    assert cache.get(Tile(0, 0)) is None


def test_a_proof_that_proves_nothing_is_not_given_away(log: tuple[Stored, Sequencer]) -> None:
    store, sequencer = log
    with pytest.raises(LogDamaged):
        prove(store, sequencer.checkpoint, 5, entry(6))
    content = bytearray(store.files["tile/0/000"])
    content[40 * 32] ^= 1
    store.files["tile/0/000"] = bytes(content)
    with pytest.raises(LogDamaged):
        prove(store, sequencer.checkpoint, 5, entry(5))
    assert prove(store, sequencer.checkpoint, 650, entry(650)), "another part of the log is not touched by it"
    with pytest.raises(ValueError, match="no leaf"):
        prove(store, sequencer.checkpoint, 700, entry(700))
