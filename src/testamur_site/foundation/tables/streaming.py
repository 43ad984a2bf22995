"""Long lists: read row by row, so that a million rows need no more memory than a thousand.

Whether a file can be read this way is found by reading it through once; that also gives the width of its widest row. It must be CSV in
UTF-8 (or in the encoding that a person chose). Everything else is read as a whole (`reading`), within its limits.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from .delimited import SEPARATOR_LINE, rows_of, sniff_delimiter
from .problems import MAX_BYTES, MAX_LONG_BYTES, MAX_LONG_ROWS, TableRefused
from .reading import Table, read_table

WHOLE = 1024 * 1024
"""A smaller file is always read as a whole."""

_LONGEST = 1_000_001

Row = tuple[int, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Rows:
    """A header and what stands below it. `read()` goes through the rows from the first, each with its number as a spreadsheet shows it and
    one text per column of the header, as often as it is called. `count` is their number; `table` says how the file was read."""

    table: Table
    count: int
    read: Callable[[], Iterator[Row]]


def open_table(file: bytes | BinaryIO, *, encoding: str | None = None) -> Rows:
    """Read a table from a file that can be read more than once (or from its bytes). Raises `TableRefused` as `read_table`."""
    if isinstance(file, bytes):
        file = io.BytesIO(file)
    size = file.seek(0, io.SEEK_END)
    if size > MAX_LONG_BYTES:
        raise TableRefused("table.too_large", limit=MAX_LONG_BYTES // (1024 * 1024))
    file.seek(0)
    beginning = file.read(65_536)
    if size > WHOLE and _is_text(beginning) and encoding in (None, "utf-8"):
        found = _stream(file)
        if found is not None:
            return found
    if size > MAX_BYTES:
        raise TableRefused("table.too_large", limit=MAX_BYTES // (1024 * 1024))
    file.seek(0)
    table = read_table(file.read(), encoding=encoding)
    return Rows(table, len(table.rows), lambda: iter(table.rows))


def _is_text(beginning: bytes) -> bool:
    """Not a spreadsheet, a picture, a page or another encoding with zero bytes: `read_table` has the words for those."""
    marks = (b"PK", b"%PDF", b"\x89PNG", b"<", b"{")
    return b"\x00" not in beginning and not beginning.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(marks)


def _stream(file: BinaryIO) -> Rows | None:
    """None for what is not UTF-8."""
    try:
        with _lines(file) as head:
            first = head.readline(_LONGEST)
            separator = SEPARATOR_LINE.match(first)
            sample = head.readline(_LONGEST) if separator else first
            while not sample.strip() and (line := head.readline(_LONGEST)):
                sample = line
        delimiter = separator.group(1) if separator else sniff_delimiter(sample)

        def rows() -> Iterator[tuple[int, list[str]]]:
            with _lines(file) as lines:
                if separator:
                    lines.readline(_LONGEST)
                yield from rows_of(lines, delimiter, offset=1 if separator else 0, max_rows=MAX_LONG_ROWS)

        header, width, count = _measured(rows())
    except UnicodeDecodeError:
        return None
    names = (*(cell.strip() for cell in header), *[""] * width)[: max(width, len(header))]

    def read() -> Iterator[Row]:
        found = rows()
        next(found)
        for number, row in found:
            yield number, tuple((row + [""] * width)[: len(names)])

    return Rows(Table(header=names, rows=(), kind="csv", encoding="utf-8"), count, read)


def _measured(rows: Iterator[tuple[int, list[str]]]) -> tuple[list[str], int, int]:
    """The header without empty cells at its end, the width of the widest row, and how many rows stand below the header."""
    _, header = next(rows)
    while header and not header[-1].strip():
        header.pop()
    width, count = len(header), 0
    for _, row in rows:
        if any("\x00" in cell for cell in row):
            raise TableRefused("table.not_text")
        while row and not row[-1].strip():
            row.pop()
        width, count = max(width, len(row)), count + 1
    if count == 0:
        raise TableRefused("table.only_header")
    return header, width, count


@contextmanager
def _lines(file: BinaryIO) -> Iterator[io.TextIOWrapper]:
    """The text of the file from its beginning; the file stays open."""
    file.seek(0)
    lines = io.TextIOWrapper(file, encoding="utf-8-sig", errors="strict", newline="")
    try:
        yield lines
    finally:
        lines.detach()
