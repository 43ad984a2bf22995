"""Rules about the shape: which objects, of which types, one or many. Driven by the classes of the model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from testamur.issuing.lints.rule import Draft, Problem, Severity, as_list, as_object, at, rule
from testamur.model import Criteria, Node
from testamur.model.node import members_of

_REQUIRED: dict[type, tuple[str, ...]] = {}
_SINGLE_TYPE = "Open Badges 3.0, JSON Schema (formal): this class has exactly one type, as a string"


@rule("credential.type", "VC Data Model 2.0 §4.5; Open Badges 3.0, AchievementCredential.type", by_form=True)
def credential_type(draft: Draft) -> Iterator[Problem]:
    declared = draft.document.get("type")
    if not isinstance(declared, list) or not all(isinstance(entry, str) for entry in declared):
        yield Problem("/type", "type must be an array of texts")
        return
    if "VerifiableCredential" not in declared:
        yield Problem("/type", "type must contain VerifiableCredential")
    if not {"OpenBadgeCredential", "AchievementCredential"} & set(declared):
        yield Problem("/type", "type must contain OpenBadgeCredential or AchievementCredential")


@rule("issuer.object", "Open Badges 3.0, AchievementCredential.issuer")
def issuer_object(draft: Draft) -> Iterator[Problem]:
    issuer = draft.document.get("issuer")
    if not isinstance(issuer, dict):
        yield Problem("/issuer", "issuer must be an object with id, type Profile and name")
    elif not issuer.get("id"):
        yield Problem("/issuer/id", "The issuer has no id; give the institution's DID or address")


@rule("issuer.name", "Open Badges 3.0, Profile.name: displays must show the issuer's name", Severity.WARNING)
def issuer_name(draft: Draft) -> Iterator[Problem]:
    if not as_object(draft.document.get("issuer")).get("name"):
        yield Problem("/issuer/name", "The issuer has no name; a display could only show its address")


@rule("subject.identified", "Open Badges 3.0, AchievementSubject: id or identifier; VC Data Model 2.0 §4.8")
def subject_identified(draft: Draft) -> Iterator[Problem]:
    subject = draft.document.get("credentialSubject")
    if not isinstance(subject, dict):
        yield Problem("/credentialSubject", "credentialSubject must be one object")
    elif not subject:
        yield Problem("/credentialSubject", "credentialSubject is empty")
    elif not subject.get("id") and not subject.get("identifier"):
        yield Problem(
            "/credentialSubject", "The recipient has neither id nor identifier: the credential is about nobody"
        )


@rule("achievement.complete", "Open Badges 3.0, Achievement: id, type, name, description, criteria")
def achievement_complete(draft: Draft) -> Iterator[Problem]:
    achievement = draft.subject.get("achievement")
    path = "/credentialSubject/achievement"
    if not isinstance(achievement, dict):
        yield Problem(path, "credentialSubject must have one achievement")
        return
    for name in ("id", "name", "description"):
        if not achievement.get(name):
            yield Problem(f"{path}/{name}", f"The achievement has no {name}")
    criteria = as_object(achievement.get("criteria"))
    if not criteria.get("id") and not criteria.get("narrative"):
        yield Problem(
            f"{path}/criteria", "The criteria have neither a narrative nor an address: nobody learns what it took"
        )


_SAID_ELSEWHERE: Final = frozenset({"", "/issuer", "/credentialSubject", "/credentialSubject/achievement"})


@rule("members.required", "Open Badges 3.0, data models (required properties)")
def members_required(draft: Draft) -> Iterator[Problem]:
    for path, node, model in draft.where(
        "required", lambda place: place.path not in _SAID_ELSEWHERE and bool(_required(place.model))
    ):
        for name in _required(model):
            if node.get(name) in (None, "", [], {}):
                yield Problem(at(path, name), f"{model.__name__} must have {name}")


def _required(model: type[Node]) -> tuple[str, ...]:
    found = _REQUIRED.get(model)
    if found is None:
        found = _REQUIRED[model] = tuple(name for name, member in members_of(model).items() if member.required)
    return found


@rule("types.nested", "Open Badges 3.0, data models: every object carries its type", by_form=True)
def types_nested(draft: Draft) -> Iterator[Problem]:
    for path, node, model in draft.places:
        if path == "" or issubclass(model, Criteria):
            continue
        expected = model.TYPES[0]
        declared = as_list(node.get("type"))
        if expected not in declared:
            yield Problem(at(path, "type"), f"type must contain {expected}")
        elif not model.TYPE_IS_ARRAY and node["type"] != expected:
            yield Problem(at(path, "type"), f'type must be the text "{expected}"')
        elif model.TYPE_IS_ARRAY and not isinstance(node["type"], list):
            yield Problem(at(path, "type"), "type must be an array")


@rule("arrays.where_many", "Open Badges 3.0, JSON Schema (formal): every [0..*] property is an array", by_form=True)
def arrays_where_many(draft: Draft) -> Iterator[Problem]:
    for path, node, model in draft.places:
        for name, member in members_of(model).items():
            if member.many and name in node and name != "@context" and not isinstance(node[name], list):
                yield Problem(at(path, name), f"{name} must be an array, even with a single entry")


@rule("arrays.not_where_one", "Open Badges 3.0, JSON Schema: [0..1] and [1] properties", by_form=True)
def arrays_not_where_one(draft: Draft) -> Iterator[Problem]:
    for path, node, model in draft.places:
        for name, member in members_of(model).items():
            if not member.many and isinstance(node.get(name), list):
                yield Problem(at(path, name), f"{name} must be a single value, not an array")


@rule("objects.where_objects", "Open Badges 3.0, data models; an image is an object with id and type", by_form=True)
def objects_where_objects(draft: Draft) -> Iterator[Problem]:
    for path, node, model in draft.places:
        for name, member in members_of(model).items():
            if member.node is None or (path == "" and name in ("issuer", "credentialSubject")):
                continue
            for entry in as_list(node.get(name)):
                if not isinstance(entry, dict):
                    yield Problem(at(path, name), f"{name} must be an object with its type, not {type(entry).__name__}")
