"""Uploaded bytes to cells: encodings, delimiters, spreadsheets, and what hostile files get."""

from __future__ import annotations

import io
import time
import tracemalloc
import zipfile
from datetime import date, datetime

import pytest
from openpyxl import Workbook

from testamur_site.foundation.tables import reading as reading_module
from testamur_site.foundation.tables.api import TableRefused, read_table, unprotect, write_csv
from testamur_site.foundation.tables.refused_rows import protect
from testamur_site.foundation.tables.spreadsheet import MAX_INFLATED

KOREAN = "이름,이메일\r\n김민준,minjun@example.org\r\n이서연,seoyeon@example.org\r\n"
ARABIC = "الاسم,البريد الإلكتروني\r\nمحمد العلي,m@example.org\r\nفاطمة الزهراء,f@example.org\r\n"
FRENCH = "Name,E-mail\r\nJosé Núñez,jose@example.org\r\nZoë Müller,zoe@example.org\r\n"


def refusal(data: bytes, **options: str) -> TableRefused:
    with pytest.raises(TableRefused) as caught:
        read_table(data, **options)
    return caught.value


@pytest.mark.parametrize(
    ("text", "encoding", "named", "certain"),
    [
        (KOREAN, "utf-8", "utf-8", True),
        (KOREAN, "utf-8-sig", "utf-8", True),
        (KOREAN, "utf-16", "utf-16", True),
        (KOREAN, "utf-16-le", "utf-16", True),
        (KOREAN, "utf-16-be", "utf-16", True),
        (KOREAN, "cp949", "cp949", False),
        (KOREAN, "euc-kr", "cp949", False),
        (ARABIC, "utf-8-sig", "utf-8", True),
        (ARABIC, "windows-1256", "windows-1256", False),
        (FRENCH, "windows-1252", "windows-1252", False),
        (FRENCH, "utf-8", "utf-8", True),
    ],
)
def test_every_encoding_gives_the_same_cells(text: str, encoding: str, named: str, certain: bool) -> None:
    table = read_table(text.encode(encoding))
    expected = [line.split(",") for line in text.strip().split("\r\n")]
    assert [list(table.header), *(list(cells) for _, cells in table.rows)] == expected
    assert (table.encoding, table.encoding_certain) == (named, certain)


def test_names_that_three_encodings_could_mean_are_not_guessed_at() -> None:
    mixed = "name,email\nJosé,a@example.org\n".encode("windows-1252") + "محمد,b@example.org\n".encode("windows-1256")
    assert refusal(mixed).code == "encoding.unknown"


def test_a_chosen_encoding_is_obeyed_or_refused() -> None:
    data = "name,email\nÉ,a@example.org\n".encode("windows-1252")
    assert read_table(data, encoding="windows-1252").rows[0][1][0] == "É"
    wrong = refusal(data, encoding="utf-8")
    assert (wrong.code, wrong.facts) == ("encoding.does_not_fit", {"encoding": "utf-8"})


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(delimiter: str, ending: str) -> None:
    lines = [
        delimiter.join(cells) for cells in (["name", "email", "note"], ["Ada", "ada@example.org", '"one, two; three"'])
    ]
    table = read_table(ending.join([*lines, ""]).encode())
    assert table.rows == ((2, ("Ada", "ada@example.org", "one, two; three")),)


def test_the_separator_line_of_excel_counts_as_a_row() -> None:
    table = read_table(b"sep=;\r\nname;email\r\nAda;ada@example.org\r\n")
    assert table.header == ("name", "email")
    assert table.rows == ((3, ("Ada", "ada@example.org")),)


def test_rows_are_numbered_as_a_spreadsheet_numbers_them() -> None:
    table = read_table(b'name,email\n\n"Ada\nLovelace",ada@example.org\n,,\nBob,bob@example.org\n')
    assert [number for number, _ in table.rows] == [3, 5]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "table.empty"),
        (b" \n \n", "table.empty"),
        (b"name,email\n", "table.only_header"),
        (b"%PDF-1.7 ...", "table.not_a_table"),
        (b"<html><table>", "table.not_a_table"),
        (b'{"a": 1}', "table.not_a_table"),
        (b"name,email\n\x00\x01\x02Ada,ada\x00", "table.not_text"),
        (b"\xff\xfe\x00\x00n\x00\x00\x00", "encoding.utf_32"),
        (b'name,email\n"Ada,ada@example.org\nBob,bob@example.org\n', "table.quotes"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "spreadsheet.old_or_locked"),
        (b"PK\x03\x04 not a zip", "spreadsheet.broken"),
    ],
)
def test_what_is_no_table_is_refused_by_name(data: bytes, code: str) -> None:
    assert refusal(data).code == code


def test_the_row_of_an_unclosed_quotation_mark_is_named() -> None:
    assert refusal(b'name,email\nAda,a@example.org\n"Bob,b@example.org\n').facts["row"] == 3


def test_too_many_rows_columns_and_characters() -> None:
    rows = b"name,email\n" + b"".join(b"A%d,a%d@example.org\n" % (n, n) for n in range(20_001))
    assert refusal(rows).code == "table.too_many_rows"
    assert refusal(b",".join(b"c%d" % n for n in range(101)) + b"\n1,2\n").code == "table.too_many_columns"
    assert refusal(b"name,email\n" + b"x" * 10_001 + b",a@example.org\n").code == "table.cell_too_long"


def test_a_line_of_a_million_columns_costs_little() -> None:
    began = time.perf_counter()
    tracemalloc.start()
    assert refusal(b"name,email\n" + b"," * 1_000_000).code == "table.too_many_columns"
    assert tracemalloc.get_traced_memory()[1] < 64 * 1024 * 1024
    tracemalloc.stop()
    assert time.perf_counter() - began < 60  # far from any real figure: only an endless run fails here


def test_the_largest_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_module, "MAX_BYTES", 100)
    assert read_table(b"name,email\n" + b"A,a@example.org\n").rows
    assert refusal(b"name,email\n" + b"A,a@example.org\n" * 10).code == "table.too_large"


def workbook(*rows: list[object], sheet: str = "Class") -> bytes:
    book = Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_workbook_is_read_as_people_see_it() -> None:
    data = workbook(
        ["Name", "Email", "Award date", "Score", "Number"],
        ["김민준", "a@example.org", datetime(2026, 3, 5), 97.0, 0.5],  # noqa: DTZ001 - cells have no time zone
        [],
        ["محمد", "b@example.org", date(2026, 3, 6), 12, True],
    )
    table = read_table(data)
    assert (table.kind, table.sheet) == ("xlsx", "Class")
    assert table.rows == (
        (2, ("김민준", "a@example.org", "2026-03-05", "97", "0.5")),
        (4, ("محمد", "b@example.org", "2026-03-06", "12", "TRUE")),
    )


def test_white_space_that_a_workbook_writes_in_letters_is_white_space() -> None:
    book = Workbook()
    book.active.append(["Name_x000D_\n", "Remark"])
    book.active.append(["Ada_x000d_\nLovelace_x0009_", "_x0000_ _x0041_"])
    out = io.BytesIO()
    book.save(out)
    table = read_table(out.getvalue())
    assert table.header == ("Name", "Remark")
    assert table.rows == ((2, ("Ada\r\nLovelace\t", "_x0000_ _x0041_")),)


def test_the_first_visible_sheet_is_read_and_the_others_are_named() -> None:
    book = Workbook()
    book.active.title = "hidden"
    book.active.sheet_state = "hidden"
    second = book.create_sheet("list")
    second.append(["name", "email"])
    second.append(["Ada", "ada@example.org"])
    book.create_sheet("notes").append(["x"])
    out = io.BytesIO()
    book.save(out)
    table = read_table(out.getvalue())
    assert (table.sheet, table.other_sheets) == ("list", ("notes",))


def test_a_formula_is_not_computed() -> None:
    data = workbook(["Name", "Email"], ['=HYPERLINK("http://example.org","Ada")', "ada@example.org"])
    assert read_table(data).rows == ((2, ("", "ada@example.org")),)


def rezipped(data: bytes, **changed: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.namelist():
            target.writestr(part, changed.pop(part.replace("/", "__").replace(".", "_"), source.read(part)))
    return out.getvalue()


GOOD = workbook(["Name", "Email"], ["Ada", "ada@example.org"])


def sheet_xml(body: str) -> bytes:
    head = (
        '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    )
    return (head + body + "</sheetData></worksheet>").encode()


def cell(reference: str, text: str) -> str:
    return f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'


HEADER_ROW = f'<row r="1">{cell("A1", "Name")}{cell("B1", "Email")}</row>'
ADA_ROW = f'<row r="2">{cell("A2", "Ada")}{cell("B2", "ada@example.org")}</row>'


def test_the_control_of_the_hostile_workbooks_is_read() -> None:
    assert read_table(rezipped(GOOD, xl__worksheets__sheet1_xml=sheet_xml(HEADER_ROW + ADA_ROW))).rows[0][1][0] == "Ada"


def test_a_zip_bomb_is_refused_before_it_is_inflated() -> None:
    bomb = sheet_xml(HEADER_ROW + ADA_ROW + " " * (MAX_INFLATED + 1))
    data = rezipped(GOOD, xl__worksheets__sheet1_xml=bomb)
    assert len(data) < 200_000
    assert refusal(data).code == "spreadsheet.bomb"


@pytest.mark.parametrize(
    "body",
    [
        '<row r="1">' + "<c/>" * 200_000 + "</row>",
        '<row r="1">' + '<c><x xmlns="urn:other"><row/></x></c>' * 60_000 + "</row>",  # rows that are none
        '<row r="1"><c ' + " ".join(f'a{n}=""' for n in range(60_000)) + "/></row>",
        '<row r="1"><c t="inlineStr"><is><t>' + "x" * 500_000 + "</t></is></c></row>",
    ],
    ids=["cells", "disguised cells", "attributes", "text"],
)
def test_a_row_that_is_vast_in_memory_is_refused(body: str) -> None:
    data = rezipped(GOOD, xl__worksheets__sheet1_xml=sheet_xml(HEADER_ROW + ADA_ROW + body))
    tracemalloc.start()
    assert refusal(data).code == "spreadsheet.bomb"
    assert tracemalloc.get_traced_memory()[1] < 64 * 1024 * 1024
    tracemalloc.stop()


def test_an_entity_bomb_is_refused() -> None:
    bomb = sheet_xml(HEADER_ROW).replace(b"?><", b'?><!DOCTYPE x [<!ENTITY a "aaaa">]><', 1)
    assert refusal(rezipped(GOOD, xl__worksheets__sheet1_xml=bomb)).code == "spreadsheet.bomb"


def test_a_lone_cell_at_the_far_corner_costs_nothing() -> None:
    far = sheet_xml(HEADER_ROW + ADA_ROW + f'<row r="1048576">{cell("XFD1048576", "x")}</row>')
    tracemalloc.start()
    table = read_table(rezipped(GOOD, xl__worksheets__sheet1_xml=far))
    assert tracemalloc.get_traced_memory()[1] < 64 * 1024 * 1024
    tracemalloc.stop()
    assert len(table.rows) == 1


def test_rows_below_a_wide_gap_are_not_lost() -> None:
    eve = f'<row r="1000000">{cell("A1000000", "Eve")}{cell("B1000000", "eve@example.org")}</row>'
    table = read_table(rezipped(GOOD, xl__worksheets__sheet1_xml=sheet_xml(HEADER_ROW + ADA_ROW + eve)))
    assert [number for number, _ in table.rows] == [2, 1_000_000]


def test_parts_with_odd_names_are_not_looked_at() -> None:
    out = io.BytesIO(GOOD)
    with zipfile.ZipFile(out, "a") as target:
        for name in (
            "../../../etc/cron.d/evil",
            "/absolute",
            "xl/vbaProject.bin",
            "xl/externalLinks/externalLink1.xml",
        ):
            target.writestr(name, b"<!DOCTYPE x>" * 1000)
    assert read_table(out.getvalue()).rows[0][1][0] == "Ada"


def test_too_many_parts() -> None:
    out = io.BytesIO(GOOD)
    with zipfile.ZipFile(out, "a") as target:
        for number in range(600):
            target.writestr(f"part{number}", b"")
    assert refusal(out.getvalue()).code == "spreadsheet.bomb"


def test_a_directory_that_lies_about_sizes() -> None:
    """The sheet says that it is smaller than it is: what is beyond is not read, and the check sum then does not fit."""
    data = bytearray(rezipped(GOOD, xl__worksheets__sheet1_xml=sheet_xml(HEADER_ROW + ADA_ROW + " " * 5000)))
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        part = source.getinfo("xl/worksheets/sheet1.xml")
    directory = data.rindex(b"xl/worksheets/sheet1.xml") - 46
    assert data[directory : directory + 4] == b"PK\x01\x02"
    data[directory + 24 : directory + 28] = (part.file_size // 2).to_bytes(4, "little")
    assert refusal(bytes(data)).code == "spreadsheet.broken"


def test_a_workbook_that_is_broken_inside_is_refused() -> None:
    assert refusal(rezipped(GOOD, xl__worksheets__sheet1_xml=b"<worksheet><oops")).code == "spreadsheet.broken"
    assert refusal(GOOD[: len(GOOD) // 2]).code == "spreadsheet.broken"


def test_too_many_columns_in_a_workbook() -> None:
    assert refusal(workbook([f"c{n}" for n in range(101)], ["x"])).code == "table.too_many_columns"


DANGEROUS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "'=1", "''=1"]
HARMLESS = ["Ada", "", "O'Neill", "'quoted'", "a=b", "김민준", "محمد"]


@pytest.mark.parametrize("text", DANGEROUS + HARMLESS)
def test_cells_go_out_harmless_and_come_back_unchanged(text: str) -> None:
    assert protect(text)[:1] not in ("=", "+", "-", "@", "\t", "\r")
    assert unprotect(protect(text)) == text
    assert (protect(text) == text) is (text in HARMLESS)


def test_a_written_file_is_read_back() -> None:
    data = write_csv(["이름", "e-mail"], [["=cmd|' /C calc'!A0", "a@example.org"], ["محمد", "b@example.org"]])
    assert data.startswith(b"\xef\xbb\xbf")
    table = read_table(data)
    assert [unprotect(cells[0]) for _, cells in table.rows] == ["=cmd|' /C calc'!A0", "محمد"]
