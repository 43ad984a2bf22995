"""Tiles lead to the same roots and proofs as the tree in memory, whatever the sizes of the steps in which a log
grew."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.log.worlds import entry

from testamur.errors import Malformed
from testamur.log.merkle import Leaves, consistency_proof, inclusion_proof, leaf_hash, tree_root
from testamur.log.tiles import (
    Paths,
    Tile,
    TileCache,
    TileReader,
    extend,
    hashes_of_bundle,
    read_bundle,
    tiles_of,
    write_bundle,
)


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 1234067), "tile/0/x001/x234/067"),
        (Tile(1, 0, 17), "tile/1/000.p/17"),
        (Tile(None, 999), "tile/entries/999"),
        (Tile(None, 1000, 255), "tile/entries/x001/000.p/255"),
        (Tile(63, 0, 1), "tile/63/000.p/1"),
    ],
)
def test_paths(tile: Tile, path: str) -> None:
    assert tile.path == path
    assert Tile.from_path(path) == tile


@pytest.mark.parametrize(
    "path",
    ["tile/0/1", "tile/00/000", "tile/64/000", "tile/0/x000/001", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01",
     "tile/0/001/002", "tile/-1/000", "tile/0/000/", "/tile/0/000", "tile/0/../000", "tile/entries/x001", "tile/0/٠٠٠"],
)  # fmt: skip
def test_other_spellings_name_nothing(path: str) -> None:
    assert Tile.from_path(path) is None


def test_the_example_of_the_specification() -> None:
    """70,000 entries: 273 full tiles and one of 112 at level 0, one full and one of 17 at level 1, one of 1 at
    level 2."""
    tiles = [tile for tile in tiles_of(70_000) if tile.level is not None]
    assert [(t.index, t.width) for t in tiles if t.level == 0][-1] == (273, 112)
    assert sum(t.level == 0 and t.width == 256 for t in tiles) == 273
    assert [(t.index, t.width) for t in tiles if t.level == 1] == [(0, 256), (1, 17)]
    assert [(t.index, t.width) for t in tiles if t.level == 2] == [(0, 1)]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 700), min_size=1, max_size=6), st.data())
def test_grown_in_steps_it_is_the_same_tree(steps: list[int], data: st.DataObject) -> None:
    memory, stored = Leaves(), {}
    edge: list[bytes] = []
    size, before = 0, 0
    for step in steps:
        hashes = [leaf_hash(entry(number)) for number in range(size, size + step)]
        written, edge = extend(size, edge, hashes)
        stored.update(written)
        before, size = size, size + step
        for each in hashes:
            memory.append(each)
        expected = {tile for tile in tiles_of(size, since=before) if tile.level is not None}
        assert set(written) == expected
    tiles = TileReader(size, stored.__getitem__)
    assert tree_root(size, tiles) == tree_root(size, memory)
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size))
    assert inclusion_proof(size, index, tiles) == inclusion_proof(size, index, memory)
    assert consistency_proof(old, size, tiles) == consistency_proof(old, size, memory)


def test_three_levels() -> None:
    hashes = [leaf_hash(entry(number)) for number in range(66_000)]
    stored, _edge = extend(0, [], hashes)
    tiles, memory = TileReader(66_000, stored.__getitem__), Leaves(hashes)
    assert max(tile.level or 0 for tile in stored) == 2
    assert tree_root(66_000, tiles) == tree_root(66_000, memory)
    for index in (0, 255, 256, 65_535, 65_536, 65_999):
        assert inclusion_proof(66_000, index, tiles) == inclusion_proof(66_000, index, memory)


@pytest.mark.parametrize(
    "sizes", [range(1, 34), (63, 64, 65, 255, 256, 257, 258, 300), (511, 512, 513, 767, 769, 1000), (65_793,)]
)
def test_paths_that_share_their_tiles_are_the_same(sizes: Sequence[int]) -> None:
    hashes = [leaf_hash(entry(number)) for number in range(max(sizes))]
    for size in sizes:
        stored, _edge = extend(0, [], hashes[:size])
        tiles, memory = TileReader(size, stored.__getitem__), Leaves(hashes[:size])
        paths = Paths(tiles, size)
        for index in (*range(0, size, 1 + size // 300), *range(max(0, size - 300), size), 0):
            assert paths.path(index) == inclusion_proof(size, index, memory), (size, index)
        for index in (-1, size):
            with pytest.raises(ValueError, match="no leaf"):
                paths.path(index)


def test_a_path_is_read_anew_from_a_folder_that_was_put_back() -> None:
    now, before = ([leaf_hash(entry(number)) for number in range(first, first + 300)] for first in (0, 1000))
    stored, cache = extend(0, [], now)[0], TileCache()
    paths = Paths(TileReader(300, lambda tile: stored[tile], cache), 300)
    assert paths.path(7) == inclusion_proof(300, 7, Leaves(now))
    stored = extend(0, [], before)[0]
    cache.forget()
    paths.forget()
    assert paths.path(7) == inclusion_proof(300, 7, Leaves(before))


def test_bundles_go_round_and_damage_is_found() -> None:
    entries = [entry(number) for number in range(256)]
    bundle = write_bundle(entries)
    assert read_bundle(bundle) == entries
    assert hashes_of_bundle(bundle) == b"".join(leaf_hash(each) for each in entries)
    for damaged in (bundle[:-1], bundle + b"\x00", bundle + write_bundle([b"x"]), b"\x00"):
        with pytest.raises(Malformed):
            read_bundle(damaged)
    with pytest.raises(ValueError, match="at most 256"):
        write_bundle([b"x"] * 257)


def test_a_short_tile_is_not_read_as_a_shorter_log() -> None:
    stored, _edge = extend(0, [], [leaf_hash(entry(number)) for number in range(10)])
    broken = {tile: content[:-32] for tile, content in stored.items()}
    with pytest.raises(Malformed):
        tree_root(10, TileReader(10, broken.__getitem__))
