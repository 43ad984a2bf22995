"""XLSX to rows, with every limit set before a library sees the file.

1. The file is a ZIP: its directory may lie about sizes, so each part that is needed is inflated here, counted, and the
   counted bytes are packed anew (stored, not compressed). What is handed on has no lie left in it.
2. Each part is walked once by expat, which builds nothing, under limits for elements and for what a row or a text may hold: the library
   behind keeps a whole row in memory. A document type declaration is refused: workbooks have none, entity bombs need one.
3. Cells are read in openpyxl's read-only mode, row by row and to a fixed number of columns, so that a lone cell at XFD1048576 costs
   nothing.
4. Formulas are never evaluated: the value that the spreadsheet itself last showed is taken. Macros and links are not looked at.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from datetime import date, datetime, time
from typing import Any
from xml.parsers import expat

from openpyxl import load_workbook

from .problems import MAX_CELL, MAX_COLUMNS, MAX_ROWS, TableRefused

MAX_INFLATED = 32 * 1024 * 1024
_MAX_PARTS = 500
_LAST_ROW = 1_048_576
_MAX_ELEMENTS = 1_500_000  # 20,000 rows of 25 cells with three elements each
_MAX_IN_ONE = 20_000  # elements from one row (or text) to the next; the widest row has 16,384 cells
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_CONTAINED = frozenset({f"{_MAIN} row", f"{_MAIN} si"})
_ESCAPED = re.compile("_x(0009|000[AD])_", re.IGNORECASE)
"""How white space that XML does not keep stands in a cell (ECMA-376 Part 1 §22.9.2.19): a carriage return as `_x000D_`. Others say nothing
that belongs into a class list, and stay as they are."""
_LONG_RUN = re.compile(rb"[^<]{400000}")
_NEEDED = re.compile(
    r"^(\[Content_Types\]\.xml|_rels/\.rels|xl/workbook\.xml|xl/_rels/workbook\.xml\.rels|xl/sharedStrings\.xml|xl/styles\.xml"
    r"|xl/worksheets/[^/]+\.xml|xl/theme/[^/]+\.xml)$",
    re.IGNORECASE,
)
_ENCRYPTED_OR_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def is_spreadsheet(data: bytes) -> bool:
    """By its first bytes, never by its name: a ZIP (XLSX), or the older container of XLS and of XLSX with a password."""
    return data.startswith((b"PK\x03\x04", _ENCRYPTED_OR_OLD))


def refuse_locked(beginning: bytes) -> None:
    """Raises `TableRefused("spreadsheet.old_or_locked")`."""
    if beginning.startswith(_ENCRYPTED_OR_OLD):
        raise TableRefused("spreadsheet.old_or_locked")


def read_spreadsheet(data: bytes, *, at_most: int = MAX_ROWS) -> tuple[list[tuple[int, list[str]]], str, list[str]]:
    """The rows of the first visible sheet, each with its row number; the name of that sheet; the names of the other sheets. Not more rows
    than the header, `at_most` below it, and one.

    Raises `TableRefused`: `spreadsheet.old_or_locked`, `spreadsheet.broken`, `spreadsheet.bomb`, `table.empty`, `table.too_many_rows`,
    `table.too_many_columns`, `table.cell_too_long`.
    """
    refuse_locked(data)
    clean = _repacked(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns about styles and extensions that do not concern us
            workbook = load_workbook(clean, read_only=True, data_only=True, keep_links=False, rich_text=False)
            visible = [sheet for sheet in workbook.worksheets if sheet.sheet_state == "visible"] or workbook.worksheets
            if not visible:
                raise TableRefused("table.empty")
            sheet = visible[0]
            rows = _rows(sheet, at_most)
            others = [other.title for other in visible[1:]]
            workbook.close()
    except TableRefused:
        raise
    except Exception as error:
        raise TableRefused("spreadsheet.broken") from error
    if not rows:
        raise TableRefused("table.empty")
    return rows, sheet.title, others


def _rows(sheet: Any, at_most: int) -> list[tuple[int, list[str]]]:
    rows: list[tuple[int, list[str]]] = []
    # To the last row a spreadsheet can have, so that nothing below a gap is lost unseen; one column more than allowed, to notice that
    # there are more. For rows that are not in the file the reader hands out one and the same tuple: a gap of a million costs little.
    gap = None
    for number, values in enumerate(
        sheet.iter_rows(max_row=_LAST_ROW, max_col=MAX_COLUMNS + 1, values_only=True), start=1
    ):
        if values is gap:
            continue
        if all(value is None for value in values):
            gap = values
            continue
        cells = [cell_text(value) for value in values]
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > MAX_COLUMNS and cells[MAX_COLUMNS].strip():
            raise TableRefused("table.too_many_columns", row=number, limit=MAX_COLUMNS)
        if any(len(cell) > MAX_CELL for cell in cells):
            raise TableRefused("table.cell_too_long", row=number, limit=MAX_CELL)
        while cells and not cells[-1].strip():
            cells.pop()
        rows.append((number, cells[:MAX_COLUMNS]))
        if len(rows) > MAX_ROWS + 1:
            raise TableRefused("table.too_many_rows", limit=MAX_ROWS)
        if len(rows) > at_most + 1:
            break
    return rows


def cell_text(value: object) -> str:
    """What a person reads in the cell: dates as ISO 8601, whole numbers without `.0`, truth values as in the formula bar."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time(0) else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), str(value))


def _walk(content: bytes) -> None:
    """Refuse a part that is small as a file and vast in memory.

    Raises `TableRefused("spreadsheet.bomb")`, and ExpatError for what is no XML.
    """
    if _LONG_RUN.search(
        content
    ):  # between two "<" lie one tag and one text: a tag of a million attributes has no other limit
        raise TableRefused("spreadsheet.bomb")
    parser = expat.ParserCreate(namespace_separator=" ")
    total = since = 0

    def element(name: str, _attributes: object) -> None:
        nonlocal total, since
        total += 1
        since = 0 if name in _CONTAINED else since + 1
        if since > _MAX_IN_ONE or total > _MAX_ELEMENTS:
            raise TableRefused("spreadsheet.bomb")

    def declared(*_: object) -> None:
        raise TableRefused("spreadsheet.bomb")

    parser.StartElementHandler = element
    parser.StartDoctypeDeclHandler = declared
    parser.Parse(content, True)


def _repacked(data: bytes) -> io.BytesIO:
    """The needed parts of the workbook, inflated under a limit and stored anew."""
    clean = io.BytesIO()
    left = MAX_INFLATED
    seen: set[str] = set()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(clean, "w", zipfile.ZIP_STORED) as target:
            parts = source.infolist()
            if len(parts) > _MAX_PARTS:
                raise TableRefused("spreadsheet.bomb")
            for part in parts:
                if not _NEEDED.match(part.filename) or part.filename in seen:
                    continue
                seen.add(part.filename)
                with source.open(part) as stream:
                    content = stream.read(left + 1)
                if len(content) > left:
                    raise TableRefused("spreadsheet.bomb")
                left -= len(content)
                _walk(content)
                target.writestr(part.filename, content)
    except TableRefused:
        raise
    except (
        zipfile.BadZipFile,
        RuntimeError,
        NotImplementedError,
        EOFError,
        OSError,
        ValueError,
        zipfile.LargeZipFile,
    ) as error:
        raise TableRefused("spreadsheet.broken") from error
    except Exception as error:  # zlib.error and friends from a corrupt stream
        raise TableRefused("spreadsheet.broken") from error
    if "xl/workbook.xml" not in {name.lower() for name in seen}:
        raise TableRefused("spreadsheet.broken")
    clean.seek(0)
    return clean
