"""Endorsements: credentials inside a credential. They are verified, shown, and never turn an unknown issuer green by themselves."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.simulator import Institution, World
from tests.unit.verification.checks.test_token import token_of
from tests.unit.verification.conftest import Verify, check, codes

from testamur.verification import Outcome, Question, TrustRegistry, Verdict, register_from_json
from testamur.verification.presenters import to_text

AGENCY = {
    "type": "TrustRegister",
    "name": "Agencies",
    "institutions": [{"name": "Quality Agency", "domains": ["agency.example"]}],
}


@pytest.fixture
def agency() -> Institution:
    return Institution("agency.example", name="Quality Agency")


def endorsement(agency: Institution, about: str, **changes: Any) -> dict[str, Any]:
    document = {
        "@context": agency.unsigned()["@context"],
        "id": "https://agency.example/e/1",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "name": "Endorsement",
        "issuer": {"id": agency.did, "type": ["Profile"], "name": agency.name},
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {"id": about, "type": ["EndorsementSubject"], "endorsementComment": "Well run."},
        **changes,
    }
    return agency.sign(document)


def endorsed(university: Institution, *endorsements: dict[str, Any]) -> dict[str, Any]:
    badge = university.unsigned()
    badge["endorsement"] = list(endorsements)
    return university.sign(badge)


def test_an_endorsement_that_holds_is_a_report_of_its_own(
    university: Institution, agency: Institution, verify: Verify
) -> None:
    badge = endorsed(university, endorsement(agency, university.did))
    report = verify(badge, resolver=World(university, agency))
    (child,) = report.children
    assert child.verdict is Verdict.VALID
    assert child.subject["endorsementComment"] == "Well run."
    assert "“Well run.”" in to_text(report)
    assert check(report, "endorsements").code == "endorsements.valid"
    assert report.outcome(Question.ENTITLED) is Outcome.UNKNOWN, "anybody can endorse anybody"


def test_only_a_listed_endorser_answers_the_question(
    university: Institution, agency: Institution, verify: Verify
) -> None:
    trust = TrustRegistry([register_from_json(json.dumps(AGENCY), relied_on=True)])
    world = World(university, agency)
    report = verify(endorsed(university, endorsement(agency, university.did)), resolver=world, trust=trust)
    found = check(report, "endorsements")
    assert (found.code, found.facts["institution"]) == ("endorsements.by_listed", "Quality Agency")
    assert report.outcome(Question.ENTITLED) is Outcome.PASSED
    elsewhere = verify(
        endorsed(university, endorsement(agency, "did:web:another.example")), resolver=world, trust=trust
    )
    assert check(elsewhere, "endorsements").code == "endorsements.about_other", (
        "an endorsement of somebody else does not count"
    )


def test_an_endorsement_that_was_lifted_from_elsewhere_does_not_count(
    university: Institution, agency: Institution, verify: Verify
) -> None:
    world = World(university, agency)
    own, lifted = endorsement(agency, university.did), endorsement(agency, "did:web:another.example")
    report = verify(endorsed(university, own, lifted), resolver=world)
    found = check(report, "endorsements")
    assert (found.code, found.facts) == ("endorsements.about_other", {"count": 2, "other": 1})
    assert report.verdict is Verdict.VALID
    badge = university.unsigned()
    parent = {"id": "https://ministry.example/", "type": ["Profile"], "name": "Ministry"}
    badge["issuer"]["parentOrg"] = {**parent, "endorsement": [endorsement(agency, parent["id"])]}
    around = verify(
        university.sign(badge), resolver=world
    )  # about what it stands in: not lifted, and not about this award
    assert check(around, "endorsements").code == "endorsements.valid"


def test_a_false_endorsement_does_not_count_and_does_not_refuse(
    university: Institution, agency: Institution, verify: Verify
) -> None:
    forged = endorsement(agency, university.did)
    forged["credentialSubject"]["endorsementComment"] = "The best university there is."
    report = verify(endorsed(university, forged), resolver=World(university, agency))
    assert report.verdict is Verdict.VALID
    assert check(report, "endorsements").code == "endorsements.not_all_valid"
    assert report.children[0].verdict is Verdict.INVALID
    assert report.children[0].subject == {}


def test_an_expired_endorsement_does_not_count(university: Institution, agency: Institution, verify: Verify) -> None:
    old = endorsement(agency, university.did, validUntil="2026-06-01T00:00:00Z")
    assert (
        check(verify(endorsed(university, old), resolver=World(university, agency)), "endorsements").code
        == "endorsements.not_all_valid"
    )


def test_an_endorsement_as_a_token(university: Institution, agency: Institution, verify: Verify) -> None:
    payload = endorsement(agency, university.did)
    del payload["proof"]
    badge = university.unsigned()
    badge["endorsementJwt"] = [token_of(payload, agency.key, kid=f"{agency.method}-jwk")]
    report = verify(university.sign(badge), resolver=World(university, agency))
    assert check(report, "endorsements").code == "endorsements.valid"


def test_endorsements_are_found_wherever_they_stand(
    university: Institution, agency: Institution, verify: Verify
) -> None:
    badge = university.unsigned()
    badge["credentialSubject"]["achievement"]["endorsement"] = [
        endorsement(agency, badge["credentialSubject"]["achievement"]["id"])
    ]
    badge["issuer"]["endorsement"] = [endorsement(agency, university.did)]
    assert len(verify(university.sign(badge), resolver=World(university, agency)).children) == 2


def test_an_endorsement_in_an_endorsement_is_not_followed(
    university: Institution, agency: Institution, verify: Verify
) -> None:
    inner = endorsement(agency, agency.did)
    outer = endorsement(agency, university.did, endorsement=[inner])
    report = verify(endorsed(university, outer), resolver=World(university, agency))
    assert report.children[0].children == ()


def test_very_many_endorsements_are_not_examined(university: Institution, agency: Institution, verify: Verify) -> None:
    badge = endorsed(
        university,
        *[endorsement(agency, university.did, id=f"https://agency.example/e/{number}") for number in range(9)],
    )
    report = verify(badge, resolver=World(university, agency))
    assert check(report, "endorsements").code == "endorsements.too_many"
    assert report.children == ()
    assert report.verdict is Verdict.VALID


def test_endorsements_of_an_unconfirmed_document_are_not_examined(
    university: Institution, agency: Institution, verify: Verify
) -> None:
    badge = endorsed(university, endorsement(agency, university.did))
    badge["name"] = "changed"
    report = verify(badge, resolver=World(university, agency))
    assert report.children == ()
    assert not any(code.startswith("endorsements") for code in codes(report))
