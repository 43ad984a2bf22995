"""What is shown: the reading of a document, the JSON and the text of a report."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.shared import shared
from tests.simulator import NOW, Institution
from tests.unit.verification.conftest import Verify

from testamur.verification import CODES, Question, Report
from testamur.verification.codes import found
from testamur.verification.presenters import reading, to_json, to_text


def test_the_complete_example_of_the_specification_is_read() -> None:
    path = shared("vectors/1edtech/ob3-spec-examples/010-fullopenbadge-html-complete-openbadgecredential.json")
    read = reading(json.loads(path.read_text())["example"])
    assert read["name"] == "1EdTech University Degree for Example Student"
    assert read["issuer"]["name"] == "1EdTech University"
    assert read["achievement"]["criteria"]["narrative"].startswith("# Degree Requirements")
    assert [item["targetName"] for item in read["achievement"]["alignment"]] == ["1EdTech University Degree"] * 2
    assert read["evidence"][0]["name"] == "Final Project Report"
    assert read["result"][0] | {"alignment": []} == {
        "value": "A",
        "resultDescription": "urn:uuid:f6ab24cd-86e8-4eaf-b8c6-ded74e8fd41c",
        "name": "Final Project Grade",
        "resultType": "LetterGrade",
        "alignment": [],
    }
    assert read["holder"]["identifier"][0] == {
        "identityType": "emailAddress",
        "hashed": False,
        "value": "student@1edtech.edu",
    }
    assert (read["creditsEarned"], read["role"], read["term"]) == (42.0, "Major Domo", "Fall")


def test_a_hashed_identifier_is_not_shown() -> None:
    entry = {
        "type": "IdentityObject",
        "identityType": "emailAddress",
        "hashed": True,
        "identityHash": "sha256$00",
        "salt": "x",
    }
    read = reading({"credentialSubject": {"identifier": [entry]}})
    assert read["holder"] == {"identifier": [{"identityType": "emailAddress", "hashed": True}]}


def test_texts_in_several_languages_become_one() -> None:
    assert reading({"name": {"@value": "학위", "@language": "ko"}})["name"] == "학위"
    assert reading({"name": [{"@value": "학위", "@language": "ko"}, {"@value": "Degree"}]})["name"] == "학위"
    assert reading({"name": {"de": "Abschluss"}})["name"] == "Abschluss"


def test_digests_of_evidence_are_shown() -> None:
    read = reading({"evidence": {"id": "https://x.example/1", "digestSRI": "sha384-abc", "digestMultibase": ["uEiA"]}})
    assert read["evidence"] == [{"id": "https://x.example/1", "digest": ["uEiA", "sha384-abc"]}]


STRANGE: tuple[Any, ...] = (None, 1, True, "x", [], {}, [None], [[{}]], {"id": {}}, {"name": {"a": 1}}, [{"type": 7}])


@pytest.mark.parametrize("value", STRANGE, ids=repr)
def test_reading_never_stumbles(value: Any) -> None:
    for name in ("credentialSubject", "issuer", "evidence", "image", "type", "name", "validFrom"):
        reading({name: value})
    for name in ("achievement", "result", "identifier", "source", "creditsEarned", "narrative"):
        reading({"credentialSubject": {name: value}})
    for name in ("alignment", "criteria", "resultDescription", "tag", "image", "creator"):
        reading(
            {
                "credentialSubject": {
                    "achievement": {name: value},
                    "result": [{"resultDescription": value, "achievedLevel": value}],
                }
            }
        )


def test_the_json_has_everything_a_program_and_a_person_need(university: Institution, verify: Verify) -> None:
    badge = university.issue()
    university.revoke(badge)
    answer = to_json(verify(badge), "ko")
    json.dumps(answer)
    assert answer["verdict"] == "invalid"
    assert [entry["question"] for entry in answer["questions"]] == [question.value for question in Question]
    (status,) = [entry for entry in answer["checks"] if entry["name"] == "status"]
    assert status["code"] == "status.revoked"
    assert status["sentence"].startswith("발급자가 취소했습니다")
    assert status["nextStep"].startswith("신뢰하지 마시기 바랍니다")
    assert "unconfirmed" not in answer


def test_what_an_unconfirmed_document_says_is_kept_apart(university: Institution, verify: Verify) -> None:
    badge = university.issue()
    badge["name"] = "Doctor of Medicine"
    answer = to_json(verify(badge))
    assert answer["subject"] == {}
    assert answer["unconfirmed"]["name"] == "Doctor of Medicine"
    assert "Doctor" not in to_text(verify(badge))


def test_the_text_answers_the_questions_in_their_order(university: Institution, verify: Verify) -> None:
    text = to_text(verify(university.issue()))
    starts = [
        text.index(title)
        for title in ("genuine", "still valid", "from whom", "May they", "about this person", "What did it take")
    ]
    assert starts == sorted(starts)
    assert text.startswith("VALID.")
    assert text.endswith("\n")


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_finding_can_be_presented(language: str) -> None:
    checks = tuple(found(code, **dict.fromkeys(row.facts, "2026-11-25T10:00:00Z")) for code, row in CODES.items())
    report = Report(checks=checks, verified_at=NOW)
    assert len(to_json(report, language)["checks"]) == len(CODES)
    assert to_text(report, language).count("\n") > len(CODES)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Data", "Data"),
        ({"@value": "Data", "@language": "en"}, "Data"),
        ([{"@value": "Data", "@language": "en"}, {"@value": "데이터", "@language": "ko"}], "Data (en) · 데이터 (ko)"),
        ({"en": "Data", "ko-KR": "데이터"}, "Data (en) · 데이터 (ko-KR)"),
        ({"en": "Data"}, "Data"),
        ([{"@value": "Data", "@language": "en"}, "Daten"], "Data"),
        ({"id": "urn:uuid:1", "type": "Name"}, "urn:uuid:1"),
        ([], None),
        (3, None),
    ],
)
def test_what_is_said_in_several_languages_is_shown_in_each(name: Any, shown: str | None) -> None:
    assert reading({"name": name}).get("name") == shown
