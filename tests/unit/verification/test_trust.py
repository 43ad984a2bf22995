"""Registers: loaded is not trusted, and a name is never evidence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.simulator import Institution
from tests.unit.verification.conftest import Verify, check, codes

from testamur.errors import Malformed
from testamur.verification import Outcome, Question, TrustRegistry, Verdict, register_from_json
from testamur.verification.trust import domain_of


def register(*, relied_on: bool = True, **institution: Any) -> TrustRegistry:
    entry = {"name": "Example University", **institution}
    text = json.dumps({"type": "TrustRegister", "name": "Recognised universities", "institutions": [entry]})
    return TrustRegistry([register_from_json(text, relied_on=relied_on)])


@pytest.mark.parametrize(
    ("institution", "code"),
    [
        ({"ids": ["did:web:university.example:institutions:example"]}, "trust.listed"),
        ({"domains": ["university.example"]}, "trust.listed"),
        ({"domains": ["University.Example."]}, "trust.listed"),
        ({"ids": ["did:web:university.example"]}, "trust.issuer_unknown"),
        ({"domains": ["example"]}, "trust.issuer_unknown"),
        ({"domains": ["ersity.example"]}, "trust.issuer_unknown"),
        ({"domains": ["*.university.example"]}, "trust.issuer_unknown"),
        ({"domains": ["*.example"]}, "trust.listed"),
        ({"domains": ["university.example"], "until": "2026-01-01T00:00:00Z"}, "trust.listing_not_in_force"),
        ({"domains": ["university.example"], "from": "2027-01-01T00:00:00Z"}, "trust.listing_not_in_force"),
        (
            {"domains": ["university.example"], "from": "2020-01-01T00:00:00Z", "until": "2030-01-01T00:00:00Z"},
            "trust.listed",
        ),
    ],
)
def test_listings(university: Institution, verify: Verify, institution: dict[str, Any], code: str) -> None:
    report = verify(university.issue(), trust=register(**institution))
    assert check(report, "trust").code == code
    assert report.outcome(Question.ENTITLED) is (Outcome.PASSED if code == "trust.listed" else Outcome.UNKNOWN)
    assert report.verdict is Verdict.VALID


def test_loaded_is_not_trusted(university: Institution, verify: Verify) -> None:
    report = verify(university.issue(), trust=register(relied_on=False, domains=["university.example"]))
    assert check(report, "trust").code == "trust.known_not_relied_on"
    assert report.outcome(Question.ENTITLED) is Outcome.UNKNOWN


def test_the_name_in_the_document_counts_for_nothing(verify: Verify) -> None:
    impostor = Institution("impostor.example", name="Example University")
    report = verify(impostor.issue(), resolver=impostor, trust=register(domains=["university.example"]))
    assert check(report, "trust").code == "trust.issuer_unknown"


def test_a_listed_name_does_not_help_who_does_not_hold_the_key(university: Institution, verify: Verify) -> None:
    impostor = Institution("impostor.example")
    forged = impostor.sign(university.unsigned(status=False))
    report = verify(forged, resolver=impostor, trust=register(domains=["university.example"]))
    assert "trust.listed" not in codes(report)
    assert report.verdict is Verdict.INVALID


@pytest.mark.parametrize("listed", [True, False])
def test_a_policy_can_demand_a_listed_institution(university: Institution, verify: Verify, listed: bool) -> None:
    trust = register(domains=["university.example" if listed else "other.example"])
    report = verify(university.issue(), trust=trust, require_listed_issuer=True)
    assert report.verdict is (Verdict.VALID if listed else Verdict.UNDETERMINED)
    assert ("trust.required_missing" in codes(report)) is not listed


@pytest.mark.parametrize(
    ("identifier", "domain"),
    [
        ("did:web:example.edu", "example.edu"),
        ("did:web:example.edu:a:b", "example.edu"),
        ("did:web:EXAMPLE.edu", "example.edu"),
        ("did:web:example.edu%3A8443", None),
        ("did:web:example.edu%2Fevil.example", None),
        ("did:web:evil%40example.edu", None),
        ("https://example.edu/issuers/1", "example.edu"),
        ("https://example.edu:443/issuers/1", "example.edu"),
        ("https://example.edu:8443/issuers/1", None),
        ("https://user@example.edu/", None),
        ("https://[::1/", None),
        ("http://example.edu/", None),
        ("did:key:z6Mk", None),
        ("", None),
    ],
)
def test_which_domain_an_identifier_proves(identifier: str, domain: str | None) -> None:
    assert domain_of(identifier) == domain


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"type": "TrustRegister"}',
        '{"type": "List", "name": "x", "institutions": []}',
        '{"type": "TrustRegister", "name": "x", "institutions": [1]}',
        '{"type": "TrustRegister", "name": "x", "institutions": [{"name": "y"}]}',
        '{"type": "TrustRegister", "name": "x", "institutions": [{"name": "y", "ids": "did:web:example.edu"}]}',
        '{"type": "TrustRegister", "name": "x", "institutions": [{"name": "y", "ids": [""]}]}',
        '{"type": "TrustRegister", "name": "x", "institutions": [{"name": "y", "ids": ["did:x:y"], "until": "2026-01-01"}]}',
    ],
)
def test_a_register_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        register_from_json(text)


def test_registers_are_read_from_files(tmp_path: Path) -> None:
    entry = {"name": "Example University", "domains": ["university.example"]}
    file = tmp_path / "register.json"
    file.write_text(json.dumps({"type": "TrustRegister", "name": "Recognised", "institutions": [entry]}))
    (listing,) = TrustRegistry.from_files([file]).listings("did:web:university.example")
    assert listing.register.relied_on
    (listing,) = TrustRegistry.from_files([file], relied_on=False).listings("https://university.example/issuers/1")
    assert not listing.register.relied_on


@pytest.mark.parametrize(
    ("identifier", "domain"),
    [
        ("did:webvh:QmScid:uni.example", "uni.example"),
        ("did:webvh:QmScid:uni.example:issuers:1", "uni.example"),
        ("did:webvh:QmScid:uni.example%3A8443", None),
        ("did:webvh:uni.example", None),
        ("did:webvh:", None),
    ],
)
def test_the_domain_of_a_did_with_a_history(identifier: str, domain: str | None) -> None:
    assert domain_of(identifier) == domain
