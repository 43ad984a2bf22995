"""What is published as CTDL uses its terms as CTDL declares them: each property on a class of its domain, with a value of its range."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.standing import standing

from testamur_site.catalogue.models import AchievementVersion
from testamur_site.foundation.tenancy.api import Institution, tenant
from testamur_site.recognition.exchange import CONTEXT, as_ctdl
from testamur_site.recognition.models import Equivalence

pytestmark = pytest.mark.django_db

CREDENTIALS = {"ceterms:OpenBadge", "ceterms:MicroCredential"}
PROFILE = {"ceterms:TransferValueProfile"}
RESOURCES = CREDENTIALS | PROFILE
TERMS: dict[str, tuple[set[str], str]] = {
    "ceterms:ctid": (RESOURCES, "ctid"),
    "ceterms:name": (RESOURCES, "language map"),
    "ceterms:description": (RESOURCES, "language map"),
    "ceterms:subjectWebpage": (RESOURCES, "address"),
    "ceterms:ownedBy": (RESOURCES, "addresses"),
    "ceterms:identifier": (RESOURCES, "ceterms:IdentifierValue"),
    "ceterms:lifeCycleStatusType": (RESOURCES, "ceterms:CredentialAlignmentObject"),
    "ceterms:startDate": (PROFILE, "date"),
    "ceterms:endDate": (PROFILE, "date"),
    "ceterms:transferValue": (PROFILE, "ceterms:ValueProfile"),
    "ceterms:transferValueFrom": (PROFILE, "nodes"),
    "ceterms:transferValueFor": (PROFILE, "nodes"),
    "ceterms:identifierTypeName": ({"ceterms:IdentifierValue"}, "language map"),
    "ceterms:identifierValueCode": ({"ceterms:IdentifierValue"}, "text"),
    "ceterms:framework": ({"ceterms:CredentialAlignmentObject"}, "address"),
    "ceterms:frameworkName": ({"ceterms:CredentialAlignmentObject"}, "language map"),
    "ceterms:targetNode": ({"ceterms:CredentialAlignmentObject"}, "text"),
    "ceterms:targetNodeName": ({"ceterms:CredentialAlignmentObject"}, "language map"),
    "schema:value": ({"ceterms:ValueProfile"}, "number"),
    "schema:description": ({"ceterms:ValueProfile"}, "language map"),
}
"""The terms of CTDL that are used → the classes that may have them, and what they hold (credreg.net/ctdl/terms, 2026)."""

REQUIRED = {"ceterms:ctid", "ceterms:name", "ceterms:description", "ceterms:ownedBy", "ceterms:lifeCycleStatusType"}
"""What the Credential Registry asks of every Transfer Value Profile."""


def problems(document: dict[str, Any]) -> Iterator[str]:
    """What is not as CTDL declares it."""
    known = {node["@id"] for node in document["@graph"]}

    def held(kind: str, value: Any) -> bool:
        match kind:
            case "ctid":
                return bool(re.fullmatch(r"ce-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", value))
            case "language map":
                return isinstance(value, dict) and all(re.fullmatch("[a-z]{2}", name) for name in value)
            case "address":
                return isinstance(value, str) and value.startswith(("https://", "http://"))
            case "addresses":
                return all(isinstance(one, str) and re.match(r"(https?|did):", one) for one in value)
            case "nodes":
                return set(value) <= known
            case "date":
                return date.fromisoformat(value) is not None
            case "text":
                return isinstance(value, str)
            case "number":
                return isinstance(value, float)
            case _:
                rows = value if isinstance(value, list) else [value]
                return all(row["@type"] == kind and not list(look(row)) for row in rows)

    def look(node: dict[str, Any]) -> Iterator[str]:
        for name, value in node.items():
            if name in ("@id", "@type"):
                continue
            if name not in TERMS:
                yield f"{name} is no term"
                continue
            domain, kind = TERMS[name]
            if node["@type"] not in domain:
                yield f"{name} stands on {node['@type']}"
            if not held(kind, value):
                yield f"{name} holds {value!r}"

    for node in document["@graph"]:
        yield from look(node)
        if node["@type"] in PROFILE and not node.keys() >= REQUIRED:
            yield f"{sorted(REQUIRED - node.keys())} are missing"


@pytest.fixture
@standing
def published(institution: Institution, course: AchievementVersion) -> list[Equivalence]:
    common = {"institution": institution, "issuer": "did:web:liffey.example", "issuer_name": "Liffey College"}
    with tenant(institution):
        return [
            Equivalence.objects.create(
                **common,
                achievement="https://liffey.example/achievements/1",
                name="Bookkeeping",
                target=course.micro_credential,
                credits=Decimal("2.5"),
                valid_from=date(2026, 1, 1),
                valid_until=date(2028, 1, 1),
                note="The second examination too.",
            ),
            Equivalence.objects.create(
                **common, achievement="urn:uuid:1", name="Rhetoric", credits=Decimal(3), valid_from=date(2026, 1, 1)
            ),
            Equivalence.objects.create(
                institution=institution, achievement="", name="세무", valid_from=date(2026, 1, 1)
            ),
        ]


def test_every_term_is_used_as_it_is_declared(institution: Institution, published: list[Equivalence]) -> None:
    document = as_ctdl(institution, published)
    assert document["@context"] == CONTEXT
    assert list(problems(document)) == []
    profiles = [node for node in document["@graph"] if node["@type"] in PROFILE]
    assert len(profiles) == 3
    used = {name for node in document["@graph"] for name in node} | {"schema:value"}
    assert {"ceterms:transferValue", "ceterms:transferValueFrom", "ceterms:transferValueFor", "ceterms:endDate"} <= used


def test_repeated_it_is_the_same(institution: Institution, published: list[Equivalence]) -> None:
    assert as_ctdl(institution, published) == as_ctdl(institution, published)


def test_the_check_finds_what_is_wrong(institution: Institution, published: list[Equivalence]) -> None:
    document = as_ctdl(institution, published)
    profile = document["@graph"][0]
    for change in (
        {"ceterms:transferValue": [{"@type": "schema:QuantitativeValue", "schema:value": 1.0}]},
        {"ceterms:transferValueFrom": ["https://nowhere.example/"]},
        {"ceterms:credits": 3},
        {"ceterms:identifierValueCode": "x"},
        {"ceterms:ctid": "1"},
    ):
        assert list(problems({**document, "@graph": [{**profile, **change}, *document["@graph"][1:]]})), change
