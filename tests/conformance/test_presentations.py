"""Presentations: VC Data Model 2.0 §4.13, with and without proof, and in envelopes (VC-JOSE-COSE 1.0)."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from tests.conformance import forge
from tests.conformance.client import Client

from testamur import strict_json
from testamur.proofs.jose import sign_compact

HOLDER = forge.did_of("Ed25519")
SUITE = ("eddsa-rdfc-2022", "Ed25519")


def presentation(*credentials: Any, **members: Any) -> dict[str, Any]:
    document: dict[str, Any] = {"@context": [forge.V2], "type": ["VerifiablePresentation"], "holder": HOLDER}
    return document | {"verifiableCredential": list(credentials)} | members


def presented(*credentials: Any, proof: dict[str, Any] | None = None, **members: Any) -> dict[str, Any]:
    """With a proof by the holder's key; a member given as None is left out."""
    document = {name: value for name, value in presentation(*credentials, **members).items() if value is not None}
    return forge.secured(document, *SUITE, **{"proofPurpose": "authentication", **(proof or {})})


def by(algorithm: str, issuer: str) -> dict[str, Any]:
    """A credential that is signed by that key and names that issuer."""
    suite = "eddsa-rdfc-2022" if algorithm == "Ed25519" else "ecdsa-rdfc-2019"
    return forge.secured(forge.credential(issuer=issuer), suite, algorithm)


@pytest.fixture
def foreign() -> dict[str, Any]:
    return by("P-256", forge.did_of("P-256"))


def test_a_presentation_with_a_proof_verifies(client: Client, foreign: dict[str, Any]) -> None:
    assert client.verify_presentation(presented(foreign)).body["warnings"] == []
    assert client.verify_presentation(presented(foreign, foreign), checks=[]).status == 200
    assert client.verify_presentation(presented()).status == 200
    assert client.verify_presentation(presented(foreign, holder={"id": HOLDER})).status == 200


def test_a_presentation_without_proof_is_accepted_and_says_nothing_about_its_holder(
    client: Client, foreign: dict[str, Any]
) -> None:
    reply = client.verify_presentation(presentation(foreign), challenge="123", domain="example.com")
    assert reply.status == 200
    assert "no proof" in reply.body["warnings"][0]
    assert client.verify_presentation(presentation()).status == 200
    unproven = {name: value for name, value in foreign.items() if name != "proof"}
    assert client.verify_presentation(presentation(unproven)).code == "proof.missing"  # its credentials need theirs


def test_the_proof_answers_the_challenge_and_is_made_for_the_domain(client: Client, foreign: dict[str, Any]) -> None:
    document = presented(foreign, proof={"challenge": "123", "domain": "example.com"})
    assert client.verify_presentation(document, challenge="123", domain="example.com").status == 200
    assert client.verify_presentation(document).status == 200
    assert client.verify_presentation(document, challenge="124").code == "proof.challenge_mismatch"
    assert client.verify_presentation(document, domain="example.org").code == "proof.domain_mismatch"
    asserted = presented(foreign, proof={"proofPurpose": "assertionMethod"})
    assert client.verify_presentation(asserted).code == "proof.purpose_mismatch"
    assert client.verify_presentation(asserted, expectedProofPurpose="assertionMethod").status == 200


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda d: d.pop("@context"), "data_model.context_missing"),
        (
            lambda d: d["@context"].insert(0, "https://www.w3.org/ns/credentials/examples/v2"),
            "data_model.context_order",
        ),
        (lambda d: d["@context"].append("https://example.com"), "linked_data.context_unavailable"),
        (lambda d: d["@context"].append(123192875), "data_model.context_entry"),
        (lambda d: d.pop("type"), "data_model.type_missing"),
        (lambda d: d.update(type=["https://example.org/#Other"]), "data_model.type_required"),
        (lambda d: d["holder"].update(id="z6MkpJySvETLnxhQG9"), "data_model.id_invalid"),
        (lambda d: d["verifiableCredential"].append("https://example.edu/1"), "data_model.not_an_object"),
        (lambda d: d["proof"].update(proofValue="z5nmMBw2u9TGKd9NxxHJtyZKgjN2Eh"), "proof.value_invalid"),
        (lambda d: d["proof"].update(created="2020-01-01T00:00:00Z"), "proof.signature_false"),
        (lambda d: d["verifiableCredential"][0].update(id="urn:other"), "proof.signature_false"),
    ],
)
def test_a_changed_presentation_does_not_verify(
    client: Client, foreign: dict[str, Any], change: Any, code: str
) -> None:
    document = presented(foreign, holder={"id": HOLDER})
    assert client.verify_presentation(document).status == 200
    changed = copy.deepcopy(document)
    change(changed)
    assert client.verify_presentation(changed).codes == [code]


def test_every_credential_inside_is_verified(client: Client, foreign: dict[str, Any]) -> None:
    false = copy.deepcopy(foreign)
    false["credentialSubject"]["id"] = "did:example:other"
    reply = client.verify_presentation(presented(foreign, false))
    assert reply.code == "proof.signature_false"
    assert reply.body["problemDetails"][0]["pointer"].startswith("/verifiablePresentation/verifiableCredential/1/proof")
    without = {name: value for name, value in foreign.items() if name != "proof"}
    assert client.verify_presentation(presented(without)).code == "proof.missing"


def test_what_the_holder_asserts_is_said_to_be_the_holders_own(client: Client, foreign: dict[str, Any]) -> None:
    """§4.13.3: self-asserted is what names the holder as its issuer; no other holder, and none, breaks a rule."""
    own, other = by("Ed25519", HOLDER), by("Ed25519", "did:example:alice")

    def warned(*credentials: Any, **members: Any) -> list[str]:
        reply = client.verify_presentation(presented(*credentials, **members))
        assert reply.status == 200
        return [warning for warning in reply.body["warnings"] if "the holder" in warning]

    assert "/verifiableCredential/0: The holder is its issuer" in warned(own)[0]
    assert "/verifiableCredential/1: The holder is its issuer" in warned(foreign, own)[0]
    assert "does not name its issuer as the holder" in warned(own, holder=None)[0]
    assert "does not name its issuer as the holder" in warned(own, holder="did:example:alice")[0]
    assert "does not name its issuer as the holder" in warned(other)[0]
    assert warned(foreign, holder="did:example:alice") == warned(foreign) == []


# -- envelopes


def enveloped(token: str, kind: str = "Credential", media_type: str | None = None) -> dict[str, Any]:
    media_type = media_type or {"Credential": "application/vc+jwt", "Presentation": "application/vp+jwt"}[kind]
    return {"@context": forge.V2, "type": f"EnvelopedVerifiable{kind}", "id": f"data:{media_type},{token}"}


def token(document: dict[str, Any], algorithm: str = "P-256", **header: Any) -> str:
    head = {"kid": forge.method_of(algorithm), **header}
    return sign_compact(
        {name: value for name, value in head.items() if value is not None},
        strict_json.dumps(document),
        forge.KEYS[algorithm],
    )


def test_the_issuer_seals_credentials(client: Client) -> None:
    made = client.issued("vc-jwt", forge.credential())
    assert made["@context"] == [forge.V2]
    assert made["type"] == "EnvelopedVerifiableCredential"
    assert made["id"].startswith("data:application/vc+jwt,eyJ")
    assert client.verify(made).status == 200
    assert client.verify(made["id"].partition(",")[2]).status == 200
    refused = client.issue("vc-jwt", forge.credential(validFrom="soon"))
    assert (refused.status, refused.code) == (400, "data_model.date_invalid")
    assert client.issue("vc-jwt", forge.credential("1.1")).code == "envelope.context_invalid"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"@context": []}, "envelope.context_missing"),
        ({"@context": "https://www.w3.org/ns/credentials/examples/v2"}, "envelope.context_missing"),
        ({"type": "VerifiableCredential"}, "data_model.issuer_missing"),
        ({"type": "EnvelopedVerifiablePresentation"}, "envelope.type_invalid"),
        ({"id": "eyJhbGciOiJFUzI1NiJ9.e30.AA"}, "envelope.address_invalid"),
        ({"id": "data:text/plain,eyJhbGciOiJFUzI1NiJ9.e30.AA"}, "envelope.media_type_unknown"),
        ({"id": "data:application/vp+jwt,eyJhbGciOiJFUzI1NiJ9.e30.AA"}, "envelope.media_type_invalid"),
        ({"id": "data:application/vc+jwt,a.b.c"}, "jose.syntax"),
    ],
)
def test_an_envelope_of_another_form_does_not_verify(client: Client, change: dict[str, Any], code: str) -> None:
    made = client.issued("vc-jwt", forge.credential())
    reply = client.verify({**made, **change})
    assert reply.status == 400
    assert code in reply.codes


@pytest.mark.parametrize(
    ("document", "header", "code"),
    [
        ({}, {"typ": "vp+jwt"}, "envelope.media_type_invalid"),
        ({}, {"cty": "vp"}, "envelope.media_type_invalid"),
        ({}, {"kid": "did:key:invalid"}, "key_material.multibase"),
        ({}, {"kid": None}, "proof.verification_method_invalid"),
        ({}, {"kid": forge.method_of("P-384")}, "jose.key_algorithm_mismatch"),
        ({"vc": {}}, {}, "envelope.claim_forbidden"),
        ({"iss": "https://other.example"}, {}, "envelope.claim_mismatch"),
        ({"jti": "urn:other"}, {}, "envelope.claim_mismatch"),
        ({"undefined": 1}, {}, "linked_data.undefined_term"),
        ({"validUntil": "2024-01-01T00:00:00Z"}, {}, "dates.expired"),
    ],
)
def test_what_is_inside_an_envelope_is_held_against_the_rules(
    client: Client, document: dict[str, Any], header: dict[str, Any], code: str
) -> None:
    good = {"typ": "vc+jwt", "cty": "vc"}
    assert client.verify(enveloped(token(forge.credential(), **good))).status == 200
    assert client.verify(enveloped(token(forge.credential(**document), **{**good, **header}))).codes == [code]


def test_an_enveloped_presentation_answers_its_challenge(client: Client) -> None:
    inner = enveloped(token(forge.credential(), typ="vc+jwt"))
    document = presentation(inner) | {"nonce": "123456789", "aud": "example.com"}
    claims = {name: value for name, value in document.items() if name not in ("nonce", "aud")}
    for kind in ("vp+jwt", "JWT"):  # the newer form, and the older that keeps the document in a claim
        payload = document if kind == "vp+jwt" else {"vp": claims, "nonce": "123456789", "aud": "example.com"}
        made = enveloped(
            token(payload, "Ed25519", typ=kind), "Presentation", None if kind == "vp+jwt" else "application/jwt"
        )
        reply = client.verify_presentation(made, challenge="123456789", domain="example.com")
        assert reply.status == 200, (kind, reply)
        assert client.verify_presentation(made, challenge="other").code == "proof.challenge_mismatch"
        assert client.verify_presentation(made, domain="other").code == "proof.domain_mismatch"
        assert client.verify_presentation({**made, "type": ["VerifiablePresentation"]}).status == 400
        assert client.verify_presentation({**made, "@context": []}).code == "envelope.context_missing"
    false = copy.deepcopy(inner)
    false["id"] = false["id"][:-6] + "AAAAAA"
    made = enveloped(token({**document, "verifiableCredential": [false]}, "Ed25519", typ="vp+jwt"), "Presentation")
    assert client.verify_presentation(made).status == 400
