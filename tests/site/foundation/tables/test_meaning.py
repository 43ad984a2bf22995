"""Headers to fields, cells to names, addresses and dates."""

from __future__ import annotations

from datetime import date

import pytest

from testamur_site.foundation.tables.api import (
    CellRefused,
    clean_email,
    clean_name,
    evidence_groups,
    joined_name,
    match_headers,
    parse_date,
    same_person_key,
)

CREDLY = """
Badge Template ID,Recipient Email,First Name,Last Name,Issued at,Expiration Date,Issuer Earner ID,Country,State or Province,
Evidence Name,Evidence URL,Text Evidence Name,Text Evidence URL,ID Evidence Title,ID Evidence Description,Locale
""".replace("\n", "").split(",")


@pytest.mark.parametrize(
    ("header", "fields"),
    [
        (["Name", "E-Mail", "Award date"], ["name", "email", "awarded_date"]),
        (["recipient_email", "First Name*", "LAST NAME (required)"], ["email", "first_name", "last_name"]),
        (["성명", "이메일 주소", "수여일", "만료일"], ["name", "email", "awarded_date", "valid_until"]),
        (["성", "이름", "전자우편"], ["last_name", "first_name", "email"]),
        (["이름", "이메일"], ["name", "email"]),
        (["الاسم", "البريد الإلكتروني", "تاريخ المنح"], ["name", "email", "awarded_date"]),
        (["الاِسْم", "البريد الالكتروني"], ["name", "email"]),
        (
            ["Recipient Name", "Recipient Email", "Issued on", "Expired on"],
            ["name", "email", "awarded_date", "valid_until"],
        ),
        (
            ["Badge Class ID", "Identifier", "First Name", "Last Name", "Evidence URL"],
            ["ignored", "email", "first_name", "last_name", "evidence_url"],
        ),
        (["Name", "Email", "Favourite colour", ""], ["name", "email", "", ""]),
        (["Ｎａｍｅ", "Ｅｍａｉｌ"], ["name", "email"]),
        (["Why refused", "Name", "Email"], ["ignored", "name", "email"]),
    ],
)
def test_headers(header: list[str], fields: list[str]) -> None:
    assert list(match_headers(header).columns) == fields


def test_the_template_of_credly_is_understood_as_it_is() -> None:
    match = match_headers(CREDLY)
    assert match.collisions == {}
    assert [CREDLY[position] for position in match.unknown] == ["Country", "State or Province"]
    assert evidence_groups(match.columns) == [
        {"evidence_name": 9, "evidence_url": 10},
        {"evidence_name": 11, "evidence_url": 12},
        {"evidence_name": 13, "evidence_description": 14},
    ]


def test_two_columns_for_one_field_are_not_chosen_between() -> None:
    match = match_headers(["Name", "Email", "E-mail address"])
    assert match.columns == ("name", "", "")
    assert match.collisions == {"email": (1, 2)}


def test_results_are_found_by_their_names() -> None:
    assert match_headers(
        ["Name", "Final exam", "프로젝트"], [["Final Exam", "기말시험"], ["Project", "프로젝트"]]
    ).columns == (
        "name",
        "result:0",
        "result:1",
    )
    assert match_headers(["Name", "Grade"], [["Final exam"]]).columns == ("name", "result:0")
    assert match_headers(["Name", "Grade"], [["Final exam"], ["Project"]]).columns == ("name", "")


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (("Ada", "", "Lovelace"), "Ada Lovelace"),
        (("Juan", "Carlos", "Pérez"), "Juan Carlos Pérez"),
        (("민준", "", "김"), "김민준"),
        (("", "", "Madonna"), "Madonna"),
        (("محمد", "", "العلي"), "محمد العلي"),
    ],
)
def test_first_and_last_names_are_combined(parts: tuple[str, str, str], name: str) -> None:
    assert joined_name(*parts) == name


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-05", "2026/3/5", "2026.03.05", "2026. 3. 5.", "2026년 3월 5일", "20260305",
        "2026-03-05T10:00:00Z", "2026-03-05 00:00:00",
        "5 March 2026", "5th Mar 2026", "March 5, 2026", "5-Mar-2026", "5 mars 2026",
        "5. März 2026", "٢٠٢٦-٠٣-٠٥", "2026－03－05", "５ March ２０２６", "5 مارس 2026",
    ],
)  # fmt: skip
def test_dates_that_mean_one_day(text: str) -> None:
    assert parse_date(text) == date(2026, 3, 5)


def test_day_and_month_in_either_order_where_only_one_can_be() -> None:
    assert parse_date("25/03/2026") == parse_date("03/25/2026") == parse_date("25.3.2026") == date(2026, 3, 25)
    assert parse_date("05/05/2026") == date(2026, 5, 5)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("03/05/2026", "date.ambiguous"),
        ("1.2.2026", "date.ambiguous"),
        ("03/25/26", "date.short_year"),
        ("2026-02-30", "date.impossible"),
        ("2026-13-01", "date.impossible"),
        ("31/31/2026", "date.impossible"),
        ("soon", "date.unreadable"),
        ("5 Brumaire 2026", "date.unreadable"),
        ("45721", "date.unreadable"),
    ],
)
def test_dates_that_are_refused(text: str, code: str) -> None:
    with pytest.raises(CellRefused) as caught:
        parse_date(text)
    assert caught.value.code == code


def test_both_readings_of_an_ambiguous_date_are_said() -> None:
    with pytest.raises(CellRefused) as caught:
        parse_date("03/05/2026")
    assert caught.value.facts == {"value": "03/05/2026", "first": "2026-05-03", "second": "2026-03-05"}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("  Ada   Lovelace ", "Ada Lovelace"),
        ("김\u1106\u1175\u11ab준", "김민준"),  # conjoining letters, as some systems export them
        ("José", "José"),
        ("محمد\u200f بن سلمان", "محمد بن سلمان"),
        ("\ufeffZoë\u00a0Müller", "Zoë Müller"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("王小明", "王小明"),
        ("O'Neill-Śmith", "O'Neill-Śmith"),
        ("นภา ใจดี", "นภา ใจดี"),
    ],
)
def test_names_of_any_script(text: str, name: str) -> None:
    assert clean_name(text) == name


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "name.missing"),
        ("\u200b\u2060", "name.missing"),
        ("Ada\u202eecalevoL", "name.direction_marks"),
        ("\u2067Ada\u2069", "name.direction_marks"),
        ("Ada\x00", "name.control_character"),
        ("Ada\x1b[31m", "name.control_character"),
        ("Ada\ufffe", "name.damaged"),
        ("Jos\ufffd", "name.damaged"),
        ("Ada\ue000", "name.damaged"),
        ("Z" + "\u0351" * 6, "name.damaged"),
        ("=HYPERLINK(1)", "name.formula"),
        ("@Ada", "name.formula"),
        ("12345", "name.no_letter"),
        ("A" * 201, "name.too_long"),
    ],
)
def test_names_that_are_refused(text: str, code: str) -> None:
    with pytest.raises(CellRefused) as caught:
        clean_name(text)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (" Ada@Example.ORG ", "Ada@example.org"),
        ("mailto:ada@example.org", "ada@example.org"),
        ("Ada Lovelace <ada@example.org>", "ada@example.org"),
        ("ada+x@sub.example.org", "ada+x@sub.example.org"),
        ("ada@한국.kr", "ada@xn--3e0b707e.kr"),
        ("ａｄａ＠example.org", "ada@example.org"),
    ],
)
def test_addresses(text: str, address: str) -> None:
    assert clean_email(text) == address


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "email.missing"),
        ("ada", "email.unreadable"),
        ("ada@example", "email.unreadable"),
        ("@example.org", "email.unreadable"),
        ("ada@@example.org", "email.unreadable"),
        ("a da@example.org", "email.unreadable"),
        ("ada@exa_mple.org", "email.unreadable"),
        ("ada@10.0.0.1", "email.unreadable"),
        ("ada@example.org\r\nBcc: x@example.org", "email.several"),
        ("ada@example.org; bob@example.org", "email.several"),
        ("김@example.org", "email.not_deliverable"),
        ("a" * 65 + "@example.org", "email.too_long"),
    ],
)
def test_addresses_that_are_refused(text: str, code: str) -> None:
    with pytest.raises(CellRefused) as caught:
        clean_email(text)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("straße.de", "strasse.de"),
        ("STRAẞE.de", "strasse.de"),
        ("σοφός.gr", "σοφόσ.gr"),
        ("نامه\u200cای.com", "نامهای.com"),
    ],
)
def test_two_domains_stay_two(one: str, other: str) -> None:
    """IDNA 2003 would make them one, and a mail would go to somebody else."""
    first, second = clean_email(f"anna@{one}"), clean_email(f"anna@{other}")
    assert first != second
    assert first.isascii()
    assert clean_email(first) == first


def test_a_domain_in_a_deviating_spelling_is_the_one_of_idna_2008() -> None:
    assert clean_email("anna@straße.de") == clean_email("anna@Straße。de") == "anna@xn--strae-oqa.de"


def test_one_address_in_two_spellings_is_one_person() -> None:
    assert same_person_key("Ada@example.org") == same_person_key("ada@example.org")


def test_no_word_means_two_fields() -> None:
    from testamur_site.foundation.tables.headers import _WORDS, fold

    meanings: dict[str, set[str]] = {}
    for field, words in _WORDS.items():
        for word in words.split(","):
            meanings.setdefault(fold(word), set()).add(field)
    assert {word: fields for word, fields in meanings.items() if len(fields) > 1 or not word} == {}
