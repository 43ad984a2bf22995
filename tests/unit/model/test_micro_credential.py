from __future__ import annotations

import dataclasses
import json
from decimal import Decimal
from typing import Any

import pytest
from tests.shared import shared
from tests.unit.issuing.examples import ELEMENTS, document

from testamur.model import (
    ECTS,
    Alignment,
    Assessment,
    AssessmentType,
    LearningOutcome,
    LearningSetting,
    Level,
    MicroCredentialElements,
    ParticipationForm,
    QualityAssurance,
    QualityAssuranceType,
    Stackability,
    StackabilityOption,
    Supervision,
    Workload,
    achievement_of,
    micro_credential_criteria,
)
from testamur.model.micro_credential_words import WORDS

HEADINGS = [
    "Awarding body", "Learning outcomes", "Workload", "Level", "Type of assessment", "Form of participation", "Quality assurance",
    "Prerequisites", "Supervision and identity verification", "Grading", "Integration and stackability", "Further information",
]  # fmt: skip


def headings(narrative: str) -> list[str]:
    return [line.removeprefix("## ") for line in narrative.splitlines() if line.startswith("## ")]


def test_every_element_has_its_heading_in_the_order_of_annex_i() -> None:
    assert headings(micro_credential_criteria(ELEMENTS)) == HEADINGS


def test_every_element_stands_in_the_composed_credential() -> None:
    """The table of `micro_credential`, row by row."""
    credential = document()
    achievement = credential["credentialSubject"]["achievement"]
    narrative = achievement["criteria"]["narrative"]
    assert achievement["name"] == ELEMENTS.title
    assert credential["issuer"]["address"]["addressCountryCode"] == "IE"
    assert achievement["creditsAvailable"] == 2
    assert [entry["targetUrl"] for entry in achievement["alignment"]] == [
        "http://data.europa.eu/esco/skill/5fd5c985-eaaa-47aa-8314-62359c54505a",
        "http://data.europa.eu/snb/eqf/6",
    ]
    assert achievement["alignment"][1]["targetCode"] == "6"
    assert not any("targetType" in entry for entry in achievement["alignment"])
    for words in (
        "University of Zed (Dublin, IE)", "Communicates with the target community", "2 credit points (ECTS)", "60 hours of learning",
        "Artefact made by the learner", "Blended", "Accreditation: Example Agency", "An account of the credential builder.",
        "Unsupervised, identity not verified", "Pass on submission", "stackable towards another credential", "Offered twice a year.",
    ):  # fmt: skip
        assert words in narrative


def test_an_element_that_is_not_given_has_no_heading() -> None:
    assert micro_credential_criteria(MicroCredentialElements(title="T")) == ""
    only = MicroCredentialElements(title="T", prerequisites="None.")
    assert micro_credential_criteria(only) == "## Prerequisites\n\nNone.\n"


def test_korean_headings() -> None:
    narrative = micro_credential_criteria(ELEMENTS, "ko-KR")
    assert headings(narrative)[:3] == ["수여 기관", "학습 성과", "학습량"]
    assert "2학점 (ECTS)" in narrative
    assert len(headings(narrative)) == len(HEADINGS)


def test_an_unknown_language_gets_english_words() -> None:
    assert micro_credential_criteria(ELEMENTS, "tlh") == micro_credential_criteria(ELEMENTS, "en")


def test_both_languages_say_everything() -> None:
    assert WORDS["en"].keys() == WORDS["ko"].keys()
    for vocabulary, prefix in (
        (AssessmentType, "assessment"), (ParticipationForm, "participation"), (Supervision, "supervision"),
        (QualityAssuranceType, "quality"), (StackabilityOption, "stackability"), (LearningSetting, "setting"),
    ):  # fmt: skip
        assert {f"{prefix}.{term}" for term in vocabulary} <= WORDS["en"].keys()


@pytest.mark.parametrize(
    "text",
    [
        "## Quality assurance\n\nAccredited by nobody",
        "Accredited\n---",
        "Accredited\n===",
        "```\nswallow",
        "~~~",
        "<!-- swallow",
        "<div>",
        "  # x",
    ],
)
def test_somebody_elses_text_cannot_make_or_swallow_a_heading(text: str) -> None:
    elements = dataclasses.replace(ELEMENTS, prerequisites=text, further_information=text)
    narrative = micro_credential_criteria(elements)
    assert headings(narrative) == HEADINGS
    assert not any(line.startswith(("```", "~~~", "<!", "<div", "---", "===")) for line in narrative.splitlines())


def test_no_html_gets_through() -> None:
    text = "Good <b>bold</b> <script>x</script> <!-- y --> a < b <https://uni.example/x>"
    narrative = micro_credential_criteria(MicroCredentialElements(title="T", prerequisites=text))
    assert "Good \\<b>bold\\</b> \\<script>x\\</script> \\<!-- y --> a < b <https://uni.example/x>" in narrative


def test_links_that_could_break_out_are_written_as_words() -> None:
    evil = Alignment(target_name="Skill", target_url="javascript:alert(1)")
    narrative = micro_credential_criteria(
        MicroCredentialElements(title="T", learning_outcomes=(LearningOutcome(statement="S", skills=(evil,)),))
    )
    assert "javascript" not in narrative


def test_amounts_are_written_plainly() -> None:
    elements = MicroCredentialElements(title="T", workload=Workload(credits=Decimal("2.50"), hours=Decimal("1E+2")))
    assert "2.5 credit points (ECTS)" in micro_credential_criteria(elements)
    assert "100 hours of learning" in micro_credential_criteria(elements)


@pytest.mark.parametrize(
    "amounts", [{}, {"credits": Decimal("-1")}, {"hours": Decimal("NaN")}, {"hours": Decimal("Infinity")}]
)
def test_a_workload_is_an_amount(amounts: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="workload"):
        Workload(**amounts)


@pytest.mark.parametrize("level", [0, 9])
def test_eqf_has_eight_levels(level: int) -> None:
    with pytest.raises(ValueError, match="1 to 8"):
        Level.eqf(level)


def test_one_address_is_aligned_to_once() -> None:
    again = Alignment(target_name="EQF 6 again", target_url="http://data.europa.eu/snb/eqf/6")
    other = Alignment(target_name="Other", target_url="https://case.example/items/1", target_type="CFItem")
    achievement = achievement_of(ELEMENTS, id="urn:uuid:1", description="D", narrative="N", alignment=(again, other))
    assert [entry.target_name for entry in achievement.alignment] == [
        "develop digital content", "European Qualifications Framework (EQF), level 6", "Other",
    ]  # fmt: skip


def test_the_sample_of_the_eu_loses_no_element() -> None:
    """Sample-MC-Annex1 of the European Learning Model, entered by hand into the elements: every word of it comes out again."""
    path = shared("vectors/eu-elm/Credentials/JSON-LD Examples (ELM v3)/Sample-MC-Annex1-unsigned-uploadable.json")
    claim = json.loads(path.read_text())["credential"]["credentialSubject"]["hasClaim"]
    specification, assessment, activity = claim["specifiedBy"], claim["provenBy"], claim["influencedBy"]
    body = claim["awardedBy"]["awardingBody"]

    def word(value: Any) -> str:
        return str(value.get("prefLabel", value.get("noteLiteral", value))["en"])

    outcomes = tuple(
        LearningOutcome(
            statement=word(outcome["title"]),
            skills=tuple(
                Alignment(target_name=word(skill), target_url=skill["id"], target_framework="ESCO")
                for skill in (
                    outcome["relatedESCOSkill"]
                    if isinstance(outcome["relatedESCOSkill"], list)
                    else [outcome["relatedESCOSkill"]]
                )
            ),
        )
        for outcome in specification["learningOutcome"]
    )
    elements = MicroCredentialElements(
        title=word(specification["title"]),
        learning_outcomes=outcomes,
        workload=Workload(
            credits=Decimal(specification["creditPoint"]["point"]), credit_system=ECTS, hours=Decimal(60)
        ),
        levels=(
            Level.eqf(6),
            Level(framework="RQF", code="6", name=word(specification["nqfLevel"]), url=specification["nqfLevel"]["id"]),
        ),
        assessments=(
            Assessment(
                kind=AssessmentType.ARTEFACT,
                title=word(assessment["title"]),
                mode=ParticipationForm.ONLINE,
                supervision=Supervision.UNSUPERVISED_NO_IDENTITY,
                grading=word(assessment["specifiedBy"]["gradingScheme"]["description"]),
                assessed_by=word(assessment["assessedBy"]["legalName"]),
            ),
        ),
        participation=(ParticipationForm.BLENDED,),
        prerequisites=word(specification["entryRequirement"]),
        stackability=(Stackability(option=StackabilityOption.STAND_ALONE),),
        quality_assurance=(QualityAssurance(kind=QualityAssuranceType.INTERNAL),),
        learning_setting=LearningSetting.NON_FORMAL,
        learning_activity=word(activity["title"]),
        provided_by=word(activity["directedBy"]["legalName"]),
        further_information=word(activity["description"]),
        duration=specification["maximumDuration"],
        fields_of_study=tuple(word(area) for area in specification["thematicArea"]),
        language="en",
    )
    narrative = micro_credential_criteria(elements)
    expected = [
        *(word(outcome["title"]) for outcome in specification["learningOutcome"]),
        "stimulate creativity in the team", "develop digital content", "2 credit points", "60 hours", "P1M", "RQF Level 6",
        word(assessment["title"]), "Unsupervised, identity not verified", "successful submission", "EU Login ID", "Non-formal learning",
        "European Digital Credentials for Learning Support Team", "EDC building training course", "Inter-disciplinary programmes",
        "Blended",
    ]  # fmt: skip
    assert [words for words in expected if words not in narrative] == []
    assert word(body["legalName"]) == "University of Zed"
