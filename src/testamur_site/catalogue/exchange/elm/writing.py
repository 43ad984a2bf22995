"""A micro-credential as the European Learning Model says it (ELM v3, JSON-LD): a Qualification, its parts, its learning opportunities.

What describes the programme becomes a `Qualification` with outcomes, assessments and activities as *specifications*; nobody has
achieved anything yet. Each open offering becomes a `LearningOpportunity`. What the model has no member for at this place (the
supervision of an assessment, a rubric) is kept in words, as a note, and nothing is made up: a body whose country is not given cannot be
an Organisation of the model, which demands one, so it stands in a note as well.

The document satisfies the EDC application profile (SHACL, generic, without controlled vocabularies); a test asks its shapes.
Source: European Learning Model v3, `rdf/ap/edc/EDC-generic-no-cv.ttl`, context `http://data.europa.eu/snb/model/context/edc-ap`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date
from typing import Any

from testamur_site.foundation.tenancy.api import Institution

from ...description.duration import parse_duration
from ...description.elements import (
    Activity,
    Assessment,
    Description,
    LearningOutcome,
    QualityAssurance,
    Task,
)
from ...description.eu_vocabularies import QUALITY_ASSURANCE_TYPES
from ...description.tasks import rubric_of_task
from ...description.vocabulary import Concept, Text, in_language
from ...models import AchievementVersion, Offering
from ..achievement import programme_url
from .writing_parts import concept, institution_node, note, organisation_node, without_empty, xsd_time

CONTEXT = [{"id": "@id", "type": "@type"}, "http://data.europa.eu/snb/model/context/edc-ap"]
_INTERNAL = QUALITY_ASSURANCE_TYPES.named("Internal quality assurance of the provider").label["en"]
_CURRENCY = "http://publications.europa.eu/resource/authority/currency/"
_XSD_DURATION = re.compile(r"P(?=.)(\d+Y)?(\d+M)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?\Z", re.ASCII)


def document(version: AchievementVersion, runs: Sequence[Offering] = ()) -> dict[str, Any]:
    """The programme of a version and its offerings as one JSON-LD document."""
    return {"@context": CONTEXT, "@graph": nodes(version, runs)}


def nodes(version: AchievementVersion, runs: Sequence[Offering] = ()) -> list[dict[str, Any]]:
    """The same as the nodes of a graph that several programmes share."""
    page = programme_url(version)
    qualification = of_description(version.description, version.institution, page)
    if version.published_at:
        # The context has no short name for it.
        moment = version.published_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        qualification["dc:modified"] = {"@type": "xsd:dateTime", "@value": moment}
    return [without_empty(qualification), *(_opportunity(run, version, page) for run in runs)]


def of_description(d: Description, institution: Institution, identifier: str) -> dict[str, Any]:
    """The Qualification of a description that an institution awards."""
    bodies = {o.key: organisation_node(o) for o in d.organisations}
    awarding = [bodies[key] for key in d.awarding_bodies if bodies.get(key)]
    return without_empty(
        {
            "id": identifier,
            "type": "Qualification",
            "title": _text(d.title),
            "altLabel": _text(d.alternative_title),
            "description": _text(d.description),
            "dcType": [concept(d.programme_type)],
            "language": [concept(language) for language in d.languages],
            "thematicArea": [concept(area) for area in d.thematic_areas],
            "learningOutcome": [_outcome(outcome) for outcome in d.outcomes],
            "volumeOfLearning": xsd_duration(d.workload),
            "creditPoint": [
                {"type": "CreditPoint", "point": c.points, "framework": concept(c.system)} for c in d.credits
            ],
            "maximumDuration": xsd_duration(d.maximum_duration),
            "eqfLevel": concept(d.eqf_level),
            "nqfLevel": [concept(n.level) for n in d.national_levels],
            "isPartialQualification": d.partial_qualification,
            "mode": [concept(mode) for mode in d.participation],
            "learningSetting": concept(d.learning_setting),
            "entryRequirement": note(d.prerequisites),
            "homepage": [_page(d.homepage)],
            "accreditation": [a for a in (_accreditation(q, d, institution) for q in d.quality_assurance) if a],
            "influencedBy": [_activity(activity) for activity in d.activities],
            "provenBy": [*_assessments(d), *_tasks_alone(d)],
            "awardingOpportunity": [
                {"type": "AwardingOpportunity", "awardingBody": [institution_node(institution), *awarding]}
            ],
            "additionalNote": [note(words) for words in _notes(d, institution) if words],
        }
    )


def xsd_duration(text: str) -> str:
    """An ISO 8601 duration as XML Schema knows them (no weeks, no parts of an hour): `P2W` → `P14D`; '' for no duration."""
    if not text or _XSD_DURATION.match(text):
        return text
    d = parse_duration(text)
    if d is None:
        return ""
    minutes = int(d.hours * 60) + int(d.minutes)
    days = d.days + d.weeks * 7
    parts = [
        f"{d.years}Y" if d.years else "",
        f"{d.months}M" if d.months else "",
        f"{days}D" if days else "",
        f"T{minutes}M" if minutes else "",
    ]
    return "P" + "".join(parts) if any(parts) else "PT0S"


def _outcome(o: LearningOutcome) -> dict[str, Any]:
    esco = [s.concept for s in o.skills if "/esco/skill/" in s.concept.uri]
    other = [s.concept for s in o.skills if "/esco/skill/" not in s.concept.uri]
    return without_empty(
        {
            "type": "LearningOutcome",
            "title": _text(o.title),
            "relatedESCOSkill": [concept(c) for c in esco],
            "relatedSkill": [concept(c) for c in other],
            "reusabilityLevel": concept(o.reusability),
            "additionalNote": [note(o.description)],
        }
    )


def _assessments(d: Description) -> Iterator[dict[str, Any]]:
    for number, a in enumerate(d.assessments, 1):
        tasks = [task for task in d.tasks if task.assessment == str(number)]
        yield without_empty(
            {
                "type": "LearningAssessmentSpecification",
                "title": _text(a.title),
                "description": _text(a.description),
                "dcType": concept(a.type),
                "mode": [concept(a.mode)],
                "language": [concept(language) for language in a.languages],
                "gradingScheme": _grading(a),
                "additionalNote": [note(_prefixed("Supervision and identity", a.supervision))],
                "hasPart": [_task(d, task) for task in tasks],
            }
        )


def _tasks_alone(d: Description) -> Iterator[dict[str, Any]]:
    """Those that are part of no assessment that is described."""
    yield from (_task(d, task) for task in d.tasks if not task.assessment)


def _task(d: Description, task: Task) -> dict[str, Any]:
    rubric = rubric_of_task(d, task)
    criteria = [criterion.name for criterion in rubric.criteria] if rubric else []
    languages = dict.fromkeys(language for name in criteria for language in name)
    looked_at = {tag: "; ".join(in_language(name, tag) for name in criteria) for tag in languages}
    return without_empty(
        {
            "type": "LearningAssessmentSpecification",
            "title": _text(task.title) or {"en": task.key},
            "description": _text(task.instructions),
            "additionalNote": [note(looked_at), note(_prefixed("Supervision and identity", task.supervision))],
        }
    )


def _grading(a: Assessment) -> dict[str, Any] | None:
    if not (a.grading_title or a.grading_description):
        return None
    return {
        "type": "GradingScheme",
        "title": _text(a.grading_title) or _text(a.title),
        "description": _text(a.grading_description),
    }


def _activity(a: Activity) -> dict[str, Any]:
    return without_empty(
        {
            "type": "LearningActivitySpecification",
            "title": _text(a.title),
            "description": _text(a.description),
            "dcType": [concept(a.type)],
            "mode": [concept(a.mode)],
            "volumeOfLearning": xsd_duration(a.workload),
            "language": [concept(language) for language in a.languages],
        }
    )


def _accreditation(q: QualityAssurance, d: Description, institution: Institution) -> dict[str, Any] | None:
    """None where the model's demands (a type, an agent with its country) are not met; then it stands in a note."""
    agent = _agent(q, d, institution)
    if q.type is None or agent is None:
        return None
    return without_empty(
        {
            "type": "Accreditation",
            "title": _text(q.description) or _text(q.type.label) or {"en": q.type.uri},
            "dcType": concept(q.type),
            "accreditingAgent": agent,
            "report": _page(q.url),
            "expiryDate": xsd_time(q.valid_until),
        }
    )


def _agent(q: QualityAssurance, d: Description, institution: Institution) -> dict[str, Any] | None:
    """The body by its entry among the organisations; the institution itself where it assures its own quality."""
    names = set(q.body.values())
    for o in d.organisations:
        if names & set(o.name.values()):
            return organisation_node(o)
    internal = q.type is not None and q.type.label.get("en") == _INTERNAL
    if institution.name in names or (internal and not names):
        return institution_node(institution)
    return None


def _notes(d: Description, institution: Institution) -> Iterator[Text]:
    yield d.further_information
    yield d.integration.label if d.integration else {}
    yield d.integration_note
    yield d.criteria
    yield d.rpl
    for q in d.quality_assurance:
        if _accreditation(q, d, institution) is None:
            kind = in_language(q.type.label, "en") if q.type else "Quality assurance"
            parts = (kind, in_language(q.body, "en"), in_language(q.description, "en"), q.url, q.valid_until)
            yield {"en": "Quality assurance: " + " · ".join(part for part in parts if part)}
    for o in d.organisations:
        if o.key in d.awarding_bodies and organisation_node(o) is None:
            yield {tag: f"{name}" for tag, name in o.name.items()}


def _opportunity(run: Offering, version: AchievementVersion, page: str) -> dict[str, Any]:
    d = version.description
    mode = Concept(run.mode, {}) if run.mode else None
    place = {"en": run.place} if run.place else {}
    return without_empty(
        {
            "id": f"{page}#{run.public_id}",
            "type": "LearningOpportunity",
            "title": _text(d.title),
            "providedBy": [institution_node(version.institution)],
            "learningAchievementSpecification": {"id": page},
            "temporal": {
                "type": "PeriodOfTime",
                "startDate": xsd_time(run.starts_on.isoformat()),
                "endDate": xsd_time(run.ends_on.isoformat()) if run.ends_on else None,
            },
            "applicationDeadline": _end_of(run.enrol_until),
            "mode": [concept(mode)],
            "scheduleInformation": note(place),
            "additionalNote": [note({"en": run.note} if run.note else {})],
            "priceDetail": [_price(run)],
            "homepage": [_page(page)],
        }
    )


def _price(run: Offering) -> dict[str, Any]:
    said = {"free": "Free of charge", "on_request": "On request", "sliding": "Sliding scale", "fixed": "Price"}
    amount = None
    if run.price is not None and run.currency:
        unit = {"id": _CURRENCY + run.currency, "type": "Concept"}
        amount = {"type": "Amount", "value": str(run.price), "unit": unit}
    highest = note({"en": f"up to {run.price_to} {run.currency}"}) if run.price_to is not None else None
    return without_empty(
        {
            "type": "PriceDetail",
            "prefLabel": {"en": said[run.price_kind]},
            "amount": amount,
            "additionalNote": [highest],
        }
    )


def _end_of(day: date | None) -> str | None:
    return f"{day.isoformat()}T23:59:59Z" if day else None


def _prefixed(words: str, found: Concept | None) -> Text:
    return {"en": f"{words}: {in_language(found.label, 'en') or found.uri}"} if found else {}


def _page(url: str) -> dict[str, Any] | None:
    return {"type": "WebResource", "contentURL": url} if url else None


def _text(words: Text) -> dict[str, str]:
    return {tag: text for tag, text in words.items() if text}


def graph(parts: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Nodes of several programmes as one document."""
    return {"@context": CONTEXT, "@graph": list(parts)}
