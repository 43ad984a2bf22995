"""The one entrance: uploaded bytes to a `Table`, whatever wrote them."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from .delimited import read_delimited
from .encodings import decode
from .problems import MAX_BYTES, MAX_ROWS, TableRefused
from .spreadsheet import is_spreadsheet, read_spreadsheet, refuse_locked


@dataclass(frozen=True, slots=True)
class Table:
    """A header and the rows below it. Each row has its number as a spreadsheet shows it and one text per column of the header.

    `encoding` is empty for spreadsheets; `encoding_certain` is False where the reading was only the one plausible one.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    kind: str
    encoding: str = ""
    encoding_certain: bool = True
    sheet: str = ""
    other_sheets: tuple[str, ...] = ()


def read_table(data: bytes, *, encoding: str | None = None, at_most: int = MAX_ROWS) -> Table:
    """Read a CSV (any common delimiter, encoding and line end) or an XLSX file. Nothing is kept of the file itself. A workbook, which is
    slow to read, is read up to the first row that is more than `at_most` below its header.

    Raises `TableRefused` with the codes of `encodings`, `delimited` and `spreadsheet`, `table.too_large` and `table.only_header`.
    """
    if len(data) > MAX_BYTES:
        raise TableRefused("table.too_large", limit=MAX_BYTES // (1024 * 1024))
    if not data.strip():
        raise TableRefused("table.empty")
    refuse_at_sight(data[:256])
    if is_spreadsheet(data):
        rows, sheet, others = read_spreadsheet(data, at_most=at_most)
        extra = {"kind": "xlsx", "sheet": sheet, "other_sheets": tuple(others)}
    else:
        decoded = decode(data, encoding=encoding)
        rows = read_delimited(decoded.text)
        extra = {"kind": "csv", "encoding": decoded.encoding, "encoding_certain": decoded.certain}
    if any("\x00" in cell for _, cells in rows for cell in cells):
        raise TableRefused("table.not_text")
    _, header = rows[0]
    while header and not header[-1].strip():
        header = header[:-1]
    if len(rows) == 1:
        raise TableRefused("table.only_header")
    width = max(len(header), max(len(_trimmed(row)) for _, row in rows[1:]))
    header = header + [""] * (width - len(header))
    body = tuple((number, tuple((row + [""] * width)[:width])) for number, row in rows[1:])
    return Table(header=tuple(cell.strip() for cell in header), rows=body, **extra)  # type: ignore[arg-type]


def refuse_at_sight(beginning: bytes) -> None:
    """Raises `TableRefused` for what its first bytes show to be no class list: a picture, a page, a workbook that is locked …"""
    if beginning.startswith((b"%PDF", b"\x89PNG")) or beginning[:256].lstrip()[:1] in (b"<", b"{"):
        raise TableRefused("table.not_a_table")
    if beginning.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise TableRefused("encoding.utf_32")
    refuse_locked(beginning)


def _trimmed(row: list[str]) -> list[str]:
    end = len(row)
    while end and not row[end - 1].strip():
        end -= 1
    return row[:end]
