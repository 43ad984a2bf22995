"""A verified document as a holding: what is read of it, and that nothing unverified counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from testamur.pathways import Holding, Use, holding_from_report, holdings_from_report, only_stated, supplemented

SUBJECT: dict[str, Any] = {
    "id": "urn:uuid:1",
    "name": "Data Literacy",
    "validFrom": "2026-01-02T00:00:00Z",
    "validUntil": "2028-01-02T00:00:00Z",
    "issuer": {"id": "did:web:university.example"},
    "result": [
        {"value": "87 %", "resultType": "Percent"},
        {"value": "A-", "resultType": "LetterGrade"},
        {"value": "merit", "name": "Portfolio", "resultType": "Result"},
    ],
    "achievement": {
        "id": "https://university.example/data",
        "humanCode": "D1",
        "creditsAvailable": 3.5,
        "fieldOfStudy": "0612",
        "tag": ["data"],
        "achievementType": "Course",
        "alignment": [
            {
                "targetFramework": "European Qualifications Framework (EQF)",
                "targetCode": "6",
                "targetUrl": "http://eqf.example/6",
            },
            {"targetUrl": "http://esco.example/s1"},
        ],
    },
}


@dataclass(frozen=True)
class Check:
    code: str
    outcome: str = "failed"
    required: bool = True


@dataclass(frozen=True)
class Report:
    verdict: str = "valid"
    subject: Mapping[str, Any] = field(default_factory=lambda: SUBJECT)
    checks: tuple[Check, ...] = ()
    children: tuple[Report, ...] = ()


def test_what_is_read() -> None:
    holding = holding_from_report(Report(), "file.json")
    assert (holding.id, holding.achievement, holding.codes) == ("urn:uuid:1", "https://university.example/data", {"D1"})
    assert holding.valid is True
    assert holding.issuer == "did:web:university.example"
    assert holding.credits == {"": Decimal("3.5")}
    assert holding.levels == {"European Qualifications Framework (EQF)": Decimal(6), "EQF": Decimal(6)}
    assert holding.grades == {"percent": Decimal(87), "letter": "A-", "Portfolio": "merit"}
    assert holding.dates == {"awarded": date(2026, 1, 2), "valid_until": date(2028, 1, 2)}
    assert holding.categories == {"data", "0612"}
    assert holding.skills == {"http://eqf.example/6", "http://esco.example/s1"}
    assert holding.type == "Course"


@pytest.mark.parametrize(
    ("verdict", "valid"), [("valid", True), ("invalid", False), ("undetermined", None), ("", None)]
)
def test_the_verdict_decides_whether_it_stands(verdict: str, valid: bool | None) -> None:
    assert holding_from_report(Report(verdict=verdict), "file").valid is valid


def test_the_reason_is_the_first_check_that_failed() -> None:
    checks = (Check("status.unknown", "unknown"), Check("dates.expired"))
    assert holding_from_report(Report("invalid", checks=checks), "file").reason == "dates.expired"
    assert holding_from_report(Report("undetermined", checks=checks[:1]), "file").reason == "status.unknown"


def test_a_document_that_says_nothing_has_the_name_of_its_file() -> None:
    assert holding_from_report(Report("invalid", subject={}), "file.json") == Holding(id="file.json", valid=False)


@pytest.mark.parametrize(
    "result", [[{"value": "1e999999", "resultType": "Percent"}], [{}], ["x"], [{"value": "NaN", "name": "n"}]]
)
def test_hostile_results_are_texts_or_nothing(result: list[Any]) -> None:
    grades = holding_from_report(Report(subject={**SUBJECT, "result": result}), "file").grades
    assert all(isinstance(value, str) for value in grades.values())


def test_records_add_what_the_document_does_not_say_and_change_nothing_that_it_says() -> None:
    verified = holding_from_report(Report("undetermined"), "file")
    stated = Holding(
        id="urn:uuid:1",
        type="Degree",
        supervision="onsite",
        credits={"": Decimal(99), "ECTS": Decimal(3)},
        uses=(Use("Physics", kind="major"),),
        valid=True,
    )
    both = supplemented(verified, stated)
    assert (both.type, both.supervision, both.uses) == ("Course", "onsite", stated.uses)
    assert both.credits == {"": Decimal("3.5"), "ECTS": Decimal(3)}
    assert both.valid is None


def test_what_was_only_stated_is_not_known() -> None:
    assert only_stated(Holding(id="paper")).valid is None
    assert only_stated(Holding(id="paper", valid=False)).valid is False


def test_a_transcript_brings_its_parts_each_with_its_own_verdict() -> None:
    parts = (
        Report(),
        Report("invalid", {**SUBJECT, "id": "urn:uuid:2"}),
        Report(subject={"endorsementComment": "Good."}),
    )
    transcript = Report(subject={"id": "urn:uuid:t"}, children=parts)
    assert [(one.id, one.valid) for one in holdings_from_report(transcript)] == [
        ("urn:uuid:1", True),
        ("urn:uuid:2", False),
    ]
    degree = Report(subject={**SUBJECT, "id": "urn:uuid:d"}, children=parts[:1])
    assert [one.id for one in holdings_from_report(degree)] == ["urn:uuid:d", "urn:uuid:1"]
    assert [one.id for one in holdings_from_report(Report(children=parts[2:]))] == ["urn:uuid:1"]
    assert [one.valid for one in holdings_from_report(Report("undetermined", children=parts[:1]))] == [True]
