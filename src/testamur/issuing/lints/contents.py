"""Rules about what is said: vocabularies, results, identities and endorsements."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache
from typing import Final

from testamur.issuing.lints.rule import Draft, Problem, Severity, as_list, as_object, at, rule
from testamur.model import (
    Achievement,
    AchievementType,
    Alignment,
    AlignmentTargetType,
    Evidence,
    IdentifierEntry,
    IdentityObject,
    IdentityType,
    Node,
    Result,
    ResultDescription,
    ResultStatus,
    ResultType,
)

_VOCABULARIES_OF: Final[Mapping[type[Node], tuple[tuple[str, type[StrEnum], bool], ...]]] = {
    Achievement: (("achievementType", AchievementType, True),),
    Alignment: (("targetType", AlignmentTargetType, True),),
    IdentityObject: (("identityType", IdentityType, True),),
    IdentifierEntry: (("identifierType", IdentityType, True),),
    ResultDescription: (("resultType", ResultType, True),),
    Result: (("status", ResultStatus, False),),
}
_DIGEST: Final = re.compile(r"sha256-[A-Za-z0-9+/]{43}=|sha384-[A-Za-z0-9+/]{64}|sha512-[A-Za-z0-9+/]{86}==")
_LANGUAGE: Final = re.compile(r"[a-z]{2,4}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")


@cache
def _terms(vocabulary: type[StrEnum]) -> frozenset[str]:
    return frozenset(str(term) for term in vocabulary)


@rule("vocabulary.term", "Open Badges 3.0, enumerations (extensible by names that begin with ext:)")
def vocabulary_term(draft: Draft) -> Iterator[Problem]:
    for path, node, model in draft.where("vocabularies", lambda place: bool(_VOCABULARIES_OF.get(place.model))):
        for name, vocabulary, extensible in _VOCABULARIES_OF[model]:
            value = node.get(name)
            if not isinstance(value, str) or value in _terms(vocabulary):
                continue
            if not extensible or not re.fullmatch(r"ext:[A-Za-z0-9._-]+", value):
                yield Problem(
                    at(path, name),
                    f"{value!r:.60} is no {name} of OB 3.0"
                    + ("; a name of one's own begins with ext:" if extensible else ""),
                )


@rule("language.tag", "Open Badges 3.0, LanguageCode (BCP 47)")
def language_tag(draft: Draft) -> Iterator[Problem]:
    for path, _name, value in draft.named("inLanguage"):
        if isinstance(value, str) and not _LANGUAGE.fullmatch(value):
            yield Problem(path, f"{value!r:.40} is no language tag like ko, en-GB or zh-Hant-TW")


@rule("result.described", "Open Badges 3.0, Result.resultDescription and Result.achievedLevel")
def result_described(draft: Draft) -> Iterator[Problem]:
    described = {
        entry["id"]: entry
        for entry in map(as_object, as_list(draft.achievement.get("resultDescription")))
        if isinstance(entry.get("id"), str)
    }
    for path, node, _model in draft.of(Result):
        reference = node.get("resultDescription")
        if not isinstance(reference, str) or reference not in described:
            if reference is not None or node.get("value") is not None or node.get("achievedLevel") is not None:
                yield Problem(
                    at(path, "resultDescription"),
                    "The result refers to no result description of the achievement, so nobody can read it",
                )
            continue
        description = described[reference]
        levels = [level.get("id") for level in map(as_object, as_list(description.get("rubricCriterionLevel")))]
        if "achievedLevel" in node and node["achievedLevel"] not in levels:
            yield Problem(
                at(path, "achievedLevel"), "The achieved level is none of the levels of its result description"
            )
        allowed = as_list(description.get("allowedValue"))
        if allowed and "value" in node and node["value"] not in allowed:
            yield Problem(
                at(path, "value"), f"The value is none of the allowed values: {', '.join(map(str, allowed[:12]))}"
            )


@rule("result.says_something", "Open Badges 3.0, Result: value, status or achieved level")
def result_says_something(draft: Draft) -> Iterator[Problem]:
    for path, node, _model in draft.of(Result):
        if not node.get("value") and not node.get("status") and not node.get("achievedLevel"):
            yield Problem(path, "A result has neither value nor status nor achieved level")


@rule("result.description_unique", "Open Badges 3.0, ResultDescription.id")
def result_description_unique(draft: Draft) -> Iterator[Problem]:
    seen: set[str] = set()
    for path, node, _model in draft.of(ResultDescription):
        if isinstance(found := node.get("id"), str):
            if found in seen:
                yield Problem(at(path, "id"), "Two result descriptions have the same id")
            seen.add(found)


@rule(
    "evidence.digest",
    "VC Data Model 2.0 §5.3 (any object with an id may carry digestSRI); W3C Subresource Integrity §3.5",
)
def evidence_digest(draft: Draft) -> Iterator[Problem]:
    for path, node, _model in draft.of(Evidence):
        if "digestSRI" not in node:
            continue
        if not (isinstance(node["digestSRI"], str) and _DIGEST.fullmatch(node["digestSRI"])):
            yield Problem(at(path, "digestSRI"), "The digest is no sha256-, sha384- or sha512- hash in base64")
        elif not isinstance(node.get("id"), str):
            yield Problem(path, "A digest is that of what the id names, and this evidence has no id")


@rule("identity.hash", "Open Badges 3.0, IdentityHash: algorithm$hex")
def identity_hash(draft: Draft) -> Iterator[Problem]:
    for path, node, _model in draft.of(IdentityObject):
        value = node.get("identityHash")
        if not isinstance(node.get("hashed"), bool):
            yield Problem(at(path, "hashed"), "hashed must be true or false")
        elif node["hashed"] and not (isinstance(value, str) and re.fullmatch(r"sha256\$[0-9a-f]{64}", value)):
            yield Problem(at(path, "identityHash"), "A hashed identity is sha256$ followed by 64 hexadecimal digits")
        elif not node["hashed"] and isinstance(value, str) and re.match(r"(sha256|md5)\$", value):
            yield Problem(at(path, "hashed"), "The identity is a hash, but hashed says that it is not")


@rule(
    "identity.salt",
    "Open Badges 3.0, IdentityObject.salt; an unsalted hash of an e-mail address is looked up in tables",
)
def identity_salt(draft: Draft) -> Iterator[Problem]:
    for path, node, _model in draft.of(IdentityObject):
        if node.get("hashed") is True and len(str(node.get("salt") or "")) < 8:
            yield Problem(at(path, "salt"), "A hashed identity needs a random salt of at least eight characters")


@rule("identity.email_plain", "GDPR Art. 5(1)(c); Open Badges 3.0, IdentityObject", Severity.WARNING)
def identity_email_plain(draft: Draft) -> Iterator[Problem]:
    for path, node, _model in draft.of(IdentityObject):
        if node.get("identityType") == "emailAddress" and node.get("hashed") is False:
            yield Problem(
                path, "The recipient's e-mail address stands in the clear for everybody who sees the badge; hash it"
            )


@rule(
    "endorsement.jwt", "Open Badges 3.0, context 3.0.3 before 29 June 2026 does not define endorsementJwt", by_form=True
)
def endorsement_jwt(draft: Draft) -> Iterator[Problem]:
    for path, name, _value in draft.values:
        if name == "endorsementJwt" and path.endswith("/endorsementJwt"):
            yield Problem(
                path,
                "endorsementJwt is unknown to wallets with the earlier copy of the context; use endorsement with its own proof",
            )


@rule("endorsement.proof", "Open Badges 3.0 §9.1: each endorsement is verified as a credential of its own")
def endorsement_proof(draft: Draft) -> Iterator[Problem]:
    for path, node, _model in draft.where("endorsement", lambda place: "endorsement" in place.node):
        for index, entry in enumerate(as_list(node["endorsement"])):
            if not isinstance(entry, dict) or not entry.get("proof"):
                yield Problem(
                    f"{path}/endorsement/{index}", "An endorsement must be a signed credential with its own proof"
                )
