"""The rules of the older standards: 1EdTech's documents, and one change at a time."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.shared import shared

from testamur.formats import open_badges_2

CASES = "vectors/1edtech/validator-cases/inspector-vc/ob20"

ASSERTION: dict[str, Any] = {
    "@context": "https://w3id.org/openbadges/v2",
    "id": "https://issuer.example/assertions/1",
    "type": "Assertion",
    "recipient": {"type": "email", "hashed": False, "identity": "a@b.example"},
    "badge": "https://issuer.example/badges/1",
    "verification": {"type": "hosted"},
    "issuedOn": "2016-12-31T23:59:59Z",
}


def broken(document: dict[str, Any], kind: Any = "Assertion", version: Any = "2.0") -> list[tuple[str, str]]:
    return [(found["path"], found["rule"]) for found in open_badges_2.broken_rules(document, kind, version)]


def test_an_assertion_that_keeps_the_rules() -> None:
    assert broken(ASSERTION) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"type": []}, ("/type", "missing")),
        ({"type": ["Assertion", "UNKNOWN"]}, ("/type", "value")),
        ({"id": None}, ("/id", "missing")),
        ({"id": "no address"}, ("/id", "pattern")),
        ({"recipient": None}, ("/recipient", "missing")),
        ({"recipient": "a@b.example"}, ("/recipient", "type")),
        ({"recipient": {"type": "email", "identity": "a"}}, ("/recipient/hashed", "type")),
        ({"recipient": {"type": "email", "hashed": True, "identity": "a@b"}}, ("/recipient/identity", "pattern")),
        ({"badge": None}, ("/badge", "missing")),
        ({"badge": 3}, ("/badge", "type")),
        ({"verification": None}, ("/verification", "missing")),
        ({"verification": {"type": "telepathy"}}, ("/verification/type", "value")),
        ({"issuedOn": None}, ("/issuedOn", "missing")),
        ({"evidence": [3]}, ("/evidence/0", "type")),
        (
            {"extensions:exampleExtension": {"type": ["Extension", "extensions:ExampleExtension"]}},
            ("/extensions:exampleExtension/exampleProperty", "missing"),
        ),
        ({"extensions:exampleExtension": {"type": "Other"}}, ("/extensions:exampleExtension/type", "value")),
    ],
)
def test_one_change_breaks_one_rule(change: dict[str, Any], expected: tuple[str, str]) -> None:
    changed = {name: value for name, value in {**ASSERTION, **change}.items() if value is not None}
    assert broken(changed) == [expected]


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ({"type": ["Assertion", "https://issuer.example/types/Own"]}, "Assertion"),
        ({"verification": {"type": "HostedBadge"}}, "Assertion"),
        ({"verification": {"type": ["SignedBadge"]}}, "Assertion"),
        ({"extensions:x": {"type": ["Extension", "extensions:Unheard"]}}, "Assertion"),
        (
            {"image": {"id": "https://issuer.example/i.png"}, "evidence": ["https://e.example", {"narrative": "x"}]},
            "Assertion",
        ),
    ],
)
def test_what_the_standard_allows(more: dict[str, Any], kind: str) -> None:
    assert broken({**ASSERTION, **more}, kind) == []


@pytest.mark.parametrize(
    ("name", "kind", "rule"),
    [
        ("assets/badgeclass1.json", "BadgeClass", None),
        ("assertion-with-endorsements.json", "Assertion", None),
        ("assertion-with-extension-node-invalid.json", "Assertion", "/extensions:exampleExtension/exampleProperty"),
        ("rdf-validation/valid-issuer-extension.json", "Profile", None),
        ("rdf-validation/valid-badge-class-empty-criteria-type.json", "BadgeClass", None),
        ("rdf-validation/invalid-one-invalid-class.json", "Profile", "/type"),
        ("rdf-validation/invalid-empty-type.json", None, None),
        ("rdf-validation/invalid-class.json", None, None),
        ("basic-assertion-invalid-type.json", None, None),
    ],
)
def test_documents_of_1edtech(name: str, kind: str | None, rule: str | None) -> None:
    document = json.loads((shared(CASES) / name).read_bytes())
    found = open_badges_2.kind_of(document)
    assert found == kind
    if found is not None:
        assert [path for path, _ in broken(document, found)] == ([rule] if rule else [])


def test_the_version_is_told_by_the_context_or_by_the_form() -> None:
    assert open_badges_2.version_of(ASSERTION) == "2.0"
    assert open_badges_2.version_of({**ASSERTION, "@context": "https://w3id.org/openbadges/v1"}) == "1.1"
    assert open_badges_2.version_of({**ASSERTION, "@context": "https://w3id.org/openbadges/invalid"}) is None
    assert open_badges_2.version_of({"uid": "1", "badge": "https://b.example", "verify": {"type": "hosted"}}) == "1.0"
    assert open_badges_2.version_of({"recipient": "sha256$x", "badge": {"issuer": {}}}) == "0.5"
    inline = json.loads((shared(CASES) / "rdf-validation/valid-issuer-extension.json").read_bytes())
    assert open_badges_2.version_of(inline) == "2.0"


def test_what_is_hosted_where() -> None:
    assert open_badges_2.hosted_address(ASSERTION) == "https://issuer.example/assertions/1"
    older = {"uid": "1", "verify": {"type": "hosted", "url": "https://issuer.example/a/1"}}
    assert open_badges_2.hosted_address(older) == "https://issuer.example/a/1"
    assert open_badges_2.hosted_address({**ASSERTION, "id": "urn:uuid:1"}) is None
    assert open_badges_2.verification_kind(ASSERTION) == "hosted"
    assert open_badges_2.verification_kind({**ASSERTION, "verification": {"type": "signed"}}) == "signed"
    assert open_badges_2.verification_kind({"recipient": "x", "badge": {}}) == "hosted"
