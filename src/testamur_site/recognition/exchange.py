"""Equivalences as open data: JSON-LD in the Credential Transparency Description Language, and CSV.

Each is a `ceterms:TransferValueProfile` of the institution: what its value is from (the other achievement) and for (ours), how many
credits, from when until when. Nothing is said about anybody's credential. Source: CTDL, credreg.net/ctdl/terms, Transfer Value.
"""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Iterable
from typing import Any

from django.conf import settings

from testamur_site.catalogue.api import MicroCredential, published
from testamur_site.foundation.audit.api import formula_safe
from testamur_site.foundation.tenancy.api import Institution

from .models import Equivalence, plain

CONTEXT = "https://credreg.net/ctdl/schema/context/json"
COLUMNS = (
    "issuer",
    "issuer_name",
    "achievement",
    "name",
    "counts_as",
    "counts_as_name",
    "credits",
    "valid_from",
    "valid_until",
    "note",
)


def address_of(micro_credential: MicroCredential | None) -> str:
    return f"{settings.TESTAMUR_BASE_URL}/m/{micro_credential.public_id}" if micro_credential is not None else ""


def title_of(micro_credential: MicroCredential | None, language: str = "en") -> str:
    """The title of what is published under it now; '' for elective credits or where nothing is."""
    if micro_credential is None:
        return ""
    version = published(micro_credential.institution).filter(micro_credential=micro_credential).first()
    return str(version.title_in(language)) if version is not None else ""


def as_ctdl(institution: Institution, equivalences: Iterable[Equivalence]) -> dict[str, Any]:
    """All of them as one JSON-LD document: a graph in which each profile refers to the two credentials that it is about, as the Credential
    Registry writes it. What of CTDL is used, with domains and ranges, stands in the tests."""
    graph: dict[str, dict[str, Any]] = {}
    for one in equivalences:
        theirs, ours = _theirs(one), _ours(one)
        for node in (_profile(institution, one, theirs, ours), theirs, ours):
            if node:
                graph.setdefault(node["@id"], node)
    return {"@context": CONTEXT, "@graph": list(graph.values())}


def _profile(
    institution: Institution, one: Equivalence, theirs: dict[str, Any], ours: dict[str, Any]
) -> dict[str, Any]:
    page = f"{institution.public_url}/equivalences#{one.public_id}"
    name = f"{one.name} ({one.issuer_name}) counts as {title_of(one.target) or 'Elective credits'}"
    said: dict[str, Any] = {
        "@id": page,
        "@type": "ceterms:TransferValueProfile",
        "ceterms:ctid": _ctid(page),
        "ceterms:name": {"en": name},
        "ceterms:description": {"en": one.note or f"{name} at {institution.name}."},
        "ceterms:subjectWebpage": page,
        "ceterms:ownedBy": [institution.public_url],
        "ceterms:lifeCycleStatusType": {
            "@type": "ceterms:CredentialAlignmentObject",
            "ceterms:framework": "https://credreg.net/ctdl/terms/LifeCycleStatus",
            "ceterms:frameworkName": {"en": "Life Cycle Status"},
            "ceterms:targetNode": "lifeCycle:Active",
            "ceterms:targetNodeName": {"en": "Active"},
        },
        "ceterms:startDate": one.valid_from.isoformat(),
        "ceterms:endDate": one.valid_until.isoformat() if one.valid_until else "",
        "ceterms:transferValue": [
            {
                "@type": "ceterms:ValueProfile",
                "schema:value": float(one.credits),
                "schema:description": {"en": "Credits as the institution counts them"},
            }
        ]
        if one.credits is not None
        else [],
        "ceterms:transferValueFrom": [theirs["@id"]],
        "ceterms:transferValueFor": [ours["@id"]] if ours else [],
    }
    return _filled(said)


def _theirs(one: Equivalence) -> dict[str, Any]:
    """The achievement that counts here: under its own address, or as a node without one."""
    address = one.achievement if one.achievement.startswith(("https://", "http://")) else f"_:{one.public_id}"
    identifier = {
        "@type": "ceterms:IdentifierValue",
        "ceterms:identifierTypeName": {"en": "Achievement"},
        "ceterms:identifierValueCode": one.achievement,
    }
    return _filled(
        {
            "@id": address,
            "@type": "ceterms:OpenBadge",
            "ceterms:name": {"en": one.name},
            "ceterms:identifier": [identifier] if one.achievement else [],
            "ceterms:ownedBy": [one.issuer] if one.issuer else [],
        }
    )


def _ours(one: Equivalence) -> dict[str, Any]:
    """What it counts as; {} for elective credits."""
    page = address_of(one.target)
    if not page:
        return {}
    return _filled(
        {
            "@id": page,
            "@type": "ceterms:MicroCredential",
            "ceterms:ctid": _ctid(page),
            "ceterms:name": {"en": title_of(one.target)} if title_of(one.target) else {},
            "ceterms:subjectWebpage": page,
        }
    )


def _ctid(address: str) -> str:
    """The Credential Transparency Identifier of an address: always the same one."""
    return f"ce-{uuid.uuid5(uuid.NAMESPACE_URL, address)}"


def _filled(said: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if value not in ("", [], {}, None)}


def as_csv(equivalences: Iterable[Equivalence]) -> str:
    """All of them as CSV (RFC 4180), one line each. Cells that a spreadsheet would take for a formula are protected."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(COLUMNS)
    for one in equivalences:
        cells = (
            one.issuer,
            one.issuer_name,
            one.achievement,
            one.name,
            address_of(one.target),
            title_of(one.target),
            plain(one.credits),
            one.valid_from.isoformat(),
            one.valid_until.isoformat() if one.valid_until else "",
            one.note,
        )
        writer.writerow([formula_safe(cell) for cell in cells])
    return written.getvalue()
