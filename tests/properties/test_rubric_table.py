"""Whatever buttons are pressed and whatever is typed: the table stays a table, and what it builds can be stored."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.site.catalogue.test_rubric_grid import posted

from testamur_site.catalogue.demo.responsible_ai_rubric import RUBRIC
from testamur_site.catalogue.description import codec
from testamur_site.catalogue.description.checks import faults
from testamur_site.catalogue.description.elements import Description, LearningOutcome, Rubric
from testamur_site.catalogue.design.assessed.grid import MAX_COLUMNS, MAX_ROWS, Grid

OUTCOMES = tuple(LearningOutcome({"en": key}, key=key) for key in ("o1", "o2", "o3"))
KEYS = frozenset(outcome.key for outcome in OUTCOMES)
BUTTONS = st.one_of(
    st.sampled_from(["add-row", "add-column"]),
    st.builds("{}-{}".format, st.sampled_from(["remove-row", "remove-column", "up", "down"]), st.integers(-1, 9)),
    st.text(max_size=12),
)
TYPED = st.sampled_from(["", "0", "1", "2.5", "-1", "1e5", "x", "99999999", "한글", "\u202e", "l1", "missing"])


@pytest.mark.parametrize("rubric", [RUBRIC, Rubric("")], ids=["stored", "new"])
@given(pressed=st.lists(BUTTONS, max_size=12), typed=st.lists(st.tuples(st.integers(0, 400), TYPED), max_size=6))
def test_the_table_stays_a_table(rubric: Rubric, pressed: list[str], typed: list[tuple[int, str]]) -> None:
    grid = Grid.of(rubric, "en")
    for what in pressed:
        grid.do(what)
        data = posted(grid)
        names = sorted(data)
        for place, text in typed:
            name = names[place % len(names)]
            if name not in {"rows", "columns"}:
                data[name] = text
        grid = Grid.read(data, "en")
        assert all(len(row.cells) == len(grid.columns) for row in grid.rows)
        assert len(grid.rows) <= MAX_ROWS
        assert len(grid.columns) <= MAX_COLUMNS
    made = grid.build(rubric, KEYS)
    if made is None:
        assert grid.errors
        return
    assert (
        faults(
            Description(
                outcomes=OUTCOMES, rubrics=(made if made.key else Rubric("r1", made.title, criteria=made.criteria),)
            )
        )
        == []
    )
    assert codec.from_json(Rubric, codec.to_json(made)) == made
