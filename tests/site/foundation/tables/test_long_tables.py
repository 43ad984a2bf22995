"""Long lists, read on from where somebody stopped."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from testamur_site.foundation.tables import streaming
from testamur_site.foundation.tables.api import (
    Long,
    Measured,
    OtherEncoding,
    Table,
    TableRefused,
    begin,
    look,
    measure,
    read_on,
    read_table,
)


def whole(content: bytes) -> list[tuple[int, tuple[str, ...]]]:
    table = read_table(content)
    return [(0, table.header), *table.rows]


def by_rows(content: bytes, at_most: int) -> list[tuple[int, tuple[str, ...]]]:
    """Read on `at_most` rows at a time, each time from what is written down of the time before."""
    long = begin(io.BytesIO(content))
    known = Measured(long.place, len(long.header))
    while not known.ended:
        known = measure(io.BytesIO(content), long.delimiter, known, at_most=at_most)
    rows: list[tuple[int, tuple[str, ...]]] = [(0, (*long.header, *[""] * known.width)[: known.width])]
    place, some = long.place, [long]
    while some:
        some, place = read_on(io.BytesIO(content), long.delimiter, place, width=known.width, at_most=at_most)
        rows += some
    assert len(rows) == known.count + 1
    return rows


CSVS = {
    "plain": b"a,b\n1,2\n3,4\n",
    "mark": b"\xef\xbb\xbfa,b\n1,2\n",
    "crlf": b"a;b\r\n1;2\r\n\r\n3;4\r\n",
    "old mac": b"a,b\r1,2\r3,4",
    "hint": b"sep=;\na;b\n1;2\n",
    "wide": b"a,b\n1,2,3,4\n5\n",
    "empty lines": b"\n\na,b\n,\n1,2\n",
    "quoted": 'a,b\n"x\ny","김 ""민준"""\n'.encode(),
}


@pytest.mark.parametrize("at_most", [1, 2, 100])
@pytest.mark.parametrize("name", CSVS)
def test_read_row_by_row_or_as_a_whole(name: str, at_most: int) -> None:
    assert by_rows(CSVS[name], at_most) == whole(CSVS[name])


def test_what_cannot_be_read_row_by_row_is_read_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    korean = io.BytesIO("이름,이메일\n김민준,a@example.org\n".encode("cp949"))
    found = look(korean, at_most=1)
    assert isinstance(found, Table)
    assert found.encoding == "cp949"
    assert look(korean, at_most=0) == Long()
    monkeypatch.setattr(streaming, "WHOLE", 0)
    assert look(korean, at_most=1) == Long()
    monkeypatch.setattr(streaming, "MAX_BYTES", 10)
    with pytest.raises(TableRefused) as refused:
        look(korean, at_most=1)
    assert refused.value.code == "table.too_large"


@pytest.mark.parametrize("large", [True, False])
@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "table.empty"),
        (b"a,b\n", "table.only_header"),
        (b"\n\n", "table.empty"),
        (b'a,b\n1,"2\n', "table.quotes"),
        (b"a,b\n1,2\n1,\x002\n", "table.not_text"),
        (b"a\n" + b"1\n" * 5, "table.too_many_rows"),
        (b"a\n" + b"1," * 6000, "table.too_many_columns"),
        (b"a\n" + b"1" * 1_000_001, "table.too_many_columns"),
        (b"a\n" + b"1" * 10_001, "table.cell_too_long"),
        (b"%PDF-1.7", "table.not_a_table"),
        (b" <html>", "table.not_a_table"),
        (b"\xff\xfe\x00\x00a", "encoding.utf_32"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "spreadsheet.old_or_locked"),
    ],
)
def test_what_is_refused_at_once(content: bytes, code: str, large: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if large:
        monkeypatch.setattr(streaming, "WHOLE", -1)
    monkeypatch.setattr(streaming, "MAX_LONG_ROWS", 4)
    with pytest.raises(TableRefused) as refused:
        look(io.BytesIO(content), at_most=5)
    assert refused.value.code == code


CELLS = st.one_of(
    st.text(alphabet="ab é김𝒳\u2028\ufeff", max_size=6),
    st.sampled_from(['"quoted, with comma"', '"two\nlines"', '"a ""b"" c"', "", '"', 'x"y', "x" * 9000]),
)


@settings(max_examples=150, deadline=None)
@given(
    rows=st.lists(st.lists(CELLS, min_size=1, max_size=4), min_size=1, max_size=12),
    ending=st.sampled_from(["\n", "\r\n", "\r"]),
    mark=st.booleans(),
    hint=st.booleans(),
    at_most=st.integers(1, 5),
)
def test_wherever_it_is_read_on_it_is_the_same_list(
    rows: list[list[str]], ending: str, mark: bool, hint: bool, at_most: int
) -> None:
    lines = [*(["sep=,"] if hint else []), *(",".join(row) for row in rows)]
    content = (b"\xef\xbb\xbf" if mark else b"") + ending.join(lines).encode()
    outcomes = []
    for read in (whole, lambda content: by_rows(content, at_most)):
        try:
            outcomes.append(read(content))
        except TableRefused as refusal:
            outcomes.append((refusal.code, refusal.facts))
    assert outcomes[0] == outcomes[1]


def test_another_encoding_below_the_beginning_is_noticed() -> None:
    content = b"name,email\n" + b"A,a@example.org\n" * 5000 + "Zoë,z@example.org\n".encode("latin-1")
    long = begin(io.BytesIO(content))
    known = Measured(long.place, 2)
    for _ in range(4):
        known = measure(io.BytesIO(content), long.delimiter, known, at_most=1000)
    with pytest.raises(OtherEncoding):
        measure(io.BytesIO(content), long.delimiter, known, at_most=1001)


def test_a_chosen_encoding_is_obeyed_or_refused_also_of_a_long_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "WHOLE", 0)
    content = io.BytesIO("name,email\nÉ,a@example.org\n".encode("windows-1252"))
    assert look(content, encoding="windows-1252", at_most=9) == Long()
    with pytest.raises(TableRefused) as refused:
        look(content, encoding="utf-8", at_most=9)
    assert (refused.value.code, refused.value.facts) == ("encoding.does_not_fit", {"encoding": "utf-8"})


def test_a_line_without_an_end_is_not_taken_into_memory() -> None:
    class Counting(io.BytesIO):
        taken = 0

        def read1(self, size: int | None = -1) -> bytes:
            found = super().read1(size)
            self.taken += len(found)
            return found

    endless = Counting(b"a,b\n" + b"x" * 20_000_000)
    with pytest.raises(TableRefused):
        look(endless, at_most=5)
    assert endless.taken < 5_000_000
