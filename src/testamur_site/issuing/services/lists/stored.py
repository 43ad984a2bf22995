"""The file of a long list in the database, in parts, for as long as it is being read: every worker on every host can go on with it.

A file that cannot be read row by row (a workbook, another encoding) is converted once: what is stored then are its rows, one JSON array
`[number, [cells]]` a line.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, BinaryIO, cast

from testamur_site.foundation.tables.api import Place, Row
from testamur_site.foundation.tenancy.api import insert_rows

from ...models import ListPart, ListReading

PART = 256 * 1024
_PARTS_OF_A_STATEMENT = 8


def store(reading: ListReading, file: BinaryIO) -> None:
    """Keep the whole file, in the caller's transaction."""
    position = 0
    while parts := _next_parts(file, position):
        insert_rows(
            ListPart, ("position", "content"), parts, reading_id=reading.pk, institution_id=reading.institution_id
        )
        position += len(parts)


def _next_parts(file: BinaryIO, position: int) -> list[tuple[int, bytes]]:
    parts = []
    while len(parts) < _PARTS_OF_A_STATEMENT and (content := file.read(PART)):
        parts.append((position + len(parts), content))
    return parts


def stored(reading: ListReading) -> BinaryIO:
    """The file, as far as somebody reads it. One part of it is in memory at a time."""
    return cast("BinaryIO", io.BufferedReader(_Parts(reading), 64 * 1024))


class _Parts(io.RawIOBase):
    def __init__(self, reading: ListReading) -> None:
        super().__init__()
        self._reading, self._size, self._at = reading.pk, reading.size, 0
        self._position, self._content = -1, b""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        begin = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, begin + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        position, start = divmod(self._at, PART)
        if position != self._position:
            found = ListPart.objects.filter(reading=self._reading, position=position)
            self._position, self._content = position, bytes(found.values_list("content", flat=True).first() or b"")
        some = self._content[start : start + len(buffer)]
        buffer[: len(some)] = some
        self._at += len(some)
        return len(some)


def as_lines(rows: Iterable[tuple[int, Sequence[str]]]) -> BinaryIO:
    """Rows as they are stored after a conversion."""
    file = io.BytesIO()
    for number, cells in rows:
        file.write(
            json.dumps([number, cells], ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
        )
        file.write(b"\n")
    file.seek(0)
    return file


def read_lines(file: BinaryIO, place: Place, at_most: int) -> tuple[list[Row], Place]:
    """The next `at_most` rows of a file that was converted, and where they end; fewer are the last ones."""
    return _rows(_lines(file, place.offset, at_most), place)


def _lines(file: BinaryIO, offset: int, at_most: int) -> Iterator[bytes]:
    file.seek(offset)
    for _ in range(at_most):
        line = file.readline()
        if not line:
            return
        yield line


def _rows(lines: Iterable[bytes], place: Place) -> tuple[list[Row], Place]:
    found: list[Row] = []
    offset, number = place.offset, place.number
    for line in lines:
        number, cells = json.loads(line.decode("utf-8", "surrogatepass"))
        offset += len(line)
        found.append((number, tuple(cells)))
    return found, Place(offset, number)
