"""A class list as a file to rows with name, address and language. Which file, which columns: as `foundation.tables` reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from testamur_site.foundation.tables.api import (
    CellRefused,
    TableRefused,
    clean_email,
    clean_name,
    joined_name,
    match_headers,
    read_table,
    unprotect,
)

from ..rules import ListRow

MOST_ROWS = 1000
_LANGUAGES = {"en": "en", "english": "en", "영어": "en", "ko": "ko", "korean": "ko", "한국어": "ko", "국문": "ko"}


class ListUnreadable(Exception):
    """The file is no class list. `code` of `TableRefused`, or list.no_column, list.two_columns, list.too_many_rows; `facts` for the
    sentence."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


def read_list(data: bytes, *, language: str) -> list[ListRow]:
    """The rows of a list, each with clean values or with the code of what is wrong; `language` where the list names none.

    Raises ListUnreadable.
    """
    try:
        table = read_table(data)
    except TableRefused as refusal:
        raise ListUnreadable(refusal.code, **refusal.facts) from refusal
    found = match_headers(table.header)
    if found.collisions:
        position = next(iter(found.collisions.values()))
        raise ListUnreadable("list.two_columns", columns=", ".join(table.header[one] for one in position))
    columns = {field: position for position, field in enumerate(found.columns) if field}
    if "email" not in columns or not {"name", "last_name", "first_name"} & columns.keys():
        raise ListUnreadable("list.no_column", columns=", ".join(head for head in table.header if head))
    if len(table.rows) > MOST_ROWS:
        raise ListUnreadable("list.too_many_rows", limit=MOST_ROWS)
    return [_row(line, cells, columns, language) for line, cells in table.rows if any(cell.strip() for cell in cells)]


def _row(line: int, cells: Sequence[str], columns: Mapping[str, int], language: str) -> ListRow:
    def cell(field: str) -> str:
        return unprotect(cells[columns[field]]).strip() if field in columns else ""

    name = cell("name") or joined_name(cell("first_name"), cell("middle_name"), cell("last_name"))
    email = cell("email")
    chosen = _LANGUAGES.get(cell("language").casefold().split("-")[0], language)
    try:
        return ListRow(line, clean_name(name), clean_email(email), chosen)
    except CellRefused as refusal:
        return ListRow(line, name[:200], email[:254], chosen, problem=refusal.code, facts=refusal.facts)
