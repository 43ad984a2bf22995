"""What a micro-credential is described by: every element of Annex I of the Council Recommendation 2022/C 243/02, typed.

A `Description` is a value: frozen, comparable, without a database. A version of an achievement stores one (as JSON, see
`codec.py`); completeness, differences, import and the Open Badges form of it are functions from values to values.

Words follow the European Learning Model (ELM v3) where Annex I has no word of its own, and Open Badges 3.0 for what only
it has (criteria, alignment, result description). `Text` is a language map. Durations are ISO 8601 strings, kept as they were
given: a doubtful one is reported (`rules.py`), never rewritten.

Two elements of Annex I are not here because they belong to each award: the identity of the learner and the date of issue.
Two come from the institution: its country and the awarding body (further awarding bodies are here).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from .vocabulary import Concept, Text


@dataclass(frozen=True)
class Identifier:
    """An identifier of an organisation: the number, whose number it is, and where that register is valid."""

    notation: str
    scheme_name: str = ""
    country: Concept | None = None


@dataclass(frozen=True)
class Media:
    """A small picture, kept as it came: base64 text and its media type concept."""

    content: str
    content_type: Concept | None = None
    content_encoding: Concept | None = None


@dataclass(frozen=True)
class Group:
    """A network or alliance that an organisation belongs to."""

    name: Text
    email: str = ""


@dataclass(frozen=True)
class Organisation:
    """A body with a part in the micro-credential. `key` is how the other elements refer to it within one description."""

    key: str
    name: Text = field(default_factory=dict)
    short_name: Text = field(default_factory=dict)
    country: Concept | None = None
    region: Concept | None = None
    address: Text = field(default_factory=dict)
    homepage: str = ""
    email: str = ""
    registration: Identifier | None = None
    vat: Identifier | None = None
    identifiers: tuple[Identifier, ...] = ()
    member_of: tuple[Group, ...] = ()
    logo: Media | None = None


@dataclass(frozen=True)
class Skill:
    """A skill of a framework (ESCO, DigComp …). `concept` carries its address, words and scheme; `esco` says it is an ESCO skill."""

    concept: Concept
    framework: str = ""


@dataclass(frozen=True)
class LearningOutcome:
    title: Text
    description: Text = field(default_factory=dict)
    skills: tuple[Skill, ...] = ()
    reusability: Concept | None = None
    # How rubrics refer to it, the same through all versions ("o1"). Only descriptions from before there were rubrics have none.
    key: str = ""


@dataclass(frozen=True)
class CreditPoints:
    """Points (a decimal number as text, so that 2 stays 2 and 2.50 stays 2.50) in a credit system."""

    points: str
    system: Concept


@dataclass(frozen=True)
class NationalLevel:
    """A level of a national qualifications framework; its address, if it has one, is the concept's `uri`."""

    level: Concept
    framework: str = ""


@dataclass(frozen=True)
class ResultDescription:
    """What result an award may state (Open Badges 3.0 ResultDescription): a scale, or a number between two bounds.

    `result_type` is one of the ResultType terms of Open Badges 3.0. Numbers are decimal text.
    """

    name: Text
    result_type: str = "LetterGrade"
    allowed_values: tuple[str, ...] = ()
    required_value: str = ""
    minimum: str = ""
    maximum: str = ""


@dataclass(frozen=True)
class Assessment:
    """How it is found out that a learner has reached the outcomes."""

    title: Text
    description: Text = field(default_factory=dict)
    type: Concept | None = None
    mode: Concept | None = None
    languages: tuple[Concept, ...] = ()
    grading_title: Text = field(default_factory=dict)
    grading_description: Text = field(default_factory=dict)
    supervision: Concept | None = None
    results: tuple[ResultDescription, ...] = ()
    assessed_by: tuple[str, ...] = ()
    awarded_by: tuple[str, ...] = ()
    specification_title: Text = field(default_factory=dict)


@dataclass(frozen=True)
class Activity:
    """What learners do on the way. Dates are ISO 8601 as given: a date, or a time stamp with its zone."""

    title: Text
    description: Text = field(default_factory=dict)
    type: Concept | None = None
    mode: Concept | None = None
    workload: str = ""
    languages: tuple[Concept, ...] = ()
    start: str = ""
    end: str = ""
    directed_by: tuple[str, ...] = ()
    awarded_by: tuple[str, ...] = ()
    specification_title: Text = field(default_factory=dict)


@dataclass(frozen=True)
class RubricLevel:
    """One level of a criterion: its name, what a work of this level is like, and what it counts (decimal text)."""

    key: str
    name: Text = field(default_factory=dict)
    points: str = "0"
    description: Text = field(default_factory=dict)


@dataclass(frozen=True)
class RubricCriterion:
    """What is looked at. `outcomes` are keys of learning outcomes, `levels` rise in points, `must_pass` is the key of the lowest
    level that passes ('' where the criterion alone fails nobody). A weight of 0 is feedback that does not count."""

    key: str
    name: Text = field(default_factory=dict)
    description: Text = field(default_factory=dict)
    outcomes: tuple[str, ...] = ()
    weight: str = "1"
    must_pass: str = ""
    levels: tuple[RubricLevel, ...] = ()


@dataclass(frozen=True)
class Rubric:
    """Criteria and their levels; several tasks may share one. `origin` says where it was taken from (a library, a CASE address)."""

    key: str
    title: Text = field(default_factory=dict)
    description: Text = field(default_factory=dict)
    criteria: tuple[RubricCriterion, ...] = ()
    origin: str = ""


@dataclass(frozen=True)
class MarkingScheme:
    """Who marks, and how the marks become one result. Counts and per cents are decimal text.

    `assessors` is 1 or 2 (double marking; `blind`: the second does not see the first). `peers` is how many reviews each learner
    gives, `peer_weight` their share of the mark in per cent. `industry` is how many validators see each submission. A difference of
    `moderate_from` per cent points or more between marks goes to a moderator.
    """

    assessors: str = "1"
    blind: bool = True
    peers: str = "0"
    peer_weight: str = "0"
    industry: str = "0"
    self_assessment: bool = False
    anonymous: bool = True
    moderate_from: str = "20"


EVIDENCE_KINDS = ("file", "link", "text", "video", "repository")


@dataclass(frozen=True)
class Task:
    """What a learner hands in, and how it is judged. Which outcomes it shows follows from its rubric.

    `instructions` is Markdown. `template` is the text that learners are given to begin with: it is taken out before works are
    compared. `due_after` is an ISO 8601 duration after the beginning of an offering. `pass_mark` is in per cent. `assessment` is the
    number (from "1") of the entry among `Description.assessments` that this task is part of, '' for none. `item_bank` is the public
    identifier of an item bank where the task is a short adaptive test.
    """

    key: str
    title: Text = field(default_factory=dict)
    instructions: Text = field(default_factory=dict)
    template: Text = field(default_factory=dict)
    rubric: str = ""
    weight: str = "1"
    pass_mark: str = "50"  # noqa: S105 - a mark, not a password
    evidence: tuple[str, ...] = ("file",)
    evidence_minimum: str = "1"
    due_after: str = ""
    attempts: str = "1"
    group: bool = False
    supervision: Concept | None = None
    assessment: str = ""
    marking: MarkingScheme = field(default_factory=MarkingScheme)
    item_bank: str = ""


@dataclass(frozen=True)
class Partner:
    """An organisation (by its key) and its part in the programme: sets a case, gives a placement, judges the work …"""

    organisation: str
    part: Text = field(default_factory=dict)


@dataclass(frozen=True)
class QualityAssurance:
    type: Concept | None = None
    body: Text = field(default_factory=dict)
    body_url: str = ""
    description: Text = field(default_factory=dict)
    url: str = ""
    valid_until: str = ""


@dataclass(frozen=True)
class Alignment:
    """A link to a published statement (Open Badges 3.0 Alignment): `target_type` is one of its AlignmentTargetType terms."""

    name: str
    url: str
    framework: str = ""
    code: str = ""
    description: str = ""
    target_type: str = ""


@dataclass(frozen=True)
class Image:
    """How the picture was made. `composed` from symbol, shape and two colours, or `uploaded`; the bytes are kept beside it."""

    source: str = ""
    symbol: str = ""
    shape: str = ""
    primary: str = ""
    accent: str = ""
    alternative_text: Text = field(default_factory=dict)


@dataclass(frozen=True)
class Description:
    """One micro-credential, described. Everything has a default: a draft may be empty, `rules.completeness` says what is missing."""

    title: Text = field(default_factory=dict)
    alternative_title: Text = field(default_factory=dict)
    description: Text = field(default_factory=dict)
    achievement_type: str = "MicroCredential"
    programme_type: Concept | None = None
    languages: tuple[Concept, ...] = ()
    thematic_areas: tuple[Concept, ...] = ()
    tags: tuple[str, ...] = ()

    outcomes: tuple[LearningOutcome, ...] = ()

    workload: str = ""
    credits: tuple[CreditPoints, ...] = ()
    maximum_duration: str = ""
    eqf_level: Concept | None = None
    cycle: Concept | None = None
    national_levels: tuple[NationalLevel, ...] = ()
    level_not_applicable: bool = False
    partial_qualification: bool | None = None

    participation: tuple[Concept, ...] = ()
    learning_setting: Concept | None = None
    activities: tuple[Activity, ...] = ()

    assessments: tuple[Assessment, ...] = ()
    tasks: tuple[Task, ...] = ()
    rubrics: tuple[Rubric, ...] = ()
    # True: an award needs a decision on the tasks. False: it is awarded by form or table.
    assessed_award: bool = False

    quality_assurance: tuple[QualityAssurance, ...] = ()

    prerequisites: Text = field(default_factory=dict)
    # Recognition of prior learning: whether and how.
    rpl: Text = field(default_factory=dict)
    integration: Concept | None = None
    integration_note: Text = field(default_factory=dict)
    further_information: Text = field(default_factory=dict)
    homepage: str = ""
    validity: str = ""

    criteria: Text = field(default_factory=dict)
    alignments: tuple[Alignment, ...] = ()

    organisations: tuple[Organisation, ...] = ()
    awarding_bodies: tuple[str, ...] = ()
    partners: tuple[Partner, ...] = ()
    # Departments and institutions that own it together with the issuer: keys of organisations, or short names of institutions here.
    co_owners: tuple[str, ...] = ()

    image: Image = field(default_factory=Image)
