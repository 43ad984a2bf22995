"""What the page makes of a report: short enough to be read in ten seconds, and nothing left out."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.simulator import NOW, FixedClock, Institution, World
from tests.unit.verification.accreditation.test_resolve import AGENCY, trust
from tests.unit.verification.checks.test_endorsements import endorsement
from tests.unit.verification.standards.test_parts import presentation as presented

from testamur.verification import Report, TrustRegistry, Verifier, register_from_json
from testamur_site.verification import presentation


@pytest.fixture
def university() -> Institution:
    return Institution()


@pytest.fixture
def credential(university: Institution) -> dict[str, Any]:
    return university.issue(name="김미나")


def shown(university: Institution, credential: dict[str, Any], *, known: bool = False) -> dict[str, Any]:
    return presentation.page(report(university, credential, known=known), "en")


def report(university: Institution, credential: dict[str, Any], *, known: bool = False) -> Report:
    """`known`: a register that is relied on lists the institution."""
    listed = {
        "type": "TrustRegister",
        "name": "Register of Universities",
        "institutions": [{"name": university.name, "ids": [university.did]}] if known else [],
    }
    registry = TrustRegistry([register_from_json(json.dumps(listed), relied_on=True)])
    return Verifier(university, registry, FixedClock(NOW)).verify(json.dumps(credential))


def test_valid_from_somebody_whom_nobody_vouches_for_is_never_green(
    university: Institution, credential: dict[str, Any]
) -> None:
    page = shown(university, credential)
    assert page["verdict"] == "valid"
    assert page["tone"] == "quiet"
    assert page["reason"]["question"] == "entitled"
    assert page["reason"]["mark"] == "unknown"
    assert "on no register" in page["reason"]["sentence"]


def findings(page: dict[str, Any], question: str) -> list[str]:
    return next([c["code"] for c in q["findings"]] for q in page["questions"] if q["question"] == question)


def test_of_a_valid_credential_each_question_says_one_thing(
    university: Institution, credential: dict[str, Any]
) -> None:
    page = shown(university, credential, known=True)
    assert page["reason"] is None
    assert page["tone"] == "valid"
    assert [len(question["findings"]) for question in page["questions"]] == [1] * 6
    assert findings(page, "genuine") == ["proof.signature_true"]


def test_what_failed_is_named_beside_the_verdict(university: Institution, credential: dict[str, Any]) -> None:
    university.revoke(credential)
    page = shown(university, credential)
    assert page["verdict"] == "invalid"
    assert "revoked" in page["reason"]["sentence"]
    assert page["tone"] == "invalid"
    assert findings(page, "still_valid")[0] == "status.revoked"


def test_what_is_open_is_named_where_nothing_failed(university: Institution, credential: dict[str, Any]) -> None:
    university.unreachable.add(university.revocation_url)
    page = shown(university, credential)
    assert page["verdict"] == "undetermined"
    assert university.revocation_url in page["reason"]["sentence"]


def test_a_changed_document_shows_nothing_of_itself_and_says_each_thing_once(
    university: Institution, credential: dict[str, Any]
) -> None:
    credential["name"] = "Doctor of Everything"
    page = shown(university, credential)
    assert page["subject"] == {}, "an empty subject is false to the template, which then says why nothing is shown"
    assert "Doctor of Everything" in json.dumps(page["unconfirmed"])
    assert len(findings(page, "still_valid")) == 1
    assert len(next(q["checks"] for q in page["questions"] if q["question"] == "still_valid")) > 1


def test_the_report_itself_stays_as_it_is(university: Institution, credential: dict[str, Any]) -> None:
    made = report(university, credential)
    before = repr(made)
    presentation.page(made, "ko")
    assert repr(made) == before


def test_a_framework_that_the_name_holds_is_not_repeated(university: Institution, credential: dict[str, Any]) -> None:
    document = university.unsigned(name="김미나")
    document["credentialSubject"]["achievement"]["alignment"].append(
        {
            "type": ["Alignment"],
            "targetName": "EQF, level 6",
            "targetUrl": "https://a.example/6",
            "targetFramework": "EQF",
        }
    )
    page = shown(university, university.sign(document))
    assert [each["framework"] for each in page["subject"]["achievement"]["alignment"]] == ["ESCO", ""]


def test_somebody_known_who_vouches_answers_the_question(university: Institution) -> None:
    """The issuer is on no register, but an accrediting body on which the reader relies stands for it: green, with that said first."""
    agency = Institution("agency.example", name="Quality Agency")
    badge = university.unsigned()
    badge["issuer"]["endorsement"] = [endorsement(agency, university.did)]
    verifier = Verifier(World(university, agency), trust(AGENCY), FixedClock(NOW))
    page = presentation.page(verifier.verify(json.dumps(university.sign(badge))), "en")
    assert (page["tone"], page["reason"]) == ("valid", None)
    assert findings(page, "entitled")[:2] == ["endorsements.by_listed", "accreditation.confirmed"]


def test_what_gathers_a_doubtful_credential_is_as_doubtful(university: Institution, credential: dict[str, Any]) -> None:
    gathered = presented(credential)
    page = shown(university, gathered)
    assert (page["verdict"], page["tone"]) == ("valid", "quiet")
    assert "on no register" in page["reason"]["sentence"]
    assert shown(university, gathered, known=True)["tone"] == "valid"
    assert [part["subject"]["title"] for part in page["parts"]] == ["Data Literacy"]
    assert page["endorsements"] == []
