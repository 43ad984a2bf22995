"""Accreditation in European credentials and in the extension of Open Badges 2.0: the issuer's own words, resolved by the register."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from tests.simulator import FixedClock
from tests.unit.formats.elm.sealing import CREDENTIAL, Authority, Sealer
from tests.unit.formats.elm.sealing import NOW as SEALED_AT
from tests.unit.verification.accreditation.test_resolve import AGENCY, trust
from tests.unit.verification.conftest import check, codes
from tests.unit.verification.standards.badges import NOW, ORIGIN, BadgeIssuer

from testamur.fetch import FixedResolver
from testamur.formats.elm import SealAuthorities
from testamur.verification import Report, TrustRegistry, Verdict, Verifier

AUTHORITY = Authority()


@pytest.fixture(scope="module")
def sealer() -> Sealer:
    return Sealer(AUTHORITY)


def european(sealer: Sealer, register: TrustRegistry, *, level: int | None = 5, **changes: Any) -> Report:
    document = deepcopy(CREDENTIAL)
    specified = document["credentialSubject"]["hasClaim"]["specifiedBy"]
    if level:
        specified["eqfLevel"] = {"id": f"http://data.europa.eu/snb/eqf/{level}"}
    specified["accreditation"] = {
        "id": "urn:epass:accreditation:1",
        "type": "Accreditation",
        "title": {"en": "Programme accreditation"},
        "accreditingAgent": {"id": "did:web:agency.example", "legalName": {"en": "Quality Agency"}},
        **changes,
    }
    seals = SealAuthorities([AUTHORITY.certificate])
    registry = TrustRegistry(register.registers, seal_authorities=seals)
    return Verifier(FixedResolver({}), registry, FixedClock(SEALED_AT)).verify(sealer.seal(document))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, "accreditation.only_said"),
        ({"expiryDate": "2030-01-01"}, "accreditation.only_said"),
        ({"expiryDate": "2025-12-31"}, "accreditation.only_said_not_fitting"),
        ({"limitEQFLevel": [{"id": "http://data.europa.eu/snb/eqf/5"}]}, "accreditation.only_said"),
        ({"limitEQFLevel": [{"id": "http://data.europa.eu/snb/eqf/7"}]}, "accreditation.only_said_not_fitting"),
    ],
)
def test_an_accreditation_of_the_learning_model(sealer: Sealer, changes: dict[str, Any], code: str) -> None:
    report = european(sealer, trust(AGENCY), **changes)
    assert check(report, "accreditation").code == code
    assert report.verdict is Verdict.VALID
    assert check(european(sealer, trust(), **changes), "accreditation").code == "accreditation.body_unknown"


def test_a_register_confirms_what_a_european_credential_says(sealer: Sealer) -> None:
    entry = {"by": "did:web:agency.example", "levels": ["5"]}
    listed = {"name": "University of Zed", "ids": ["urn:epass:org:1"], "accreditations": [entry]}
    assert check(european(sealer, trust(AGENCY, listed)), "accreditation").code == "accreditation.confirmed"
    beyond = european(sealer, trust(AGENCY, listed), level=7)
    assert check(beyond, "accreditation").code == "accreditation.not_covered"


def badge(register: TrustRegistry, **accreditation: Any) -> Report:
    issuer = BadgeIssuer()
    issuer.pages[f"{ORIGIN}/issuer"]["extensions:issuerAccreditation"] = {
        "type": ["Extension", "extensions:IssuerAccreditation"],
        "name": "Quality Agency",
        "url": "https://agency.example",
        "contactInstructions": "Write to us.",
        **accreditation,
    }
    hosted = issuer.host()
    return Verifier(issuer.resolver(), register, FixedClock(NOW)).verify(hosted)


def test_the_extension_of_open_badges_2() -> None:
    known = badge(trust(AGENCY))
    assert check(known, "accreditation").code == "accreditation.only_said"
    assert known.verdict is Verdict.VALID
    assert check(badge(trust()), "accreditation").code == "accreditation.body_unknown"
    other = badge(trust(AGENCY), type=["Extension", "extensions:GeoCoordinates"])
    assert not any(code.startswith("accreditation") for code in codes(other))
