"""Can it mean only one thing? Vocabularies, kinds, schema, and graphs written in misleading ways.

The attacks of the second half leave the signature true: the signed graph is the same, only the JSON is written so that a reader of JSON
overlooks or misreads something. Each test first shows that the signature is still true, then that the badge is not accepted.
"""

from __future__ import annotations

import copy
from typing import Any

import pytest
from tests.simulator import Institution
from tests.unit.verification.conftest import Verify, check, codes

from testamur.linked_data import CLR_2, OPEN_BADGES_3_EXTENSIONS
from testamur.proofs.sd_jwt import parse_path
from testamur.proofs.vc_jose_cose import secure
from testamur.verification import Verdict

CREDENTIALS = "https://www.w3.org/2018/credentials#"
OB_OLD = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json"


def test_an_older_edition_of_the_vocabulary_is_said_and_accepted(university: Institution, verify: Verify) -> None:
    badge = university.unsigned()
    badge["@context"] = [badge["@context"][0], OB_OLD]
    del badge["awardedDate"]  # a word of the next edition
    report = verify(university.sign(badge))
    assert check(report, "structure.context").code == "structure.context_older"
    assert report.verdict is Verdict.VALID


@pytest.mark.parametrize(
    ("contexts", "code"),
    [
        (["https://www.w3.org/ns/credentials/v2"], "structure.context_order"),
        ([], "structure.context_order"),
        ("https://www.w3.org/ns/credentials/v2", "structure.context_order"),
        (
            ["https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json", "https://www.w3.org/ns/credentials/v2"],
            "structure.context_order",
        ),
    ],
)
def test_vocabularies_in_the_wrong_order(university: Institution, verify: Verify, contexts: Any, code: str) -> None:
    badge = university.issue()
    badge["@context"] = contexts
    assert check(verify(badge), "structure.context").code == code


@pytest.mark.parametrize("first_signed", [True, False], ids=["added before signing", "added after signing"])
@pytest.mark.parametrize(
    "context",
    [
        {"grade": "https://schema.org/grade"},
        {"@vocab": "https://example.org/vocab#"},
        {"@base": "https://example.org/"},
        {"@propagate": False},
        {"status": "https://www.w3.org/2018/credentials#credentialStatus"},
        {"name": None},
        None,
    ],
)
def test_a_vocabulary_of_its_own_is_never_valid(
    university: Institution, verify: Verify, context: Any, first_signed: bool
) -> None:
    university.suite = "eddsa-jcs-2022" if first_signed else "eddsa-rdfc-2022"
    badge = university.unsigned() if first_signed else university.issue()
    badge["@context"] = [*badge["@context"], context]
    if first_signed:
        badge = university.sign(badge)
    report = verify(badge)
    assert report.verdict is not Verdict.VALID
    assert "structure.context_inline" in codes(report)


def test_an_unknown_vocabulary_leaves_it_undetermined(university: Institution, verify: Verify) -> None:
    badge = university.issue()
    badge["@context"] = [*badge["@context"], "https://example.org/context.json"]
    report = verify(badge)
    assert check(report, "structure.context").code == "structure.context_unavailable"
    assert report.verdict is Verdict.UNDETERMINED


@pytest.mark.parametrize("suite", ["eddsa-jcs-2022", "eddsa-rdfc-2022"])
def test_an_unknown_vocabulary_inside_leaves_it_undetermined(
    university: Institution, verify: Verify, suite: str
) -> None:
    """A suite over JSON signs it without asking what it means; that must not come out as valid."""
    badge = university.unsigned()
    badge["credentialSubject"]["@context"] = "https://example.org/context.json"
    if suite == "eddsa-jcs-2022":
        badge = university.sign(badge, cryptosuite=suite)
    else:
        badge["proof"] = university.issue()["proof"]
    report = verify(badge)
    assert "structure.context_unavailable" in codes(report)
    assert report.verdict is Verdict.UNDETERMINED


def same_graph(university: Institution, verify: Verify, badge: dict[str, Any]) -> None:
    """The precondition of each attack: a verifier that looks only at the signature accepts it."""
    assert verify(badge, profile="proof").verdict is Verdict.VALID


@pytest.mark.parametrize("name", ["credentialStatus", "validUntil"])
def test_a_name_written_as_a_full_address(university: Institution, verify: Verify, name: str) -> None:
    """`"https://…#credentialStatus": {…}` is the same statement. Whoever looks for "credentialStatus" finds a badge without status."""
    badge = university.issue()
    university.revoke(badge)
    value = badge.pop(name)
    if name == "validUntil":
        value = {"@value": value, "@type": "http://www.w3.org/2001/XMLSchema#dateTime"}
    badge[CREDENTIALS + name] = value
    same_graph(university, verify, badge)
    report = verify(badge)
    assert check(report, "structure.terms").code == "structure.term_ambiguous"
    assert report.verdict is not Verdict.VALID


def test_keywords_of_json_ld_in_place_of_names(university: Institution, verify: Verify) -> None:
    badge = university.issue()
    badge["@id"] = badge.pop("id")
    same_graph(university, verify, badge)
    assert verify(badge).verdict is not Verdict.VALID


def test_a_vocabulary_of_its_own_that_renames_the_status(university: Institution, verify: Verify) -> None:
    badge = university.issue()
    university.revoke(badge)
    renamed = {"note": {"@id": CREDENTIALS + "credentialStatus", "@type": "@id"}}
    badge["@context"] = [*badge["@context"], renamed]
    badge["note"] = badge.pop("credentialStatus")
    same_graph(university, verify, badge)
    report = verify(badge)
    assert check(report, "structure.context").code == "structure.context_inline"
    assert report.verdict is not Verdict.VALID


def test_a_vocabulary_inside_that_renames(university: Institution, verify: Verify) -> None:
    badge = university.issue()
    subject = badge["credentialSubject"]
    label = {"label": "https://purl.imsglobal.org/spec/vc/ob/vocab.html#Evidence"}
    subject["@context"] = label
    report = verify(badge)
    assert report.verdict is not Verdict.VALID


def test_a_statement_moved_to_another_place_with_the_same_id(university: Institution, verify: Verify) -> None:
    """A refresh service that bears the credential's own id (as in the standard's examples) is the same node of the graph."""
    badge = university.unsigned()
    badge["refreshService"] = {"id": badge["id"], "type": "1EdTechCredentialRefresh"}
    badge["@context"] = [*badge["@context"], OPEN_BADGES_3_EXTENSIONS]
    badge = university.sign(badge)
    assert verify(badge).verdict is Verdict.VALID
    university.revoke(badge)
    moved = copy.deepcopy(badge)
    moved["refreshService"]["type"] = ["VerifiableCredential", "1EdTechCredentialRefresh"]
    moved["refreshService"]["credentialStatus"] = moved.pop("credentialStatus")
    same_graph(university, verify, moved)
    report = verify(moved)
    assert check(report, "structure.terms").code == "structure.moved_statement"
    assert report.verdict is Verdict.INVALID


def test_a_list_in_a_list(university: Institution, verify: Verify) -> None:
    badge = university.issue()
    university.revoke(badge)
    badge["credentialStatus"] = [[badge["credentialStatus"]]]
    same_graph(university, verify, badge)
    assert check(verify(badge), "structure.terms").code == "structure.term_ambiguous"


def test_a_status_entry_torn_apart(university: Institution, verify: Verify) -> None:
    badge = university.issue()
    university.revoke(badge)
    entry = badge["credentialStatus"]
    first = {name: entry[name] for name in ("id", "type", "statusPurpose")}
    second = {name: value for name, value in entry.items() if name not in ("statusPurpose",)}
    badge["credentialStatus"] = [first, second]
    same_graph(university, verify, badge)
    assert verify(badge).verdict is not Verdict.VALID


@pytest.mark.parametrize("term", ["credentialSubject", "issuer", "validFrom", "name"])
def test_protected_names_cannot_be_redefined(university: Institution, verify: Verify, term: str) -> None:
    badge = university.issue()
    badge["@context"] = [*badge["@context"], {term: "https://example.org/x"}]
    assert verify(badge).verdict is not Verdict.VALID


def test_an_undefined_word_before_signing(university: Institution, verify: Verify) -> None:
    """A permissive signer leaves the word out of the signature; a suite over JSON covers it, and still nobody knows what it means."""
    university.suite = "eddsa-jcs-2022"
    badge = university.unsigned()
    badge["credentialSubject"]["grade"] = "A"
    report = verify(university.sign(badge))
    found = check(report, "structure.terms")
    assert (found.code, found.facts["term"], found.facts["path"]) == (
        "structure.term_undefined",
        "grade",
        "/credentialSubject/grade",
    )
    assert report.verdict is Verdict.INVALID


def test_the_published_schema_is_applied_and_not_fetched(university: Institution, verify: Verify) -> None:
    badge = university.unsigned()
    schema = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
    badge["credentialSchema"] = [{"id": schema, "type": "1EdTechJsonSchemaValidator2019"}]
    badge["@context"] = [*badge["@context"], OPEN_BADGES_3_EXTENSIONS]
    report = verify(university.sign(badge))
    assert "structure.schema_reference_known" in codes(report)
    assert schema not in university.asked
    assert report.verdict is Verdict.VALID


@pytest.mark.parametrize(
    ("path", "value", "finding"),
    [
        ("credentialSubject/achievement/name", None, ("/credentialSubject/achievement", "missing", "name")),
        ("credentialSubject/type", ["Person"], ("/credentialSubject/type", "value", "AchievementSubject")),
        (
            "credentialSubject/achievement/type",
            "Achievements",
            ("/credentialSubject/achievement/type", "value", "Achievement"),
        ),
        ("credentialSubject/achievement/name", 7, ("/credentialSubject/achievement/name", "type", "object")),
        ("evidence/0/type", ["Proof"], ("/evidence/0/type", "value", "Evidence")),
        (
            "credentialSubject/achievement/alignment/0/targetUrl",
            "esco 1",
            ("/credentialSubject/achievement/alignment/0/targetUrl", "pattern", "https://…, did:…, urn:…"),
        ),
        (
            "credentialSubject/identifier/0/identityType",
            "telephone",
            ("/credentialSubject/identifier/0/identityType", "value", "name, sourcedId"),
        ),
        ("issuer/type", None, ("/issuer", "missing", "type")),
        ("validFrom", "2026-11-15", ("/validFrom", "pattern", "2026-11-25T10:00:00Z")),
        ("awardedDate", "yesterday", ("/awardedDate", "pattern", "2026-11-25T10:00:00Z")),
    ],
)
def test_a_broken_rule_is_named_by_place_and_rule(
    university: Institution, verify: Verify, path: str, value: Any, finding: tuple[str, str, str]
) -> None:
    from tests.unit.verification.test_verifier import change

    badge = university.issue()
    change(path, value)(badge)
    facts = check(verify(badge), "structure.schema").facts
    assert (facts["path"], facts["rule"]) == finding[:2]
    assert facts["expected"].startswith(finding[2])


def test_a_broken_rule_never_repeats_what_stands_there(university: Institution, verify: Verify) -> None:
    badge = university.issue()
    badge["credentialSubject"]["identifier"][0]["identityType"] = "kim.mina@example.edu"
    badge["credentialSubject"]["achievement"]["achievementType"] = "kim.mina@example.edu"
    assert "kim.mina" not in str([one.facts for one in verify(badge).checks if one.name == "structure.schema"])


def test_an_award_says_to_whom(university: Institution, verify: Verify) -> None:
    """OB 3.0, AchievementSubject: an `id` or at least one `identifier`. In a selection the holder may withhold it."""
    badge = university.unsigned(status=False)
    subject = badge["credentialSubject"]
    assert "id" not in subject
    assert verify(university.sign(badge)).verdict is Verdict.VALID
    for identifiers in ({}, {"identifier": []}):
        badge["credentialSubject"] = {**{k: v for k, v in subject.items() if k != "identifier"}, **identifiers}
        found = check(verify(university.sign(badge)), "structure.schema")
        assert (found.code, found.facts["path"], found.facts["expected"]) == (
            "structure.schema_broken",
            "/credentialSubject",
            "id",
        )
    badge["credentialSubject"] = subject
    hidden = [parse_path("credentialSubject.identifier")]
    whole = secure(badge, "vc+sd-jwt", university.key, kid=university.method, disclosable=hidden).decode()
    withheld = verify(whole.split("~")[0] + "~")
    assert check(withheld, "structure.schema").code == "structure.schema_met"


def test_a_credential_that_is_no_badge(university: Institution, verify: Verify) -> None:
    document = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "issuer": university.did,
        "credentialSubject": {"id": "did:example:mina"},
    }
    report = verify(university.sign(document))
    assert report.verdict is Verdict.VALID
    assert report.document_type == "vc_2"
    del document["issuer"]
    assert "structure.schema_broken" in codes(verify(university.sign(document)))


def test_credentials_inside_are_not_vouched_for(university: Institution, verify: Verify) -> None:
    """A transcript with a revoked badge in it: the signature around it is true, and must not make the badge valid."""
    inside = university.issue()
    university.revoke(inside)
    transcript = university.unsigned()
    transcript["@context"] = [transcript["@context"][0], CLR_2, transcript["@context"][1]]
    transcript["type"] = ["VerifiableCredential", "ClrCredential"]
    transcript["credentialSubject"] = {
        "type": ["ClrSubject"],
        "id": "did:example:mina",
        "verifiableCredential": [inside],
    }
    report = verify(university.sign(transcript))
    assert check(report, "proof").code == "proof.signature_true"
    assert check(report, "parts").code == "parts.fail"
    assert report.verdict is Verdict.INVALID
    assert [child.verdict for child in report.children] == [Verdict.INVALID]


@pytest.mark.parametrize(
    "value", [{"@value": "مرحبا", "@language": "ar", "@direction": "rtl"}, {"@value": "x", "@direction": "rtl"}]
)
def test_a_text_with_a_direction_is_covered_by_the_signature(
    university: Institution, verify: Verify, value: dict[str, str]
) -> None:
    """VC Data Model 2.0 §11.1: a language value may have a base direction."""
    badge = university.unsigned()
    badge["name"] = value
    badge = university.sign(badge)
    assert verify(badge).verdict is Verdict.VALID
    badge["name"] = {**value, "@direction": "ltr"}
    changed = verify(badge)
    assert check(changed, "proof").code == "proof.signature_false"
