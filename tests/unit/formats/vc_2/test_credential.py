"""Each demand of the data model: a credential that meets it, and one that differs in that alone and does not."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.shared import shared

from testamur.formats.vc_2 import CRYPTOGRAPHIC_SECURITY_ERROR, PARSING_ERROR, RANGE_ERROR, check_data_model
from testamur.linked_data import CREDENTIALS_V1, CREDENTIALS_V2, OPEN_BADGES_3, PINNED
from testamur.proofs.encodings import base64url_encode

EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
SCHEMA = {"id": "https://example.edu/schema.json", "type": "https://example.org/#Schema"}
ENTRY: dict[str, Any] = {
    "id": "https://example.edu/list#7",
    "type": "BitstringStatusListEntry",
    "statusPurpose": "revocation",
    "statusListIndex": "7",
    "statusListCredential": "https://example.edu/list",
}
CONTENT = PINNED.content(CREDENTIALS_V2)
RESOURCE: dict[str, Any] = {
    "id": CREDENTIALS_V2,
    "digestSRI": "sha384-" + base64.b64encode(hashlib.sha384(CONTENT).digest()).decode(),
    "digestMultibase": "u" + base64url_encode(hashlib.sha256(CONTENT).digest()),
}

MESSAGES = [{"status": "0x0", "message": "valid"}, {"status": "0x1", "message": "revoked"}]
OTHER_SRI = "sha256-" + base64.b64encode(bytes(32)).decode()
OTHER_MULTIBASE = "u" + base64url_encode(bytes(32))

Change = Callable[[dict[str, Any]], object]


def status(document: dict[str, Any], **members: Any) -> None:
    document["credentialStatus"].update(members)


def resource(document: dict[str, Any], **members: Any) -> None:
    document["relatedResource"][0].update(members)


def credential() -> dict[str, Any]:
    return {
        "@context": [CREDENTIALS_V2, {"Course": "https://example.edu/terms#Course"}],
        "id": "urn:uuid:5ef2a1c0-0001-4000-8000-000000000001",
        "type": ["VerifiableCredential", "Course"],
        "issuer": {"id": "https://example.edu/issuers/1", "name": "Example University"},
        "validFrom": "2026-02-24T09:30:00Z",
        "validUntil": "2030-02-24T09:30:00Z",
        "name": {"@value": "Data literacy", "@language": "en", "@direction": "ltr"},
        "description": [{"@value": "a", "@language": "en"}, {"@value": "가", "@language": "ko"}],
        "credentialSubject": [{"id": "did:example:mina"}, {"id": "did:example:jun"}],
        "credentialStatus": copy.deepcopy(ENTRY),
        "credentialSchema": [SCHEMA, SCHEMA],
        "termsOfUse": [{"type": "https://example.org/#Policy"}, {"id": "urn:a", "type": "https://example.org/#Policy"}],
        "evidence": {"type": "https://example.org/#Exam"},
        "refreshService": {"id": "https://example.edu/refresh", "type": "https://example.org/#Refresh"},
        "relatedResource": [copy.deepcopy(RESOURCE)],
    }


def changed(change: Change) -> dict[str, Any]:
    document = credential()
    change(document)
    return document


def found(document: dict[str, Any]) -> list[tuple[str, str]]:
    return [(problem.code.removeprefix("data_model."), problem.path) for problem in check_data_model(document)]


def test_a_credential_that_uses_everything_conforms() -> None:
    assert check_data_model(credential()) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.pop("id"),
        lambda d: d.update(issuer="did:example:issuer"),
        lambda d: d.update(credentialSubject={"id": "did:example:mina"}),
        lambda d: d.update(type=["Course", "VerifiableCredential"]),
        lambda d: d.update(type=["https://example.org/#Another", "VerifiableCredential"]),
        lambda d: d.update(type="VerifiableCredential"),
        lambda d: d.pop("validFrom"),
        lambda d: d.pop("validUntil"),
        lambda d: d.update(validFrom="2026-02-24T09:30:00.123Z"),
        lambda d: d.update(validFrom="2026-02-24T09:30:00-09:00"),
        lambda d: d.update(validFrom=d["validUntil"]),
        lambda d: d.update(validUntil="2030-02-24T00:30:00-09:00", validFrom="2030-02-24T09:30:00Z"),
        lambda d: d.update(name="Data literacy"),
        lambda d: d["issuer"].update(name={"@value": "대학", "@language": "ko"}),
        lambda d: d["credentialStatus"].pop("id"),
        lambda d: d["credentialStatus"].update(statusReference=["https://example.edu/a", "https://example.edu/b"]),
        lambda d: d["credentialStatus"].update(statusSize=1),
        lambda d: d["credentialStatus"].update(
            statusSize=2, statusMessage=[{"status": f"0x{n}", "message": "m"} for n in range(4)]
        ),
        lambda d: d.update(credentialStatus={"type": "https://example.org/#Status"}),
        lambda d: d["relatedResource"][0].pop("digestSRI"),
        lambda d: d["relatedResource"][0].pop("digestMultibase"),
        lambda d: d["relatedResource"][0].update(
            digestMultibase="u" + base64url_encode(b"\x12\x20" + hashlib.sha256(CONTENT).digest())
        ),
        # a weaker hash beside a strong one is not looked at (SRI §3.5)
        lambda d: d["relatedResource"][0].update(
            digestSRI=d["relatedResource"][0]["digestSRI"] + " sha256-" + base64.b64encode(bytes(32)).decode()
        ),
        lambda d: d["@context"].append(EXAMPLES),
        lambda d: d["@context"].append(OPEN_BADGES_3),
    ],
)
def test_what_the_standard_allows(change: Change) -> None:
    assert found(changed(change)) == []


@pytest.mark.parametrize(
    ("change", "code", "path"),
    [
        # §4.3 contexts
        (lambda d: d.pop("@context"), "context_missing", ""),
        (lambda d: d.update({"@context": []}), "context_order", "/@context"),
        (lambda d: d["@context"].reverse(), "context_order", "/@context"),
        (lambda d: d.update({"@context": CREDENTIALS_V2}), "context_order", "/@context"),
        (lambda d: d["@context"].append("https ://not-a-url"), "context_entry", "/@context/2"),
        (lambda d: d["@context"].append(5), "context_entry", "/@context/2"),
        (lambda d: d["@context"].append(None), "context_entry", "/@context/2"),
        # §4.4 identifiers
        (lambda d: d.update(id=None), "id_invalid", "/id"),
        (lambda d: d.update(id=["urn:a", "urn:b"]), "id_invalid", "/id"),
        (lambda d: d.update(id="not a url"), "id_invalid", "/id"),
        (lambda d: d["credentialSubject"][1].update(id=["urn:a"]), "id_invalid", "/credentialSubject/1/id"),
        (lambda d: d["credentialStatus"].update(id=["urn:a", "urn:b"]), "id_invalid", "/credentialStatus/id"),
        (lambda d: d["credentialStatus"].update(id="here"), "id_invalid", "/credentialStatus/id"),
        (lambda d: d["evidence"].update(id=5), "id_invalid", "/evidence/id"),
        # §4.5 types
        (lambda d: d.pop("type"), "type_missing", ""),
        (lambda d: d.update(type=[]), "type_invalid", "/type"),
        (lambda d: d.update(type=["VerifiableCredential", 5]), "type_invalid", "/type"),
        (lambda d: d.update(type=["Course"]), "type_required", "/type"),
        # §4.6 and §11.1 texts
        (lambda d: d["name"].update(url="urn:a"), "text_invalid", "/name"),
        (lambda d: d["name"].update({"@direction": "down"}), "text_invalid", "/name"),
        (lambda d: d["name"].pop("@value"), "text_invalid", "/name"),
        (lambda d: d.update(name=5), "text_invalid", "/name"),
        (lambda d: d["description"].append(None), "text_invalid", "/description/2"),
        (lambda d: d["issuer"].update(name={"@value": "a", "x": 1}), "text_invalid", "/issuer/name"),
        (lambda d: d["issuer"].update(description={"@value": 1}), "text_invalid", "/issuer/description"),
        # §4.7 issuer
        (lambda d: d.pop("issuer"), "issuer_missing", ""),
        (lambda d: d.update(issuer=None), "issuer_invalid", "/issuer"),
        (lambda d: d.update(issuer="university"), "issuer_invalid", "/issuer"),
        (lambda d: d["issuer"].pop("id"), "id_missing", "/issuer"),
        (lambda d: d["issuer"].update(id=None), "id_invalid", "/issuer/id"),
        (lambda d: d["issuer"].update(id="university"), "id_invalid", "/issuer/id"),
        # §4.8 subject
        (lambda d: d.pop("credentialSubject"), "subject_missing", ""),
        (lambda d: d.update(credentialSubject={}), "subject_empty", "/credentialSubject"),
        (lambda d: d.update(credentialSubject=[]), "subject_empty", "/credentialSubject"),
        (lambda d: d["credentialSubject"].append({}), "subject_empty", "/credentialSubject/2"),
        (lambda d: d.update(credentialSubject="did:example:mina"), "subject_empty", "/credentialSubject"),
        # §4.9 dates
        (lambda d: d.update(validFrom="2026-02-24"), "date_invalid", "/validFrom"),
        (lambda d: d.update(validFrom="2026-02-24T09:30:00"), "date_invalid", "/validFrom"),
        (lambda d: d.update(validUntil="tomorrow"), "date_invalid", "/validUntil"),
        (lambda d: d.update(validUntil=None), "date_invalid", "/validUntil"),
        (lambda d: d.update(validUntil="2026-02-24T09:29:59Z"), "dates_reversed", "/validUntil"),
        # §4.10 status, Bitstring Status List §2.1
        (lambda d: d["credentialStatus"].pop("type"), "type_missing", "/credentialStatus"),
        (lambda d: d.update(credentialStatus="urn:a"), "not_an_object", "/credentialStatus"),
        (lambda d: d["credentialStatus"].update(statusListIndex=7), "status_entry_invalid", "/credentialStatus/statusListIndex"),
        (lambda d: d["credentialStatus"].update(statusListIndex=True), "status_entry_invalid", "/credentialStatus/statusListIndex"),
        (lambda d: d["credentialStatus"].update(statusListIndex="-1"), "status_entry_invalid", "/credentialStatus/statusListIndex"),
        (lambda d: d["credentialStatus"].pop("statusPurpose"), "status_entry_invalid", "/credentialStatus/statusPurpose"),
        (lambda d: status(d, statusListCredential="l"), "status_entry_invalid", "/credentialStatus/statusListCredential"),
        (lambda d: d["credentialStatus"].update(id="https://example.edu/list"), "status_entry_invalid", "/credentialStatus/id"),
        (lambda d: d["credentialStatus"].update(statusSize=0), "status_entry_invalid", "/credentialStatus/statusSize"),
        (lambda d: d["credentialStatus"].update(statusSize=2), "status_entry_invalid", "/credentialStatus"),
        (lambda d: status(d, statusMessage=MESSAGES[:1]), "status_entry_invalid", "/credentialStatus/statusMessage"),
        (lambda d: status(d, statusMessage=[{"status": "0"}, MESSAGES[1]]), "status_entry_invalid", "/credentialStatus/statusMessage/0"),
        (lambda d: d["credentialStatus"].update(statusReference=["here"]), "status_entry_invalid", "/credentialStatus/statusReference/0"),
        # §4.11 schemas
        (lambda d: d.update(credentialSchema={"type": SCHEMA["type"]}), "id_missing", "/credentialSchema"),
        (lambda d: d.update(credentialSchema={"id": SCHEMA["id"]}), "type_missing", "/credentialSchema"),
        (lambda d: d.update(credentialSchema=[SCHEMA, {**SCHEMA, "id": 5}]), "id_invalid", "/credentialSchema/1/id"),
        # §5.4 to §5.6, §5.10
        (lambda d: d["refreshService"].pop("type"), "type_missing", "/refreshService"),
        (lambda d: d["termsOfUse"][1].pop("type"), "type_missing", "/termsOfUse/1"),
        (lambda d: d["evidence"].pop("type"), "type_missing", "/evidence"),
        (lambda d: d.update(evidence=[]), "value_empty", "/evidence"),
        (lambda d: d.update(renderMethod={"id": "urn:a"}), "type_missing", "/renderMethod"),
        # §5.3 related resources
        (lambda d: d.update(relatedResource=[CREDENTIALS_V2]), "not_an_object", "/relatedResource/0"),
        (lambda d: d["relatedResource"][0].pop("id"), "id_missing", "/relatedResource/0"),
        (lambda d: d["relatedResource"].append(RESOURCE), "related_resource_twice", "/relatedResource/1/id"),
        (lambda d: d.update(relatedResource={"id": CREDENTIALS_V2}), "digest_missing", "/relatedResource"),
        (lambda d: d["relatedResource"][0].update(digestSRI="sha384-AAAA"), "digest_invalid", "/relatedResource/0/digestSRI"),
        (lambda d: d["relatedResource"][0].update(digestSRI=5), "digest_invalid", "/relatedResource/0/digestSRI"),
        (lambda d: d["relatedResource"][0].update(digestMultibase="u"), "digest_invalid", "/relatedResource/0/digestMultibase"),
        (lambda d: resource(d, digestSRI=OTHER_SRI), "digest_mismatch", "/relatedResource/0/digestSRI"),
        (lambda d: resource(d, digestMultibase=OTHER_MULTIBASE), "digest_mismatch", "/relatedResource/0/digestMultibase"),
        (lambda d: d["relatedResource"][0].update(id="https://example.edu/else"), "related_resource_unavailable", "/relatedResource/0/id"),
        # a context that ships here in other bytes than are published says nothing about the published ones
        (lambda d: d["relatedResource"][0].update(id=EXAMPLES), "related_resource_unavailable", "/relatedResource/0/id"),
    ],
)  # fmt: skip
def test_what_the_standard_forbids(change: Change, code: str, path: str) -> None:
    assert found(changed(change)) == [(code, path)]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda d: d["type"].append("Undefined"), "linked_data.undefined_term"),
        (lambda d: d["credentialSubject"][0].update(undefined="x"), "linked_data.undefined_term"),
        (lambda d: d["credentialStatus"].update(type="Undefined"), "linked_data.undefined_term"),
        (lambda d: d.update(statusEntry={"type": "BitstringStatusListEntry"}), "linked_data.undefined_term"),
        (lambda d: d["@context"].append({"Course": "not a url"}), "linked_data.invalid_iri_mapping"),
        (lambda d: d["@context"].append({"VerifiableCredential": "https://example.org/#Other"}), "linked_data.protected_term"),
        (
            lambda d: d["@context"].extend([{"@protected": True, "Own": "urn:own"}, {"Own": "urn:other"}]),
            "linked_data.protected_term",
        ),
        (lambda d: d["@context"].append("https://example.edu/unknown"), "linked_data.context_unavailable"),
        (lambda d: d.update(name={"@value": "a", "@language": "no language"}), "linked_data.language"),
    ],
)  # fmt: skip
def test_what_has_no_meaning(change: Change, code: str) -> None:
    (problem,) = check_data_model(changed(change))
    assert (problem.code, problem.kind) == (code, PARSING_ERROR)


def test_an_identifier_that_needs_a_base_is_none() -> None:
    document = changed(lambda d: d["@context"].append({"@base": "https://example.edu/"}))
    assert check_data_model(document) == []
    document["type"].append("Relative")
    assert [problem.code for problem in check_data_model(document)] == ["linked_data.undefined_term"]


def test_problems_bear_the_types_of_the_standard() -> None:
    (reversed_dates,) = check_data_model(changed(lambda d: d.update(validUntil="2020-02-24T09:30:00Z")))
    (false_hash,) = check_data_model(
        changed(lambda d: d["relatedResource"][0].update(digestMultibase="u" + base64url_encode(bytes(32))))
    )
    assert (reversed_dates.kind, false_hash.kind) == (RANGE_ERROR, CRYPTOGRAPHIC_SECURITY_ERROR)


def test_every_problem_is_named_not_only_the_first() -> None:
    document = changed(lambda d: d.update(id=5, issuer=None, validFrom="soon"))
    assert found(document) == [("id_invalid", "/id"), ("issuer_invalid", "/issuer"), ("date_invalid", "/validFrom")]


def older() -> dict[str, Any]:
    return {
        "@context": [CREDENTIALS_V1],
        "id": "urn:uuid:5ef2a1c0-0001-4000-8000-000000000001",
        "type": ["VerifiableCredential"],
        "issuer": "did:example:issuer",
        "issuanceDate": "2026-02-24T09:30:00Z",
        "expirationDate": "2030-02-24T09:30:00",
        "credentialSubject": {"id": "did:example:mina"},
    }


def test_version_1_1_is_held_against_its_own_rules() -> None:
    assert check_data_model(older()) == []


@pytest.mark.parametrize(
    ("change", "code", "path"),
    [
        (lambda d: d.pop("issuanceDate"), "issuance_date_missing", ""),
        (lambda d: d.update(issuanceDate="2026-02-24"), "date_invalid", "/issuanceDate"),
        (lambda d: d.update(expirationDate=5), "date_invalid", "/expirationDate"),
        (lambda d: d.pop("issuer"), "issuer_missing", ""),
        (lambda d: d.update(credentialSubject={}), "subject_empty", "/credentialSubject"),
        (lambda d: d.update(type=["Course"]), "type_required", "/type"),
        (lambda d: d.update(credentialStatus={"type": "https://example.org/#S"}), "id_missing", "/credentialStatus"),
        (lambda d: d.update(credentialSchema={"id": "urn:a"}), "type_missing", "/credentialSchema"),
        (lambda d: d.update({"@context": [CREDENTIALS_V1, 5]}), "context_entry", "/@context/1"),
    ],
)
def test_what_version_1_1_forbids(change: Change, code: str, path: str) -> None:
    document = older()
    change(document)
    assert found(document) == [(code, path)]


# What the specification's own examples lack, and why: a template without issuer, and contexts that exist on paper only.
_NOT_WHOLE = {
    "001": "data_model.issuer_missing",
    **dict.fromkeys(("020", "021", "023", "025", "027"), "linked_data.context_unavailable"),
}


def test_the_examples_of_the_specification_conform() -> None:
    examined = 0
    for path in sorted(shared("vectors/w3c/vc-data-model-examples").glob("*.json")):
        document = json.loads(path.read_bytes())["example"]
        types = document.get("type", []) if isinstance(document, dict) else []
        if "VerifiableCredential" not in types:
            continue
        examined += 1
        codes = [problem.code for problem in check_data_model(document)]
        expected = _NOT_WHOLE.get(path.name[:3])
        assert codes == ([expected] if expected else []), path.name
    assert examined >= 18


def test_what_no_signature_could_cover_is_refused_before_it_is_taken_apart() -> None:
    vocabulary = {"@vocab": "https://example.org/#"}
    document = {"@context": [CREDENTIALS_V2, vocabulary], "type": ["VerifiableCredential"], "issuer": "did:example:a"}
    for count, codes in ((10, []), (50_001, ["linked_data.too_complex"])):
        subject = {"id": "did:example:b", "held": [{"a": 1}] * count}
        assert [problem.code for problem in check_data_model({**document, "credentialSubject": subject})] == codes
