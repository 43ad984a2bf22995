"""One realistic award, from which the tests of issuing change one thing at a time."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from testamur.issuing import AwardDetails, Recipient, compose
from testamur.model import (
    Address,
    Alignment,
    Assessment,
    AssessmentType,
    AwardingBody,
    Evidence,
    IdentifierEntry,
    Image,
    LearningOutcome,
    Level,
    MicroCredentialElements,
    ParticipationForm,
    Profile,
    QualityAssurance,
    QualityAssuranceType,
    Result,
    ResultDescription,
    RubricCriterionLevel,
    Stackability,
    StackabilityOption,
    Supervision,
    Workload,
    achievement_of,
    micro_credential_criteria,
)
from testamur.status import status_entry

SCHEMAS = "vectors/1edtech/ob3-json-schemas/waltid-libraries/credentials/waltid-verification-policies2/src/commonTest/resources/"

GRADE = "urn:uuid:f6ab24cd-86e8-4eaf-b8c6-ded74e8fd41c"
RUBRIC = "urn:uuid:a70ddc6a-4c4a-4bd8-8277-cb97c79f40c5"
MASTERED = "urn:uuid:d05a0867-d0ad-4b03-bdb5-28fb5d2aab7a"

ISSUER = Profile(
    id="did:web:uni.example",
    name="University of Zed",
    url="https://uni.example",
    address=Address(address_country_code="IE", address_region="Dublin"),
    other_identifier=(IdentifierEntry(identifier="Res1818", identifier_type="identifier"),),
    image=Image(id="https://uni.example/logo.png", caption="Logo"),
)

ELEMENTS = MicroCredentialElements(
    title="Digital micro-credential creation",
    awarding_bodies=(
        AwardingBody(name="University of Zed", country="IE", region="Dublin", homepage="https://uni.example"),
    ),
    learning_outcomes=(
        LearningOutcome(
            statement="Develops digital content",
            skills=(
                Alignment(
                    target_name="develop digital content",
                    target_url="http://data.europa.eu/esco/skill/5fd5c985-eaaa-47aa-8314-62359c54505a",
                    target_framework="ESCO",
                ),
            ),
        ),
        LearningOutcome(statement="Communicates with the target community"),
    ),
    workload=Workload(credits=Decimal("2"), hours=Decimal("60")),
    levels=(Level.eqf(6),),
    assessments=(
        Assessment(
            kind=AssessmentType.ARTEFACT,
            title="Digital artefact assessment",
            mode=ParticipationForm.ONLINE,
            supervision=Supervision.UNSUPERVISED_NO_IDENTITY,
            grading="Pass on submission of a conforming sample credential.",
        ),
    ),
    participation=(ParticipationForm.BLENDED,),
    quality_assurance=(
        QualityAssurance(kind=QualityAssuranceType.ACCREDITATION, name="Example Agency", url="https://qa.example/zed"),
    ),
    prerequisites="An account of the credential builder.",
    stackability=(Stackability(option=StackabilityOption.STACKABLE, towards="Certificate in digital teaching"),),
    further_information="Offered twice a year.",
    language="en",
    duration="P1M",
    fields_of_study=("Personal skills and development",),
)

ACHIEVEMENT = achievement_of(
    ELEMENTS,
    id="https://uni.example/achievements/Zk3vQw81",
    description="How to make a micro-credential that others can read.",
    narrative=micro_credential_criteria(ELEMENTS, "en"),
    criteria_url="https://uni.example/m/Zk3vQw81",
    creator=ISSUER,
    image=Image(id="https://uni.example/m/Zk3vQw81.png", caption="A badge"),
    version="1",
    other_identifier=(IdentifierEntry(identifier="C012", identifier_type="identifier"),),
    result_description=(
        ResultDescription(
            id=GRADE, name="Grade", result_type="LetterGrade", allowed_value=("C", "B", "A"), required_value="C"
        ),
        ResultDescription(
            id=RUBRIC,
            name="Project",
            result_type="RubricCriterionLevel",
            rubric_criterion_level=(RubricCriterionLevel(id=MASTERED, name="Mastered"),),
        ),
    ),
    tag=("digital", "credential"),
)

RECIPIENT = Recipient(name="김민지", email="Minji.Kim@Example.org", salt="cLhbQ0Jm2fXWqvNpTzRy9A")

AWARD = AwardDetails(
    id="https://uni.example/c/9Qm2xVb7LkTzR4sWcYpH1dEn",
    valid_from=datetime(2026, 11, 25, 9, 30, 12, 345678, tzinfo=UTC),
    valid_until=datetime(2031, 11, 25, 9, 30, 12, tzinfo=UTC),
    image=Image(id="https://uni.example/c/9Qm2xVb7LkTzR4sWcYpH1dEn.png"),
    evidence=(Evidence(id="https://uni.example/e/1", name="Final project", narrative="A credential that validates."),),
    results=(Result(result_description=GRADE, value="A"), Result(result_description=RUBRIC, achieved_level=MASTERED)),
    status_entry=status_entry("https://uni.example/status/Hq7", 94567),
    activity_start_date=datetime(2026, 9, 1, tzinfo=UTC),
    activity_end_date=datetime(2026, 11, 20, tzinfo=UTC),
    credits_earned=2.0,
)


def document() -> dict[str, Any]:
    """A fresh unsigned credential without any finding."""
    return compose(ISSUER, ACHIEVEMENT, RECIPIENT, AWARD)
