"""A rule names an achievement; which of its versions count is said by the rule, and by default a later one counts."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from testamur.pathways import Holding, decide, holding_from_report, read_case, read_programme
from testamur.pathways.decisions import make_record, part_of, read_record, rerun, to_evidence
from testamur.pathways.words import explain, names_of, read_aloud

PROGRAMME = """\
language: testamur-programme/1
id: data
version: "1"
title: Data
requires:
  name: both
  all:
    - {name: foundations, from: {achievement: F1}, count: 1}
    - {name: practice, from: {achievement: P}, count: 1}
"""
FIRST = "{id: f1, achievement: F1, version: '1'}"
SECOND = "{id: f2, achievement: F2, version: '2', continues: [F1], name: Foundations}"
THIRD = "{id: f3, achievement: F3, version: '3', continues: [F1, F2]}"
PRACTICE = "{id: p, achievement: P}"


def decided(*credentials: str, rule: str = PROGRAMME) -> Any:
    case = read_case(f"credentials: [{', '.join(credentials)}]", unit="credits", on=date(2026, 1, 1))
    return decide(read_programme(rule), case)


@pytest.mark.parametrize("foundations", [FIRST, SECOND, THIRD])
def test_the_version_that_is_named_counts_and_every_later_one(foundations: str) -> None:
    assert str(decided(foundations, PRACTICE).outcome) == "holds"


def test_an_earlier_version_than_the_one_that_is_named_does_not_count() -> None:
    rule = PROGRAMME.replace("F1", "F2")
    assert str(decided(FIRST, PRACTICE, rule=rule).outcome) == "does not hold"
    assert str(decided(THIRD, PRACTICE, rule=rule).outcome) == "holds"


def test_two_versions_of_one_course_count_once() -> None:
    rule = PROGRAMME.replace("{name: foundations, from: {achievement: F1}, count: 1}", "{name: foundations, count: 2}")
    found = decided(FIRST, SECOND, PRACTICE, rule=rule)
    assert str(found.outcome) == "does not hold"
    assert "repeats" in {one.kind for one in found.chosen.refused}
    assert str(decided(FIRST, SECOND, PRACTICE, rule=rule + "repeats: allowed\n").outcome) == "holds"


def test_a_rule_may_count_only_the_versions_that_it_names() -> None:
    rule = PROGRAMME + "versions: as_named\n"
    assert str(decided(FIRST, PRACTICE, rule=rule).outcome) == "holds"
    assert str(decided(SECOND, PRACTICE, rule=rule).outcome) == "does not hold"


@pytest.mark.parametrize(
    ("asked", "counts"),
    [
        ("{is: 2}", "f2"),
        ("{is: ['1', '2']}", "f1 f2"),
        ("{at_least: 2}", "f2 f3"),
        ("{at_most: 2}", "f1 f2"),
        ("{is_not: 2}", "f1 f3"),
    ],
)
def test_a_requirement_may_ask_for_a_version(asked: str, counts: str) -> None:
    rule = PROGRAMME.replace("{achievement: F1}", f"{{achievement: F1, version: {asked}}}")
    for name, credential in (("f1", FIRST), ("f2", SECOND), ("f3", THIRD)):
        outcome = str(decided(credential, PRACTICE, rule=rule).outcome)
        assert outcome == ("holds" if name in counts else "does not hold"), name


def test_a_version_that_nobody_stated_cannot_be_decided() -> None:
    rule = PROGRAMME.replace("{achievement: F1}", "{achievement: F1, version: {at_least: 2}}")
    assert str(decided("{id: f, achievement: F1}", PRACTICE, rule=rule).outcome) == "undecided"


def test_what_counts_is_said_aloud() -> None:
    assert "A later version of an achievement counts like the one that is named." in read_aloud(
        read_programme(PROGRAMME)
    )
    assert "명시한 버전만 인정되며" in read_aloud(read_programme(PROGRAMME + "versions: as_named\n"), "ko")
    anything = PROGRAMME.replace("from: {achievement: F1}, ", "").replace("from: {achievement: P}, ", "")
    assert "version of an achievement" not in read_aloud(read_programme(anything))


def test_the_explanation_names_the_version_that_was_used() -> None:
    case = read_case(f"credentials: [{SECOND}, {PRACTICE}]", unit="credits", on=date(2026, 1, 1))
    found = decide(read_programme(PROGRAMME), case)
    assert "Foundations, version 2: counts" in explain(found, "en", names_of(case.holdings, "en"))["used"][0] or (
        "Foundations, version 2" in explain(found, "en", names_of(case.holdings, "en"))["used"][0]
    )
    assert "Foundations(버전 2)" in explain(found, "ko", names_of(case.holdings, "ko"))["used"][0]


def report(**achievement: Any) -> Any:
    said = {
        "id": "urn:c",
        "issuer": {"id": "did:web:here"},
        "achievement": {"id": "https://a.example/2", **achievement},
    }
    return SimpleNamespace(subject=said, verdict="valid", checks=(), children=())


def test_a_document_says_which_earlier_versions_it_continues() -> None:
    related = [
        {"id": "https://a.example/1", "version": "1"},
        {"id": "https://a.example/2/ko", "inLanguage": "ko"},
        {"id": "https://b.example/1", "version": "1"},
        {"id": "did:web:a.example", "version": "1"},
        {"id": 7, "version": "1"},
        "nonsense",
    ]
    found = holding_from_report(report(version="2", related=related), "d")
    assert (found.version, found.continues) == ("2", frozenset({"https://a.example/1"}))
    assert holding_from_report(report(related=related), "d").continues == frozenset()
    assert holding_from_report(report(version="2", related="x"), "d").continues == frozenset()


def test_the_record_carries_the_version_and_earlier_records_stand() -> None:
    content = b"{}"
    said = report(version="2", related=[{"id": "https://a.example/1", "version": "1"}])
    holding = holding_from_report(said, "d")
    rule = PROGRAMME.replace("F1", "https://a.example/1").replace(
        "    - {name: practice, from: {achievement: P}, count: 1}\n", ""
    )
    for recorded, result in (
        (holding, "passed"),
        (_without_version(holding), "passed"),
        (_of_version_9(holding), "failed"),
    ):
        case = read_case("{}", unit="credits", on=date(2026, 1, 1))
        case = type(case)(on=case.on, holdings=(recorded,))
        record = make_record(rule.encode(), case, [part_of(content, (recorded,))])
        evidence = {"evidence": [one.to_json() for one in to_evidence(record)]}
        again = read_record(evidence)
        assert again.case.holdings[0].continues == recorded.continues
        document = SimpleNamespace(digest=again.parts[0].digest, report=said)
        assert str(rerun(again, [document]).result) == result  # type: ignore[list-item]


def _without_version(holding: Holding) -> Holding:
    return Holding(id=holding.id, achievement=holding.achievement, issuer=holding.issuer, codes=holding.codes)


def _of_version_9(holding: Holding) -> Holding:
    return Holding(id=holding.id, achievement=holding.achievement, issuer=holding.issuer, version="9")
