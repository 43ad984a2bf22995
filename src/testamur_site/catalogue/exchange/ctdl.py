"""A micro-credential in the Credential Transparency Description Language: what registries of credentials read (JSON-LD).

The credential is a `ceterms:MicroCredential`, the way to it a `ceterms:LearningProgram` with its assessments and scheduled offerings,
the institution a `ceterms:CredentialOrganization`. Identifiers (CTIDs) are made of our addresses, so that the same programme has the
same CTID in every export. Nothing is said for another: an accrediting body is named in words, never as an organisation that vouches.

Source: CTDL, credreg.net/ctdl/terms; context `https://credreg.net/ctdl/schema/context/json`.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from testamur_site.foundation.tenancy.api import Institution

from ..description.elements import Assessment, CreditPoints, Description, LearningOutcome, Task
from ..description.places_and_languages import language_tag
from ..description.tasks import rubric_of_task
from ..description.vocabulary import Concept, Text, in_language
from ..models import AchievementVersion, Offering
from .achievement import achievement_id, image_url, programme_url
from .elm.writing import xsd_duration

CONTEXT = "https://credreg.net/ctdl/schema/context/json"
_ONLINE, _ON_SITE, _BLENDED, _HYBRID = "920fbb3cbe", "9191af2ed9", "e92d221e4d", "c_3a90b26d"
_DELIVERY = {
    _ONLINE: "deliv:OnlineOnly",
    _ON_SITE: "deliv:InPerson",
    _BLENDED: "deliv:BlendedDelivery",
    _HYBRID: "deliv:BlendedDelivery",
}
# The European types of assessment that CTDL has a term for: written and oral examination and quiz; portfolio, artefact, project,
# assignment; practical assessment, presentation, group performance.
_METHODS = {
    **dict.fromkeys(("6e6cb2cc78", "d30284d7df", "b1b68f6735"), "assessMethod:Exam"),
    **dict.fromkeys(("4f03b91c0e", "de4d165a6c", "795dac4096", "2939dae15f"), "assessMethod:Artifact"),
    **dict.fromkeys(("6a4db9f11d", "c_04b30a72", "56539a6507"), "assessMethod:Performance"),
}
_STATES = {"published": "credentialStat:Active", "retired": "credentialStat:Deprecated"}


def document(version: AchievementVersion, runs: Sequence[Offering] = ()) -> dict[str, Any]:
    """A programme with its institution as one JSON-LD document."""
    return graph([organisation(version.institution), *nodes(version, runs)])


def graph(parts: Iterable[dict[str, Any]]) -> dict[str, Any]:
    return {"@context": CONTEXT, "@graph": list(parts)}


def ctid(address: str) -> str:
    """The CTID of one of our addresses: `ce-` and a UUID made of it (version 5, so it is always the same)."""
    return f"ce-{uuid.uuid5(uuid.NAMESPACE_URL, address)}"


def organisation(institution: Institution) -> dict[str, Any]:
    names = {"en": institution.name}
    names |= {tag: said["name"] for tag, said in (institution.translations or {}).items() if said.get("name")}
    described = {"en": institution.description}
    described |= {
        tag: said["description"] for tag, said in (institution.translations or {}).items() if said.get("description")
    }
    return _filled(
        {
            "@id": institution.public_url,
            "@type": "ceterms:CredentialOrganization",
            "ceterms:ctid": ctid(institution.public_url),
            "ceterms:name": names,
            "ceterms:description": {tag: text for tag, text in described.items() if text},
            "ceterms:subjectWebpage": institution.homepage or institution.public_url,
            "ceterms:email": [institution.email] if institution.email else [],
            "ceterms:address": [
                _filled({"@type": "ceterms:Place", "ceterms:addressCountry": {"en": institution.country}})
            ],
        }
    )


def nodes(version: AchievementVersion, runs: Sequence[Offering] = ()) -> list[dict[str, Any]]:
    """The credential, the programme that leads to it, and its offerings."""
    page, owner = programme_url(version), version.institution.public_url
    d = version.description
    return [_credential(version, page, owner), _programme(version, page, owner, runs)] + [
        _offering(run, d, page, owner) for run in runs
    ]


def _credential(version: AchievementVersion, page: str, owner: str) -> dict[str, Any]:
    d = version.description
    return _filled(
        {
            "@id": page,
            "@type": "ceterms:MicroCredential",
            "ceterms:ctid": ctid(page),
            "ceterms:name": _text(d.title),
            "ceterms:alternateName": {tag: [words] for tag, words in _text(d.alternative_title).items()},
            "ceterms:description": _text(d.description),
            "ceterms:subjectWebpage": page,
            "ceterms:image": image_url(version),
            "ceterms:inLanguage": _tags(d),
            "ceterms:keyword": {"en": list(d.tags)} if d.tags else {},
            "ceterms:credentialStatusType": _term("ceterms:CredentialStatus", _STATES[version.micro_credential.state]),
            "ceterms:ownedBy": [owner],
            "ceterms:offeredBy": [owner],
            "ceterms:versionIdentifier": [
                {
                    "@type": "ceterms:IdentifierValue",
                    "ceterms:identifierTypeName": {"en": "Version"},
                    "ceterms:identifierValueCode": str(version.number),
                }
            ],
            "ceterms:sameAs": [achievement_id(version)],
            "ceterms:dateEffective": version.published_at.date().isoformat() if version.published_at else "",
            "ceterms:audienceLevelType": [_aligned(c) for c in _levels(d)],
            "ceterms:subject": [_aligned(area) for area in d.thematic_areas],
            "ceterms:renewalFrequency": xsd_duration(d.validity),
            "ceterms:processStandardsDescription": _said(d),
            "ceterms:requires": [
                _filled(
                    {
                        "@type": "ceterms:ConditionProfile",
                        "ceterms:name": {"en": "What has to be done to earn it"},
                        "ceterms:description": _text(d.criteria) or {"en": "Every assessment has to be passed."},
                        "ceterms:targetLearningOpportunity": [f"{page}#programme"],
                        "ceterms:targetCompetency": [_competency(o) for o in d.outcomes],
                    }
                ),
                *_prerequisites(d),
            ],
        }
    )


def _programme(version: AchievementVersion, page: str, owner: str, runs: Sequence[Offering]) -> dict[str, Any]:
    d = version.description
    skills = [skill.concept for outcome in d.outcomes for skill in outcome.skills]
    return _filled(
        {
            "@id": f"{page}#programme",
            "@type": "ceterms:LearningProgram",
            "ceterms:ctid": ctid(f"{page}#programme"),
            "ceterms:name": _text(d.title),
            "ceterms:description": _text(d.description),
            "ceterms:subjectWebpage": page,
            "ceterms:inLanguage": _tags(d),
            "ceterms:ownedBy": [owner],
            "ceterms:lifeCycleStatusType": _term("ceterms:LifeCycleStatus", "lifeCycle:Active")
            if version.micro_credential.state == "published"
            else _term("ceterms:LifeCycleStatus", "lifeCycle:Ceased"),
            "ceterms:teaches": [*(_competency(o) for o in d.outcomes), *(_aligned(skill) for skill in skills)],
            "ceterms:estimatedDuration": _duration(d),
            "ceterms:creditValue": [_credit(c) for c in d.credits],
            "ceterms:deliveryType": _deliveries([mode.uri for mode in d.participation]),
            "ceterms:assessmentMethodDescription": _assessed(d),
            "ceterms:hasPart": [_assessment(a, n, page, owner) for n, a in enumerate(d.assessments, 1)]
            + [_task(d, task, page, owner) for task in d.tasks],
            "ceterms:hasOffering": [f"{page}#{run.public_id}" for run in runs],
            "ceterms:isPreparationFor": _counts_towards(d),
        }
    )


def _assessment(a: Assessment, number: int, page: str, owner: str) -> dict[str, Any]:
    address = f"{page}#assessment-{number}"
    method = _METHODS.get(a.type.uri.rpartition("/")[2]) if a.type else None
    return _filled(
        {
            "@id": address,
            "@type": "ceterms:AssessmentProfile",
            "ceterms:ctid": ctid(address),
            "ceterms:name": _text(a.title),
            "ceterms:description": _text(a.description) or (_text(a.type.label) if a.type else {}),
            "ceterms:ownedBy": [owner],
            "ceterms:assessmentMethodType": [_term("ceterms:AssessmentMethod", method)] if method else [],
            "ceterms:scoringMethodDescription": _text(a.grading_description),
            "ceterms:deliveryType": _deliveries([a.mode.uri] if a.mode else []),
        }
    )


def _task(d: Description, task: Task, page: str, owner: str) -> dict[str, Any]:
    address = f"{page}#task-{task.key}"
    rubric = rubric_of_task(d, task)
    keys = {key for criterion in rubric.criteria for key in criterion.outcomes} if rubric else set()
    return _filled(
        {
            "@id": address,
            "@type": "ceterms:AssessmentProfile",
            "ceterms:ctid": ctid(address),
            "ceterms:name": _text(task.title) or {"en": task.key},
            "ceterms:description": _text(task.instructions),
            "ceterms:ownedBy": [owner],
            "ceterms:hasGroupParticipation": task.group or None,
            "ceterms:scoringMethodDescription": _rubric_words(d, task),
            "ceterms:assesses": [_competency(o) for o in d.outcomes if o.key and o.key in keys],
        }
    )


def _rubric_words(d: Description, task: Task) -> Text:
    rubric = rubric_of_task(d, task)
    if rubric is None:
        return {}
    tags = dict.fromkeys(tag for criterion in rubric.criteria for tag in criterion.name)
    return {tag: "; ".join(in_language(c.name, tag) for c in rubric.criteria) for tag in tags}


def _offering(run: Offering, d: Description, page: str, owner: str) -> dict[str, Any]:
    address = f"{page}#{run.public_id}"
    return _filled(
        {
            "@id": address,
            "@type": "ceterms:ScheduledOffering",
            "ceterms:ctid": ctid(address),
            "ceterms:name": _text(d.title),
            "ceterms:description": {"en": run.note} if run.note else {},
            "ceterms:subjectWebpage": page,
            "ceterms:offeredBy": [owner],
            "ceterms:deliveryType": _deliveries([run.mode]),
            "ceterms:scheduleTimingType": [_term("ceterms:ScheduleTiming", "scheduleTiming:SelfPaced")]
            if run.self_paced
            else [],
            "ceterms:startDate": run.starts_on.isoformat(),
            "ceterms:endDate": run.ends_on.isoformat() if run.ends_on else "",
            "ceterms:availableAt": [{"@type": "ceterms:Place", "ceterms:name": {"en": run.place}}] if run.place else [],
            "ceterms:estimatedCost": [_cost(run, page)] if run.price_kind != Offering.Price.ON_REQUEST else [],
        }
    )


def _cost(run: Offering, page: str) -> dict[str, Any]:
    most = f" to {run.price_to} {run.currency}" if run.price_to is not None else ""
    words = {"free": "Free of charge", "fixed": "One price", "sliding": f"Each pays what they can, up{most}"}
    return _filled(
        {
            "@type": "ceterms:CostProfile",
            "ceterms:costDetails": page,
            "ceterms:description": {"en": words[run.price_kind]},
            "ceterms:directCostType": _term("ceterms:Cost", "costType:AggregateCost"),
            "ceterms:currency": run.currency,
            # JSON has no decimal numbers of its own; two places are exact enough to be read as one.
            "ceterms:price": float(run.least_price) if run.least_price is not None else None,
        }
    )


def _prerequisites(d: Description) -> list[dict[str, Any]]:
    if not any(d.prerequisites.values()):
        return []
    return [
        {
            "@type": "ceterms:ConditionProfile",
            "ceterms:name": {"en": "Prerequisites"},
            "ceterms:description": _text(d.prerequisites),
        }
    ]


def _counts_towards(d: Description) -> list[dict[str, Any]]:
    if not any(d.integration_note.values()):
        return []
    return [
        {
            "@type": "ceterms:ConditionProfile",
            "ceterms:name": {"en": "What it can count towards"},
            "ceterms:description": _text(d.integration_note),
        }
    ]


def _duration(d: Description) -> list[dict[str, Any]]:
    exact = _filled(
        {
            "@type": "ceterms:DurationProfile",
            "ceterms:exactDuration": xsd_duration(d.workload),
            "ceterms:maximumDuration": xsd_duration(d.maximum_duration),
        }
    )
    return [exact] if len(exact) > 1 else []


def _credit(c: CreditPoints) -> dict[str, Any]:
    return _filled(
        {
            "@type": "schema:QuantitativeValue",
            "schema:value": float(c.points),
            "schema:description": {tag: f"{c.points} {words}" for tag, words in _text(c.system.label).items()},
            "schema:unitText": _aligned(c.system),
        }
    )


def _said(d: Description) -> Text:
    """Who assures the quality, in words: a registry must not take our word for another's accreditation."""
    lines = [
        " · ".join(
            part
            for part in (in_language(q.type.label, "en") if q.type else "", in_language(q.body, "en"), q.url)
            if part
        )
        for q in d.quality_assurance
    ]
    return {"en": "\n".join(line for line in lines if line)} if any(lines) else {}


def _assessed(d: Description) -> Text:
    kinds = dict.fromkeys(in_language(a.type.label, "en") for a in d.assessments if a.type)
    return {"en": ", ".join(kind for kind in kinds if kind)} if kinds else {}


def _levels(d: Description) -> list[Concept]:
    return [level for level in (d.eqf_level, *(n.level for n in d.national_levels)) if level]


def _deliveries(uris: Iterable[str]) -> list[dict[str, Any]]:
    terms = dict.fromkeys(_DELIVERY[code] for code in (uri.rpartition("/")[2] for uri in uris) if code in _DELIVERY)
    return [_term("ceterms:Delivery", term) for term in terms]


def _competency(o: LearningOutcome) -> dict[str, Any]:
    return _filled(
        {
            "@type": "ceterms:CredentialAlignmentObject",
            "ceterms:targetNodeName": _text(o.title),
            "ceterms:targetNodeDescription": _text(o.description),
        }
    )


def _aligned(c: Concept) -> dict[str, Any]:
    return _filled(
        {
            "@type": "ceterms:CredentialAlignmentObject",
            "ceterms:targetNode": c.uri if c.uri.startswith(("http://", "https://")) else "",
            "ceterms:targetNodeName": _text(c.label),
            "ceterms:framework": c.scheme if c.scheme.startswith(("http://", "https://")) else "",
            "ceterms:codedNotation": c.notation,
        }
    )


def _term(kind: str, term: str) -> dict[str, Any]:
    """A term of one of CTDL's own lists; `kind` is the list without its plural ending."""
    return {
        "@type": "ceterms:CredentialAlignmentObject",
        "ceterms:framework": f"https://credreg.net/ctdl/terms/{kind.removeprefix('ceterms:')}",
        "ceterms:targetNode": term,
        "ceterms:targetNodeName": {"en": term.partition(":")[2]},
    }


def _tags(d: Description) -> list[str]:
    return [tag for tag in map(language_tag, d.languages) if tag]


def _text(words: Text) -> dict[str, str]:
    return {tag: text for tag, text in words.items() if text}


def _filled(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value not in (None, "", [], {})}
