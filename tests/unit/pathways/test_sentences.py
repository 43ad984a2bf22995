"""Every mistake has a code, and every code a sentence in both languages."""

from __future__ import annotations

import ast
from pathlib import Path
from string import Formatter

import pytest

import testamur.pathways
from testamur.pathways import NotAProgramme, Trial, read_case, read_programme, trials
from testamur.pathways.reading.sentences import CODES, TEMPLATES, Fault, said

PACKAGE = Path(testamur.pathways.__file__).parent
PLACES = {"wrong": 1, "mistake": 1, "_refused": 2, "of": 0, "NotATime": 0}
SITE = {"too_many_characters"}
"""Codes that only the site uses: it keeps texts of fewer characters than are read here."""


def used_codes() -> dict[str, set[str]]:
    """The codes in the source, each with the names of the facts that it is used with."""
    found: dict[str, set[str]] = {}
    for file in [*(PACKAGE / "reading").glob("*.py"), PACKAGE / "trials.py", PACKAGE / "dates.py"]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                at = PLACES.get(name)
                given = node.args[at] if at is not None and len(node.args) > at else None
                for code in ast.walk(given) if isinstance(given, (ast.Constant, ast.IfExp)) else ():
                    if isinstance(code, ast.Constant) and isinstance(code.value, str) and " " not in code.value:
                        facts = {"text"} if name == "NotATime" else {key.arg or "" for key in node.keywords}
                        found.setdefault(code.value, set()).update(facts)
            if isinstance(node, (ast.Assign, ast.Return)):  # code, facts = "type", {…} of the schema's findings
                value = node.value
                parts = value.elts if isinstance(value, ast.Tuple) else [value]
                if file.name == "schema.py" and isinstance(parts[0], ast.Constant) and parts[0].value in CODES:
                    keys = parts[1].keys if len(parts) > 1 and isinstance(parts[1], ast.Dict) else []
                    names = {str(key.value) for key in keys if isinstance(key, ast.Constant)}
                    found.setdefault(str(parts[0].value), set()).update(names | {"here"})
    return found


def places(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def test_every_code_that_is_used_has_a_sentence_and_no_sentence_is_idle() -> None:
    used = set(used_codes()) & (CODES | {code for code in used_codes() if code not in CODES})
    assert used - CODES == set()
    assert CODES - used - SITE == set()


@pytest.mark.parametrize("language", ["en", "ko"])
def test_both_languages_say_every_code_with_facts_that_are_there(language: str) -> None:
    assert set(TEMPLATES[language]) == CODES
    for code, facts in used_codes().items():
        assert places(TEMPLATES[language][code]) <= facts, code


def test_both_languages_use_the_same_facts() -> None:
    assert {code: places(text) for code, text in TEMPLATES["ko"].items()} == {
        code: places(text) for code, text in TEMPLATES["en"].items()
    }


def test_a_mistake_is_said_in_the_language_of_the_reader() -> None:
    with pytest.raises(NotAProgramme) as refused:
        read_programme("language: testamur-programme/1\nid: a\nversion: '1'\ntitel: A\nrequires: {credits: many}\n")
    by_code = {one.fault.code: one for one in refused.value.mistakes}
    assert (
        by_code["unknown_word"].fault.said("ko")
        == "“titel”은(는) 여기에 쓰는 말이 아닙니다. “title”을(를) 뜻하셨습니까?"
    )
    assert by_code["unknown_word"].fault.facts == {"name": "titel", "near": "title"}
    assert by_code["missing_in_programme"].fault.said("ko-KR") == "프로그램에 “title” 항목이 없습니다."
    assert by_code["type"].fault.said("ko") == "“credits” 자리에는 다음이 와야 합니다: 숫자."
    assert by_code["type"].sentence == by_code["type"].fault.said("fr")


def test_a_mistake_is_told_with_its_place() -> None:
    with pytest.raises(NotAProgramme) as refused:
        read_programme("a: [")
    (mistake,) = refused.value.mistakes
    assert mistake.told("ko") == f"{mistake.line}행 {mistake.column}열: {mistake.fault.said('ko')}"
    assert mistake.told() == str(mistake)
    assert "YAML로 읽을 수 없습니다" in mistake.told("ko-KR")


def test_two_mistakes_of_one_kind_at_one_place_are_two() -> None:
    with pytest.raises(NotAProgramme) as refused:
        read_programme("language: testamur-programme/1\nrequires: {credits: 1}\n")
    assert {one.fault.facts["name"] for one in refused.value.mistakes} == {"id", "version", "title"}


@pytest.mark.parametrize(
    ("case", "line", "code"),
    [
        ("on: soon", 1, "day"),
        ("credentials:\n- {id: a}\n- {id: b, awarded: 2026-02-30}", 3, "day"),
        ("credentials:\n- {id: a}\n- {id: b, attendance: much}", 3, "no_amount"),
        ("credentials:\n- {id: a}\n- {id: a}", 1, "credential_twice"),
        ("credentials: [{id: a}]\napprovals:\n- {of: x, by: y, reason: z, on: then}", 3, "day"),
        ("credentials: [{id: a, colour: red}]", 1, "unknown_word_known"),
    ],
)
def test_a_case_has_its_mistakes_by_line_too(case: str, line: int, code: str) -> None:
    from datetime import date

    with pytest.raises(NotAProgramme) as refused:
        read_case(case, unit="credits", on=date(2026, 1, 1))
    assert [(one.line, one.fault.code) for one in refused.value.mistakes] == [(line, code)]


def run(test: str) -> Trial:
    text = (
        "language: testamur-programme/1\nid: a\nversion: '1'\ntitle: A\nrequires: {name: r, credits: 3}\n"
        f"tests:\n- {{name: t, {test}}}\n"
    )
    (found,) = trials(read_programme(text))
    return found


def test_what_a_test_finds_is_said_in_both_languages() -> None:
    trial = run("credentials: [{id: a, credits: 2}], expect: {outcome: holds, missing: {r: 2}, open: []}")
    assert trial.differences == (
        "outcome: expected holds, found does not hold",
        "missing of r: expected 2, found 1",
        "open: expected nothing, found r",
    )
    assert [fault.said("ko") for fault in trial.faults] == [
        "판정: 예상은 충족, 결과는 미충족",
        "r의 부족한 양: 예상은 2, 결과는 1",
        "미충족 요건: 예상은 없음, 결과는 r",
    ]


def test_a_test_that_cannot_be_read_is_a_test_that_fails() -> None:
    trial = run("credentials: [{id: a, attendance: much}], expect: {outcome: holds}")
    assert [fault.code for fault in trial.faults] == ["no_amount"]


def test_what_was_kept_is_said_later() -> None:
    fault = Fault.of("type", here="credits", types=["number", "object"])
    assert said(fault.code, fault.facts) == "“credits” is to be a number or a mapping (key: value)"
    assert said("of another version", {}, "ko") == "of another version"


def test_text_of_the_programme_cannot_pretend_to_be_ours() -> None:
    assert "\n" not in Fault.of("no_list", name="a\n\u202eb").said()
    assert len(Fault.of("no_list", name="a" * 5_000).said("ko")) < 300
