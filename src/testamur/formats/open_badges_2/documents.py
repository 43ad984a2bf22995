"""What a document of the older standards is: its version by its context, its kind by its type or, before there were types, by its form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

Version = Literal["2.0", "1.1", "1.0", "0.5"]
Kind = Literal["Assertion", "BadgeClass", "Profile", "Endorsement", "RevocationList", "CryptographicKey"]

CONTEXTS_2: Final = ("https://w3id.org/openbadges/v2", "https://openbadgespec.org/v2/context.json")
CONTEXTS_1: Final = ("https://w3id.org/openbadges/v1", "https://openbadgespec.org/v1/context.json")

_KINDS: Final[dict[str, Kind]] = {
    "Assertion": "Assertion",
    "BadgeClass": "BadgeClass",
    "Issuer": "Profile",
    "IssuerOrg": "Profile",
    "Profile": "Profile",
    "Endorsement": "Endorsement",
    "RevocationList": "RevocationList",
    "CryptographicKey": "CryptographicKey",
}

# Every class of the vocabulary (OB 2.0, context v2) with the older names, and the classes that profiles of issuers borrow.
TYPES: Final = frozenset(
    (
        *_KINDS,
        "AlignmentObject",
        "Criteria",
        "Evidence",
        "Extension",
        "FrameValidation",
        "HostedBadge",
        "IdentityObject",
    )
) | {"Image", "SignedBadge", "TypeValidation", "VerificationObject", "hosted", "signed", "RevocationList"}


def many(value: Any) -> list[Any]:
    """The values of a property that may stand once or several times."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def types_of(document: Mapping[str, Any]) -> list[Any]:
    return many(document.get("type", document.get("@type")))


def version_of(document: Mapping[str, Any]) -> Version | None:
    """The version that `document` follows; None where its context belongs to no version.

    A context may be written out (OB 2.0 allows it): then the terms decide, and it must name the vocabulary of Open Badges.
    """
    contexts = many(document.get("@context"))
    if not contexts:
        badge = document.get("badge")
        return "0.5" if isinstance(badge, dict) and "verify" not in document else "1.0"
    if any(isinstance(entry, str) and entry.rstrip("/") in CONTEXTS_2 for entry in contexts):
        return "2.0"
    if any(isinstance(entry, str) and entry.rstrip("/") in CONTEXTS_1 for entry in contexts):
        return "1.1"
    first = contexts[0]
    if isinstance(first, Mapping) and first.get("obi") == "https://w3id.org/openbadges#":
        return "2.0"
    return None


def kind_of(document: Mapping[str, Any]) -> Kind | None:
    """What `document` is; None where no type of it is known. Before 1.1 there were no types, so the form decides."""
    types = types_of(document)
    for entry in types:
        if isinstance(entry, str) and entry in _KINDS:
            return _KINDS[entry]
    if types or "@context" in document:
        return None
    if "badge" in document:
        return "Assertion"
    if {"name", "criteria", "issuer"} <= document.keys():
        return "BadgeClass"
    if "revokedAssertions" in document:
        return "RevocationList"
    return "Profile" if {"name", "url"} <= document.keys() else None
