"""The profiles are data; their checks are pure and have three outcomes. One fact changes from case to case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from testamur_site.quality.profiles import (
    CHECKS,
    KINDS,
    Outcome,
    Programme,
    TaskFacts,
    evaluate,
    profile,
    profiles,
    questions,
)
from testamur_site.quality.profiles.evaluators import PARAMETERS
from testamur_site.quality.profiles.reading import ProfileFault, read

TASK = TaskFacts("Report", frozenset({"o1", "o2"}), has_rubric=True, supervision_stated=True)
FITS = Programme(
    titles={"en": "Reading figures", "ko": "수치 읽기"},
    elements=dict.fromkeys(
        (
            "title",
            "country",
            "awarding_body",
            "outcomes",
            "workload",
            "level",
            "assessment",
            "participation",
            "quality",
        ),
        "present",
    ),
    outcomes=("Judge a figure", "Analyse a table"),
    outcome_keys=("o1", "o2"),
    outcomes_with_skill=2,
    hours=Decimal(50),
    contact_hours=Decimal(30),
    credits={"ects": Decimal(2), "nz": Decimal(5), "kr": Decimal(2), "ceu": Decimal(3)},
    eqf_level=5,
    assessments=1,
    assessments_with_supervision=1,
    tasks=(TASK,),
    quality_bodies=1,
    quality_descriptions=1,
    organisations=("Han River University", "Acme"),
    review_months=24,
)

H, F, U = Outcome.HOLDS, Outcome.FAILS, Outcome.UNDECIDED
CASES: list[tuple[str, Mapping[str, Any], Mapping[str, Any], Outcome]] = [
    ("element", {"element": "title"}, {}, H),
    ("element", {"element": "title"}, {"elements": {"title": "weak"}}, H),
    ("element", {"element": "title"}, {"elements": {"title": "missing"}}, F),
    ("element", {"element": "title"}, {"elements": {}}, U),
    ("credits_between", {"system": "nz", "least": "1", "most": "40"}, {}, H),
    ("credits_between", {"system": "nz", "least": "1", "most": "40"}, {"credits": {"nz": Decimal(40)}}, H),
    ("credits_between", {"system": "nz", "least": "1", "most": "40"}, {"credits": {"nz": Decimal("40.5")}}, F),
    ("credits_between", {"system": "nz", "least": "1", "most": "40"}, {"credits": {"nz": Decimal("0.5")}}, F),
    ("credits_between", {"system": "nz", "least": "1", "most": "40"}, {"credits": {"ects": Decimal(2)}}, U),
    ("hours_per_credit", {"system": "nz", "least": "10", "most": "10"}, {}, H),
    ("hours_per_credit", {"system": "nz", "least": "10", "most": "10"}, {"hours": Decimal(51)}, F),
    ("hours_per_credit", {"system": "nz", "least": "10", "most": "10"}, {"hours": None}, U),
    ("hours_per_credit", {"system": "nz", "least": "10", "most": "10"}, {"credits": {"nz": Decimal(0)}}, U),
    ("contact_hours_per_credit", {"system": "kr", "least": "15"}, {}, H),
    ("contact_hours_per_credit", {"system": "kr", "least": "15"}, {"contact_hours": Decimal(29)}, F),
    ("contact_hours_per_credit", {"system": "kr", "least": "15"}, {"contact_hours": None}, U),
    ("hours_between", {"least": "1"}, {}, H),
    ("hours_between", {"least": "1"}, {"hours": Decimal("0.5")}, F),
    ("hours_between", {"least": "1"}, {"hours": None}, U),
    ("level_between", {"least": "1", "most": "8"}, {}, H),
    ("level_between", {"least": "6", "most": "8"}, {}, F),
    ("level_between", {"least": "1", "most": "8"}, {"eqf_level": None}, U),
    ("review_between", {"least": "12", "most": "36"}, {}, H),
    ("review_between", {"least": "12", "most": "36"}, {"review_months": 11}, F),
    ("review_between", {"least": "12", "most": "36"}, {"review_months": 37}, F),
    ("review_between", {"least": "12", "most": "36"}, {"review_months": None}, U),
    ("title_without_names", {}, {}, U),
    ("title_without_names", {}, {"titles": {"en": "Acme: reading figures"}}, F),
    ("title_without_names", {}, {"titles": {}}, U),
    ("assessed", {}, {}, H),
    ("assessed", {}, {"assessments": 0}, H),
    ("assessed", {}, {"assessments": 0, "tasks": ()}, F),
    ("assessed", {}, {"attendance_only": True, "tasks": ()}, F),
    ("outcomes_assessed", {}, {}, H),
    ("outcomes_assessed", {}, {"tasks": (replace(TASK, outcomes=frozenset({"o1"})),)}, F),
    ("outcomes_assessed", {}, {"tasks": (replace(TASK, has_rubric=False),)}, U),
    ("outcomes_assessed", {}, {"tasks": ()}, U),
    ("outcomes_assessed", {}, {"outcome_keys": ()}, F),
    ("outcomes_number", {"least": "1", "most": "12"}, {}, H),
    ("outcomes_number", {"least": "3", "most": "12"}, {}, F),
    ("outcomes_linked", {}, {}, H),
    ("outcomes_linked", {}, {"outcomes_with_skill": 1}, F),
    ("outcomes_linked", {}, {"outcomes": ()}, U),
    ("supervision_stated", {}, {}, H),
    ("supervision_stated", {}, {"assessments_with_supervision": 0}, F),
    ("supervision_stated", {}, {"assessments": 0, "tasks": ()}, U),
    ("quality_statement", {}, {}, H),
    ("quality_statement", {}, {"quality_descriptions": 0}, F),
    ("quality_statement", {}, {"quality_bodies": 0}, F),
    ("judgement", {}, {}, U),
]


@pytest.mark.parametrize(("check", "parameters", "changed", "expected"), CASES)
def test_a_check(check: str, parameters: Mapping[str, Any], changed: Mapping[str, Any], expected: Outcome) -> None:
    assert evaluate(check, replace(FITS, **changed), parameters).outcome is expected


def test_every_check_is_tried_in_each_of_its_outcomes() -> None:
    tried = {check for check, *_ in CASES} | {"title_without_words"}
    assert tried == set(CHECKS)
    assert set(PARAMETERS) <= set(CHECKS)


NZ_WORDS = ["New Zealand", "national", "diploma", "degree", "under-graduate", "post-graduate", "master"]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Reading figures", []),
        ("Diploma in reading figures", ["diploma"]),
        ("A DEGREE of certainty", ["degree"]),
        ("Undergraduate statistics", ["under-graduate"]),
        ("Postgraduate and under graduate statistics", ["under-graduate", "post-graduate"]),
        ("Mastering spreadsheets", []),  # another word
        ("Masterclass: figures", []),
        ("Figures for New-Zealand", ["New Zealand"]),
        ("Figures for newzealand", ["New Zealand"]),
        ("International figures", []),
        ("Natiönal figures", ["national"]),  # written with an accent it is read as the same word
        ("국가 통계", []),
    ],
)
def test_forbidden_words_are_words(title: str, expected: list[str]) -> None:
    finding = evaluate("title_without_words", replace(FITS, titles={"ko": title}), {"words": NZ_WORDS})
    assert finding.facts.get("words", []) == expected
    assert finding.outcome is (F if expected else H)


def test_without_a_title_nothing_is_decided() -> None:
    assert evaluate("title_without_words", replace(FITS, titles={}), {"words": NZ_WORDS}).outcome is U


def test_the_profiles_that_are_promised() -> None:
    assert [one.id for one in profiles()] == ["eu", "au", "kr", "nz", "us"]
    assert profile("xx") is None


@pytest.mark.parametrize(
    ("rule_id", "check", "parameters"),
    [
        ("nz.credits", "credits_between", {"system": "nz", "least": "1", "most": "40"}),
        ("nz.hours", "hours_per_credit", {"system": "nz", "least": "10", "most": "10"}),
        ("nz.review", "review_between", {"least": "12", "most": "36"}),
        ("kr.credits", "credits_between", {"system": "kr", "least": "6", "most": "15"}),
        ("kr.contact_hours", "contact_hours_per_credit", {"system": "kr", "least": "15"}),
        ("au.volume", "hours_between", {"least": "1"}),
        ("au.assessed", "assessed", {}),
    ],
)
def test_the_figures_of_the_jurisdictions(rule_id: str, check: str, parameters: dict[str, str]) -> None:
    rule = next(rule for one in profiles() for rule in one.rules if rule.id == rule_id)
    assert (rule.check, rule.severity) == (check, "must")
    assert rule.parameters == parameters


def test_every_rule_speaks_both_languages_and_names_its_source() -> None:
    for one in profiles():
        for rule in one.rules:
            assert rule.id.startswith(f"{one.id}.")
            assert rule.section
            assert one.source_of(rule).url.startswith("https://")
            assert any("가" <= letter <= "힣" for letter in rule.words["ko"]), rule.id


def test_everybody_is_asked_something_and_industry_about_practice() -> None:
    asked = {kind: [question.id for question in questions(kind)] for kind in KINDS}
    assert all(len(ids) >= 4 for ids in asked.values())
    assert "practice" in asked["industry"]
    assert "capability" not in asked["peer"]


GOOD = b"""
id = "xx"
edition = "1"
name = { en = "N", ko = "N" }
summary = { en = "S", ko = "S" }
[[sources]]
key = "s"
title = "T"
[[rules]]
id = "xx.one"
severity = "must"
words = { en = "W", ko = "W" }
source = "s"
section = "1"
check = "hours_between"
with = { least = "1" }
"""


def test_a_profile_of_ones_own_is_read() -> None:
    assert read("xx", GOOD).rules[0].id == "xx.one"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'check = "hours_between"', b'check = "hours_beneath"'),
        (b'severity = "must"', b'severity = "shall"'),
        (b'source = "s"', b'source = "t"'),
        (b'least = "1"', b'leest = "1"'),
        (b'id = "xx"', b'id = "yy"'),
        (b'{ en = "W", ko = "W" }', b'{ en = "W" }'),
        (b'section = "1"', b""),
        (b"[[rules]]", b"[[rules"),
        (b'id = "xx.one"', b'id = "XX one"'),
    ],
)
def test_a_profile_that_says_something_nobody_understands_is_refused(before: bytes, after: bytes) -> None:
    with pytest.raises(ProfileFault):
        read("xx", GOOD.replace(before, after))


def test_a_rule_that_stands_twice_is_refused() -> None:
    with pytest.raises(ProfileFault, match="twice"):
        read("xx", GOOD + GOOD[GOOD.index(b"[[rules]]") :])
