"""An assertion of the older standards told in the words of Open Badges 3.0, so that one reading and one set of checks serve both.

For reading only: nothing of it is ever signed, and nothing is in it that the documents do not say. Source of the correspondences:
Open Badges 3.0, "Migrating from Open Badges 2.0".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from testamur.formats.open_badges_2.documents import many

_ACCREDITATION: Final = "extensions:IssuerAccreditation"
_IDENTITY_TYPES: Final = {"email": "emailAddress"}
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NO_ZONE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?")
_NO_SECONDS: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2})(Z|[+-][0-9]{2}:?[0-9]{2})")
_SHORT_OFFSET: Final = re.compile(r"(.*T.*[+-][0-9]{2})([0-9]{2})")


def in_words_of_3(
    assertion: Mapping[str, Any], badge: Mapping[str, Any], issuer: Mapping[str, Any], issuer_address: str
) -> dict[str, Any]:
    """`assertion` (or an endorsement) with its badge class and its issuer as one document in the words of Open Badges 3.0.

    `issuer_address` is where the issuer's profile stands, which is who the issuer is, whatever the profile says of itself.
    """
    told: dict[str, Any] = {
        "id": assertion.get("id", assertion.get("@id", assertion.get("uid"))),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": badge.get("name"),
        "issuer": {"type": ["Profile"], **_some(issuer, "name", "url", "description", "email"), "id": issuer_address},
        "validFrom": moment_of(assertion.get("issuedOn", assertion.get("issued_on"))),
        "validUntil": moment_of(assertion.get("expires")),
        "evidence": [_evidence(entry) for entry in many(assertion.get("evidence"))],
        "image": assertion.get("image"),
    }
    if "image" in issuer:
        told["issuer"]["image"] = issuer["image"]
    told["issuer"]["accreditations"] = _accreditations(issuer)
    claim = assertion.get("claim")
    if isinstance(claim, Mapping):
        told["type"] = ["VerifiableCredential", "EndorsementCredential"]
        told["credentialSubject"] = {"type": ["EndorsementSubject"], **_some(claim, "id", "endorsementComment")}
    else:
        told["credentialSubject"] = {
            "type": ["AchievementSubject"],
            "identifier": _recipient(assertion),
            "narrative": assertion.get("narrative"),
            "achievement": _achievement(badge),
        }
    told["issuer"] = _present(told["issuer"])
    return _present(told)


def _accreditations(issuer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The extension `IssuerAccreditation`, under whatever name it stands: it is told by its type."""
    nodes = [node for value in issuer.values() for node in many(value) if isinstance(node, Mapping)]
    return [node for node in nodes if _ACCREDITATION in many(node.get("type"))]


def moment_of(value: Any) -> Any:
    """A moment of the older standards as `xsd:dateTimeStamp`: seconds since 1970 and dates alone were allowed, and zones were left out.

    A date alone begins with the day, and what has no zone is read as UTC. What is none of this is left as it is, to be found malformed.
    """
    if isinstance(value, str) and value.isascii() and value.isdigit() and 1 <= len(value) <= 10:
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        if not 0 <= value < 10**10:
            return value
        return datetime.fromtimestamp(value, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if not isinstance(value, str):
        return value
    if _DATE.fullmatch(value):
        return f"{value}T00:00:00Z"
    if _NO_ZONE.fullmatch(value):
        value += "Z"
    if found := _SHORT_OFFSET.fullmatch(value):
        value = f"{found[1]}:{found[2]}"
    if found := _NO_SECONDS.fullmatch(value):
        value = f"{found[1]}:00{found[2]}"
    return value


def _recipient(assertion: Mapping[str, Any]) -> list[dict[str, Any]]:
    stated = assertion.get("recipient")
    if isinstance(stated, str):  # 0.5: the address or its hash, with the salt beside it
        hashed = "$" in stated
        salt = {"salt": assertion["salt"]} if isinstance(assertion.get("salt"), str) else {}
        return [
            {"type": "IdentityObject", "identityType": "emailAddress", "hashed": hashed, "identityHash": stated, **salt}
        ]
    identifiers = []
    for entry in many(stated):
        if isinstance(entry, Mapping):
            kind = next((name for name in many(entry.get("type")) if isinstance(name, str)), "identifier")
            identifier = {
                "type": "IdentityObject",
                "identityType": _IDENTITY_TYPES.get(kind, kind),
                "hashed": entry.get("hashed") is True,
                "identityHash": entry.get("identity"),
                "salt": entry.get("salt"),
            }
            identifiers.append(_present(identifier))
    return identifiers


def _achievement(badge: Mapping[str, Any]) -> dict[str, Any]:
    criteria = badge.get("criteria")
    if isinstance(criteria, Mapping):
        criteria = _some(criteria, "id", "narrative")
    elif isinstance(criteria, str):
        criteria = {"id": criteria}
    told = {
        "type": ["Achievement"],
        **_some(badge, "id", "name", "description", "image", "version"),
        "criteria": criteria,
        "tag": [tag for tag in many(badge.get("tags")) if isinstance(tag, str)],
        "alignment": [
            {
                "type": ["Alignment"],
                "targetName": entry.get("targetName", entry.get("name")),
                "targetUrl": entry.get("targetUrl", entry.get("url")),
                **_some(entry, "targetDescription", "targetFramework", "targetCode"),
            }
            for entry in many(badge.get("alignment"))
            if isinstance(entry, Mapping)
        ],
        "inLanguage": badge.get("@language"),
    }
    return _present(told)


def _evidence(entry: Any) -> Any:
    if isinstance(entry, str):
        return {"id": entry, "type": ["Evidence"]}
    if isinstance(entry, Mapping):
        return {"type": ["Evidence"], **_some(entry, "id", "narrative", "name", "description", "genre", "audience")}
    return None


def _some(node: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: node[name] for name in names if name in node}


def _present(node: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in node.items() if value not in (None, [], {})}
