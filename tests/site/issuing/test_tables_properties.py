"""Whatever is uploaded: a table, or a refusal with a code. Never anything else."""

from __future__ import annotations

from datetime import date

from hypothesis import example, given
from hypothesis import strategies as st

from testamur_site.foundation.tables.api import (
    CellRefused,
    Table,
    TableRefused,
    clean_email,
    clean_name,
    match_headers,
    parse_date,
    read_table,
    same_person_key,
    unprotect,
    write_csv,
)
from testamur_site.foundation.tables.headers import fold
from testamur_site.issuing.rules import Scale, Terms, Verdict, evaluate

TERMS = Terms(
    today=date(2026, 11, 26),
    default_date=date(2026, 11, 25),
    scales=(Scale("urn:a", "A", "Percent", minimum="0", maximum="100"), Scale("urn:b", "B", allowed=("x", "y"))),
)
COLUMNS = (
    "name",
    "email",
    "awarded_date",
    "valid_until",
    "language",
    "result:0",
    "result:1",
    "evidence_url",
    "evidence_name",
)


@given(st.binary(max_size=400) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass")))
@example(b"PK\x03\x04" + b"\x00" * 60)
@example(b"\xff\xfe\x00")
@example(b"sep=;\n")
def test_any_bytes_are_a_table_or_a_refusal(data: bytes) -> None:
    try:
        table = read_table(data)
    except TableRefused as refused:
        table, code = None, refused.code
    if table is None:
        assert code.partition(".")[0] in ("table", "encoding", "spreadsheet")
        return
    assert isinstance(table, Table)
    assert all(len(cells) == len(table.header) for _, cells in table.rows)
    match = match_headers(table.header)
    assert len(match.columns) == len(table.header)


@given(st.lists(st.lists(st.text(max_size=30), min_size=len(COLUMNS), max_size=len(COLUMNS)), max_size=5))
def test_any_cells_get_a_verdict(rows: list[list[str]]) -> None:
    judged = evaluate(enumerate(rows, start=2), COLUMNS, TERMS)
    assert [row.line for row in judged] == list(range(2, len(rows) + 2))
    for row in judged:
        assert (row.verdict is Verdict.READY) is (row.problems == [])
        if row.verdict is Verdict.READY:
            assert clean_name(row.name) == row.name
            assert clean_email(row.email) == row.email
            assert row.awarded_date is not None


@given(st.text(max_size=60))
def test_reading_twice_changes_nothing(text: str) -> None:
    for read in (clean_name, clean_email, lambda value: parse_date(value).isoformat()):
        try:
            once = read(text)
        except CellRefused:
            continue
        assert read(once) == once
    assert fold(fold(text)) == fold(text)
    assert same_person_key(same_person_key(text)) == same_person_key(text)


cell = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20)


@given(st.lists(st.lists(cell, min_size=2, max_size=2), min_size=1, max_size=5))
@example([["=1+1", "@x"], ["'=1", "-2"]])
def test_what_is_written_is_read_back(rows: list[list[str]]) -> None:
    content = write_csv(["head", "er"], [[f"{first}|", second] for first, second in rows])
    table = read_table(content)
    assert [[unprotect(text) for text in cells] for _, cells in table.rows] == [
        [f"{first}|", second] for first, second in rows
    ]
