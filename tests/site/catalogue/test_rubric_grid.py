"""The table of a rubric: drawn and built back without loss, one language at a time, changed by its buttons."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.http import QueryDict
from tests.site.catalogue.assessed import LEVELS, RUBRIC

from testamur_site.catalogue.demo.responsible_ai_rubric import RUBRIC as DEMO
from testamur_site.catalogue.description.elements import Rubric, RubricCriterion
from testamur_site.catalogue.design.assessed.grid import MAX_COLUMNS, MAX_ROWS, NEW, Grid

OUTCOMES = frozenset({"o1", "o2", "o3"})


def posted(grid: Grid, **changed: Any) -> QueryDict:
    """What a browser sends of a grid."""
    data = QueryDict(mutable=True)
    data.update(
        {"title": grid.title, "words": grid.words, "columns": str(len(grid.columns)), "rows": str(len(grid.rows))}
    )
    for n, column in enumerate(grid.columns):
        data.update({f"column-{n}-name": column.name, f"column-{n}-points": column.points})
    for r, row in enumerate(grid.rows):
        data.update({f"row-{r}-{k}": getattr(row, k) for k in ("key", "name", "words", "weight", "must")})
        data.setlist(f"row-{r}-outcomes", row.outcomes)
    for prefix, cell in grid.cells():
        data.update({f"{prefix}-{k}": getattr(cell, k) for k in ("key", "words", "name", "points")})
        if cell.off:
            data[f"{prefix}-off"] = "on"
    data.update({name.replace("_", "-"): value for name, value in changed.items()})
    return data


def built(rubric: Rubric, language: str = "en", **changed: Any) -> tuple[Rubric | None, Grid]:
    grid = Grid.read(posted(Grid.of(rubric, language), **changed), language)
    return grid.build(rubric, OUTCOMES), grid


UNEVEN = replace(
    RUBRIC,
    criteria=(
        RUBRIC.criteria[0],
        replace(
            RUBRIC.criteria[1], levels=(LEVELS[0], replace(LEVELS[2], points="3", name={"en": "Fine", "ko": "좋음"}))
        ),
    ),
)


@pytest.mark.parametrize("language", ["en", "ko", "fr"])
@pytest.mark.parametrize("rubric", [RUBRIC, DEMO, UNEVEN], ids=["small", "demo", "uneven"])
def test_opening_and_saving_loses_nothing(rubric: Rubric, language: str) -> None:
    assert built(rubric, language)[0] == rubric


def test_a_column_is_renamed_for_all_criteria_in_one_language() -> None:
    made, _grid = built(DEMO, column_2_name="Reached", column_2_points="2.5")
    assert made is not None
    assert {(c.levels[2].name["en"], c.levels[2].name["ko"], c.levels[2].points) for c in made.criteria} == {
        ("Reached", "충족", "2.5")
    }


def test_a_cell_may_differ_from_its_column() -> None:
    made, _grid = built(RUBRIC, cell_1_2_name="Superb", cell_1_2_points="9", cell_1_0_off="on")
    assert made is not None
    assert [(level.name["en"], level.points) for level in made.criteria[1].levels] == [("Sound", "2"), ("Superb", "9")]
    assert made.criteria[0] == RUBRIC.criteria[0]
    again, _grid = built(made, cell_1_2_name="", cell_1_2_points="")
    assert again is not None
    assert again.criteria[1].levels[-1].name == LEVELS[2].name, "the words of the column come back in all languages"


def test_a_language_is_added_beside_the_other() -> None:
    only = replace(RUBRIC, criteria=tuple(
        replace(c, levels=tuple(replace(level, name={"en": level.name["en"]}) for level in c.levels)) for c in RUBRIC.criteria
    ))  # fmt: skip
    made, _grid = built(
        only, "ko", title="보고서", column_0_name="미흡", column_1_name="적절", column_2_name="우수", row_0_name="논증"
    )
    assert made is not None
    assert made.criteria[0].name == {"en": "Argument", "ko": "논증"}
    assert [level.name for level in made.criteria[0].levels] == [level.name for level in LEVELS]
    assert made.criteria[0].levels[1].description == LEVELS[1].description


def test_a_new_rubric_is_offered_a_scale_in_both_languages() -> None:
    grid = Grid.of(NEW, "en")
    data = posted(grid, title="Talk", row_0_name="Voice", row_0_key="", row_1_key="", row_2_key="")
    made = Grid.read(data, "en").build(Rubric(""), OUTCOMES)
    assert made is not None
    assert [c.key for c in made.criteria] == ["c1"], "lines that were left empty are no criteria"
    assert [level.name["ko"] for level in made.criteria[0].levels] == ["아직 미흡", "일부 충족", "충족", "기대 이상"]


def test_buttons_change_the_table() -> None:
    grid = Grid.of(RUBRIC, "en")
    assert grid.do("add-column")
    assert grid.do("add-row")
    assert (len(grid.columns), len(grid.rows), {len(row.cells) for row in grid.rows}) == (4, 3, {4})
    assert grid.columns[3].points == "5.5"
    assert grid.do("down-0")
    assert grid.do("up-2")
    assert [row.name for row in grid.rows] == ["Use of data", "", "Argument"]
    assert grid.rows[2].must == "1"
    assert grid.do("remove-column-0")
    assert grid.rows[2].must == "0", "the level that must be reached moves with its column"
    assert grid.do("remove-column-0")
    assert grid.rows[2].must == "", "and goes with it"
    assert grid.do("remove-row-1")
    assert [row.name for row in grid.rows] == ["Use of data", "Argument"]
    for nonsense in ("remove-row-9", "remove-column--1", "up-0", "down-1", "explode", "up-", "up-٣", ""):
        before = repr(grid)
        grid.do(nonsense)
        assert repr(grid) == before, nonsense


def test_the_last_column_stays_and_there_is_an_end_to_adding() -> None:
    grid = Grid.of(RUBRIC, "en")
    while grid.do("remove-column-0"):
        pass
    assert len(grid.columns) == 1
    while grid.do("add-column") or grid.do("add-row"):
        pass
    assert (len(grid.columns), len(grid.rows)) == (MAX_COLUMNS, MAX_ROWS)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"title": ""}, ""),  # the Korean title is left
        ({"title": "x" * 201}, "title"),
        ({"words": "x" * 2001}, "words"),
        ({"row_0_name": ""}, "row-0-name"),
        ({"row_0_weight": "much"}, "row-0-weight"),
        ({"row_0_weight": "0", "row_1_weight": "0"}, "row-0-weight"),
        ({"row_0_must": "7"}, "row-0-must"),
        ({"cell_0_1_off": "on"}, "row-0-must"),
        ({"column_1_points": "-1"}, "column-1-points"),
        ({"column_1_points": "0"}, "row-0-levels"),
        ({"cell_0_0_points": "3"}, "row-0-levels"),
        ({"cell_0_0_points": "x"}, "cell-0-0-points"),
        ({"cell_0_0_words": "x" * 2001}, "cell-0-0-words"),
        ({"column_0_name": "x" * 301}, "column-0-name"),
    ],
)
def test_what_cannot_be_a_rubric_is_said_at_its_field(changed: dict[str, str], field: str) -> None:
    made, grid = built(RUBRIC, **changed)
    assert (made is None) is bool(field)
    assert (field in grid.errors) is bool(field)


def test_hostile_posts_are_bounded() -> None:
    data = QueryDict(
        "rows=999&columns=99&title=%00a%E2%80%AEb&row-0-key=../x&row-0-outcomes=%3Cscript%3E&row-0-must=%C2%B2"
    )
    grid = Grid.read(data, "en")
    assert (len(grid.rows), len(grid.columns), grid.title) == (MAX_ROWS, MAX_COLUMNS, "ab")
    assert (grid.rows[0].key, grid.rows[0].outcomes) == ("", [])
    grid.build(Rubric(""), OUTCOMES)
    assert Grid.read(QueryDict("rows=x&columns=-1"), "en").rows == []


def test_keys_that_are_posted_twice_do_not_meet() -> None:
    made, _grid = built(RUBRIC, cell_0_1_key="weak", cell_0_2_key="weak", row_0_must="")
    assert made is not None
    assert len({level.key for level in made.criteria[0].levels}) == 3


def test_an_outcome_that_is_gone_is_left_out() -> None:
    lost = replace(RUBRIC, criteria=(replace(RUBRIC.criteria[0], outcomes=("o1", "o9")),))
    made = built(lost)[0]
    assert made is not None
    assert made.criteria[0].outcomes == ("o1",)


def test_a_criterion_without_levels_is_drawn_with_empty_columns() -> None:
    bare = Rubric("r1", {"en": "Bare"}, criteria=(RubricCriterion("c1", {"en": "One"}),))
    grid = Grid.of(bare, "en")
    assert [cell.off for cell in grid.rows[0].cells] == [False] * 4
    made = grid.build(bare, OUTCOMES)
    assert made is not None
    assert [level.name["ko"] for level in made.criteria[0].levels] == ["아직 미흡", "일부 충족", "충족", "기대 이상"]
