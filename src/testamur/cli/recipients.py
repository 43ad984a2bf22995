"""The list of recipients: CSV or JSON lines, `name` and `email` the least columns.

Every row is read before anything is issued. A row that cannot be used is refused with its line number; the others go on.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from testamur import strict_json
from testamur.cli.common import UsageError, read_bytes
from testamur.errors import InputError
from testamur.verification.moments import moment

MAX_ROWS = 100_000

# The columns, and how else they are called. A heading is compared without case, blanks, hyphens and underscores.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "name": ("fullname", "recipientname", "learnername", "studentname", "이름", "성명"),
    "email": ("emailaddress", "mail", "recipientemail", "이메일", "전자우편"),
    "id": ("did", "recipientid", "holderid"),
    "student_number": ("studentid", "studentno", "studentnumber", "학번"),
    "award": ("awardid", "awardnumber", "reference"),
    "valid_from": ("date", "issuedon", "validfrom", "발급일"),
    "valid_until": ("expires", "expireson", "validuntil", "만료일"),
    "evidence": ("evidenceurl", "evidenceaddress"),
    "evidence_name": ("evidencename", "evidencetitle"),
    "narrative": ("comment",),
    "result": ("grade", "score", "value", "성적", "점수"),
}
_BY_HEADING = {
    re.sub(r"[\s_-]", "", heading): column for column, others in COLUMNS.items() for heading in (column, *others)
}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class RowRefused(Exception):
    """This row is not issued. The message says why; the others go on."""


@dataclass(frozen=True, slots=True)
class Row:
    """One recipient. `line` counts from 1 and includes the heading; empty cells are absent."""

    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str | None:
        return self.cells.get(column)

    def date(self, column: str) -> datetime | None:
        """A cell as a moment: a day (its beginning in UTC) or a date and time with a time zone. Raises RowRefused."""
        text = self.cells.get(column)
        if text is None:
            return None
        value = moment(f"{text}T00:00:00Z" if _DAY.fullmatch(text) else text)
        if value is None:
            raise RowRefused(f"{column}: {text!r} is not a date such as 2026-11-25 or 2026-11-25T10:00:00Z")
        return value.astimezone(UTC)


def read_recipients(name: str) -> tuple[list[Row], list[str]]:
    """The rows of a file and the headings that are not used. Raises UsageError when the file as a whole cannot be used."""
    content = read_bytes(name)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise UsageError(
            f"{name}: line {line} is not UTF-8 text. In a spreadsheet, save it as “CSV UTF-8” and try again"
        ) from None
    rows, unused = _json_lines(name, text) if text.lstrip()[:1] == "{" else _table(name, text)
    if not rows:
        raise UsageError(f"{name} names no recipients")
    if len(rows) > MAX_ROWS:
        raise UsageError(f"{name} has more than {MAX_ROWS} rows; split it")
    return rows, unused


def _table(name: str, text: str) -> tuple[list[Row], list[str]]:
    heading = text.partition("\n")[0]
    delimiter = max(",;\t", key=heading.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        lines = [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise UsageError(f"{name}: line {reader.line_num} cannot be read: {error}") from None
    if not lines:
        return [], []
    headings = lines[0][1]
    columns = [_column(cell) for cell in headings]
    if "name" not in columns:
        raise UsageError(f"{name} has no column “name”; the least columns are: name,email")
    doubled = next((column for column in columns if column and columns.count(column) > 1), None)
    if doubled:
        raise UsageError(f"{name} has two columns for “{doubled}”; keep one")
    unused = [cell.strip() for cell, column in zip(headings, columns, strict=True) if column is None and cell.strip()]
    return [Row(line, _cells(columns, cells)) for line, cells in lines[1:]], unused


def _cells(columns: list[str | None], cells: list[str]) -> dict[str, str]:
    return {column: cell.strip() for column, cell in zip(columns, cells, strict=False) if column and cell.strip()}


def _json_lines(name: str, text: str) -> tuple[list[Row], list[str]]:
    rows, unused = [], set()
    for line, content in _numbered(text):
        try:
            value = strict_json.loads(content)
        except InputError as error:
            raise UsageError(f"{name}: line {line}: {error}") from None
        if not isinstance(value, dict):
            raise UsageError(f"{name}: line {line} is not a JSON object")
        cells = {}
        for heading, cell in value.items():
            column = _column(heading)
            if column is None:
                unused.add(heading)
            elif cell is not None:
                cells[column] = _text(cell).strip()
        rows.append(Row(line, {column: cell for column, cell in cells.items() if cell}))
    return rows, sorted(unused)


def _numbered(text: str) -> Iterator[tuple[int, str]]:
    # Not splitlines(): that also splits at characters that JSON allows inside a text.
    return ((number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip())


def _column(heading: str) -> str | None:
    return _BY_HEADING.get(re.sub(r"[\s_-]", "", heading).casefold())


def _text(cell: Any) -> str:
    return cell if isinstance(cell, str) else strict_json.dumps(cell).decode()
