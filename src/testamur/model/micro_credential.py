"""The elements of a micro-credential that the EU asks for, and where each stands in an Open Badges 3.0 credential.

Council Recommendation 2022/C 243/02 of 16 June 2022, Annex I, lists mandatory and optional elements. OB 3.0 has a term of its own for
some of them. For the others no private vocabulary is invented, because a verifier in safe mode refuses a term that it does not
know: they stand in `achievement.criteria.narrative`, Markdown with one heading per element in the order of this table. The narrative
repeats what also stands in a term, so that it is complete by itself, and it is signed with everything else.

| Annex I element | Field here | In the credential | In the narrative |
|---|---|---|---|
| identification of the learner | of the award: `issuing.Recipient` | `credentialSubject.identifier[]` (name; e-mail hashed) | – |
| title | `title` | `achievement.name`, `name` | – |
| country or region of the issuer | `AwardingBody.country`, `.region` | `issuer.address.addressCountryCode`, `.addressRegion` | yes |
| awarding body | `awarding_bodies` | `issuer`, `achievement.creator` | yes |
| date of issuing | of the award: `AwardDetails` | `awardedDate`, `validFrom` | – |
| learning outcomes | `learning_outcomes` | their skills as `achievement.alignment[]` | yes |
| notional workload (ECTS) | `workload` | credit points in `achievement.creditsAvailable` | yes |
| level (EQF, QF-EHEA) | `levels` | `achievement.alignment[]` to the level, code = the level | yes |
| type of assessment | `assessments` | `achievement.resultDescription[]` of the award's results | yes |
| form of participation | `participation` |  | yes |
| type of quality assurance | `quality_assurance` |  | yes |
| prerequisites (optional) | `prerequisites` |  | yes |
| supervision and identity (optional) | `Assessment.supervision` |  | yes |
| grade achieved (optional) | of the award: a `Result` | `credentialSubject.result[]`; the scheme in the narrative | yes |
| integration, stackability (optional) | `stackability` |  | yes |
| further information (optional) | `further_information` and others | `inLanguage`, `fieldOfStudy`, `tag` | yes |

`achievement_of` makes the achievement; `micro_credential_criteria` (beside this module) writes the narrative.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from testamur.model.achievement import Achievement, Alignment, Criteria, ResultDescription
from testamur.model.profile import IdentifierEntry, Image, Profile, Related
from testamur.model.vocabulary import AchievementType

ECTS = "ECTS"
EQF = "European Qualifications Framework (EQF)"
QF_EHEA = "Qualifications Framework of the European Higher Education Area (QF-EHEA)"


class AssessmentType(StrEnum):
    """Types of assessment; `OTHER` is described in words. Named after the assessment types of the European Learning Model."""

    WRITTEN_EXAMINATION = "written_examination"
    ORAL_EXAMINATION = "oral_examination"
    QUIZ = "quiz"
    PORTFOLIO = "portfolio"
    PROJECT = "project"
    PRACTICAL = "practical"
    ARTEFACT = "artefact"
    ASSIGNMENT = "assignment"
    PRESENTATION = "presentation"
    PEER_REVIEW = "peer_review"
    WORKPLACE = "workplace"
    CONTINUOUS = "continuous"
    PRIOR_LEARNING = "prior_learning"
    ATTENDANCE = "attendance"
    OTHER = "other"


class ParticipationForm(StrEnum):
    """Forms of participation in the learning activity, Annex I: online, onsite or blended, work experience or volunteering."""

    ONSITE = "onsite"
    ONLINE = "online"
    BLENDED = "blended"
    HYBRID = "hybrid"
    WORK_BASED = "work_based"
    PROJECT_BASED = "project_based"
    RESEARCH_LAB = "research_lab"
    VOLUNTEERING = "volunteering"


class Supervision(StrEnum):
    """Supervision and identity verification during assessment: the four options of Annex I."""

    UNSUPERVISED_NO_IDENTITY = "unsupervised_no_identity"
    SUPERVISED_NO_IDENTITY = "supervised_no_identity"
    SUPERVISED_ONLINE_IDENTITY = "supervised_online_identity"
    SUPERVISED_ONSITE_IDENTITY = "supervised_onsite_identity"


class QualityAssuranceType(StrEnum):
    """What underpins the quality: an external accreditation, a review, recognition by the state, or the provider's own process."""

    ACCREDITATION = "accreditation"
    EXTERNAL_EVALUATION = "external_evaluation"
    STATE_RECOGNITION = "state_recognition"
    CERTIFIED_PROCESS = "certified_process"
    INTERNAL = "internal"
    OTHER = "other"


class StackabilityOption(StrEnum):
    """Integration or stackability, Annex I: stand-alone and independent, or integrated and stackable towards another credential."""

    STAND_ALONE = "stand_alone"
    STACKABLE = "stackable"


class LearningSetting(StrEnum):
    """Formal, non-formal or informal learning, as the European Learning Model names them."""

    FORMAL = "formal"
    NON_FORMAL = "non_formal"
    INFORMAL = "informal"


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardingBody:
    """A body that awards. `country` is ISO 3166-1 alpha-2; `identifier` a legal or registry identifier with its scheme in words."""

    name: str
    country: str
    region: str | None = None
    homepage: str | None = None
    identifier: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningOutcome:
    """What the learner knows, understands and is able to do; `skills` are nodes of skill frameworks (ESCO, CASE …)."""

    statement: str
    description: str | None = None
    skills: tuple[Alignment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """Notional workload: credit points in a credit system (ECTS wherever possible), hours, or both. At least one is given."""

    credits: Decimal | None = None
    credit_system: str = ECTS
    hours: Decimal | None = None

    def __post_init__(self) -> None:
        if self.credits is None and self.hours is None:
            raise ValueError("a workload has credit points, hours, or both")
        if any(amount is not None and (not amount.is_finite() or amount < 0) for amount in (self.credits, self.hours)):
            raise ValueError("a workload is a finite number that is not negative")


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A level in a qualifications framework: `code` in the framework (`6`), `name` in words, `url` of the level's concept."""

    framework: str
    code: str
    name: str | None = None
    url: str | None = None

    @classmethod
    def eqf(cls, level: int) -> Level:
        """A level of the European Qualifications Framework, 1 to 8, with the EU's concept address. Raises ValueError otherwise."""
        if not 1 <= level <= 8:
            raise ValueError("EQF levels are 1 to 8")
        return cls(framework=EQF, code=str(level), url=f"http://data.europa.eu/snb/eqf/{level}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """How it is assessed. `title` and `description` are words; `grading` describes the grading scheme; `mode` is how it is taken."""

    kind: AssessmentType
    title: str | None = None
    description: str | None = None
    mode: ParticipationForm | None = None
    supervision: Supervision | None = None
    grading: str | None = None
    assessed_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityAssurance:
    """What underpins the quality, by whom, and where that can be read."""

    kind: QualityAssuranceType
    name: str | None = None
    description: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stackability:
    """Whether it counts towards something larger; `towards` names it, `url` is its page."""

    option: StackabilityOption
    towards: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MicroCredentialElements:
    """Every Annex I element that belongs to the micro-credential itself; learner, date and grade belong to the award.

    Texts are in one language, `language` (BCP 47: the language of learning and assessment). `duration` is ISO 8601 (`P1M`).
    `fields_of_study` are names or codes of subjects (ISCED-F). Nothing but the title is required here: a draft is incomplete, and
    what is missing is the site's completeness meter's business.
    """

    title: str
    awarding_bodies: tuple[AwardingBody, ...] = ()
    learning_outcomes: tuple[LearningOutcome, ...] = ()
    workload: Workload | None = None
    levels: tuple[Level, ...] = ()
    assessments: tuple[Assessment, ...] = ()
    participation: tuple[ParticipationForm, ...] = ()
    quality_assurance: tuple[QualityAssurance, ...] = ()
    prerequisites: str | None = None
    stackability: tuple[Stackability, ...] = ()
    further_information: str | None = None
    language: str | None = None
    learning_setting: LearningSetting | None = None
    learning_activity: str | None = None
    duration: str | None = None
    fields_of_study: tuple[str, ...] = ()
    provided_by: str | None = None

    def alignments(self) -> tuple[Alignment, ...]:
        """The skills of the outcomes, then the levels that have an address, each once (by its address), in the order given."""
        found: dict[str, Alignment] = {}
        for outcome in self.learning_outcomes:
            for skill in outcome.skills:
                found.setdefault(skill.target_url, skill)
        for level in self.levels:
            if level.url:
                name = level.name or f"{level.framework}, level {level.code}"
                aligned = Alignment(
                    target_name=name, target_url=level.url, target_code=level.code, target_framework=level.framework
                )
                found.setdefault(level.url, aligned)
        return tuple(found.values())


def achievement_of(
    elements: MicroCredentialElements,
    *,
    id: str,  # noqa: A002 - the word of the standard
    description: str,
    narrative: str,
    criteria_url: str | None = None,
    creator: Profile | None = None,
    image: Image | None = None,
    version: str | None = None,
    human_code: str | None = None,
    other_identifier: Sequence[IdentifierEntry] = (),
    alignment: Sequence[Alignment] = (),
    result_description: Sequence[ResultDescription] = (),
    related: Sequence[Related] = (),
    tag: Sequence[str] = (),
    achievement_type: str = AchievementType.MICRO_CREDENTIAL,
) -> Achievement:
    """The OB 3.0 achievement of a micro-credential, by the table of this module.

    `narrative` is what `micro_credential_criteria` wrote (an institution may have added to it). `alignment` are further alignments,
    placed after those of `elements`; one address is aligned to once.
    """
    alignments = {entry.target_url: entry for entry in reversed((*elements.alignments(), *alignment))}
    points = elements.workload.credits if elements.workload else None
    return Achievement(
        id=id,
        name=elements.title,
        description=description,
        criteria=Criteria(id=criteria_url, narrative=narrative),
        achievement_type=str(achievement_type),
        alignment=tuple(reversed(alignments.values())),
        creator=creator and _brief(creator),
        credits_available=None if points is None else float(points),
        field_of_study="; ".join(elements.fields_of_study) or None,
        human_code=human_code,
        image=image,
        in_language=elements.language,
        other_identifier=tuple(other_identifier),
        related=tuple(related),
        result_description=tuple(result_description),
        tag=tuple(tag),
        version=version,
    )


def _brief(profile: Profile) -> Profile:
    """The creator is usually the issuer, whose whole profile stands in the credential already: identity and name suffice."""
    return replace(
        profile,
        endorsement=(),
        endorsement_jwt=(),
        image=None,
        address=None,
        description=None,
        other_identifier=(),
        parent_org=None,
        phone=None,
        email=None,
    )
