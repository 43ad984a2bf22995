"""Accreditation, resolved: who says it, is that body known, does it hold, does it cover this. Each refusal has a twin that holds."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.simulator import Institution, World
from tests.unit.formats.archive.test_entries import packed
from tests.unit.verification.checks.test_endorsements import endorsed, endorsement
from tests.unit.verification.checks.test_token import token_of
from tests.unit.verification.conftest import Verify, check, codes
from tests.unit.verification.standards.test_parts import presentation, transcript

from testamur.model import MicroCredentialElements, QualityAssurance, QualityAssuranceType, micro_credential_criteria
from testamur.verification import Outcome, Question, TrustRegistry, Verdict, register_from_json

AGENCY: dict[str, Any] = {"name": "Quality Agency", "domains": ["agency.example"], "accredits": True}
STATEMENT = "https://agency.example/accreditations/1"
TERM = "https://vocabulary.example/terms#"


@pytest.fixture
def agency() -> Institution:
    return Institution("agency.example", name="Quality Agency")


def trust(*institutions: dict[str, Any], relied_on: bool = True) -> TrustRegistry:
    text = json.dumps({"type": "TrustRegister", "name": "Accrediting bodies", "institutions": list(institutions)})
    return TrustRegistry([register_from_json(text, relied_on=relied_on)])


# --- endorsements -----------------------------------------------------------------------------------------------------------------------


def test_an_accrediting_body_endorses_the_issuer(university: Institution, agency: Institution, verify: Verify) -> None:
    badge = university.unsigned()
    badge["issuer"]["endorsement"] = [endorsement(agency, university.did)]
    report = verify(university.sign(badge), resolver=World(university, agency), trust=trust(AGENCY))
    found = check(report, "accreditation")
    assert (found.code, found.facts["body"], found.facts["source"]) == (
        "accreditation.confirmed",
        "Quality Agency",
        "endorsement",
    )
    assert report.outcome(Question.ENTITLED) is Outcome.PASSED
    assert report.verdict is Verdict.VALID


def test_an_endorsement_as_a_token_accredits_too(university: Institution, agency: Institution, verify: Verify) -> None:
    payload = endorsement(agency, university.did)
    del payload["proof"]
    badge = university.unsigned()
    badge["issuer"]["endorsementJwt"] = [token_of(payload, agency.key, kid=f"{agency.method}-jwk")]
    report = verify(university.sign(badge), resolver=World(university, agency), trust=trust(AGENCY))
    assert check(report, "accreditation").code == "accreditation.confirmed"


@pytest.mark.parametrize(
    ("register", "relied_on"),
    [({**AGENCY, "accredits": False}, True), ({**AGENCY, "domains": ["another.example"]}, True), (AGENCY, False)],
    ids=["no accrediting body", "not listed", "not relied on"],
)
def test_who_is_no_accrediting_body_only_endorses(
    university: Institution, agency: Institution, verify: Verify, register: dict[str, Any], *, relied_on: bool
) -> None:
    badge = endorsed(university, endorsement(agency, university.did))
    report = verify(badge, resolver=World(university, agency), trust=trust(register, relied_on=relied_on))
    assert not any(code.startswith("accreditation") for code in codes(report))
    assert report.verdict is Verdict.VALID


def test_a_forged_accreditation_is_a_failure(university: Institution, agency: Institution, verify: Verify) -> None:
    forged = endorsement(agency, university.did)
    forged["credentialSubject"]["endorsementComment"] = "Accredited for everything."
    report = verify(endorsed(university, forged), resolver=World(university, agency), trust=trust(AGENCY))
    assert check(report, "accreditation").code == "accreditation.not_genuine"
    assert report.outcome(Question.ENTITLED) is Outcome.FAILED


def test_one_whose_key_cannot_be_asked_is_undecided(
    university: Institution, agency: Institution, verify: Verify
) -> None:
    badge = endorsed(university, endorsement(agency, university.did))
    agency.unreachable.add(agency.did_url)
    report = verify(badge, resolver=World(university, agency), trust=trust(AGENCY))
    assert check(report, "accreditation").code == "accreditation.not_decided"
    assert report.outcome(Question.ENTITLED) is Outcome.UNKNOWN
    assert report.verdict is Verdict.VALID


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"validUntil": "2026-11-20T00:00:00Z"}, "accreditation.confirmed"),  # ended since, but after the award
        ({"validUntil": "2026-11-01T00:00:00Z"}, "accreditation.ended"),
        ({"validFrom": "2026-11-20T00:00:00Z"}, "accreditation.later"),
    ],
)
def test_the_time_of_the_award_counts(
    university: Institution, agency: Institution, verify: Verify, changes: dict[str, Any], code: str
) -> None:
    """The award is of 15 November 2026, and asked about on the 25th."""
    badge = endorsed(university, endorsement(agency, university.did, **changes))
    report = verify(badge, resolver=World(university, agency), trust=trust(AGENCY))
    assert check(report, "accreditation").code == code
    assert (report.outcome(Question.ENTITLED) is Outcome.FAILED) == (code == "accreditation.ended")


def test_a_withdrawn_accreditation_leaves_it_open(university: Institution, agency: Institution, verify: Verify) -> None:
    status = agency.unsigned()["credentialStatus"]
    accreditation = endorsement(agency, university.did, credentialStatus=status)
    badge, world = endorsed(university, accreditation), World(university, agency)
    assert check(verify(badge, resolver=world, trust=trust(AGENCY)), "accreditation").code == "accreditation.confirmed"
    agency.revoke(accreditation)
    report = verify(badge, resolver=world, trust=trust(AGENCY))
    assert check(report, "accreditation").code == "accreditation.withdrawn"
    assert report.verdict is Verdict.UNDETERMINED


def test_the_remit_of_the_body_limits_what_it_says(
    university: Institution, agency: Institution, verify: Verify
) -> None:
    badge, world = endorsed(university, endorsement(agency, university.did)), World(university, agency)
    inside = trust({**AGENCY, "accredits": {"achievementTypes": ["MicroCredential"]}})
    outside = trust({**AGENCY, "accredits": {"achievementTypes": ["Degree"]}})
    assert check(verify(badge, resolver=world, trust=inside), "accreditation").code == "accreditation.confirmed"
    found = check(verify(badge, resolver=world, trust=outside), "accreditation")
    assert (found.code, found.facts["part"]) == ("accreditation.not_covered", "achievementType")


# --- what a register says ---------------------------------------------------------------------------------------------------------------


def registered(**accreditation: Any) -> TrustRegistry:
    entry = {"by": "did:web:agency.example", **accreditation}
    return trust(AGENCY, {"name": "Example University", "domains": ["university.example"], "accreditations": [entry]})


@pytest.mark.parametrize(
    ("accreditation", "level", "code"),
    [
        ({}, None, "accreditation.confirmed"),
        ({"from": "2020-01-01T00:00:00Z", "until": "2026-11-20T00:00:00Z"}, None, "accreditation.confirmed"),
        ({"until": "2026-11-01T00:00:00Z"}, None, "accreditation.ended"),
        ({"from": "2026-11-20T00:00:00Z"}, None, "accreditation.not_begun"),
        ({"achievementTypes": ["MicroCredential", "Course"]}, None, "accreditation.confirmed"),
        ({"achievementTypes": ["Degree"]}, None, "accreditation.not_covered"),
        ({"levels": ["5", "6"]}, "6", "accreditation.confirmed"),
        ({"levels": ["5", "6"]}, "8", "accreditation.not_covered"),
        ({"levels": ["5", "6"]}, None, "accreditation.scope_open"),
    ],
)
def test_an_accreditation_in_a_register(
    university: Institution, verify: Verify, accreditation: dict[str, Any], level: str | None, code: str
) -> None:
    badge = university.unsigned()
    if level:
        badge["credentialSubject"]["achievement"]["alignment"].append(
            {
                "type": ["Alignment"],
                "targetName": f"EQF level {level}",
                "targetUrl": f"http://data.europa.eu/snb/eqf/{level}",
            }
        )
    report = verify(university.sign(badge), trust=registered(**accreditation))
    found = check(report, "accreditation")
    assert (found.code, found.facts["body"]) == (code, "Quality Agency")
    failing = code in ("accreditation.ended", "accreditation.not_begun", "accreditation.not_covered")
    assert report.verdict is (Verdict.INVALID if failing else Verdict.VALID)


def test_one_accreditation_that_holds_is_enough(university: Institution, verify: Verify) -> None:
    entries = [
        {"by": "did:web:agency.example", "until": "2020-01-01T00:00:00Z"},
        {"by": "did:web:agency.example", "from": "2020-01-01T00:00:00Z"},
    ]
    listed = {"name": "Example University", "domains": ["university.example"], "accreditations": entries}
    report = verify(university.issue(), trust=trust(AGENCY, listed))
    assert {"accreditation.confirmed", "accreditation.others_fail"} <= codes(report)
    assert report.verdict is Verdict.VALID


def test_a_register_that_is_not_relied_on_confirms_nothing(university: Institution, verify: Verify) -> None:
    listed = {
        "name": "Example University",
        "domains": ["university.example"],
        "accreditations": [{"by": "did:web:agency.example"}],
    }
    report = verify(university.issue(), trust=trust(listed, relied_on=False))
    assert check(report, "accreditation").code == "accreditation.known_not_relied_on"


# --- what the issuer alone says ---------------------------------------------------------------------------------------------------------


def test_a_parent_organisation_is_only_said(university: Institution, verify: Verify) -> None:
    badge = university.unsigned()
    badge["issuer"]["parentOrg"] = {"id": "did:web:agency.example", "type": ["Profile"], "name": "Quality Agency"}
    badge = university.sign(badge)
    known = verify(badge, trust=trust(AGENCY))
    assert check(known, "accreditation").code == "accreditation.parent_only_said"
    assert known.outcome(Question.ENTITLED) is Outcome.UNKNOWN
    assert known.subject["issuer"]["parentOrg"]["name"] == "Quality Agency"
    assert check(verify(badge), "accreditation").code == "accreditation.parent_unknown"


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_element_of_annex_i_is_only_said(university: Institution, verify: Verify, language: str) -> None:
    assurances = [
        QualityAssurance(
            kind=QualityAssuranceType.ACCREDITATION, name="Quality Agency", url="https://agency.example/decisions/1"
        ),
        QualityAssurance(kind=QualityAssuranceType.INTERNAL, name="Quality office", url="https://other.example/"),
    ]
    badge = university.unsigned()
    badge["credentialSubject"]["achievement"]["criteria"]["narrative"] = micro_credential_criteria(
        MicroCredentialElements(title="Data Literacy", quality_assurance=tuple(assurances)), language
    )
    badge = university.sign(badge)
    assert check(verify(badge, trust=trust(AGENCY)), "accreditation").code == "accreditation.only_said"
    found = check(verify(badge), "accreditation")
    assert (found.code, found.facts["body"]) == ("accreditation.body_unknown", "Quality Agency")


def test_what_the_body_confirms_is_not_said_again(university: Institution, verify: Verify) -> None:
    badge = university.unsigned()
    badge["credentialSubject"]["achievement"]["criteria"]["narrative"] = micro_credential_criteria(
        MicroCredentialElements(
            title="Data Literacy",
            quality_assurance=(
                QualityAssurance(
                    kind=QualityAssuranceType.ACCREDITATION, name="Agency", url="https://agency.example/decisions/1"
                ),
            ),
        )
    )
    assert check(verify(university.sign(badge), trust=registered()), "accreditation").code == "accreditation.confirmed"


# --- verifiable accreditations ----------------------------------------------------------------------------------------------------------


def accredited(university: Institution, address: str = STATEMENT) -> dict[str, Any]:
    badge = university.unsigned()
    badge["termsOfUse"] = [{"id": address, "type": TERM + "IssuanceCertificate"}]
    return university.sign(badge)


def accreditation(body: Institution, about: str, **changes: Any) -> dict[str, Any]:
    document = {
        "@context": body.unsigned()["@context"],
        "id": STATEMENT,
        "type": ["VerifiableCredential", TERM + "VerifiableAccreditationToAttest"],
        "issuer": {"id": body.did, "type": ["Profile"], "name": body.name},
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {"id": about},
        **changes,
    }
    return body.sign(document)


@pytest.mark.parametrize("wrapped", [False, True], ids=["bare", "as a registry answers"])
def test_terms_of_use_lead_to_an_accreditation(
    university: Institution, agency: Institution, verify: Verify, *, wrapped: bool
) -> None:
    statement = json.dumps(accreditation(agency, university.did))
    answer = json.dumps({"attribute": {"body": statement, "issuerType": "TI"}, "did": university.did})
    agency.pages[STATEMENT] = (answer if wrapped else statement).encode()
    report = verify(accredited(university), resolver=World(university, agency), trust=trust(AGENCY))
    found = check(report, "accreditation")
    assert (found.code, found.facts["source"]) == ("accreditation.confirmed", "statement")
    assert report.verdict is Verdict.VALID
    unknown = verify(accredited(university), resolver=World(university, agency))
    assert check(unknown, "accreditation").code == "accreditation.body_unknown"


def test_the_accreditation_of_somebody_else(university: Institution, agency: Institution, verify: Verify) -> None:
    agency.pages[STATEMENT] = json.dumps(accreditation(agency, "did:web:another.example")).encode()
    report = verify(accredited(university), resolver=World(university, agency), trust=trust(AGENCY))
    assert check(report, "accreditation").code == "accreditation.of_another"
    assert report.verdict is Verdict.INVALID


def test_a_changed_accreditation(university: Institution, agency: Institution, verify: Verify) -> None:
    statement = accreditation(agency, "did:web:another.example")
    statement["credentialSubject"]["id"] = university.did
    agency.pages[STATEMENT] = json.dumps(statement).encode()
    report = verify(accredited(university), resolver=World(university, agency), trust=trust(AGENCY))
    assert check(report, "accreditation").code == "accreditation.not_genuine"


def test_an_accreditation_that_cannot_be_obtained(university: Institution, agency: Institution, verify: Verify) -> None:
    report = verify(accredited(university), resolver=World(university, agency), trust=trust(AGENCY))
    assert check(report, "accreditation").code == "accreditation.not_obtained"
    assert report.verdict is Verdict.VALID


def test_an_unconfirmed_document_makes_nobody_ask(university: Institution, agency: Institution, verify: Verify) -> None:
    agency.pages[STATEMENT] = json.dumps(accreditation(agency, university.did)).encode()
    badge = accredited(university)
    badge["name"] = "changed"
    report = verify(badge, resolver=World(university, agency), trust=trust(AGENCY))
    assert STATEMENT not in agency.asked
    assert not any(code.startswith("accreditation") for code in codes(report))


def chain(university: Institution, agency: Institution, about: str) -> Institution:
    """A middle body that the agency accredits to accredit, and that accredits the university."""
    middle = Institution("middle.example", name="Faculty Council")
    root = "https://agency.example/accreditations/root"
    kind = TERM + "VerifiableAccreditationToAccredit"
    agency.pages[root] = json.dumps(accreditation(agency, about, id=root, type=["VerifiableCredential", kind])).encode()
    middle.pages["https://middle.example/accreditations/1"] = json.dumps(
        accreditation(
            middle,
            university.did,
            id="https://middle.example/accreditations/1",
            termsOfUse=[{"id": root, "type": kind}],
        )
    ).encode()
    return middle


def test_a_chain_of_accreditations(university: Institution, agency: Institution, verify: Verify) -> None:
    badge = accredited(university, "https://middle.example/accreditations/1")
    middle = chain(university, agency, "did:web:middle.example:institutions:example")
    report = verify(badge, resolver=World(university, agency, middle), trust=trust(AGENCY))
    found = check(report, "accreditation")
    assert (found.code, found.facts["body"]) == ("accreditation.confirmed", "Quality Agency")


def test_a_chain_with_a_link_about_somebody_else(university: Institution, agency: Institution, verify: Verify) -> None:
    badge = accredited(university, "https://middle.example/accreditations/1")
    middle = chain(university, agency, "did:web:another.example")
    report = verify(badge, resolver=World(university, agency, middle), trust=trust(AGENCY))
    assert check(report, "accreditation").code == "accreditation.of_another"


def test_an_accreditation_that_leads_to_itself_ends(
    university: Institution, agency: Institution, verify: Verify
) -> None:
    loop = accreditation(
        agency, agency.did, termsOfUse=[{"id": STATEMENT, "type": TERM + "VerifiableAccreditationToAccredit"}]
    )
    agency.pages[STATEMENT] = json.dumps(loop).encode()
    badge = university.unsigned()
    badge["termsOfUse"] = [{"id": STATEMENT, "type": TERM + "IssuanceCertificate"}]
    report = verify(university.sign(badge), resolver=World(university, agency))
    assert check(report, "accreditation").code == "accreditation.body_unknown"


# --- credentials inside -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("around", ["presentation", "transcript", "archive"])
def test_a_credential_inside_is_asked_the_same(
    university: Institution, agency: Institution, verify: Verify, around: str
) -> None:
    """What is shown in a presentation, gathered in a transcript or packed in an archive is judged as if it had come alone."""

    def put(*parts: dict[str, Any]) -> Any:
        if around == "archive":
            return packed([(f"{number}.json", json.dumps(part).encode()) for number, part in enumerate(parts)])
        return presentation(*parts) if around == "presentation" else transcript(university, *parts)

    good = endorsement(agency, university.did)
    forged = {**good, "credentialSubject": {**good["credentialSubject"], "endorsementComment": "For everything."}}
    world, register = World(university, agency), trust(AGENCY)
    (child,) = verify(put(endorsed(university, good)), resolver=world, trust=register).children
    assert "accreditation.confirmed" in codes(child)
    assert [each.verdict for each in child.children] == [Verdict.VALID], "its endorsement stands in its own report"
    report = verify(put(endorsed(university, forged)), resolver=world, trust=register)
    assert "accreditation.not_genuine" in codes(report.children[0])
    assert report.verdict is Verdict.INVALID
