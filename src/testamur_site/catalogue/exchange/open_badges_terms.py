"""From the European lists to the few terms for which the credential has words of its own.

A concept is found by its address, or by its English words where a system wrote its own address for a European term. What is in
no table stays in the credential in its own words.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from testamur import model

from ..description import eu_vocabularies as lists
from ..description.elements import Assessment
from ..description.vocabulary import Concept

T = TypeVar("T")

ASSESSMENT_TYPES: dict[str, model.AssessmentType] = {
    "written examination": model.AssessmentType.WRITTEN_EXAMINATION,
    "oral examination": model.AssessmentType.ORAL_EXAMINATION,
    "quiz": model.AssessmentType.QUIZ,
    "portfolio": model.AssessmentType.PORTFOLIO,
    "project work": model.AssessmentType.PROJECT,
    "practical assessment": model.AssessmentType.PRACTICAL,
    "artefact assessment": model.AssessmentType.ARTEFACT,
    "marked assignment": model.AssessmentType.ASSIGNMENT,
    "presentation": model.AssessmentType.PRESENTATION,
    "peer review": model.AssessmentType.PEER_REVIEW,
    "continuous evaluation": model.AssessmentType.CONTINUOUS,
    "level of attendance": model.AssessmentType.ATTENDANCE,
}
PARTICIPATION: dict[str, model.ParticipationForm] = {
    "online": model.ParticipationForm.ONLINE,
    "presential": model.ParticipationForm.ONSITE,
    "blended": model.ParticipationForm.BLENDED,
    "hybrid": model.ParticipationForm.HYBRID,
    "workbased": model.ParticipationForm.WORK_BASED,
    "project based": model.ParticipationForm.PROJECT_BASED,
    "research-lab based": model.ParticipationForm.RESEARCH_LAB,
    "volunteering": model.ParticipationForm.VOLUNTEERING,
}
QUALITY: dict[str, model.QualityAssuranceType] = {
    "institutional quality assurance": model.QualityAssuranceType.EXTERNAL_EVALUATION,
    "programme quality assurance": model.QualityAssuranceType.EXTERNAL_EVALUATION,
    "institutional licence": model.QualityAssuranceType.STATE_RECOGNITION,
    "programme licence": model.QualityAssuranceType.STATE_RECOGNITION,
    "internal quality assurance of the provider": model.QualityAssuranceType.INTERNAL,
}
SETTINGS: dict[str, model.LearningSetting] = {
    "formal learning": model.LearningSetting.FORMAL,
    "non-formal learning": model.LearningSetting.NON_FORMAL,
    "informal learning": model.LearningSetting.INFORMAL,
}
INTEGRATION: dict[str, model.StackabilityOption] = {
    "stand-alone, independent micro-credential": model.StackabilityOption.STAND_ALONE,
    "integrated, stackable towards another credential": model.StackabilityOption.STACKABLE,
}

_ENGLISH = {
    concept.uri: concept.label["en"]
    for vocabulary in vars(lists).values()
    if isinstance(vocabulary, lists.Vocabulary)
    for concept in vocabulary
    if concept.uri
}


def term(table: Mapping[str, T], concept: Concept | None) -> T | None:
    """The term for a concept, None for an absent one and for one that the table does not know."""
    if concept is None:
        return None
    english = _ENGLISH.get(concept.uri) or concept.label.get("en", "")
    return table.get(english.casefold())


def supervision(assessment: Assessment) -> model.Supervision | None:
    """The option of Annex I: there, supervised with identity check is either online or onsite, which is the assessment's mode."""
    if assessment.supervision is None:
        return None
    words = (_ENGLISH.get(assessment.supervision.uri) or assessment.supervision.label.get("en", "")).casefold()
    online = term(PARTICIPATION, assessment.mode) is model.ParticipationForm.ONLINE
    return {
        "unsupervised without id verification": model.Supervision.UNSUPERVISED_NO_IDENTITY,
        "supervised without id verification": model.Supervision.SUPERVISED_NO_IDENTITY,
        "supervised with id verification": model.Supervision.SUPERVISED_ONLINE_IDENTITY
        if online
        else model.Supervision.SUPERVISED_ONSITE_IDENTITY,
    }.get(words)


def short_system(system: Concept) -> str:
    """`ECTS` for the European system, the English words for any other."""
    if system.uri.endswith("/education-credit/6fcec5c5af"):
        return model.ECTS
    return system.label.get("en") or next(iter(system.label.values()), system.uri)
