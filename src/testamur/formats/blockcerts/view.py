"""A Blockcerts document told in the words of Open Badges 3.0, for reading only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from testamur.formats import open_badges_2
from testamur.formats.blockcerts.canonical import signed_part
from testamur.formats.blockcerts.versions import Version


def in_words_of_3(document: Mapping[str, Any], version: Version) -> dict[str, Any]:
    """What the document says, from its own bytes alone. Version 3 already is a verifiable credential and is returned as it is.

    Raises `LinkedDataError` as `signed_part` for a version 1.2 certificate that cannot be read.
    """
    if version == "3":
        return dict(document)
    if version == "1.2":
        return _first(signed_part(document))
    badge = _node(document.get("badge"))
    issuer = badge.get("issuer")
    profile = _node(issuer)
    address = issuer if isinstance(issuer, str) else profile.get("id")
    told = open_badges_2.in_words_of_3(document, badge, profile, address if isinstance(address, str) else "")
    name = _node(document.get("recipientProfile")).get("name")
    if isinstance(name, str):
        told["credentialSubject"]["name"] = name
    return told


def issuer_address(document: Mapping[str, Any], version: Version) -> str | None:
    """Where the issuer's profile stands, as the document says."""
    if version == "3":
        issuer = document.get("issuer")
    elif version == "1.2":
        issuer = _node(_node(document.get("document")).get("certificate")).get("issuer")
    else:
        issuer = _node(document.get("badge")).get("issuer")
    found = issuer.get("id") if isinstance(issuer, Mapping) else issuer
    return found if isinstance(found, str) and found else None


def _first(inner: Mapping[str, Any]) -> dict[str, Any]:
    """Version 1.2 spreads what 2.0 calls assertion and badge class over assertion, certificate and recipient."""
    certificate, recipient = _node(inner.get("certificate")), _node(inner.get("recipient"))
    assertion = {**_node(inner.get("assertion")), "recipient": recipient}
    badge = {name: certificate[name] for name in ("id", "name", "description", "image") if name in certificate}
    if isinstance(certificate.get("id"), str):
        badge["criteria"] = certificate["id"]
    issuer = _node(certificate.get("issuer"))
    identifier = issuer.get("id")
    told = open_badges_2.in_words_of_3(assertion, badge, issuer, identifier if isinstance(identifier, str) else "")
    names = [recipient.get(name) for name in ("givenName", "familyName")]
    name = " ".join(name for name in names if isinstance(name, str) and name)
    if name:
        told["credentialSubject"]["name"] = name
    return told


def _node(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
