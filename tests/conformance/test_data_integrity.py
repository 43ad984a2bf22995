"""W3C Data Integrity 1.0, vc-di-eddsa 1.0 and vc-di-ecdsa 1.0: every MUST for a verifier, in every suite whose proof covers all.

The demands are those of the specifications; each negative case differs from a good one in one thing, and its signature is true.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.conformance import forge
from tests.conformance.client import Client
from tests.shared import shared

from testamur.proofs.encodings import multibase_decode, multibase_encode

every_suite = pytest.mark.parametrize(("suite", "algorithm"), forge.WHOLE)
both_versions = pytest.mark.parametrize("version", ["1.1", "2.0"])
FIRST = "urn:uuid:26329423-bec9-4b2e-88cb-a7c7d9dc4544"


@every_suite
@both_versions
def test_a_true_proof_verifies_whoever_the_issuer_says_to_be(
    client: Client, suite: str, algorithm: str, version: str
) -> None:
    document = forge.credential(version)
    reply = client.verify(forge.secured(document, suite, algorithm), checks=["proof"])
    assert reply.status == 200
    assert "issuer" in reply.body["warnings"][0]  # proven, and yet nobody knows whose key it is
    own = forge.secured({**document, "issuer": forge.did_of(algorithm)}, suite, algorithm)
    assert client.verify(own, checks=["proof"]).body["warnings"] == []


@every_suite
@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"type": "UnknownProofType"}, "linked_data.undefined_term"),
        ({"type": ""}, "linked_data.undefined_term"),
        ({"type": None}, "linked_data.undefined_term"),
        ({"cryptosuite": "UnknownCryptosuite"}, "proof.suite_unknown"),
        ({"cryptosuite": ""}, "proof.cryptosuite_invalid"),
        ({"cryptosuite": None}, "proof.cryptosuite_invalid"),
        ({"verificationMethod": None}, "proof.verification_method_invalid"),
        ({"verificationMethod": "did:key:invalidVm"}, "key_material.multibase"),
        ({"verificationMethod": "did:key:@invalidVm@"}, "did.syntax"),
        ({"verificationMethod": "https://vc.example/issuers/5678#key-1"}, "resolution.offline"),
        ({"verificationMethod": forge.method_of("P-384") + "x"}, "did.fragment_mismatch"),
        ({"proofPurpose": None}, "proof.purpose_invalid"),
        ({"proofPurpose": "invalidPurpose"}, "linked_data.undefined_term"),
        ({"proofPurpose": "authentication"}, "proof.purpose_mismatch"),
        ({"created": "invalidDate"}, "proof.created_invalid"),
        ({"created": "2023-02-24T23:36:38"}, "proof.created_invalid"),
        ({"expires": "invalidDate"}, "proof.expires_invalid"),
        ({"expires": "2023-02-25T00:00:00Z"}, "proof.expired"),
        ({"created": "2023-02-24T00:00:00Z", "expires": "2023-02-23T00:00:00Z"}, "proof.expires_before_created"),
        ({"previousProof": FIRST}, "proof.previous_missing"),
        ({"previousProof": [FIRST]}, "proof.previous_missing"),
    ],
)
def test_what_is_wrong_with_the_members_of_a_proof_is_refused(
    client: Client, suite: str, algorithm: str, members: dict[str, Any], code: str
) -> None:
    document = forge.credential()
    assert client.verify(forge.secured(document, suite, algorithm), checks=["proof"]).status == 200
    proof = forge.signed(document, suite, algorithm, safe="jcs" in suite, **members)
    assert client.verify({**document, "proof": proof}, checks=["proof"]).codes == [code]


@every_suite
@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda d: d.pop("proof"), "proof.missing"),
        (lambda d: d.update(proof=None), "proof.not_an_object"),
        (lambda d: d.update(proof=[]), "proof.missing"),
        (lambda d: d.update(proof="a proof"), "linked_data.relative_iri"),
        (lambda d: d["proof"].pop("proofValue"), "proof.value_invalid"),
        (lambda d: d["proof"].update(proofValue=None), None),
        (lambda d: d["proof"].update(proofValue=d["proof"]["proofValue"][1:]), "proof.value_invalid"),
        (lambda d: d["proof"].update(proofValue="z" + d["proof"]["proofValue"][1:][::-1]), None),
        (lambda d: d["proof"].update(proofValue=longer(d["proof"]["proofValue"])), "proof.value_invalid"),
        (lambda d: d["proof"].update(created="2023-02-24T23:36:39Z"), "proof.signature_false"),
        (lambda d: d.update(id="urn:uuid:5ef2a1c0-0002-4000-8000-000000000002"), "proof.signature_false"),
        (lambda d: d["credentialSubject"].update(id="urn:invalid"), "proof.signature_false"),
        (lambda d: d["credentialSubject"].update(undefinedTerm="x"), "linked_data.undefined_term"),
        (lambda d: d["type"].append("UndefinedType"), "linked_data.undefined_term"),
        (lambda d: d["@context"].insert(0, "https://www.w3.org/ns/credentials/examples/v2"), "data_model.context_order"),
        (lambda d: d["@context"].append("https://example.edu/unknown"), "linked_data.context_unavailable"),
    ],
)  # fmt: skip
def test_what_is_changed_afterwards_is_noticed(
    client: Client, suite: str, algorithm: str, change: Callable[[dict[str, Any]], object], code: str | None
) -> None:
    document = forge.secured(forge.credential(), suite, algorithm)
    assert client.verify(document, checks=["proof"]).status == 200
    changed = copy.deepcopy(document)
    change(changed)
    reply = client.verify(changed, checks=["proof"])
    assert reply.status == 400
    assert code is None or reply.codes == [code]


def longer(value: str) -> str:
    return multibase_encode(multibase_decode(value) + bytes(32))


@every_suite
def test_terms_without_meaning_are_refused_also_when_they_were_there_before_signing(
    client: Client, suite: str, algorithm: str
) -> None:
    for change in (
        {"type": ["VerifiableCredential", "Undefined"]},
        {"credentialSubject": {"id": "urn:a", "undefined": 1}},
    ):
        document = forge.credential(**change)
        proof = forge.signed(document, suite, algorithm, safe="jcs" in suite)
        assert client.verify({**document, "proof": proof}).code == "linked_data.undefined_term"


@every_suite
def test_a_name_that_only_a_base_completes_is_refused(client: Client, suite: str, algorithm: str) -> None:
    based = forge.credential()
    based["@context"] = [*based["@context"], {"@base": "https://invalid.example.com/"}]
    assert client.verify(forge.secured(based, suite, algorithm)).status == 200
    based["type"] = [*based["type"], "UndefinedCredential"]
    document = forge.secured(based, suite, algorithm)
    assert client.verify(document).code == "linked_data.undefined_term"
    document["@context"] = document["@context"][:1]
    assert client.verify(document).code == "linked_data.undefined_term"


@pytest.mark.parametrize(
    ("named", "used"),
    [("rdfc", "jcs"), ("jcs", "rdfc")],
    ids=["JSON under the name of RDF", "RDF under the name of JSON"],
)
@pytest.mark.parametrize(("family", "algorithm"), [("eddsa-{}-2022", "Ed25519"), ("ecdsa-{}-2019", "P-256")])
def test_another_canonical_form_than_the_named_one_is_false(
    client: Client, named: str, used: str, family: str, algorithm: str
) -> None:
    document = forge.credential()
    suite, other = family.format(named), family.format(used)
    assert client.verify(forge.secured(document, suite, algorithm)).status == 200
    assert client.verify(forge.secured(document, suite, algorithm, canonical_as=other)).code == "proof.signature_false"


@pytest.mark.parametrize(
    ("suite", "algorithm", "other"),
    [("eddsa-rdfc-2022", "Ed25519", "P-256"), ("ecdsa-rdfc-2019", "P-256", "Ed25519")],
)
def test_a_key_of_another_family_is_refused(client: Client, suite: str, algorithm: str, other: str) -> None:
    document = forge.credential()
    proof = forge.signed(document, suite, algorithm) | {"verificationMethod": forge.method_of(other)}
    assert client.verify({**document, "proof": proof}).code == "proof.key_algorithm_mismatch"


@every_suite
def test_the_asker_may_expect_purpose_domain_and_challenge(client: Client, suite: str, algorithm: str) -> None:
    document = forge.secured(
        forge.credential(),
        suite,
        algorithm,
        proofPurpose="authentication",
        domain="domain.example",
        challenge="1235abcd",
    )
    expected = {"expectedProofPurpose": "authentication", "domain": "domain.example", "challenge": "1235abcd"}
    assert client.verify(document, **expected).status == 200
    assert client.verify(document).code == "proof.purpose_mismatch"
    assert client.verify(document, **{**expected, "domain": "other.example"}).code == "proof.domain_mismatch"
    assert client.verify(document, **{**expected, "challenge": "other"}).code == "proof.challenge_mismatch"
    plain = forge.secured(forge.credential(), suite, algorithm, proofPurpose="authentication")
    assert client.verify(plain, **expected).code == "proof.domain_mismatch"


def chain(suite: str, algorithm: str, previous: Any) -> dict[str, Any]:
    """Two proofs, the second over the document together with the first."""
    document = forge.credential()
    first = forge.signed(document, suite, algorithm, id=FIRST)
    second = forge.signed(
        document, suite, algorithm, previous=[first], previousProof=previous, created="2023-02-26T22:16:38Z"
    )
    return {**document, "proof": [first, second]}


@every_suite
@pytest.mark.parametrize("previous", [FIRST, [FIRST]], ids=["id", "list"])
def test_a_chain_is_as_good_as_every_link(client: Client, suite: str, algorithm: str, previous: Any) -> None:
    document = chain(suite, algorithm, previous)
    assert client.verify(document).status == 200
    renamed = copy.deepcopy(document)
    renamed["proof"][0]["id"] = "urn:uuid:26329423-0000-4b2e-88cb-a7c7d9dc4544"
    reply = client.verify(renamed)
    assert reply.status == 400
    broken = copy.deepcopy(document)
    broken["proof"][0]["proofValue"] = "zinvalidProofValue"
    assert client.verify(broken).status == 400
    without = {**document, "proof": document["proof"][1:]}
    assert client.verify(without).code == "proof.previous_missing"


@every_suite
@pytest.mark.parametrize("previous", ["urn:uuid:missing", ["urn:uuid:missing"], [FIRST, "urn:uuid:missing"]])
def test_a_link_that_leads_nowhere_is_refused(client: Client, suite: str, algorithm: str, previous: Any) -> None:
    assert client.verify(chain(suite, algorithm, previous)).code == "proof.previous_missing"


@every_suite
def test_every_proof_of_a_set_counts(client: Client, suite: str, algorithm: str) -> None:
    document = forge.credential()
    good = forge.signed(document, suite, algorithm)
    another = forge.signed(document, "eddsa-rdfc-2022", "Ed25519", created="2024-01-01T00:00:00Z")
    assert client.verify({**document, "proof": [good, another]}).status == 200
    changed = {**another, "created": "2024-01-01T00:00:01Z"}
    assert client.verify({**document, "proof": [good, changed]}).code == "proof.signature_false"


def test_a_context_document_inside_a_list_of_contexts_is_read(client: Client) -> None:
    """As jsonld.js signs it; the public suite's chains are written so."""
    document = forge.credential()
    document["@context"] = [forge.V2, {"@context": {"alumniOf": "https://www.example.org/alumniOf"}}]
    document["credentialSubject"]["alumniOf"] = "The School of Examples"
    assert client.verify(forge.secured(document, "eddsa-rdfc-2022", "Ed25519")).status == 200


def test_a_text_with_a_direction_is_signed_and_verified(client: Client) -> None:
    name = {"@value": "شهادة", "@language": "ar", "@direction": "rtl"}
    document = client.issued("eddsa-rdfc-2022", forge.credential(name=name))
    assert client.verify(document).status == 200
    document["name"] = {**name, "@direction": "ltr"}
    assert client.verify(document).code == "proof.signature_false"


def test_the_vectors_of_the_specifications(client: Client) -> None:
    """Their issuer is https://vc.example/issuers/5678 and their keys are did:key: proven, and unbound."""
    outcomes = {}
    for path in sorted(shared("vectors/w3c").glob("vc-di-e*/TestVectors/**/*.json")):
        document = json.loads(path.read_bytes())
        if isinstance(document, dict) and "proof" in document and "VerifiableCredential" in document.get("type", []):
            reply = client.verify(document, checks=["proof"])
            outcomes[path.name, path.parent.name] = reply.codes[0] if reply.status == 400 else "verified"
    base = {name for name, outcome in outcomes.items() if outcome == "proof.base_proof"}
    unlinked = {name for name, outcome in outcomes.items() if outcome == "proof.previous_missing"}
    assert {name for name, _ in base} == {"addSignedSDBase.json"}  # made for the holder, not for a verifier
    assert {name for name, _ in unlinked} == {"proofChainTempDoc2.json"}  # a step on the way to a chain
    verified = outcomes.keys() - base - unlinked
    assert {outcomes[name] for name in verified} == {"verified"}
    assert len(verified) >= 17
