"""What can be wrong with a table, as data: a stable code and facts. The sentence is made late, in the reader's language.

Two kinds. A `TableRefused` concerns the file as a whole (nobody can say what its rows are); a `Problem` concerns one row, and the
other rows go on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MAX_BYTES = 10 * 1024 * 1024
"""The largest file taken, as uploaded."""

MAX_ROWS = 20_000
"""The most rows below the header."""

MAX_LONG_BYTES = 200 * 1024 * 1024
MAX_LONG_ROWS = 1_000_000
"""The same for a list that is read row by row: CSV in UTF-8."""

MAX_COLUMNS = 100
"""The most columns; nobody's class list has more, a spreadsheet bomb has a million."""

MAX_CELL = 10_000
"""The most characters in one cell."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason why a row cannot be awarded as it is. `facts` are JSON values; `field` names the field it concerns, or is empty."""

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    field: str = ""

    def to_json(self) -> dict[str, Any]:
        return {"code": self.code, "facts": dict(self.facts), "field": self.field}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Problem:
        return cls(value["code"], value.get("facts", {}), value.get("field", ""))


class TableRefused(Exception):
    """The file as a whole cannot be read. Carries a stable `code` and `facts`; nothing has been written."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


class CellRefused(Exception):
    """One value cannot be understood; becomes the `Problem` of its row."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts
