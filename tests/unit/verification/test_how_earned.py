"""How it was earned, as a credential says it: outcome → task → criterion → evidence with its digest → assessors."""

from __future__ import annotations

from typing import Any

import pytest

from testamur.verification import presenters
from testamur.verification.presenters import how_earned

DIGEST = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
A = "https://uni.example/achievements/1"
C = "https://uni.example/c/1"


def aligned(kind: str, url: str, name: str) -> dict[str, Any]:
    return {"type": ["Alignment"], "targetType": kind, "targetUrl": url, "targetName": name}


def document() -> dict[str, Any]:
    outcome = aligned("ext:LearningOutcome", f"{A}#outcome-o1", "Weighs sources")
    level = {"id": f"{A}#task-essay-argument-good", "type": ["RubricCriterionLevel"], "name": "Good"}
    return {
        "id": C,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "credentialSubject": {
            "achievement": {
                "id": A,
                "resultDescription": [
                    {"id": f"{A}#task-essay", "name": "Essay", "resultType": "Percent", "requiredValue": "50", "alignment": [outcome]},
                    {
                        "id": f"{A}#task-essay-argument",
                        "name": "Essay: Argument",
                        "resultType": "RubricCriterionLevel",
                        "alignment": [outcome],
                        "rubricCriterionLevel": [level],
                    },
                    {"id": f"{A}#result-1", "name": "Grade"},
                ],
            },
            "result": [
                {
                    "resultDescription": f"{A}#task-essay",
                    "value": "72.5",
                    "alignment": [
                        aligned("ext:Evidence", f"{C}#assessment-essay", "Assessment"),
                        aligned("ext:Evidence", "ni:///sha-256;47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU", "essay.pdf"),
                    ],
                },
                {"resultDescription": f"{A}#task-essay-argument", "achievedLevel": level["id"]},
                {"resultDescription": f"{A}#result-1", "value": "A"},
            ],
        },
        "evidence": [
            {"id": f"{C}#assessment-essay", "genre": "Assessment", "narrative": "* Assessed by: Acme\n* Handed in"},
            {"id": "ni:///sha-256;47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU", "name": "essay.pdf", "digestSRI": DIGEST},
            {"id": "https://elsewhere.example/x", "name": "Beside"},
        ],
    }  # fmt: skip


def test_the_chain_is_read_from_end_to_end() -> None:
    (entry,) = presenters.chain(presenters.reading(document()))
    assert (entry["name"], entry["value"], entry["requiredValue"]) == ("Essay", "72.5", "50")
    assert entry["outcomes"] == ["Weighs sources"]
    assert entry["criteria"] == [{"name": "Argument", "level": "Good", "outcomes": ["Weighs sources"]}]
    assert [one["narrative"] for one in entry["records"]] == ["* Assessed by: Acme\n* Handed in"]
    assert [(one["name"], one["sha256"]) for one in entry["evidence"]] == [("essay.pdf", EMPTY)]


def test_what_the_chain_has_shown_need_not_be_shown_again() -> None:
    results, evidence = presenters.told(presenters.reading(document()))
    assert results == {f"{A}#task-essay-argument"}
    assert "https://elsewhere.example/x" not in evidence
    assert len(evidence) == 2


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_terminal_shows_it_without_obeying_it(language: str) -> None:
    said = document()
    said["evidence"][1]["name"] = "essay\x1b[2J.pdf"
    lines = how_earned.to_lines(presenters.reading(said), language)
    assert any(EMPTY in line for line in lines)
    assert any("72.5 %" in line for line in lines)
    assert all("\x1b" not in line and "\n" not in line for line in lines)


@pytest.mark.parametrize(
    "change",
    [
        {"evidence": []},
        {"evidence": "x"},
        {"credentialSubject": {"result": [{"resultDescription": 5}]}},
        {"credentialSubject": {"achievement": {"resultDescription": "x"}, "result": [{"alignment": [5]}]}},
        {"credentialSubject": []},
    ],
)
def test_a_document_without_a_chain_has_none(change: dict[str, Any]) -> None:
    assert presenters.chain(presenters.reading(document() | change)) == []
    assert how_earned.to_lines(presenters.reading(document() | change)) == []
