"""European Digital Credentials through the whole verifier: unsigned, sealed, and sealed by somebody whom nobody knows."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from tests.shared import shared
from tests.simulator import FixedClock
from tests.unit.formats.elm.sealing import CREDENTIAL, NOW, Authority, Sealer
from tests.unit.verification.standards.badges import codes

from testamur.fetch import FixedResolver
from testamur.formats.elm import SealAuthorities
from testamur.verification import Policy, Report, TrustRegistry, Verdict, Verifier

SAMPLES = "vectors/eu-elm/Credentials/JSON-LD Examples (ELM v3)"
VALID, INVALID, UNDETERMINED = Verdict.VALID, Verdict.INVALID, Verdict.UNDETERMINED

AUTHORITY = Authority()
TRUST = TrustRegistry(seal_authorities=SealAuthorities([AUTHORITY.certificate]))


def verify(document: Any, trust: TrustRegistry = TRUST, **policy: Any) -> Report:
    return Verifier(FixedResolver({}), trust, FixedClock(NOW)).verify(document, Policy(**policy))


@pytest.fixture(scope="module")
def sealer() -> Sealer:
    return Sealer(AUTHORITY)


@pytest.mark.parametrize(
    ("name", "verdict", "code"),
    [
        ("Sample-MC-Annex1-unsigned.jsonld", INVALID, "proof.absent"),
        ("Sample-MC-Annex1-unsigned-uploadable.json", INVALID, "proof.absent"),
        ("Sample-CertOfPart-unsigned.jsonld", INVALID, "proof.absent"),
        ("Sample-MC-Annex1-signed.jsonld", UNDETERMINED, "issuer.seal_out_of_time"),
        ("Sample-CertOfPart-signed.jsonld", UNDETERMINED, "issuer.seal_out_of_time"),
    ],
)
def test_the_samples_of_the_commission(name: str, verdict: Verdict, code: str) -> None:
    """The certificate of the samples expired in 2025; nobody can say that they were sealed before."""
    report = verify((shared(SAMPLES) / name).read_bytes())
    assert (report.verdict, report.document_type) == (verdict, "european")
    assert code in codes(report)


def test_a_sealed_credential_of_a_known_authority(sealer: Sealer) -> None:
    report = verify(sealer.seal(CREDENTIAL), recipient="ana@example.org")
    assert report.verdict is VALID
    assert {"proof.sealed", "issuer.sealed", "issuer.seal_revocation_not_asked", "recipient.matches"} <= codes(report)
    assert report.subject["achievement"]["name"] == "A course"


def test_nobody_on_the_list_is_never_green(sealer: Sealer) -> None:
    report = verify(sealer.seal(CREDENTIAL), TrustRegistry())
    assert "issuer.seal_authority_unknown" in codes(report)
    assert report.verdict is UNDETERMINED


@pytest.mark.parametrize(
    ("change", "header", "verdict", "code"),
    [
        ({"validUntil": "2026-02-01T00:00:00Z"}, {}, INVALID, "dates.expired"),
        ({"validFrom": "2027-01-01T00:00:00Z"}, {}, INVALID, "dates.not_yet_valid"),
        ({"issuer": {"legalName": {"en": "Somebody else"}}}, {}, UNDETERMINED, "issuer.seal_other_name"),
        ({}, {"crit": ["b64", "unheard"]}, UNDETERMINED, "proof.not_decided"),
        ({}, {"alg": "none"}, INVALID, "proof.seal_false"),
    ],
)
def test_one_thing_changed(
    sealer: Sealer, change: dict[str, Any], header: dict[str, Any], verdict: Verdict, code: str
) -> None:
    report = verify(sealer.seal({**CREDENTIAL, **change}, **header))
    assert (report.verdict, code in codes(report)) == (verdict, True)


def test_the_official_number_speaks_for_another_spelling_of_the_name(sealer: Sealer) -> None:
    issuer = {"legalName": {"pl": "Uniwersytet Zed"}, "registration": {"notation": "654321"}}
    assert verify(sealer.seal({**CREDENTIAL, "issuer": issuer})).verdict is VALID


def test_a_changed_character(sealer: Sealer) -> None:
    sealed = sealer.seal(CREDENTIAL)
    report = verify({**sealed, "payload": sealed["payload"].replace("Ana Andromeda", "Ann Andromeda")})
    assert "proof.seal_false" in codes(report)
    assert report.verdict is INVALID
    assert report.subject == {}


def test_a_certificate_that_has_ended() -> None:
    ended = Sealer(AUTHORITY, until=NOW - timedelta(days=1))
    report = verify(ended.seal(CREDENTIAL))
    assert "issuer.seal_out_of_time" in codes(report)
    assert report.verdict is UNDETERMINED


def test_a_seal_that_cannot_be_read(sealer: Sealer) -> None:
    sealed = sealer.seal(CREDENTIAL)
    report = verify(json.dumps({**sealed, "signatures": sealed["signatures"] * 2}))
    assert "structure.unreadable" in codes(report)
