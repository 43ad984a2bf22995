"""Text to rows: delimiters, quotes and line ends as spreadsheets of all countries write them.

Rows are numbered as a spreadsheet numbers them (the header is usually row 1, an empty line counts), because that is where a person
will look for row 17.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator

from .problems import MAX_CELL, MAX_COLUMNS, MAX_ROWS, TableRefused

DELIMITERS = (",", ";", "\t", "|")
SEPARATOR_LINE = re.compile(r"^sep=([,;\t|])\r?\n?$")
_LONGEST_LINE = 1_000_000


class _LineTooLong(Exception):
    """No row of a class list is so long."""


def read_delimited(text: str) -> list[tuple[int, list[str]]]:
    """The rows of `text` that are not empty, each with its row number (from 1).

    Raises `TableRefused`: `table.empty`, `table.too_many_rows`, `table.too_many_columns`, `table.cell_too_long`,
    `table.quotes` (facts: row).
    """
    lines = io.StringIO(text, newline="")
    separator = SEPARATOR_LINE.match(lines.readline())  # Excel's own hint line
    if not separator:
        lines.seek(0)
    delimiter = separator.group(1) if separator else sniff_delimiter(text)
    rows = list(rows_of(lines, delimiter, offset=1 if separator else 0, max_rows=MAX_ROWS))
    if not rows:
        raise TableRefused("table.empty")
    return rows


def rows_of(lines: Iterable[str], delimiter: str, *, offset: int, max_rows: int) -> Iterator[tuple[int, list[str]]]:
    """The rows one after the other, as `read_delimited` gives and refuses them, or none; `offset` rows were read before."""
    number, found = offset, 0
    # strict: a stray quotation mark is reported with its row instead of silently swallowing the rest of the file into one name
    reader = csv.reader(_bounded_lines(lines, delimiter), delimiter=delimiter, strict=True)
    while True:
        number += 1
        try:
            row = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            code = "table.cell_too_long" if "field larger" in str(error) else "table.quotes"
            raise TableRefused(code, row=number, limit=MAX_CELL) from error
        except _LineTooLong:
            raise TableRefused("table.too_many_columns", row=number, limit=MAX_COLUMNS) from None
        if len(row) > MAX_COLUMNS and any(cell.strip() for cell in row[MAX_COLUMNS:]):
            raise TableRefused("table.too_many_columns", row=number, limit=MAX_COLUMNS)
        if any(len(cell) > MAX_CELL for cell in row):
            raise TableRefused("table.cell_too_long", row=number, limit=MAX_CELL)
        if any(cell.strip() for cell in row):
            found += 1
            if found > max_rows + 1:
                raise TableRefused("table.too_many_rows", limit=max_rows)
            yield number, row[:MAX_COLUMNS]


def sniff_delimiter(text: str) -> str:
    """The delimiter that stands most often outside quotation marks in the first line that is not empty; a comma where there is none."""
    header = next((line for line in io.StringIO(text[:100_000], newline="") if line.strip()), "")
    outside = re.sub(r'"[^"]*"', "", header)
    return max(DELIMITERS, key=lambda delimiter: (outside.count(delimiter), -DELIMITERS.index(delimiter)))


def _bounded_lines(lines: Iterable[str], delimiter: str) -> Iterator[str]:
    """The lines with their ends kept (LF, CRLF, and the lone CR of old Macs). A line of a million columns is refused
    before it is split."""
    for line in lines:
        if len(line) > _LONGEST_LINE or line.count(delimiter) > 50 * MAX_COLUMNS:
            raise _LineTooLong
        yield line
