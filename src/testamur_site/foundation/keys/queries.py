from __future__ import annotations

from datetime import datetime
from typing import Any

from testamur.proofs.did import did_document as build_did_document
from testamur.proofs.keys import PublicKey
from testamur_site.foundation.tenancy.api import Institution, logo, tenant

from .models import SigningKey


def keys_of(institution: Institution) -> list[SigningKey]:
    """All keys the institution ever had, the newest first."""
    with tenant(institution):
        return list(SigningKey.objects.order_by("-created_at", "-pk").defer("sealed"))


def retired_key(institution: Institution, fragment: str) -> SigningKey | None:
    """The key of that name which signs no more and is still listed."""
    return next(
        (key for key in keys_of(institution) if key.fragment == fragment and key.retired_at and not key.withdrawn_at),
        None,
    )


def active_since(institution: Institution) -> datetime | None:
    """When the active key was made; None before the first."""
    with tenant(institution):
        return SigningKey.objects.filter(retired_at=None).values_list("created_at", flat=True).first()


def did_document(institution: Institution) -> dict[str, Any]:
    """The DID document (DID Core 1.0, Controlled Identifiers 1.0): every key ever used, so that old credentials stay valid, but those
    that were withdrawn."""
    listed = [key for key in reversed(keys_of(institution)) if key.withdrawn_at is None]
    methods = [(key.fragment, PublicKey.from_multikey(key.public_multikey)) for key in listed]
    return build_did_document(institution.did, methods)


def profile_json(institution: Institution) -> dict[str, Any]:
    """The issuer profile (Open Badges 3.0 §B.1.20 Profile) that stands in credentials and at `profile.json`."""
    profile: dict[str, Any] = {
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        ],
        "id": institution.did,
        "type": ["Profile"],
        "name": institution.name,
    }
    if institution.description:
        profile["description"] = institution.description
    profile["url"] = institution.homepage or institution.public_url
    if institution.email:
        profile["email"] = institution.email
    if logo(institution) is not None:
        profile["image"] = {"id": f"{institution.public_url}/logo", "type": "Image"}
    profile["address"] = {"type": ["Address"], "addressCountryCode": institution.country}
    if institution.legal_identifier:
        profile["otherIdentifier"] = [
            {"type": "IdentifierEntry", "identifier": institution.legal_identifier, "identifierType": "identifier"}
        ]
    return profile
