"""W3C VC Data Model 2.0, as an issuer keeps it: what conforms is signed, what does not is refused. By each suite alike.

The rules one by one are in tests/unit/formats/vc_2; here they are met from outside, and what an issuer adds and leaves alone.
"""

from __future__ import annotations

import base64
import copy
import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from tests.conformance import forge
from tests.conformance.client import Client

from testamur.linked_data import PINNED

SUITES = [
    *("eddsa-rdfc-2022", "eddsa-jcs-2022", "ecdsa-sd-2023"),
    *("ecdsa-rdfc-2019-p256", "ecdsa-rdfc-2019-p384", "ecdsa-jcs-2019-p256", "ecdsa-jcs-2019-p384"),
]
every_suite = pytest.mark.parametrize("suite", SUITES)
EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
DIGEST = "sha384-" + base64.b64encode(hashlib.sha384(PINNED.content(forge.V2)).digest()).decode()

Change = Callable[[dict[str, Any]], object]


def changed(change: Change) -> dict[str, Any]:
    document = forge.credential()
    change(document)
    return document


def test_each_issuer_has_its_own_did_and_key(client: Client) -> None:
    assert set(SUITES) <= client.issuers.keys()
    assert len(set(client.issuers.values())) == len(client.issuers)
    prefixes = {
        "eddsa-rdfc-2022": "z6Mk",
        "ecdsa-rdfc-2019-p256": "zDn",
        "ecdsa-rdfc-2019-p384": "z82L",
        "ecdsa-sd-2023": "zDn",
    }
    prefixes["bbs-2023"] = "zUC7"
    for suite, prefix in prefixes.items():
        assert client.issuers[suite].startswith(f"did:key:{prefix}")


@every_suite
@pytest.mark.parametrize("version", ["1.1", "2.0"])
def test_what_was_given_stays_as_it_was_given(client: Client, suite: str, version: str) -> None:
    document = forge.credential(version)
    made = client.issued(suite, document)
    added = {"proof"} | ({"credentialStatus"} if suite.startswith("eddsa") and version == "2.0" else set())
    assert {name: value for name, value in made.items() if name not in added} == document
    proof = made["proof"]
    assert proof["type"] == "DataIntegrityProof"
    assert suite.startswith(proof["cryptosuite"])
    did = client.issuers[suite]
    assert proof["verificationMethod"] == f"{did}#{did.removeprefix('did:key:')}"
    assert proof["proofPurpose"] == "assertionMethod"
    assert proof["created"].endswith("Z")
    if suite != "ecdsa-sd-2023":
        assert proof["proofValue"].startswith("z")
        assert client.verify(made).status == 200


@every_suite
def test_what_only_the_issuer_can_say_is_completed(client: Client, suite: str) -> None:
    without = changed(lambda d: d.pop("issuer"))
    assert client.issued(suite, without)["issuer"] == client.issuers[suite]
    named = changed(
        lambda d: d.update(issuer={"name": {"@value": "University", "@language": "en", "@direction": "ltr"}})
    )
    assert client.issued(suite, named)["issuer"] == {"id": client.issuers[suite], **named["issuer"]}
    older = forge.credential("1.1")
    del older["issuanceDate"]
    older["@context"] = [forge.V1]
    made = client.issued(suite, older)
    assert made["issuanceDate"].endswith("Z")
    assert made["@context"] == [forge.V1, forge.DATA_INTEGRITY]


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d["@context"].append(EXAMPLES),
        lambda d: d["@context"].append({"Own": "https://example.org/#Own"}) or d["type"].append("Own"),
        lambda d: d.update(id="did:example:other"),
        lambda d: d.pop("id"),
        lambda d: d["type"].append("https://example.org/#Own"),
        lambda d: d.update(type=["https://example.org/#Own", "VerifiableCredential", "https://example.org/#Another"]),
        lambda d: d.update(name="A name", description={"@value": "x", "@language": "en"}),
        lambda d: d.update(name=[{"@value": "Dog", "@language": "en"}, {"@value": "Chien", "@language": "fr"}]),
        lambda d: d.update(name={"@value": "x", "@language": "ar", "@direction": "rtl"}),
        lambda d: d.update(credentialSubject=[{"id": "did:example:a"}, {"id": "did:example:b"}]),
        lambda d: d.update(validFrom="2023-01-01T00:00:00.000-05:00"),
        lambda d: d.update(validFrom="2999-01-01T00:00:00Z", validUntil="3000-01-01T00:00:00Z"),
        lambda d: d.update(validUntil="2023-01-01T00:00:00Z"),
        lambda d: d.update(credentialSchema=[{"id": "did:example:schemas/1", "type": "https://example.org/#S"}] * 2),
        lambda d: d.update(refreshService=[{"id": "did:example:refresh/2", "type": "https://example.org/#R"}] * 2),
        lambda d: d.update(termsOfUse={"id": "did:example:terms", "type": "https://example.org/#T"}),
        lambda d: d.update(evidence=[{"type": "https://example.org/#E"}] * 2),
        lambda d: d.update(relatedResource={"id": forge.V2, "digestSRI": DIGEST, "mediaType": "application/ld+json"}),
    ],
)
def test_what_conforms_is_signed(client: Client, change: Change) -> None:
    assert client.issue("eddsa-rdfc-2022", changed(change)).status == 201


@pytest.mark.parametrize("suite", ["eddsa-rdfc-2022", "ecdsa-jcs-2019-p384", "ecdsa-sd-2023"])
@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda d: d.pop("@context"), "data_model.context_missing"),
        (lambda d: d.update({"@context": [EXAMPLES, forge.V2]}), "data_model.context_order"),
        (lambda d: d["@context"].append("https ://not-a-url/"), "data_model.context_entry"),
        (lambda d: d["@context"].append(123192875), "data_model.context_entry"),
        (lambda d: d["@context"].append({"VerifiableCredential": "https://example.org/#Bad"}), "linked_data.protected_term"),
        (lambda d: d.update(type=["https://example.org/#Own"]), "data_model.type_required"),
        (lambda d: d["type"].append("Unmapped"), "linked_data.undefined_term"),
        (lambda d: d.update(id=None), "data_model.id_invalid"),
        (lambda d: d.update(issuer=None), "data_model.issuer_invalid"),
        (lambda d: d.update(issuer={"id": None}), "data_model.id_invalid"),
        (lambda d: d.update(credentialSubject={}), "data_model.subject_empty"),
        (lambda d: d.update(validFrom="2023-01-01"), "data_model.date_invalid"),
        (lambda d: d.update(validUntil="2022-01-01T00:00:00Z"), "data_model.dates_reversed"),
        (lambda d: d.update(name={"@value": "x", "url": "did:example:c"}), "data_model.text_invalid"),
        (lambda d: d.update(evidence={"id": "urn:a"}), "data_model.type_missing"),
        (lambda d: d.update(credentialSchema={"type": "https://example.org/#S"}), "data_model.id_missing"),
        (lambda d: d.update(relatedResource={"id": forge.V2, "digestSRI": "sha384-" + "A" * 64}), "data_model.digest_mismatch"),
        (lambda d: d.update(statusEntry={"type": "BitstringStatusListEntry"}), "linked_data.undefined_term"),
        (lambda d: d.update(proof="a text"), "linked_data.relative_iri"),
    ],
)  # fmt: skip
def test_what_does_not_conform_is_refused_and_not_signed(client: Client, suite: str, change: Change, code: str) -> None:
    assert client.issue(suite, forge.credential()).status == 201
    reply = client.issue(suite, changed(change))
    assert (reply.status, reply.codes, reply.media_type) == (400, [code], "application/problem+json")
    assert "proof" not in reply.body


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "vc_api.credential_missing"),
        ({"credential": None}, "vc_api.credential_missing"),
        ({"credential": "x"}, "vc_api.credential_missing"),
        ({"credential": [forge.credential()]}, "vc_api.credential_missing"),
        ({"credential": forge.credential(), "options": 5}, "vc_api.options_invalid"),
        ({"credential": forge.credential(), "options": {"mandatoryPointers": "/issuer"}}, "vc_api.pointers_invalid"),
        ([], "vc_api.request_invalid"),
        ("x", "vc_api.request_invalid"),
    ],
)
def test_requests_of_another_form_are_refused(client: Client, body: Any, code: str) -> None:
    good = {"credential": forge.credential(), "options": None}
    assert client.post("/issuers/eddsa-rdfc-2022/credentials/issue", good).status == 201
    reply = client.post("/issuers/eddsa-rdfc-2022/credentials/issue", body)
    assert (reply.status, reply.code) == (400, code)


@pytest.mark.parametrize(
    "junk", [None, 5, True, "x", "a.b.c", [], {}, {"type": ["NonconformingDocument"]}, [forge.credential()]]
)
def test_what_is_no_credential_and_no_presentation_does_not_verify(client: Client, junk: Any) -> None:
    assert client.verify(junk).status == 400
    assert client.verify_presentation(junk).status == 400


def test_a_credential_without_proof_does_not_verify(client: Client) -> None:
    assert client.verify(forge.credential()).code == "proof.missing"


def test_dates_are_asked_unless_only_the_proof_is(client: Client) -> None:
    for members, code in (
        ({"validFrom": "2999-01-01T00:00:00Z"}, "dates.not_yet_valid"),
        ({"validUntil": "2024-01-01T00:00:00Z"}, "dates.expired"),
    ):
        made = client.issued("eddsa-rdfc-2022", forge.credential(**members))
        assert client.verify(made).code == code
        assert client.verify(made, checks=["proof"]).body["checks"] == ["proof"]
        assert client.verify(made, checks=["credentialStatus"]).body["checks"] == ["proof", "credentialStatus"]
        for all_of_them in ([], ["dates"], ["proof", "dates", "credentialStatus"], ["nothing that we know"]):
            assert client.verify(made, checks=all_of_them).code == code
    older = client.issued("eddsa-rdfc-2022", forge.credential("1.1", expirationDate="2024-01-01T00:00:00"))
    assert client.verify(older).code == "dates.expired"


def test_a_second_issuer_adds_its_proof(client: Client) -> None:
    first = client.issued("eddsa-rdfc-2022", forge.credential())
    both = client.issued("ecdsa-rdfc-2019-p384", first)
    assert [proof["cryptosuite"] for proof in both["proof"]] == ["eddsa-rdfc-2022", "ecdsa-rdfc-2019"]
    assert client.verify(both).status == 200
    tampered = copy.deepcopy(both)
    tampered["proof"][0]["created"] = "2020-01-01T00:00:00Z"
    assert client.verify(tampered).code == "proof.signature_false"


@pytest.mark.parametrize(
    "options",
    [
        {"checks": "proof"},
        {"checks": [1]},
        {"challenge": 5},
        {"domain": 5},
        {"domain": [5]},
        {"expectedProofPurpose": None},
    ],
)
def test_options_of_another_form_are_refused(client: Client, options: dict[str, Any]) -> None:
    made = client.issued("eddsa-rdfc-2022", forge.credential())
    assert client.verify(made, somethingElse={"a": 1}, checks=[]).status == 200
    assert client.verify(made, **options).code == "vc_api.options_invalid"
    assert client.post("/verifiers/credentials/verify", {"verifiableCredential": made, "options": []}).status == 400
