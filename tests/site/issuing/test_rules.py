"""The verdict on every row, and the states of an award."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from testamur_site.foundation.tables.api import CellRefused, match_headers
from testamur_site.issuing.rules import (
    AwardState,
    EarlierAward,
    Row,
    Scale,
    Terms,
    Verdict,
    before,
    evaluate,
    latest_today,
    may_become,
    missing_columns,
    result_value,
)

TODAY = date(2026, 11, 25)
EXAM = Scale("urn:x:exam", "Exam", "Percent", minimum="0", maximum="100", required="60")
LEVEL = Scale("urn:x:level", "Level", "LetterGrade", allowed=("F", "C", "B", "A"), required="C")
FREE = Scale("urn:x:note", "Remark")
TERMS = Terms(today=latest_today(TODAY), default_date=TODAY, scales=(EXAM, LEVEL, FREE))
HEADER = ("Name", "Email", "Award date", "Expires", "Exam", "Level", "Remark", "Evidence URL", "Evidence")
GOOD = {
    "Name": "Ada",
    "Email": "ada@example.org",
    "Award date": "2026-11-01",
    "Exam": "80",
    "Level": "b",
    "Evidence URL": "https://example.org/w",
}


def judge(*rows: dict[str, str], terms: Terms = TERMS) -> list[Row]:
    columns = match_headers(HEADER, [[scale.name] for scale in terms.scales]).columns
    cells = [(number, [row.get(column, "") for column in HEADER]) for number, row in enumerate(rows, start=2)]
    return evaluate(cells, columns, terms)


def codes(row: Row) -> list[tuple[str, str]]:
    return [(problem.code, problem.field) for problem in row.problems]


def test_a_good_row() -> None:
    (row,) = judge(GOOD)
    assert (row.verdict, row.problems) == (Verdict.READY, [])
    assert (row.name, row.email, row.awarded_date, row.valid_until) == (
        "Ada",
        "ada@example.org",
        date(2026, 11, 1),
        None,
    )
    assert row.results == [{"description": "urn:x:exam", "value": "80"}, {"description": "urn:x:level", "value": "B"}]
    assert row.evidence == [{"url": "https://example.org/w", "name": "", "description": ""}]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"Name": ""}, ("name.missing", "name")),
        ({"Email": ""}, ("email.missing", "email")),
        ({"Email": "ada"}, ("email.unreadable", "email")),
        ({"Award date": "03/05/2026"}, ("date.ambiguous", "awarded_date")),
        ({"Award date": "2026-11-28"}, ("date.future", "awarded_date")),
        ({"Award date": "1066-10-14"}, ("date.too_old", "awarded_date")),
        ({"Expires": "2026-10-31"}, ("expiry.before_award", "valid_until")),
        ({"Expires": "2026-11-20"}, ("expiry.past", "valid_until")),
        ({"Expires": "2026-11-24", "Award date": "2026-11-24"}, ("expiry.past", "valid_until")),
        ({"Exam": "101"}, ("result.out_of_range", "result:0")),
        ({"Exam": "59.5"}, ("result.below_required", "result:0")),
        ({"Exam": "good"}, ("result.not_a_number", "result:0")),
        ({"Exam": "NaN"}, ("result.not_a_number", "result:0")),
        ({"Exam": "8_5"}, ("result.not_a_number", "result:0")),
        ({"Exam": "1e400000000"}, ("result.not_a_number", "result:0")),
        ({"Level": "D"}, ("result.not_allowed", "result:1")),
        ({"Level": "F"}, ("result.below_required", "result:1")),
        ({"Remark": "x" * 201}, ("result.too_long", "result:2")),
        ({"Evidence URL": "javascript:alert(1)"}, ("evidence.address", "evidence")),
        ({"Evidence URL": "https://user:secret@example.org"}, ("evidence.address", "evidence")),
        ({"Evidence URL": "file:///etc/passwd"}, ("evidence.address", "evidence")),
        ({"Evidence URL": "https://[::1"}, ("evidence.address", "evidence")),
        ({"Evidence URL": "https://example.org/a b"}, ("evidence.address", "evidence")),
        ({"Evidence URL": 'https://example.org/"><b>'}, ("evidence.address", "evidence")),
        ({"Evidence URL": "https://example.org/{x}"}, ("evidence.address", "evidence")),
        ({"Evidence URL": "https://example.org/#a#b"}, ("evidence.address", "evidence")),
        ({"Evidence URL": "https://example.org/\u2066x"}, ("evidence.address", "evidence")),
        ({"Evidence": "x" * 201}, ("evidence.too_long", "evidence")),
    ],
)
def test_one_change_refuses_the_row_for_one_reason(change: dict[str, str], problem: tuple[str, str]) -> None:
    (row,) = judge(GOOD | change)
    assert codes(row) == [problem]
    assert row.verdict is Verdict.REFUSED


def test_all_problems_of_a_row_are_said_at_once() -> None:
    (row,) = judge(GOOD | {"Name": "", "Email": "ada", "Award date": "soon", "Exam": "101"})
    assert [code for code, _ in codes(row)] == [
        "name.missing",
        "email.unreadable",
        "date.unreadable",
        "result.out_of_range",
    ]


def test_numbers_as_they_are_written() -> None:
    values = [judge(GOOD | {"Exam": text})[0].results[0]["value"] for text in ("80", "80.50", "80,5", "80 %", "1E+2")]
    assert values == ["80", "80.50", "80.5", "80", "100"]


@pytest.mark.parametrize(
    ("text", "maximum", "value"),
    [
        ("1,000", "2000", None),
        ("1.250", "1250", None),
        ("1.250", "1249", "1.250"),
        ("1,000", "100", "1.000"),
        ("0,850", "2000", "0.850"),
        ("85.125", "2000", "85.125"),
        ("1000", "2000", "1000"),
        ("1250.5", "2000", "1250.5"),
    ],
)
def test_a_number_that_means_a_thousand_to_some_is_not_guessed_at(text: str, maximum: str, value: str | None) -> None:
    points = Scale("urn:x:points", "Points", minimum="0", maximum=maximum)
    if value is not None:
        assert result_value(points, text) == value
        return
    with pytest.raises(CellRefused) as refused:
        result_value(points, text)
    assert refused.value.code == "result.ambiguous"
    assert {"first", "second", "value", "name"} == refused.value.facts.keys()


def test_tomorrow_in_kiribati_is_no_date_in_the_future() -> None:
    assert judge(GOOD | {"Award date": "2026-11-26"})[0].verdict is Verdict.READY


def test_what_expires_today_or_tomorrow_wherever_one_is_has_not_expired() -> None:
    for day in (TODAY, TODAY + timedelta(days=1)):
        assert judge(GOOD | {"Expires": day.isoformat()})[0].valid_until == day


def test_a_missing_date_takes_the_day_of_the_whole_list_or_is_refused() -> None:
    assert judge(GOOD | {"Award date": ""})[0].awarded_date == TODAY
    assert codes(judge(GOOD | {"Award date": ""}, terms=replace(TERMS, default_date=None))[0]) == [
        ("date.missing", "awarded_date")
    ]


def test_the_second_row_of_one_address_names_the_first() -> None:
    first, second = judge(GOOD, GOOD | {"Name": "Ada L.", "Email": "ADA@example.org"})
    assert first.verdict is Verdict.READY
    assert codes(second) == [("email.twice", "email")]
    assert second.problems[0].facts == {"row": 2}


@pytest.mark.parametrize(
    ("state", "code"), [("issued", "already.awarded"), ("queued", "already.awarded"), ("revoked", "already.revoked")]
)
def test_who_was_awarded_before_is_set_aside(state: str, code: str) -> None:
    terms = replace(TERMS, earlier={"ada@example.org": EarlierAward(state, date(2026, 1, 2))})
    (row,) = judge(GOOD | {"Email": "Ada@example.org"}, terms=terms)
    assert (row.verdict, codes(row)) == (Verdict.ALREADY, [(code, "")])
    assert judge(GOOD, terms=replace(terms, award_again=True))[0].verdict is Verdict.READY


def test_a_row_that_must_be_mended_is_not_called_awarded() -> None:
    terms = replace(TERMS, earlier={"ada@example.org": EarlierAward("issued", date(2026, 1, 2))})
    assert judge(GOOD | {"Exam": "101"}, terms=terms)[0].verdict is Verdict.REFUSED


def test_the_language_of_mail_and_pages() -> None:
    columns = ("name", "email", "language")
    rows = [(2, ["Ada", f"{n}@example.org", text]) for n, text in enumerate(["", "ko-KR", "한국어", "English", "fr"])]
    assert [row.language for row in evaluate(rows, columns, replace(TERMS, default_language="ko"))] == [
        "ko",
        "ko",
        "ko",
        "en",
        "en",
    ]


def test_what_no_list_can_do_without() -> None:
    assert missing_columns(["name", "email"]) == []
    assert missing_columns(["last_name", "email"]) == []
    assert missing_columns(["", "awarded_date"]) == ["name", "email"]


def test_an_award_only_moves_forward() -> None:
    assert before(AwardState.ISSUED) == [AwardState.PREPARED]
    assert set(before(AwardState.CANCELLED)) == {AwardState.QUEUED, AwardState.PREPARED}
    assert set(before(AwardState.REVOKED)) == {AwardState.ISSUED, AwardState.SUSPENDED}
    assert not any(
        may_become(final, then) for final in ("revoked", "superseded", "cancelled", "refused") for then in AwardState
    )
    assert not may_become("suspended", AwardState.ISSUED)
