"""A European credential told in the words of Open Badges 3.0, for reading only.

The model spreads an achievement over what was achieved, what it was specified by, and how it was proven. The first achievement is told; the
number of others is left to the reader of the whole document.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

_TYPE: Final = "EuropeanDigitalCredential"
_LANGUAGES: Final = ("en",)


def unwrapped(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """The credential in the envelope with which unsigned ones are uploaded (`{"credential": …}`), or `value` itself."""
    inner = value.get("credential")
    if isinstance(inner, dict) and _TYPE in _many(inner.get("type")):
        return inner
    return value


def is_european(document: Mapping[str, Any]) -> bool:
    return _TYPE in _many(document.get("type"))


def in_words_of_3(document: Mapping[str, Any]) -> dict[str, Any]:
    """What the credential says of its issuer, its holder and its first achievement. Absent properties are absent here too."""
    subject = _first(document.get("credentialSubject"))
    claim = _first(subject.get("hasClaim"))
    specified = _first(claim.get("specifiedBy"))
    issuer = _first(document.get("issuer"))
    title = text(claim.get("title")) or text(specified.get("title"))
    told: dict[str, Any] = {
        "id": document.get("id"),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": title,
        "issuer": {
            "type": ["Profile"],
            "id": issuer.get("id"),
            "name": text(issuer.get("legalName")) or text(issuer.get("altLabel")),
            "url": _first(issuer.get("homepage")).get("contentURL"),
        },
        "validFrom": document.get("validFrom", document.get("issuanceDate")),
        "validUntil": document.get("validUntil", document.get("expirationDate")),
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "name": text(subject.get("fullName")) or text(subject.get("givenName")),
            "identifier": _identifiers(subject),
            "achievement": _achievement(claim, specified, title),
            "result": _results(claim),
            "creditsEarned": _number(_first(specified.get("creditPoint")).get("point")),
        },
    }
    return _present(told)


def issuer_names(document: Mapping[str, Any]) -> tuple[frozenset[str], frozenset[str]]:
    """The names and the official identifiers of the issuer that the document names, as a certificate could repeat them."""
    issuer = _first(document.get("issuer"))
    names = {name for member in ("legalName", "altLabel") for name in _texts(issuer.get(member))}
    identifiers = {
        notation
        for member in ("registration", "vatIdentifier", "taxIdentifier", "identifier", "eIDASIdentifier")
        for node in _many(issuer.get(member))
        if isinstance(node, Mapping) and isinstance(notation := node.get("notation"), str) and len(notation) > 4
    }
    return frozenset(names), frozenset(identifiers)


def text(value: Any) -> str | None:
    """A text; of a text in several languages the English one, or the first there is."""
    texts = _texts(value)
    if isinstance(value, Mapping):
        for language in _LANGUAGES:
            preferred = _texts(value.get(language))
            if preferred:
                return preferred[0]
    return texts[0] if texts else None


def _achievement(claim: Mapping[str, Any], specified: Mapping[str, Any], title: str | None) -> dict[str, Any]:
    outcomes = [node for node in _many(specified.get("learningOutcome")) if isinstance(node, Mapping)]
    skills = [
        skill
        for outcome in outcomes
        for member in ("relatedESCOSkill", "relatedSkill")
        for skill in _many(outcome.get(member))
        if isinstance(skill, Mapping)
    ]
    alignment = [
        _present({"type": ["Alignment"], "targetName": text(skill.get("prefLabel")), "targetUrl": skill.get("id")})
        for skill in skills
    ]
    criteria = "\n".join(filter(None, (text(outcome.get("title")) for outcome in outcomes)))
    return _present(
        {
            "type": ["Achievement"],
            "id": specified.get("id", claim.get("id")),
            "name": title,
            "description": text(claim.get("description")) or text(specified.get("description")),
            "criteria": {"narrative": criteria} if criteria else None,
            "creditsAvailable": _number(_first(specified.get("creditPoint")).get("point")),
            "alignment": alignment,
        }
    )


def _results(claim: Mapping[str, Any]) -> list[dict[str, Any]]:
    results = []
    for proof in _many(claim.get("provenBy")):
        grade = text(_first(proof.get("grade")).get("noteLiteral")) if isinstance(proof, Mapping) else None
        if grade:
            results.append({"type": ["Result"], "value": grade})
    return results


def _identifiers(subject: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = []
    for contact in _many(subject.get("contactPoint")):
        for mailbox in _many(contact.get("emailAddress")) if isinstance(contact, Mapping) else []:
            address = mailbox.get("id") if isinstance(mailbox, Mapping) else None
            if isinstance(address, str) and address.startswith("mailto:"):
                found.append(("emailAddress", address.removeprefix("mailto:")))
    found += [
        (kind, node["notation"])
        for member, kind in (("nationalID", "nationalIdentityNumber"), ("identifier", "identifier"))
        for node in _many(subject.get(member))
        if isinstance(node, Mapping) and isinstance(node.get("notation"), str)
    ]
    return [
        {"type": "IdentityObject", "identityType": kind, "hashed": False, "identityHash": value}
        for kind, value in found
    ]


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value] if value else []
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    if isinstance(value, Mapping):
        return [text for item in value.values() if isinstance(item, (str, list)) for text in _texts(item)]
    return []


def _number(value: Any) -> float | int | None:
    if isinstance(value, str) and value.isascii() and value.replace(".", "", 1).isdigit() and len(value) < 12:
        value = float(value)
        return int(value) if value.is_integer() else value
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _first(value: Any) -> Mapping[str, Any]:
    return next((item for item in _many(value) if isinstance(item, Mapping)), {})


def _many(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _present(node: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in node.items() if value not in (None, [], {})}
