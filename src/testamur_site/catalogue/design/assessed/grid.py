"""A rubric as a table that can be edited without JavaScript: criteria are rows, levels are columns.

1. A rubric is drawn into a `Grid` in one language. What posts back is one language too; the words of the others are taken from
   what is stored, criterion by criterion and level by level, by their keys.
2. Levels of different criteria stand in one column where they have the same key. A column has a name and points for all
   criteria. A cell may say its own, where a criterion counts differently, or that its criterion has no such level.
3. Add, remove and move are submit buttons (`do`): they change the grid and it is drawn again; nothing is stored, nothing is lost.
4. `build` makes the rubric, or says with `errors` (by the name of the field) what cannot be one.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from testamur_site.foundation.design_system.api import one_line

from ...description.checks import is_decimal
from ...description.elements import Rubric, RubricCriterion, RubricLevel
from ...description.tasks import KEY, free_key
from ...description.vocabulary import Text

MAX_ROWS = 15
MAX_COLUMNS = 7
TITLE, NAME, WORDS = 200, 300, 2000

# What a new rubric begins with.
SCALE: tuple[RubricLevel, ...] = (
    RubricLevel("l1", {"en": "Not shown yet", "ko": "아직 미흡"}, "0"),
    RubricLevel("l2", {"en": "Shown in part", "ko": "일부 충족"}, "1"),
    RubricLevel("l3", {"en": "Shown", "ko": "충족"}, "2"),
    RubricLevel("l4", {"en": "Shown and beyond", "ko": "기대 이상"}, "3"),
)
NEW = Rubric("", criteria=tuple(RubricCriterion(f"c{n}", levels=SCALE) for n in (1, 2, 3)))


@dataclass
class Column:
    name: str = ""
    points: str = ""


@dataclass
class Cell:
    """A level of one criterion. `name` and `points` are empty where the column's count."""

    key: str = ""
    words: str = ""
    name: str = ""
    points: str = ""
    off: bool = False


@dataclass
class Row:
    """A criterion. `must` is the number of the column that has to be reached, '' for none."""

    key: str = ""
    name: str = ""
    words: str = ""
    weight: str = "1"
    must: str = ""
    outcomes: list[str] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)

    def is_blank(self) -> bool:
        return not (self.name or self.words or any(cell.words for cell in self.cells))


@dataclass
class Grid:
    language: str
    title: str = ""
    words: str = ""
    columns: list[Column] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, rubric: Rubric, language: str) -> Grid:
        """The rubric in one language. The columns are as many as the criterion with the most levels has."""
        keys = max(([level.key for level in c.levels] for c in rubric.criteria), key=len, default=[])
        width = len(keys) or len(SCALE)
        placed = [_placed(criterion, keys, width) for criterion in rubric.criteria]
        columns = [_column([levels[n] for levels in placed], n, language) for n in range(width)]
        grid = cls(language, rubric.title.get(language, ""), rubric.description.get(language, ""), columns)
        for c, levels in zip(rubric.criteria, placed, strict=True):
            must = next((str(n) for n, level in enumerate(levels) if level and level.key == c.must_pass), "")
            cells = [
                _cell(level, column, language) if level else Cell(off=bool(c.levels))
                for level, column in zip(levels, columns, strict=True)
            ]
            words = c.description.get(language, "")
            grid.rows.append(Row(c.key, c.name.get(language, ""), words, c.weight, must, list(c.outcomes), cells))
        return grid

    @classmethod
    def read(cls, data: Any, language: str) -> Grid:
        """What was posted, bounded. `data` is a QueryDict."""
        width = _count(data, "columns", MAX_COLUMNS)
        grid = cls(language, _line(data.get("title", "")), _text(data.get("words", "")))
        grid.columns = [
            Column(_line(data.get(f"column-{n}-name", "")), _number(data.get(f"column-{n}-points", "")))
            for n in range(width)
        ]
        for r in range(_count(data, "rows", MAX_ROWS)):
            row = Row(
                _key(data.get(f"row-{r}-key", "")),
                _line(data.get(f"row-{r}-name", "")),
                _text(data.get(f"row-{r}-words", "")),
                _number(data.get(f"row-{r}-weight", "1")),
                _place(data.get(f"row-{r}-must", "")),
                [_key(key) for key in data.getlist(f"row-{r}-outcomes")[:60] if _key(key)],
            )
            row.cells = [
                Cell(
                    _key(data.get(f"cell-{r}-{n}-key", "")),
                    _text(data.get(f"cell-{r}-{n}-words", "")),
                    _line(data.get(f"cell-{r}-{n}-name", "")),
                    _number(data.get(f"cell-{r}-{n}-points", "")),
                    f"cell-{r}-{n}-off" in data,
                )
                for n in range(width)
            ]
            grid.rows.append(row)
        return grid

    def do(self, what: str) -> bool:
        """Change the table as a button says: `add-row`, `add-column`, `remove-row-2`, `remove-column-1`, `up-2`, `down-2`.

        False for what is no such button, or where there is no room.
        """
        action, _dash, place = what.rpartition("-")
        at = int(place) if place.isascii() and place.isdigit() and len(place) < 3 else -1
        if what == "add-row" and len(self.rows) < MAX_ROWS:
            self.rows.append(Row(cells=[Cell() for _column in self.columns]))
        elif what == "add-column" and len(self.columns) < MAX_COLUMNS:
            highest = max((Decimal(c.points) for c in self.columns if is_decimal(c.points)), default=Decimal(-1))
            self.columns.append(Column("", f"{(highest + 1).normalize():f}"))
            for row in self.rows:
                row.cells.append(Cell())
        elif action == "remove-row" and 0 <= at < len(self.rows):
            del self.rows[at]
        elif action == "remove-column" and 0 <= at < len(self.columns) > 1:
            self._remove_column(at)
        elif action in {"up", "down"} and 0 <= at < len(self.rows):
            to = at - 1 if action == "up" else at + 1
            if 0 <= to < len(self.rows):
                self.rows.insert(to, self.rows.pop(at))
        else:
            return False
        return True

    def _remove_column(self, at: int) -> None:
        del self.columns[at]
        for row in self.rows:
            del row.cells[at]
            if row.must.isdigit():
                must = int(row.must)
                row.must = "" if must == at else str(must - (must > at))

    def build(self, stored: Rubric, outcomes: frozenset[str]) -> Rubric | None:
        """The rubric, with the other languages of `stored`; None when `errors` has something to say."""
        self.errors = {}
        names = _names(stored, self)
        criteria: list[RubricCriterion] = []
        known = {criterion.key: criterion for criterion in stored.criteria}
        taken = {row.key for row in self.rows if row.key} | set(known)
        for number, row in enumerate(self.rows):
            if row.is_blank() and not (known.get(row.key) and any(known[row.key].name.values())):
                continue
            before = known.get(row.key) or RubricCriterion(free_key(taken, "c"))
            taken.add(before.key)
            criterion = self._criterion(number, row, before, names)
            criteria.append(replace(criterion, outcomes=tuple(key for key in row.outcomes if key in outcomes)))
        title = _merged(stored.title, self.language, self.title)
        if not title:
            self.errors["title"] = _("Please give the rubric a title.")
        elif len(self.title) > TITLE:
            self.errors["title"] = _too_long(TITLE)
        if len(self.words) > WORDS:
            self.errors["words"] = _too_long(WORDS)
        if criteria and not any(is_decimal(c.weight) and Decimal(c.weight) for c in criteria):
            self.errors.setdefault("row-0-weight", _("At least one criterion has to weigh more than 0."))
        if self.errors:
            return None
        described = _merged(stored.description, self.language, self.words)
        return replace(stored, title=title, description=described, criteria=tuple(criteria))

    def _criterion(self, number: int, row: Row, before: RubricCriterion, names: list[Text]) -> RubricCriterion:
        prefix = f"row-{number}"
        name = _merged(before.name, self.language, row.name)
        if not name:
            self.errors[f"{prefix}-name"] = _("Please name this criterion.")
        elif len(row.name) > NAME:
            self.errors[f"{prefix}-name"] = _too_long(NAME)
        if len(row.words) > WORDS:
            self.errors[f"{prefix}-words"] = _too_long(WORDS)
        if not row.weight or not is_decimal(row.weight):
            self.errors[f"{prefix}-weight"] = _not_a_number()
        levels = self._levels(number, row, before, names)
        must = levels.get(int(row.must)) if row.must.isdigit() else None
        if row.must and must is None:
            self.errors[f"{prefix}-must"] = _("This criterion has no such level.")
        return RubricCriterion(
            before.key,
            name,
            _merged(before.description, self.language, row.words),
            (),
            row.weight,
            must.key if must else "",
            tuple(levels.values()),
        )

    def _levels(self, number: int, row: Row, before: RubricCriterion, names: list[Text]) -> dict[int, RubricLevel]:
        """The levels by their columns."""
        known = {level.key: level for level in before.levels}
        taken = {cell.key for cell in row.cells if cell.key} | set(known)
        found: dict[int, RubricLevel] = {}
        used: set[str] = set()
        for n, (cell, column) in enumerate(zip(row.cells, self.columns, strict=True)):
            if cell.off:
                continue
            place = f"cell-{number}-{n}"
            key = cell.key if cell.key and cell.key not in used else free_key(taken, "l")
            taken.add(key)
            used.add(key)
            stored = known.get(key)
            points = cell.points or column.points
            if not points or not is_decimal(points):
                self.errors[f"{place}-points" if cell.points else f"column-{n}-points"] = _not_a_number()
            if len(cell.words) > WORDS:
                self.errors[f"{place}-words"] = _too_long(WORDS)
            if len(cell.name or column.name) > NAME:
                self.errors[f"{place}-name" if cell.name else f"column-{n}-name"] = _too_long(NAME)
            # A name of its own that was taken away gives way to the column's, in all languages.
            own = stored is not None and (
                bool(cell.name) or stored.name.get(self.language, "") == names[n].get(self.language, "")
            )
            others = stored.name if stored and own else names[n]
            name = _merged(others, self.language, cell.name or column.name)
            if not name:
                self.errors[f"column-{n}-name"] = _("Please name this level.")
            words = _merged(stored.description if stored else {}, self.language, cell.words)
            found[n] = RubricLevel(key, name, points, words)
        numbers = [Decimal(level.points) for level in found.values() if is_decimal(level.points or "x")]
        if len(numbers) == len(found) and any(after <= first for first, after in pairwise(numbers)):
            self.errors[f"row-{number}-levels"] = _("The points have to rise from level to level, from left to right.")
        return found

    def cells(self) -> Iterator[tuple[str, Cell]]:
        """Every cell with the beginning of its fields' names."""
        for r, row in enumerate(self.rows):
            for n, cell in enumerate(row.cells):
                yield f"cell-{r}-{n}", cell


def fits(rubric: Rubric) -> bool:
    """Whether the table has room for it. A larger one (out of a file) can be used, but editing it here would cut it."""
    widest = max((len(criterion.levels) for criterion in rubric.criteria), default=0)
    return len(rubric.criteria) <= MAX_ROWS and widest <= MAX_COLUMNS


def _placed(criterion: RubricCriterion, keys: list[str], width: int) -> list[RubricLevel | None]:
    """The criterion's levels by column: where its keys are among those of the longest, under the same ones; else from the left."""
    own = [level.key for level in criterion.levels]
    at = [keys.index(key) for key in own if key in keys]
    if len(at) != len(own) or at != sorted(at):
        at = list(range(len(own)))
    found: list[RubricLevel | None] = [None] * width
    for n, level in zip(at, criterion.levels, strict=True):
        found[n] = level
    return found


def _column(levels: list[RubricLevel | None], number: int, language: str) -> Column:
    """What most criteria say of their level in this place."""
    there = [level for level in levels if level is not None] or [SCALE[number]]
    names = [level.name.get(language, "") for level in there]
    points = [level.points for level in there]
    return Column(max(names, key=names.count), max(points, key=points.count))


def _cell(level: RubricLevel, column: Column, language: str) -> Cell:
    name = level.name.get(language, "")
    return Cell(
        level.key,
        level.description.get(language, ""),
        name if name != column.name else "",
        level.points if level.points != column.points else "",
    )


def _names(stored: Rubric, grid: Grid) -> list[Text]:
    """For each column, what most of its stored levels are called, in all languages: the words of those not being written."""
    known = {(c.key, level.key): level.name for c in stored.criteria for level in c.levels}
    found: list[Text] = []
    for n, column in enumerate(grid.columns):
        names = [known[row.key, row.cells[n].key] for row in grid.rows if (row.key, row.cells[n].key) in known]
        if not names:  # a new column: perhaps one of the words that we offered
            names = [level.name for level in SCALE if level.name.get(grid.language) == column.name]
        found.append(max(names, key=names.count) if names else {})
    return found


def _merged(stored: Text, language: str, words: str) -> dict[str, str]:
    return {tag: text for tag, text in {**stored, language: words}.items() if text}


def _count(data: Any, name: str, most: int) -> int:
    posted = data.get(name, "")
    return min(int(posted), most) if posted.isascii() and posted.isdigit() and len(posted) < 4 else 0


def _line(posted: str) -> str:
    try:
        return one_line(posted.replace("\x00", ""))
    except ValidationError:  # invisible marks that change the direction of writing
        return one_line("".join(c for c in posted if unicodedata.category(c) not in {"Cf", "Cc"}))


def _place(posted: str) -> str:
    return posted if posted.isascii() and posted.isdigit() and len(posted) < 3 else ""


def _text(posted: str) -> str:
    return posted.replace("\r\n", "\n").replace("\x00", "").strip()


def _number(posted: str) -> str:
    return posted.strip().replace(",", ".")[:12]


def _key(posted: str) -> str:
    return posted if KEY.fullmatch(posted) else ""


def _too_long(limit: int) -> str:
    return _("At most %(limit)s characters, please.") % {"limit": limit}


def _not_a_number() -> str:
    return _("Please enter a number with at most two decimal places, for example 2 or 2.5.")
