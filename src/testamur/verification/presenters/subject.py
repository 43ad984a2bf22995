"""What the document says of itself, as readers want to see it: a reading of a credential, tolerant and bounded.

The names are those of Open Badges 3.0. Every property that may repeat is a list, a text in several languages becomes one text, and what has
an unexpected form is left out: this is for showing, and no decision is taken from it. It is called with a document whose proof was checked
(the report's `subject`), or with one that could not be confirmed (the report's `technical["unconfirmed"]`, which no page may show
as a fact).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from testamur.verification.case import ENDORSEMENT_TYPE, identifier_of, many
from testamur.verification.receipt import read as read_receipt

COMPILED: bool = False  # the other form says otherwise
_LANGUAGE = re.compile(
    r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*"
)  # BCP 47, as far as it is needed to tell a language from a name
_LONGEST_TEXT = 20_000
_MOST = 100  # of anything that repeats


def reading(document: Mapping[str, Any]) -> dict[str, Any]:
    """The reading of `document`. Absent properties are absent here too.

    Keys: `id`, `type`, `name`, `description`, `image`, `validFrom`, `validUntil`, `awardedDate`, `issuer`, `holder`, `achievement`,
    `evidence`, `result`, `creditsEarned`, `activityStartDate`, `activityEndDate`, `narrative`, `role`, `term`, `licenseNumber`,
    `source`; of an endorsement `endorsed` (what it is about) and `endorsementComment`; of a receipt of a verification `receipt`, what
    `receipt.read` gives.
    """
    subject = next((item for item in many(document.get("credentialSubject")) if isinstance(item, Mapping)), {})
    achievement = _node(subject.get("achievement"))
    read: dict[str, Any] = {
        **_texts(document, "id", "name", "description"),
        "type": _strings(document.get("type")),
        "image": _image(document.get("image")),
        "validFrom": _string(document.get("validFrom", document.get("issuanceDate"))),
        "validUntil": _string(document.get("validUntil", document.get("expirationDate"))),
        **_texts(document, "awardedDate"),
        "issuer": _profile(document.get("issuer")),
        "evidence": [_evidence(item) for item in _nodes(document.get("evidence"))],
    }
    if ENDORSEMENT_TYPE in read["type"]:
        read["endorsed"] = identifier_of(subject)
        read |= _texts(subject, "endorsementComment")
    else:
        read["holder"] = _holder(subject)
        read["achievement"] = _achievement(achievement)
        read["result"] = [_result(item, achievement) for item in _nodes(subject.get("result"))]
        read["creditsEarned"] = _number(subject.get("creditsEarned"))
        read["source"] = _profile(subject.get("source"))
        read |= _texts(subject, "activityStartDate", "activityEndDate", "narrative", "role", "term", "licenseNumber")
    read["receipt"] = read_receipt(document)
    return _present(read)


def how_much(document: Mapping[str, Any]) -> tuple[int, int, int, bool]:
    """How many pieces of evidence, results and alignments `reading` shows, and whether it shows criteria; without reading them."""
    evidence = len(_nodes(document.get("evidence")))
    if ENDORSEMENT_TYPE in _strings(document.get("type")):
        return evidence, 0, 0, False
    subject = next((item for item in many(document.get("credentialSubject")) if isinstance(item, Mapping)), {})
    achievement = _node(subject.get("achievement"))
    results, alignments = len(_nodes(subject.get("result"))), len(_nodes(achievement.get("alignment")))
    return evidence, results, alignments, has_criteria(document)


def has_criteria(document: Mapping[str, Any]) -> bool:
    """Whether `reading` shows criteria; without reading them."""
    node: Any = document.get("credentialSubject")
    for member in ("achievement", "criteria"):
        node = node.get(member) if type(node) is dict else None
    if type(node) is dict and node.keys() & {"id", "narrative"} and set(map(type, many(document.get("type")))) == {str}:
        texts = [node.get("id"), node.get("narrative")]
        if any(type(text) is str and text for text in texts):
            return ENDORSEMENT_TYPE not in many(document.get("type"))
    if ENDORSEMENT_TYPE in _strings(document.get("type")):
        return False
    subject = next((item for item in many(document.get("credentialSubject")) if isinstance(item, Mapping)), {})
    criteria = _node(_node(subject.get("achievement")).get("criteria"))
    return any(_text(criteria.get(name)) is not None for name in ("id", "narrative"))


def _achievement(node: Mapping[str, Any]) -> dict[str, Any]:
    criteria = _node(node.get("criteria"))
    return _present(
        {
            **_texts(node, "id", "name", "description", "achievementType", "fieldOfStudy", "humanCode", "inLanguage"),
            **_texts(node, "specialization", "version"),
            "image": _image(node.get("image")),
            "criteria": _texts(criteria, "id", "narrative"),
            "creditsAvailable": _number(node.get("creditsAvailable")),
            "alignment": _alignments(node),
            "tag": _strings(node.get("tag")),
            "creator": _profile(node.get("creator")),
            "related": [_texts(item, "id", "inLanguage", "version") for item in _nodes(node.get("related"))],
            "resultDescription": [
                _present(
                    {
                        **_texts(
                            item, "id", "name", "resultType", "requiredValue", "requiredLevel", "valueMin", "valueMax"
                        ),
                        "allowedValue": _strings(item.get("allowedValue")),
                        "alignment": _alignments(item),
                        "rubricCriterionLevel": [
                            _texts(level, "id", "name", "level", "description", "points")
                            for level in _nodes(item.get("rubricCriterionLevel"))
                        ],
                    }
                )
                for item in _nodes(node.get("resultDescription"))
            ],
        }
    )


def _result(node: Mapping[str, Any], achievement: Mapping[str, Any]) -> dict[str, Any]:
    """A result with the name of its description and of the level that was achieved, where the achievement has them."""
    described = next(
        (
            item
            for item in _nodes(achievement.get("resultDescription"))
            if isinstance(item.get("id"), str) and item["id"] == node.get("resultDescription")
        ),
        {},
    )
    level = next(
        (
            item
            for item in _nodes(described.get("rubricCriterionLevel"))
            if isinstance(item.get("id"), str) and item["id"] == node.get("achievedLevel")
        ),
        {},
    )
    return _present(
        {
            **_texts(node, "value", "status", "resultDescription", "achievedLevel"),
            "name": _text(described.get("name")),
            "resultType": _text(described.get("resultType")),
            "levelName": _text(level.get("name")),
            "alignment": _alignments(node),
        }
    )


def _holder(subject: Mapping[str, Any]) -> dict[str, Any]:
    """Who it is about. An identifier in the clear is shown, of a hashed one only its kind."""
    identifiers = []
    name = _text(subject.get("name"))
    for entry in _nodes(subject.get("identifier")):
        hashed = entry.get("hashed") is not False
        kind = _string(entry.get("identityType")) or "identifier"
        value = None if hashed else _string(entry.get("identityHash"))
        if kind == "name" and value and not name:
            name = value
        identifiers.append(_present({"identityType": kind, "hashed": hashed, "value": value}))
    return _present({**_texts(subject, "id"), "name": name, "identifier": identifiers})


def _evidence(node: Mapping[str, Any]) -> dict[str, Any]:
    digests = [text for name in ("digestMultibase", "digestSRI") for text in _strings(node.get(name))]
    return _present({**_texts(node, "id", "name", "description", "narrative", "genre", "audience"), "digest": digests})


def _profile(value: Any) -> dict[str, Any]:
    if isinstance(value, str):
        return {"id": value}
    node = _node(value)
    return _present(
        {
            **_texts(node, "id", "name", "url", "description", "email", "official"),
            "image": _image(node.get("image")),
            "parentOrg": _texts(_node(node.get("parentOrg")), "id", "name"),
        }
    )


def _image(value: Any) -> dict[str, Any]:
    if isinstance(value, str):
        return {"id": value}
    return _texts(_node(value), "id", "caption")


def _alignments(node: Mapping[str, Any]) -> list[dict[str, Any]]:
    names = ("targetName", "targetUrl", "targetFramework", "targetCode", "targetType", "targetDescription")
    return [_texts(item, *names) for item in _nodes(node.get("alignment"))]


def _node(value: Any) -> Mapping[str, Any]:
    return value if type(value) is dict else next((item for item in many(value) if isinstance(item, Mapping)), {})


def _nodes(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in many(value)[:_MOST] if type(item) is dict or isinstance(item, Mapping)]


def _texts(node: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Those of the members that are texts, in the order of `names`."""
    texts: dict[str, Any] = {}
    for name in names:
        if name in node:
            value = node[name]
            text = value[:_LONGEST_TEXT] if type(value) is str else _text(value)
            if text:
                texts[name] = text
    return texts


def _text(value: Any) -> str | None:
    """A text. What is said in several languages (language-value objects, a language map) is shown in each of them."""
    if value is None or isinstance(value, str):
        return _string(value)
    languages = _languages(value)
    if len(languages) > 1:
        return _string(" · ".join(f"{text} ({language})" for language, text in languages[:_MOST]))
    if isinstance(value, list):
        value = next((item for item in value if isinstance(item, (str, Mapping))), None)
    if isinstance(value, Mapping):
        value = value.get("@value", next((item for item in value.values() if isinstance(item, str)), None))
    return _string(value)


def _languages(value: Any) -> list[tuple[str, str]]:
    """The languages and texts of a value that says one thing in several; empty for every other value."""
    if isinstance(value, list):
        pairs = [(item.get("@language"), item.get("@value")) for item in value if isinstance(item, Mapping)]
        if len(pairs) != len(value):
            return []
    elif isinstance(value, Mapping):
        pairs = list(value.items())
    else:
        return []
    texts = [
        (language, text)
        for language, text in pairs
        if isinstance(language, str) and _LANGUAGE.fullmatch(language) and isinstance(text, str) and text
    ]
    return texts if len(texts) == len(pairs) else []


def _string(value: Any) -> str | None:
    return value[:_LONGEST_TEXT] if isinstance(value, str) and value else None


def _strings(value: Any) -> list[str]:
    return [text for text in (_text(item) for item in many(value)[:_MOST]) if text]


def _number(value: Any) -> int | float | None:
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _present(values: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value
        for name, value in values.items()
        if value is not None and (value or not isinstance(value, (list, dict)))
    }
