"""Hints for learning outcomes: what is found, what is left in peace, and that everything found can be said."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from testamur.assessment.outcomes import LEVELS, Finding, about, lint, main_verb, sentence, suggested_verbs
from testamur.errors import TooLarge


def codes(title: str, language: str = "en", level: int | None = None) -> list[str]:
    return [finding.code for finding in lint([title], level=level, language=language)]


@pytest.mark.parametrize(
    ("title", "verb", "level"),
    [
        ("Analyse a data set with pandas", "analyse", "analyse"),
        ("Analyze a data set with pandas", "analyse", "analyse"),
        ("Applies the General Data Protection Regulation to a case", "apply", "apply"),
        ("The learner is able to design a relational database", "design", "create"),
        ("On completion, students will be able to critically evaluate a study", "evaluate", "evaluate"),
        ("Planning a survey", "plan", "create"),
        ("Carry out a risk assessment", "carry out", "apply"),
        ("1. Explain how transactions isolate readers from writers", "explain", "understand"),
    ],
)
def test_english_verbs(title: str, verb: str, level: str) -> None:
    assert main_verb(title) == (verb, level)
    assert codes(title) == []


@pytest.mark.parametrize(
    ("title", "verb", "level"),
    [
        ("판다스로 데이터를 분석할 수 있다.", "분석", "analyse"),
        ("관계형 데이터베이스를 설계한다", "설계", "create"),
        ("거래의 격리 수준을 설명할 수 있습니다", "설명", "understand"),
        ("조사 결과를 바탕으로 보고서를 작성하는 능력", "작성", "apply"),
        ("설문을 분석하여 개선안을 제안한다", "제안", "create"),
        ("웹 페이지를 만들 수 있다", "만들다", "create"),
        ("위험 평가", "평가", "evaluate"),
    ],
)
def test_korean_verbs(title: str, verb: str, level: str) -> None:
    assert main_verb(title, "ko") == (verb, level)
    assert codes(title, "ko") == []


@pytest.mark.parametrize(
    ("title", "language", "code"),
    [
        ("Understand databases", "en", "unobservable_verb"),
        ("The student will fully understand databases", "en", "unobservable_verb"),
        ("Be familiar with SQL", "en", "unobservable_verb"),
        ("Students will have knowledge of SQL", "en", "unobservable_verb"),
        ("데이터베이스를 이해한다", "ko", "unobservable_verb"),
        ("데이터베이스의 원리를 알 수 있다", "ko", "unobservable_verb"),
        ("Databases", "en", "no_verb"),
        ("데이터베이스의 원리", "ko", "no_verb"),
        ("Use various tools", "en", "vague_words"),
        ("다양한 도구를 사용한다", "ko", "vague_words"),
        ("Design and implement an interface", "en", "several"),
        ("Design, build and test an interface", "en", "several"),
        ("Analyse the data and report the findings", "en", "several"),
        ("인터페이스를 설계하고 구현한다", "ko", "several"),
        ("인터페이스를 설계 및 구현할 수 있다", "ko", "several"),
        ("  ", "en", "empty"),
        ("Explain " + "very " * 80 + "much", "en", "long"),
    ],
)
def test_what_a_reader_would_stumble_over(title: str, language: str, code: str) -> None:
    assert code in codes(title, language)


@pytest.mark.parametrize(
    ("title", "language"),
    [
        ("Explain the design of experiments and tests of hypotheses", "en"),
        ("Explain cause and effect in a study", "en"),
        ("Solve problems of supply and demand", "en"),
        ("데이터를 정제하여 오류를 찾는다", "ko"),
        ("등록 절차를 설명한다", "ko"),
        ("품질과 비용을 비교한다", "ko"),
    ],
)
def test_what_is_well_written_is_left_in_peace(title: str, language: str) -> None:
    assert codes(title, language) == []


def test_duplicates_name_the_earlier_one() -> None:
    found = lint(
        [
            "Explain how a database works",
            "Compare two methods",
            "explain: how a database works",
            "Explain how the database works well",
        ]
    )
    assert found == [Finding("duplicate", 2, {"other": 0, "exact": True})]
    near = lint(
        ["Explain how a relational database stores its rows", "Explain how the relational database stores its rows"]
    )
    assert near == [Finding("duplicate", 1, {"other": 0, "exact": False})]


def test_a_high_level_asks_for_more_than_understanding() -> None:
    low = ["Explain a model", "List the steps of a survey"]
    assert lint(low, level=7)[-1] == Finding("below_level", None, {"level": 7, "highest": "understand"})
    assert lint(low, level=4) == []
    assert lint([*low, "Apply a model"], level=7) == []


def test_what_cannot_be_looked_at_is_said() -> None:
    found = lint(["Datenbanken verstehen", "Datenbanken verstehen"], language="de-AT")
    assert [finding.code for finding in found] == ["duplicate", "language"]
    assert suggested_verbs(3, "de") == {}
    assert main_verb("Datenbanken verstehen", "de") is None


@pytest.mark.parametrize("language", ["en", "ko"])
def test_suggestions_fit_the_level_and_pass_their_own_lint(language: str) -> None:
    assert next(iter(suggested_verbs(7, language))) == "create"
    assert set(suggested_verbs(None, language)) == set(LEVELS)
    for level, verbs in suggested_verbs(None, language).items():
        for verb in verbs:
            title = f"{verb} a report" if language == "en" else f"보고서를 {verb}한다"
            assert main_verb(title, language) == (verb, level)


def test_no_verb_stands_at_two_levels() -> None:
    for language in ("en", "ko"):
        verbs = [verb for of_level in suggested_verbs(None, language).values() for verb in of_level]
        assert len(verbs) == len(set(verbs))


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    st.lists(
        st.one_of(st.text(max_size=80), st.sampled_from(["Design and build x", "이해한다", "설계 및 구현", "etc"])),
        max_size=6,
    ),
    st.sampled_from(["en", "ko", "ko-KR", "fr", ""]),
    st.one_of(st.none(), st.integers(-3, 12)),
)
def test_anything_can_be_looked_at_and_everything_found_can_be_said(
    titles: list[str], language: str, level: int | None
) -> None:
    for finding in lint(titles, level=level, language=language):
        assert finding.outcome is None or 0 <= finding.outcome < len(titles)
        for reader in ("en", "ko"):
            said = sentence(finding, reader)
            assert said
            assert "{" not in said.replace("{", "", said.count("{") if any("{" in title for title in titles) else 0)
    assert about("ko") != about("en") == about("fr")


def test_size_is_bounded() -> None:
    with pytest.raises(TooLarge):
        lint(["x"] * 201)
    with pytest.raises(TooLarge):
        lint(["x" * 2_001])


def test_a_long_text_takes_no_time() -> None:
    for hostile in (
        "and " * 500,
        "the learner will be able to " * 70,
        ", " * 900,
        "설계 및 " * 400,
        "on " + "a" * 1_900,
    ):
        lint([hostile[:2_000]] * 20, language="en")
        lint([hostile[:2_000]] * 20, language="ko")
