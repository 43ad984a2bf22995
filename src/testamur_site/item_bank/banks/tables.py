"""Items as a table (CSV), out and in. Pure: no Django, no database.

Columns: key, kind (choice, number), area, text_en, text_ko, options_en, options_ko (one option a line), right (the number of the right
option, from 1), answer, tolerance, a, b, source (where the parameters come from; empty: provisional). A column that is absent is empty;
columns that are not known are ignored. What goes out comes in again unchanged.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ..errors import UnreadableTable
from ..rules import LANGUAGES, MAX_ITEMS, ItemData, ItemKind, faults

COLUMNS = (
    "key", "kind", "area", "text_en", "text_ko", "options_en", "options_ko", "right", "answer", "tolerance", "a", "b", "source",
)  # fmt: skip
NEEDED = ("key", "kind")
MAX_BYTES = 5_000_000
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "'")


@dataclass(frozen=True)
class Row:
    """A row of the table: its line as a spreadsheet shows it, the item, and what is wrong with it (field → code)."""

    line: int
    item: ItemData
    faults: Mapping[str, str] = field(default_factory=dict)


def write_csv(items: Iterable[ItemData]) -> str:
    """The items as CSV. Texts that a spreadsheet would take for a formula get an apostrophe before them, which `read_csv` takes off."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for item in items:
        texts = {
            "key": item.key,
            "area": item.area,
            "source": item.source,
            **{f"text_{tag}": item.text.get(tag, "") for tag in LANGUAGES},
            **{
                f"options_{tag}": "\n".join(option.get(tag, "") for option in item.options).strip("\n")
                for tag in LANGUAGES
            },
        }
        row = {name: _guarded(text) for name, text in texts.items()}
        row |= {
            "kind": item.kind,
            "right": "" if item.right is None else str(item.right + 1),
            "answer": item.answer,
            "tolerance": item.tolerance,
            "a": repr(item.a),
            "b": repr(item.b),
        }
        writer.writerow([row[column] for column in COLUMNS])
    return buffer.getvalue()


def read_csv(data: bytes) -> list[Row]:
    """The rows of a table, each with its faults; a key that stands twice is a fault of the second. Raises UnreadableTable."""
    if len(data) > MAX_BYTES:
        raise UnreadableTable(why="too_large", most=MAX_BYTES // 1_000_000)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = data.decode("cp949")  # what Korean spreadsheets write
        except UnicodeDecodeError:
            raise UnreadableTable(why="encoding") from None
    if "\x00" in text:
        raise UnreadableTable(why="encoding")
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error:
        raise UnreadableTable(why="csv") from None
    if not lines:
        raise UnreadableTable(why="no_header")
    header = [name.strip().lower() for name in lines[0]]
    missing = [name for name in NEEDED if name not in header]
    if missing or not any(f"text_{tag}" in header for tag in LANGUAGES):
        raise UnreadableTable(why="columns", missing=missing or ["text_en"])
    if len(lines) - 1 > MAX_ITEMS:
        raise UnreadableTable(why="too_many_rows", most=MAX_ITEMS)
    rows: list[Row] = []
    seen: set[str] = set()
    for number, cells in enumerate(lines[1:], 2):
        if not any(cell.strip() for cell in cells):
            continue
        row = _row(number, dict(zip(header, cells, strict=False)))
        if row.item.key in seen:
            row = Row(number, row.item, {**row.faults, "key": "twice"})
        seen.add(row.item.key)
        rows.append(row)
    return rows


def _row(line: int, cells: Mapping[str, str]) -> Row:
    def cell(name: str) -> str:
        return _unguarded(cells.get(name, "")).strip()

    by_language = {tag: cell(f"options_{tag}").splitlines() for tag in LANGUAGES}
    count = max(len(options) for options in by_language.values())
    options = [
        {tag: options[place].strip() for tag, options in by_language.items() if place < len(options)}
        for place in range(count)
    ]
    found: dict[str, str] = {}
    numbers = {}
    for name, otherwise in (("a", 1.0), ("b", 0.0)):
        numbers[name] = _float(cell(name), otherwise)
        if math.isnan(numbers[name]):
            found[name], numbers[name] = "number", otherwise
    right = cell("right")
    kind = cell("kind").lower()
    item = ItemData(
        key=cell("key"),
        kind=kind if kind in set(ItemKind) else kind[:8],
        area=cell("area"),
        text={tag: text for tag in LANGUAGES if (text := cell(f"text_{tag}"))},
        options=options if kind == ItemKind.CHOICE else [],
        right=int(right) - 1 if right.isascii() and right.isdigit() and len(right) < 3 else None,
        answer=cell("answer"),
        tolerance=cell("tolerance"),
        a=numbers["a"],
        b=numbers["b"],
        source=cell("source"),
    )
    return Row(line, item, {**faults(item), **found})


def _float(text: str, otherwise: float) -> float:
    if not text:
        return otherwise
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return math.nan
    return value if math.isfinite(value) else math.nan


def _guarded(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def _unguarded(text: str) -> str:
    return text[1:] if text[:1] == "'" else text
