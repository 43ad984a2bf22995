"""A micro-credential out of a European Digital Credential (European Learning Model v3, JSON-LD).

  1. Find the learning achievement: the claim of the credential's subject. The person is not looked at.
  2. Read it element by element, crossing every leaf off a ledger (`tracked.py`).
  3. Answer the description together with what was left over, so that nothing is lost without a word.

The file describes *one award to one person*; we take what would be the same for the next person. A grade that the learner got
becomes a value that the result of the assessment may have.

Source: European Learning Model v3, EDC generic application profile (`rdf/ap/edc/EDC-generic-full.ttl`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from testamur import strict_json
from testamur.errors import InputError

from ...description import codec
from ...description.checks import faults
from ...description.elements import (
    Activity,
    Assessment,
    CreditPoints,
    Description,
    LearningOutcome,
    NationalLevel,
    QualityAssurance,
    ResultDescription,
    Skill,
)
from ...description.vocabulary import Text
from ..tracked import Ledger, Node
from .reading_parts import Organisations, concept, concepts, is_one, notes, text

MAX_BYTES = 2_000_000


class NotImportable(ValueError):
    """The file holds no achievement that can be described. `code` is stable: `not_json`, `no_achievement`, `too_large` …"""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


@dataclass(frozen=True)
class Imported:
    """`left_over` are `(path, value)` of leaves below the achievement that no element of ours takes."""

    description: Description
    left_over: tuple[tuple[str, Any], ...]


def read_elm(data: bytes) -> Imported:
    """The description in an ELM JSON-LD file (unsigned, or with its payload inside a JAdES envelope, whose seal is not judged).

    Raises NotImportable.
    """
    try:
        document = strict_json.loads(data, max_bytes=MAX_BYTES)
        if isinstance(document, dict) and isinstance(document.get("payload"), str):
            document = strict_json.loads(document["payload"], max_bytes=MAX_BYTES)
    except InputError as error:
        raise NotImportable("too_large" if error.code == "input.too_large" else "not_json", str(error)) from error
    claim = _achievement_in(document)
    ledger = Ledger(claim)
    description = _achievement(Node(claim, (), ledger), Organisations(document))
    try:  # the strict reader has the limits: sizes, numbers of items, language tags
        description = codec.description_from_json(codec.to_json(description))
    except codec.DescriptionError as error:
        raise NotImportable(error.code, error.path) from error
    if found := faults(description):
        raise NotImportable(found[0].code, f"{found[0].path}: {found[0].value}")
    return Imported(description, tuple(ledger.open_leaves()))


def _achievement_in(document: Any) -> dict[str, Any]:
    if isinstance(document, dict) and isinstance(document.get("credential"), dict):
        document = document["credential"]  # as the EDC issuer takes uploads
    if is_one(document, "LearningAchievement"):
        return dict(document)
    subject = document.get("credentialSubject") if isinstance(document, dict) else None
    claims = subject.get("hasClaim") if isinstance(subject, dict) else None
    for claim in claims if isinstance(claims, list) else [claims]:
        if is_one(claim, "LearningAchievement"):
            return dict(claim)
    for node in document.get("@graph", [document]) if isinstance(document, dict) else ():
        if is_one(node, "Qualification"):
            return _as_if_achieved(node)
    raise NotImportable("no_achievement")


def _as_if_achieved(qualification: dict[str, Any]) -> dict[str, Any]:
    """An open description (`writing.py`) in the shape of an achievement: each specification below what would specify it."""
    specified = {
        name: value
        for name, value in qualification.items()
        if name not in {"id", "provenBy", "influencedBy", "awardingOpportunity", "dc:modified"}
    }
    opportunity = next((o for o in _listed(qualification.get("awardingOpportunity")) if isinstance(o, dict)), {})
    return {
        "type": "LearningAchievement",
        "specifiedBy": specified,
        "provenBy": [{"specifiedBy": one} for one in _listed(qualification.get("provenBy"))],
        "influencedBy": [{"specifiedBy": one} for one in _listed(qualification.get("influencedBy"))],
        "awardedBy": {"awardingBody": opportunity.get("awardingBody", [])},
    }


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _achievement(claim: Node, organisations: Organisations) -> Description:
    spec = claim.first("specifiedBy")
    title = text(spec.first("title")) or text(claim.first("title"))
    _repeats(claim.first("title"), title)
    languages = concepts(spec.all("language"))
    return Description(
        title=title,
        alternative_title=text(spec.first("altLabel")),
        description=text(spec.first("description")) or text(claim.first("description")),
        programme_type=concept(spec.first("dcType")),
        languages=languages,
        thematic_areas=concepts(spec.all("thematicArea")),
        outcomes=tuple(_outcome(node) for node in spec.all("learningOutcome")),
        workload=spec.string("volumeOfLearning"),
        credits=tuple(c for c in map(_credits, spec.all("creditPoint")) if c),
        maximum_duration=spec.string("maximumDuration"),
        eqf_level=concept(spec.first("eqfLevel")),
        national_levels=tuple(NationalLevel(level) for level in concepts(spec.all("nqfLevel"))),
        partial_qualification=spec.first("isPartialQualification").read_boolean(),
        participation=concepts(spec.all("mode")),
        learning_setting=concept(spec.first("learningSetting")),
        activities=tuple(_activity(node, organisations) for node in claim.all("influencedBy")),
        assessments=tuple(_assessment(node, organisations) for node in claim.all("provenBy")),
        quality_assurance=tuple(_quality(node) for node in spec.all("accreditation")),
        prerequisites=notes(spec.all("entryRequirement")),
        further_information=notes([*spec.all("additionalNote"), *claim.all("additionalNote")]),
        homepage=_page(spec.first("homepage")),
        awarding_bodies=organisations.read(claim.first("awardedBy").all("awardingBody")),
        organisations=organisations.found(),
    )


def _repeats(node: Node, known: Text) -> None:
    """Cross off a text that says in each language what is known already."""
    if isinstance(node.value, dict):
        for language in node.value:
            node.first(language).read_if(known.get(language, ""))


def _outcome(node: Node) -> LearningOutcome:
    skills = [Skill(found, "ESCO") for found in concepts(node.all("relatedESCOSkill"))]
    skills += [Skill(found, _framework(found.scheme)) for found in concepts(node.all("relatedSkill"))]
    return LearningOutcome(
        title=text(node.first("title")),
        description=notes(node.all("additionalNote")),
        skills=tuple(skills),
        reusability=concept(node.first("reusabilityLevel")),
    )


def _framework(scheme: str) -> str:
    return "DigComp" if "/snb/dcf/" in scheme else ""


def _credits(node: Node) -> CreditPoints | None:
    system = concept(node.first("framework"))
    points = node.first("point")
    if system is None or not isinstance(points.value, str | int | float) or isinstance(points.value, bool):
        return None
    return CreditPoints(points.read(), system)


def _activity(node: Node, organisations: Organisations) -> Activity:
    spec = node.first("specifiedBy")
    period = node.first("temporal")
    workload = spec.string("volumeOfLearning")
    node.first("workload").read_if(workload)
    return Activity(
        title=text(node.first("title")) or text(spec.first("title")),
        specification_title=text(spec.first("title")),
        description=text(node.first("description")) or text(spec.first("description")),
        type=concept(spec.first("dcType")),
        mode=concept(spec.first("mode")),
        workload=workload or node.string("workload"),
        languages=concepts(spec.all("language")),
        start=period.string("startDate"),
        end=period.string("endDate"),
        directed_by=organisations.read(node.all("directedBy")),
        awarded_by=organisations.read(node.first("awardedBy").all("awardingBody")),
    )


def _assessment(node: Node, organisations: Organisations) -> Assessment:
    spec = node.first("specifiedBy")
    title = text(node.first("title")) or text(spec.first("title"))
    grading = spec.first("gradingScheme")
    grades = tuple(text(grade.first("noteLiteral")) for grade in node.all("grade"))
    values = tuple(dict.fromkeys(words for grade in grades for words in grade.values()))
    return Assessment(
        title=title,
        specification_title=text(spec.first("title")),
        description=text(node.first("description")) or text(spec.first("description")),
        type=concept(spec.first("dcType")),
        mode=concept(spec.first("mode")),
        languages=concepts(spec.all("language")),
        grading_title=text(grading.first("title")),
        grading_description=text(grading.first("description")),
        supervision=concept(node.first("idVerification")),
        results=(ResultDescription(title, "Result", values),) if values else (),
        assessed_by=organisations.read(node.all("assessedBy")),
        awarded_by=organisations.read(node.first("awardedBy").all("awardingBody")),
    )


def _quality(node: Node) -> QualityAssurance:
    agent = node.first("accreditingAgent")
    return QualityAssurance(
        type=concept(node.first("dcType")),
        body=text(agent.first("legalName")),
        body_url=_page(agent.first("homepage")),
        description=text(node.first("title")) or text(node.first("description")),
        url=_page(node.first("report")) or _page(node.first("homepage")),
        valid_until=node.string("expiryDate"),
    )


def _page(node: Node) -> str:
    return node.string("contentURL") or node.string("contentUrl")
