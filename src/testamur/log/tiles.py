"""C2SP tlog-tiles: where the hashes and the entries of a log stand, and how they are read from there.

A tile holds up to 256 hashes of one level: leaf hashes at level 0, above it the roots of the full tiles below. So a
tile of level *l* answers for the heights 8·l up to 8·l + 7, and every proof is in a handful of tiles. A tile that is
full never changes; a partial one is kept under its width. Entries stand in bundles of up to 256, each with its length
before it.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from threading import Lock

from testamur.errors import Malformed

from .merkle import HASH_BYTES, HashReader, Place, inclusion_proof, leaf_hash, node_hash, root_from_row

WIDTH = 256
HEIGHT = 8
MAX_LEVEL = 63

_PATH = re.compile(
    r"tile/(?P<level>entries|0|[1-9]\d?)/(?P<index>(?:x\d{3}/){0,5}\d{3})(?:\.p/(?P<width>[1-9]\d{0,2}))?", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile (or, with level None, one bundle of entries). `width` is 256 when it is full."""

    level: int | None
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Below the log's prefix: `tile/0/x001/x234/067`, `tile/1/000.p/17`, `tile/entries/000`."""
        level = "entries" if self.level is None else str(self.level)
        return f"tile/{level}/{_number(self.index)}" + (f".p/{self.width}" if self.width < WIDTH else "")

    @classmethod
    def from_path(cls, path: str) -> Tile | None:
        """The tile with that path; None when it is not one, or not spelled as it must be."""
        match = _PATH.fullmatch(path)
        if match is None:
            return None
        level = None if match["level"] == "entries" else int(match["level"])
        index = int(match["index"].replace("x", "").replace("/", ""))
        width = int(match["width"] or WIDTH)
        if (level or 0) > MAX_LEVEL or (match["width"] and width >= WIDTH):
            return None
        tile = cls(level, index, width)
        return tile if tile.path == path else None


def _number(index: int) -> str:
    parts = [f"{index % 1000:03d}"]
    while index := index // 1000:
        parts.append(f"x{index % 1000:03d}")
    return "/".join(reversed(parts))


def width_at(level: int, index: int, size: int) -> int:
    """How many hashes that tile has in a log of `size` entries; 0 when it is not there."""
    return max(0, min(WIDTH, (size >> (HEIGHT * level)) - index * WIDTH))


def tiles_of(size: int, *, since: int = 0) -> Iterator[Tile]:
    """Every tile and bundle of a log of `size` entries that a log of `since` entries did not have, or not at this
    width."""
    level = 0
    while size >> (HEIGHT * level):
        count, before = size >> (HEIGHT * level), since >> (HEIGHT * level)
        for index in range(before // WIDTH, (count + WIDTH - 1) // WIDTH):
            width = width_at(level, index, size)
            if width and width != width_at(level, index, since):
                yield Tile(level, index, width)
                if level == 0:
                    yield Tile(None, index, width)
        level += 1


class Rows:
    """The hashes inside a tile: its own row, and above it those of every complete subtree, row over row."""

    __slots__ = ("_rows",)

    def __init__(self, content: bytes) -> None:
        rows = [content]
        while len(row := rows[-1]) >= 2 * HASH_BYTES:
            pairs = len(row) // (2 * HASH_BYTES)
            rows.append(
                b"".join(
                    node_hash(row[at : at + HASH_BYTES], row[at + HASH_BYTES : at + 2 * HASH_BYTES])
                    for at in range(0, pairs * 2 * HASH_BYTES, 2 * HASH_BYTES)
                )
            )
        self._rows = tuple(rows)

    def ragged(self) -> tuple[bytes, ...]:
        """The rows as they are in a tree of just these hashes, below its root: what is left over at the end of one goes up as it is."""
        rows, width, over = [], len(self._rows[0]) // HASH_BYTES, b""
        for row in self._rows:
            rows.append(row + over)
            last = row[-HASH_BYTES:] if width % 2 else b""
            over = node_hash(last, over) if last and over else last or over
            width //= 2
        return tuple(rows if len(rows[-1]) > HASH_BYTES else rows[:-1])

    def hash(self, height: int, number: int) -> bytes | None:
        """The root over the hashes `number * 2**height` up to, not including, `(number + 1) * 2**height`; None where the
        tile is not so wide."""
        if height >= len(self._rows):
            return None
        found = self._rows[height][number * HASH_BYTES : (number + 1) * HASH_BYTES]
        return found if len(found) == HASH_BYTES else None


class TileCache:
    """The newest `limit` tiles that were read, of about 16 KB each: many proofs of one log share their tiles.

    A tile of a width never changes, so nothing in here grows old; `forget` is for a store that was put back from a copy.
    One cache for one log.
    """

    def __init__(self, limit: int = 1024) -> None:
        self._limit = limit
        self._rows: OrderedDict[Tile, Rows] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._rows)

    def get(self, tile: Tile) -> Rows | None:
        with self._lock:
            if tile in self._rows:
                self._rows.move_to_end(tile)
            return self._rows.get(tile)

    def keep(self, tile: Tile, rows: Rows) -> None:
        with self._lock:
            self._rows[tile] = rows
            if len(self._rows) > self._limit:
                self._rows.popitem(last=False)

    def forget(self) -> None:
        with self._lock:
            self._rows.clear()


class TileReader:
    """The hashes of complete subtrees, from the tiles of a log of `size` entries. `read` gives the bytes of a tile; what
    it gave is kept in `cache`.

    Raises Malformed when a tile has not the length that its width asks for, and whatever `read` raises. That what it
    reads is true is not known here: a root made of it and compared with a signed checkpoint says so.
    """

    def __init__(self, size: int, read: Callable[[Tile], bytes], cache: TileCache | None = None) -> None:
        self._size = size
        self._read = read
        self._cache = cache if cache is not None else TileCache()

    def hashes(self, places: Sequence[Place]) -> list[bytes]:
        found, last, rows = [], None, None
        for place in places:
            level, height = divmod(place.height, HEIGHT)
            index = (place.number << height) // WIDTH
            if rows is None or last != (level, index):  # most of a path stands in one tile
                last, rows = (level, index), self._tile(Tile(level, index, width_at(level, index, self._size)))
            hashed = rows.hash(height, place.number % (WIDTH >> height))
            if hashed is None:
                raise Malformed("The log is shorter than what is asked of it.", code="log.tile_short")
            found.append(hashed)
        return found

    def tile(self, number: int) -> Rows:
        """The tile of leaves with that number."""
        return self._tile(Tile(0, number, width_at(0, number, self._size)))

    def _tile(self, tile: Tile) -> Rows:
        rows = self._cache.get(tile)
        if rows is None:
            content = self._read(tile)
            if len(content) != tile.width * HASH_BYTES:
                raise Malformed(
                    "A tile has not the length of its width.", code="log.tile_length", facts={"tile": tile.path}
                )
            rows = Rows(content)
            self._cache.keep(tile, rows)
        return rows


class Paths:
    """The audit paths (RFC 6962 §2.1.1) in a log of one size, of which those from one tile are the same above it. They are what
    `merkle.inclusion_proof` gives, in less time. Kept is what belongs to the last `_TILES` tiles, of at most 16 KB each."""

    def __init__(self, reader: TileReader, size: int) -> None:
        self._reader, self._size = reader, size
        self._of: dict[int, tuple[tuple[bytes, ...], list[bytes]]] = {}

    def path(self, index: int) -> list[bytes]:
        """From the sibling of leaf `index` up. Raises ValueError where there is no such leaf, and what the reader raises."""
        if not 0 <= index < self._size:
            raise ValueError(f"no leaf {index} in a tree of {self._size}")
        number, place = divmod(index, WIDTH)
        known = self._of.get(number)
        if known is None:
            known = self._found(number)
        path = []
        for row in known[0]:
            at = (place ^ 1) * HASH_BYTES
            if sibling := row[at : at + HASH_BYTES]:
                path.append(sibling)
            place >>= 1
        return path + known[1]

    def forget(self) -> None:
        self._of.clear()

    def _found(self, number: int) -> tuple[tuple[bytes, ...], list[bytes]]:
        rows = self._reader.tile(number).ragged()
        # The first leaf of a tile has a sibling in every row.
        above = inclusion_proof(self._size, number * WIDTH, self._reader)[len(rows) :]
        if len(self._of) >= _TILES:
            self._of.clear()
        self._of[number] = rows, above
        return rows, above


_TILES = 64


def edge_tiles(size: int, edge: Sequence[bytes]) -> dict[Tile, bytes]:
    """The partial tiles on the right of a log of `size` entries, by their names. Every peak of the tree stands in one of
    them, so they are all that its root is made of."""
    return {
        Tile(level, (size >> (HEIGHT * level)) // WIDTH, len(content) // HASH_BYTES): content
        for level, content in enumerate(edge)
        if content
    }


def extend(size: int, right_edge: Sequence[bytes], leaves: Sequence[bytes]) -> tuple[dict[Tile, bytes], list[bytes]]:
    """Append leaf hashes to a log of `size` entries.

    `right_edge` holds for each level the partial tile on the right (b"" where the level ends with a full one), as this
    function gave it. Returns the tiles that are new or wider, with their bytes, and the right edge of the longer log.
    """
    edge = list(right_edge)
    written: dict[Tile, bytes] = {}
    row: Sequence[bytes] = leaves
    level = 0
    while row:
        if level == len(edge):
            edge.append(b"")
        before = size >> (HEIGHT * level)
        content, index = edge[level] + b"".join(row), before // WIDTH
        full = len(content) // (WIDTH * HASH_BYTES)
        above: list[bytes] = []
        for number in range(full):
            part = content[number * WIDTH * HASH_BYTES : (number + 1) * WIDTH * HASH_BYTES]
            written[Tile(level, index + number)] = part
            above.append(root_from_row([part[at : at + HASH_BYTES] for at in range(0, len(part), HASH_BYTES)]))
        edge[level] = content[full * WIDTH * HASH_BYTES :]
        if edge[level]:
            written[Tile(level, index + full, len(edge[level]) // HASH_BYTES)] = edge[level]
        row, level = above, level + 1
    return written, edge


def write_bundle(entries: Sequence[bytes]) -> bytes:
    """Entries with their lengths before them (two bytes, big-endian). Raises ValueError for one of more than 65,535
    bytes or more than 256."""
    if len(entries) > WIDTH or any(len(entry) > 0xFFFF for entry in entries):
        raise ValueError("a bundle holds at most 256 entries of at most 65,535 bytes")
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def read_bundle(content: bytes) -> list[bytes]:
    """The entries of a bundle. Raises Malformed when it does not end where its last entry does, or has more than
    256."""
    entries: list[bytes] = []
    at = 0
    while at < len(content):
        length = int.from_bytes(content[at : at + 2], "big")
        entry = content[at + 2 : at + 2 + length]
        if at + 2 > len(content) or len(entry) != length or len(entries) == WIDTH:
            raise Malformed("A bundle of entries is damaged.", code="log.bundle")
        entries.append(entry)
        at += 2 + length
    return entries


def hashes_of_bundle(content: bytes) -> bytes:
    """The level 0 tile that belongs to a bundle."""
    return b"".join(leaf_hash(entry) for entry in read_bundle(content))


__all__ = [
    "HEIGHT",
    "WIDTH",
    "HashReader",
    "Paths",
    "Rows",
    "Tile",
    "TileCache",
    "TileReader",
    "edge_tiles",
    "extend",
    "hashes_of_bundle",
    "node_hash",
    "read_bundle",
    "tiles_of",
    "width_at",
    "write_bundle",
]
