"""Long lists: read on from where somebody stopped, so that a million rows need no more memory than a thousand, and no step takes long.

`look` looks at the beginning of a file and says at once what can be known from it. A short list it reads as a whole (`reading`). A long one
can be read on, some rows at a time, if it is CSV in UTF-8: how far that is are two numbers, the bytes and the rows that were read
(`Place`), from which anybody can go on. It is `measured` to its end first, so that nothing is made of a list whose last row cannot be read.
Everything else that is long is read as a whole, within the limits of that.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from .delimited import SEPARATOR_LINE, rows_of, sniff_delimiter
from .encodings import is_no_text
from .problems import MAX_BYTES, MAX_LONG_BYTES, MAX_LONG_ROWS, TableRefused
from .reading import Table, read_table, refuse_at_sight
from .spreadsheet import is_spreadsheet

WHOLE = 128 * 1024
"""A smaller file is looked at as a whole, in some ten milliseconds: everything that is wrong with it is said at once."""

WHOLE_BOOK = 16 * 1024
"""The same of a workbook, which is compressed, and whose reading takes longer."""

_LONGEST = 1_000_001
_MARK = b"\xef\xbb\xbf"

Row = tuple[int, tuple[str, ...]]


class OtherEncoding(Exception):
    """A list is not in UTF-8 after all: it can only be read as a whole."""


@dataclass(frozen=True, slots=True)
class Place:
    """How far a list was read: bytes of the file, and rows as a spreadsheet counts them."""

    offset: int = 0
    number: int = 0


@dataclass(frozen=True, slots=True)
class Long:
    """A list that has more rows than were asked for. With a `delimiter` it can be read on from `place`, where the rows below `header`
    begin; without one it must be read as a whole (`read_table`)."""

    header: tuple[str, ...] = ()
    delimiter: str = ""
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Measured:
    """How much of a list is known to be readable: up to `place`, `count` rows below the header, the widest of which has `width` cells.
    `ended`: that is all of it."""

    place: Place
    width: int
    count: int = 0
    ended: bool = False


def look(file: BinaryIO, *, encoding: str | None = None, at_most: int) -> Table | Long:
    """The table of a file that has `at_most` rows below its header and is not larger than `WHOLE` (a workbook: `WHOLE_BOOK`); of a longer
    one how it begins.

    Raises `TableRefused` as `read_table`: of a short list for whatever is wrong with it, of a long one for what its beginning shows.
    """
    size = file.seek(0, io.SEEK_END)
    if size > MAX_LONG_BYTES:
        raise TableRefused("table.too_large", limit=MAX_LONG_BYTES // (1024 * 1024))
    file.seek(0)
    beginning = file.read(65_536)
    if beginning.strip():
        refuse_at_sight(beginning)
    workbook = is_spreadsheet(beginning)
    if encoding is None and not workbook and is_no_text(beginning):
        raise TableRefused("table.not_text")
    by_rows = encoding in (None, "utf-8") and not workbook and b"\x00" not in beginning
    found = _look_by_rows(file, at_most, to_its_end=size <= WHOLE) if by_rows else None
    if found is not None and (found.count > at_most or size > WHOLE):
        return found.long
    if by_rows and found is None and encoding is not None:
        raise TableRefused("encoding.does_not_fit", encoding=encoding)
    if size > MAX_BYTES:
        raise TableRefused("table.too_large", limit=MAX_BYTES // (1024 * 1024))
    if size > (WHOLE_BOOK if workbook else WHOLE):
        return Long()
    file.seek(0)
    table = read_table(file.read(), encoding=encoding, at_most=at_most)
    return table if len(table.rows) <= at_most else Long()


@dataclass(frozen=True, slots=True)
class _Looked:
    long: Long
    count: int


def _look_by_rows(file: BinaryIO, at_most: int, *, to_its_end: bool) -> _Looked | None:
    """None for what is not in UTF-8."""
    try:
        long = begin(file)
        known = Measured(long.place, len(long.header))
        known = measure(file, long.delimiter, known, at_most=at_most + 1)
        while to_its_end and not known.ended:
            known = measure(file, long.delimiter, known, at_most=10_000)
    except OtherEncoding:
        return None
    return _Looked(long, known.count)


def begin(file: BinaryIO) -> Long:
    """The header of a CSV in UTF-8, its delimiter, and where its rows begin. Raises OtherEncoding and `TableRefused`."""
    with _reading(file, 0) as lines:
        first = lines.readline()
        separator = SEPARATOR_LINE.match(first)
        sample = lines.readline() if separator else first
        while not sample.strip() and (line := lines.readline()):
            sample = line
    delimiter = separator.group(1) if separator else sniff_delimiter(sample)
    with _reading(file, 0) as lines:
        if separator:
            lines.readline()
        for number, header in rows_of(lines, delimiter, offset=1 if separator else 0, max_rows=MAX_LONG_ROWS):
            while header and not header[-1].strip():
                header.pop()
            return Long(tuple(cell.strip() for cell in header), delimiter, Place(lines.offset, number))
    raise TableRefused("table.empty")


def measure(file: BinaryIO, delimiter: str, known: Measured, *, at_most: int) -> Measured:
    """Look through the next `at_most` rows of a list: what is known of it then. Raises OtherEncoding and `TableRefused`."""
    rows, place = _some(file, delimiter, known.place, at_most)
    width = known.width
    for _, row in rows:
        if any("\x00" in cell for cell in row):
            raise TableRefused("table.not_text")
        while row and not row[-1].strip():
            row.pop()
        width = max(width, len(row))
    count, ended = known.count + len(rows), len(rows) < at_most
    if count > MAX_LONG_ROWS:
        raise TableRefused("table.too_many_rows", limit=MAX_LONG_ROWS)
    if ended and not count:
        raise TableRefused("table.only_header")
    return Measured(place, width, count, ended)


def read_on(file: BinaryIO, delimiter: str, place: Place, *, width: int, at_most: int) -> tuple[list[Row], Place]:
    """The next `at_most` rows of a list that was measured, each with its number as a spreadsheet shows it and `width` texts, and where
    they end; fewer are the last ones."""
    rows, end = _some(file, delimiter, place, at_most)
    return [(number, tuple((row + [""] * width)[:width])) for number, row in rows], end


def _some(file: BinaryIO, delimiter: str, place: Place, at_most: int) -> tuple[list[tuple[int, list[str]]], Place]:
    found: list[tuple[int, list[str]]] = []
    with _reading(file, place.offset) as lines:
        for number, row in rows_of(lines, delimiter, offset=place.number, max_rows=MAX_LONG_ROWS):
            found.append((number, row))
            if len(found) == at_most:
                break
        return found, Place(lines.offset, found[-1][0] if found else place.number)


class _Lines(Iterable[str]):
    """The lines of a file, with their ends. `offset` is where the next one begins: the CSV reader takes a line when it needs it and not
    before, so after a row it is the place of the next row. A line that is too long comes in pieces, the first of which is refused."""

    def __init__(self, text: io.TextIOWrapper, offset: int) -> None:
        self._text, self.offset = text, offset

    def readline(self) -> str:
        line = self._text.readline(_LONGEST)
        self.offset += len(line) if line.isascii() else len(line.encode())
        return line

    def __iter__(self) -> Iterator[str]:
        while line := self.readline():
            yield line


@contextmanager
def _reading(file: BinaryIO, offset: int) -> Iterator[_Lines]:
    """The text of the file from one of its bytes; the file stays open. Raises OtherEncoding."""
    file.seek(offset)
    if offset == 0 and file.read(len(_MARK)) == _MARK:
        offset = len(_MARK)
    file.seek(offset)
    text = io.TextIOWrapper(file, encoding="utf-8", errors="strict", newline="")
    try:
        yield _Lines(text, offset)
    except UnicodeDecodeError as error:
        raise OtherEncoding from error
    finally:
        text.detach()
