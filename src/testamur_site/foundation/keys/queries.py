from __future__ import annotations

import json
from typing import Any

from django.db.models import OuterRef, Subquery

from testamur.proofs.did import did_document as build_did_document
from testamur.proofs.keys import PublicKey
from testamur_site.foundation.public_bytes.api import FOR_MINUTES, NUMBER, TEXT, Compiled, PublicBytes
from testamur_site.foundation.tenancy.api import Institution, logo

from .identifiers.queries import history_of, methods_of, services_of
from .models import SigningKey

_BY_SLUG = Compiled(lambda slug: Institution.objects.filter(slug=slug), "institutions are public knowledge", TEXT)


def institution_of(slug: str) -> Institution | None:
    """As `institution_by_slug`, for the documents that verifiers ask for."""
    found: Institution | None = _BY_SLUG.object(slug)
    return found


def keys_of(institution: Institution) -> list[SigningKey]:
    """All keys the institution ever had, the newest first."""
    found: list[SigningKey] = _KEYS.objects(institution.pk)
    return found


# With the DID document, which every verification of a credential of ours reads.
_KEYS = Compiled(
    lambda institution: (
        SigningKey.objects.filter(institution=institution).order_by("-created_at", "-pk").defer("sealed")
    ),
    "the institution stands in the condition",
    NUMBER,
)


def retired_key(institution: Institution, fragment: str) -> SigningKey | None:
    """The key of that name which signs no more and is still listed."""
    return next(
        (key for key in keys_of(institution) if key.fragment == fragment and key.retired_at and not key.withdrawn_at),
        None,
    )


def signs_now(institution: Institution, fragment: str) -> bool:
    """Whether the key of that name is the institution's active one. Under the institution's lock it stays so until the transaction ends."""
    return SigningKey.objects.filter(institution=institution, fragment=fragment, retired_at=None).exists()


def given_up(institution: Institution) -> set[str]:
    """The keys that the DID document gives up from some entry of a log on (`cutOffs` of a service of type TransparencyLog), by their
    fragments."""
    found: set[str] = set()
    for content in services_of(institution).values():
        endpoint = content.get("serviceEndpoint")
        for one in endpoint.get("cutOffs", ()) if isinstance(endpoint, dict) else ():
            found.add(str(one.get("key", "")).rpartition("#")[2])
    return found


def active_key(institution: Institution) -> str | None:
    """The name of the key that signs now ("key-1"); None before the first."""
    found = _ACTIVE.first(institution.pk)
    return str(found[0]) if found else None


def active_key_of(institution: str) -> Subquery:
    """The same as a column of another query, of the institution that stands in its column `institution`."""
    active = SigningKey.objects.filter(institution=OuterRef(institution), retired_at=None)
    return Subquery(active.order_by("pk").values("fragment")[:1])


_ACTIVE = Compiled(
    lambda institution: (
        SigningKey.objects.filter(institution=institution, retired_at=None).order_by("pk").values_list("fragment")[:1]
    ),
    "the institution stands in the condition",
    NUMBER,
)


def did_document(institution: Institution, did: str | None = None) -> dict[str, Any]:
    """The DID document (DID Core 1.0, Controlled Identifiers 1.0): every key ever used, so that old credentials stay valid, but those
    that were withdrawn; and the institution's services. `did` is the identifier that it is about, its did:web by default; where the
    institution has a did:webvh as well, each of the two documents names the other."""
    did = did or institution.did
    listed = [key for key in reversed(keys_of(institution)) if key.withdrawn_at is None]
    methods = [(key.fragment, PublicKey.from_multikey(key.public_multikey)) for key in listed]
    document = build_did_document(did, methods)
    for fragment, content in methods_of(institution).items():
        document["verificationMethod"].append({"id": f"{did}#{fragment}", "controller": did, **content})
        document["assertionMethod"].append(f"{did}#{fragment}")
    history = history_of(institution)
    others = {institution.did, *([history.did] if history is not None else [])} - {did}
    if others:
        document["alsoKnownAs"] = sorted(others)
    services = services_of(institution)
    if services:
        document["service"] = [
            {"id": f"{did}#{fragment}", **_below(content, did)} for fragment, content in services.items()
        ]
    return document


def did_json(institution: Institution) -> bytes:
    """The DID document of the institution's did:web, as it is served."""
    return json.dumps(did_document(institution), ensure_ascii=False, indent=2).encode()


def public_document(path: str, _accept: str = "") -> PublicBytes | None:
    """What stands at `/institutions/<path>`, for everybody who only wants its bytes: a DID document. None for everything else."""
    slug, _, name = path.partition("/")
    if name != "did.json" or not slug.isascii() or not slug.replace("-", "").replace("_", "").isalnum():
        return None
    institution = institution_of(slug)
    if institution is None:
        return None
    return PublicBytes(
        did_json(institution), "application/did+json", FOR_MINUTES, headers=(("Access-Control-Allow-Origin", "*"),)
    )


def _below(content: Any, did: str) -> Any:
    """The content with the names that begin with `#` made absolute: a key is named below the identifier whose document this is."""
    if isinstance(content, dict):
        return {name: _below(value, did) for name, value in content.items()}
    if isinstance(content, list):
        return [_below(value, did) for value in content]
    return f"{did}{content}" if isinstance(content, str) and content.startswith("#") else content


def profile_json(institution: Institution, did: str | None = None) -> dict[str, Any]:
    """The issuer profile (Open Badges 3.0 §B.1.20 Profile) that stands in credentials and at `profile.json`. `did` is the identifier that
    the credential is issued under, the institution's did:web by default."""
    profile: dict[str, Any] = {
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        ],
        "id": did or institution.did,
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
