"""Each rule of a proof with its counter-example: one good document, one thing changed, the exact code."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.unit.proofs.data_integrity.signing import (
    CREATED,
    DOCUMENT,
    FIRST_ID,
    KEY,
    MADE,
    P256,
    P384,
    SECOND_ID,
    SMALL,
    check,
    has_failed,
    sign,
)

from testamur.errors import Malformed, ProofError, UndefinedTerm
from testamur.linked_data import CREDENTIALS_V2, Contexts
from testamur.proofs.data_integrity import (
    ProofOutcome,
    add_proof,
    check_proof,
    unsecured,
)
from testamur.proofs.did import did_key_for
from testamur.proofs.encodings import multibase_decode, multibase_encode
from testamur.proofs.keys import PrivateKey


@pytest.mark.parametrize(("suite", "key"), MADE)
def test_what_is_signed_passes_and_a_second_making_gives_the_same_bytes(suite: str, key: PrivateKey) -> None:
    signed = sign(key=key, cryptosuite=suite)
    assert signed == sign(key=key, cryptosuite=suite)
    assert unsecured(signed) == DOCUMENT
    assert check(signed, key.public).code == "proof.verified"
    assert "proof" not in DOCUMENT


def test_a_result_is_no_truth_value() -> None:
    with pytest.raises(TypeError):
        bool(check(sign()))


EXTENDED = {
    "domain": "example.edu",
    "challenge": "c-1",
    "expires": datetime(2027, 1, 1, tzinfo=UTC),
    "proof_id": FIRST_ID,
}
ONE_THING_WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("no type", {"type": None}, "proof.type_invalid"),
    ("type is a list", {"type": ["DataIntegrityProof"]}, "proof.type_invalid"),
    ("no cryptosuite", {"cryptosuite": None}, "proof.cryptosuite_invalid"),
    ("cryptosuite is a list", {"cryptosuite": ["eddsa-rdfc-2022"]}, "proof.cryptosuite_invalid"),
    ("no purpose", {"proofPurpose": None}, "proof.purpose_invalid"),
    ("purpose is a list", {"proofPurpose": ["assertionMethod"]}, "proof.purpose_invalid"),
    ("another purpose", {"proofPurpose": "authentication"}, "proof.purpose_mismatch"),
    ("no method", {"verificationMethod": None}, "proof.verification_method_invalid"),
    ("method is no URL", {"verificationMethod": "key-1"}, "proof.verification_method_invalid"),
    ("method with a space", {"verificationMethod": "did:key:z 1"}, "proof.verification_method_invalid"),
    ("method is an object", {"verificationMethod": {"id": "did:key:z"}}, "proof.verification_method_invalid"),
    ("id is no URL", {"id": "one"}, "proof.id_invalid"),
    ("created without zone", {"created": "2026-02-24T12:00:00"}, "proof.created_invalid"),
    ("created is no date", {"created": "yesterday"}, "proof.created_invalid"),
    ("created is a number", {"created": 1771934400}, "proof.created_invalid"),
    ("expires is no date", {"expires": "2027"}, "proof.expires_invalid"),
    ("expires first", {"expires": "2026-02-24T11:59:59Z"}, "proof.expires_before_created"),
    ("domain is a number", {"domain": 5}, "proof.domain_invalid"),
    ("domain holds a number", {"domain": ["example.edu", 5]}, "proof.domain_invalid"),
    ("challenge is a number", {"challenge": 5}, "proof.challenge_invalid"),
    ("nonce is a number", {"nonce": 5}, "proof.nonce_invalid"),
    ("no value", {"proofValue": None}, "proof.value_invalid"),
    ("value is a list", {"proofValue": []}, "proof.value_invalid"),
    ("value without multibase header", {"proofValue": "~[1:]"}, "proof.value_invalid"),
    ("value in base64url", {"proofValue": "uAAAA"}, "proof.value_invalid"),
    ("value too short", {"proofValue": multibase_encode(bytes(range(63)))}, "proof.value_invalid"),
    ("value too long", {"proofValue": multibase_encode(bytes(range(65)))}, "proof.value_invalid"),
    ("value of zeros", {"proofValue": multibase_encode(bytes(64))}, "proof.signature_false"),
    ("another method", {"verificationMethod": "did:example:1#2"}, "proof.signature_false"),
    ("another id", {"id": SECOND_ID}, "proof.signature_false"),
    ("another domain", {"domain": "example.org"}, "proof.signature_false"),
    ("another challenge", {"challenge": "c-2"}, "proof.signature_false"),
    ("later expiry", {"expires": "2028-01-01T00:00:00Z"}, "proof.signature_false"),
    ("an added nonce", {"nonce": "n"}, "proof.signature_false"),
    ("previous is a number", {"previousProof": 5}, "proof.previous_invalid"),
    ("previous is empty", {"previousProof": []}, "proof.previous_invalid"),
    ("previous twice", {"previousProof": [FIRST_ID, FIRST_ID]}, "proof.previous_invalid"),
    ("previous is missing", {"previousProof": SECOND_ID}, "proof.previous_missing"),
]


@pytest.mark.parametrize("suite", ["eddsa-rdfc-2022", "eddsa-jcs-2022"])
@pytest.mark.parametrize(("what", "change", "code"), ONE_THING_WRONG, ids=[case[0] for case in ONE_THING_WRONG])
def test_a_proof_with_one_thing_wrong(suite: str, what: str, change: dict[str, Any], code: str) -> None:
    signed = sign(cryptosuite=suite, **EXTENDED)
    assert check(signed).code == "proof.verified"
    if change.get("proofValue") == "~[1:]":
        change = {"proofValue": signed["proof"]["proofValue"][1:]}
    proof = {name: value for name, value in {**signed["proof"], **change}.items() if value is not None}
    result = check({**signed, "proof": proof})
    assert has_failed(result, code)
    assert result.problem == "https://w3id.org/security#PROOF_VERIFICATION_ERROR"


@pytest.mark.parametrize(
    "change",
    [
        {"cryptosuite": "mldsa44-rdfc-2024"},
        {"cryptosuite": "eddsa-rdf-2022"},
        {"cryptosuite": "EDDSA-RDFC-2022"},
        {"cryptosuite": "Ed25519Signature2020"},
        {"type": "BbsBlsSignature2020"},
        {"type": "eddsa-rdfc-2022"},
    ],
)
def test_a_suite_that_we_do_not_know_is_undecided(change: dict[str, str]) -> None:
    signed = sign()
    result = check({**signed, "proof": {**signed["proof"], **change}})
    assert (result.outcome, result.code) == (ProofOutcome.UNKNOWN, "proof.suite_unknown")
    assert result.facts["suite"] == next(iter(change.values()))


@pytest.mark.parametrize(("suite", "key"), MADE)
@pytest.mark.parametrize("other", [KEY, P256, P384], ids=["Ed25519", "P-256", "P-384"])
def test_a_key_of_another_algorithm_never_passes(suite: str, key: PrivateKey, other: PrivateKey) -> None:
    result = check(sign(key=key, cryptosuite=suite), other.public)
    if other is key:
        assert result.outcome is ProofOutcome.PASSED
    elif suite.startswith("ecdsa") and other is not KEY:
        assert has_failed(
            result, "proof.value_invalid"
        )  # both curves are of the suite, but the value has one curve's length
    else:
        assert has_failed(result, "proof.key_algorithm_mismatch")
        assert result.facts["found"] == other.algorithm


def test_the_suite_cannot_be_exchanged() -> None:
    signed = sign(key=P256, cryptosuite="ecdsa-rdfc-2019")
    result = check({**signed, "proof": {**signed["proof"], "cryptosuite": "ecdsa-jcs-2019"}}, P256.public)
    assert has_failed(result, "proof.signature_false")


def test_expectations_of_the_asker() -> None:
    signed = sign(**EXTENDED)
    assert check(signed, domain="example.edu", challenge="c-1", now=CREATED).outcome is ProofOutcome.PASSED
    assert check(signed, purpose=None).outcome is ProofOutcome.PASSED
    assert check(signed, now=EXTENDED["expires"]).outcome is ProofOutcome.PASSED  # type: ignore[arg-type]
    assert has_failed(check(signed, purpose="authentication"), "proof.purpose_mismatch")
    domain = check(signed, domain=["example.edu", "example.org"])
    assert has_failed(domain, "proof.domain_mismatch")
    assert domain.problem == "https://w3id.org/security#INVALID_DOMAIN_ERROR"
    challenge = check(signed, challenge="c-2")
    assert has_failed(challenge, "proof.challenge_mismatch")
    assert challenge.problem == "https://w3id.org/security#INVALID_CHALLENGE_ERROR"
    assert has_failed(check(signed, now=datetime(2027, 1, 1, 0, 0, 1, tzinfo=UTC)), "proof.expired")


def test_expectations_that_the_proof_does_not_answer() -> None:
    signed = sign()
    assert has_failed(check(signed, domain="example.edu"), "proof.domain_mismatch")
    assert has_failed(check(signed, challenge="c-1"), "proof.challenge_mismatch")
    assert check(signed, now=datetime(2099, 1, 1, tzinfo=UTC)).outcome is ProofOutcome.PASSED


# --- what is covered -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["document", "proof"])
def test_a_term_that_no_context_defines_fails_with_rdfc(where: str) -> None:
    signed = sign()
    changed = (
        {**signed, "unknownTerm": "x"}
        if where == "document"
        else {**signed, "proof": {**signed["proof"], "unknownTerm": "x"}}
    )
    result = check(changed)
    assert has_failed(result, "linked_data.undefined_term")
    assert result.facts["term"] == "unknownTerm"
    assert result.problem == "https://w3id.org/security#PROOF_TRANSFORMATION_ERROR"


def test_a_term_that_no_context_defines_is_covered_with_jcs() -> None:
    signed = sign({**DOCUMENT, "unknownTerm": "x"}, cryptosuite="eddsa-jcs-2022")
    assert check(signed).outcome is ProofOutcome.PASSED
    assert has_failed(check({**signed, "unknownTerm": "y"}), "proof.signature_false")


def test_a_context_that_is_not_pinned_leaves_the_proof_undecided() -> None:
    signed = sign()
    result = check_proof(signed, signed["proof"], KEY.public, contexts=Contexts.with_documents({}))
    assert (result.outcome, result.code) == (ProofOutcome.UNKNOWN, "linked_data.context_unavailable")
    assert result.facts["url"] == SMALL


def test_a_graph_that_is_made_to_be_slow_leaves_the_proof_undecided() -> None:
    names = [f"_:b{number}" for number in range(10)]
    clique = [
        {"id": name, "https://example.edu/knows": [{"id": other} for other in names if other != name]} for name in names
    ]
    signed = sign()
    result = check({**signed, "@context": [SMALL, {"all": "https://example.edu/all"}], "all": clique})
    assert (result.outcome, result.code) == (ProofOutcome.UNKNOWN, "linked_data.too_complex")


def test_the_context_of_an_rdfc_proof_is_the_documents_whatever_the_proof_says() -> None:
    signed = sign()
    disguised = {**signed["proof"], "@context": {"created": "https://example.edu/other"}}
    assert check({**signed, "proof": disguised}).code == "proof.verified"


MORE = "https://example.edu/more"


def test_a_jcs_proof_keeps_its_context_and_the_documents_may_grow_at_its_end() -> None:
    signed = sign(cryptosuite="eddsa-jcs-2022")
    assert signed["proof"]["@context"] == [SMALL]
    assert check({**signed, "@context": [SMALL, MORE]}).code == "proof.verified"


@pytest.mark.parametrize("contexts", [[MORE, SMALL], [MORE], [], None, {"@vocab": MORE}])
def test_a_jcs_proof_whose_context_is_no_beginning_of_the_documents_fails(contexts: Any) -> None:
    signed = sign(cryptosuite="eddsa-jcs-2022")
    changed = {name: value for name, value in {**signed, "@context": contexts}.items() if value is not None}
    assert has_failed(check(changed), "proof.context_mismatch")


def test_a_jcs_proof_without_a_context_covers_the_document_as_it_stands() -> None:
    signed = sign({"name": "plain JSON"}, cryptosuite="eddsa-jcs-2022")
    assert "@context" not in signed["proof"]
    assert check(signed).code == "proof.verified"
    assert has_failed(check({**signed, "@context": SMALL}), "proof.signature_false")


def test_a_number_without_canonical_form_fails_with_jcs() -> None:
    signed = sign(cryptosuite="eddsa-jcs-2022")
    assert has_failed(check({**signed, "n": 2**60}), "input.json_number")


def test_the_2020_suite_is_checked_but_not_made() -> None:
    with pytest.raises(ProofError) as caught:
        sign(cryptosuite="Ed25519Signature2020")
    assert caught.value.code == "proof.suite_check_only"


# --- making --------------------------------------------------------------------------------------------------------------

DID_KEY = did_key_for(KEY.public)
UNMAKABLE: list[tuple[dict[str, Any], str]] = [
    ({"cryptosuite": "mldsa44-rdfc-2024"}, "proof.suite_unknown"),
    ({"cryptosuite": "bbs-2023"}, "proof.suite_selective"),
    ({"cryptosuite": "ecdsa-rdfc-2019"}, "proof.key_algorithm_mismatch"),
    ({"verification_method": "key-1"}, "proof.verification_method_invalid"),
    ({"verification_method": DID_KEY[0]}, "proof.verification_method_invalid"),
    ({"verification_method": "did:web:example.edu"}, "proof.verification_method_invalid"),
    ({"verification_method": did_key_for(P256.public)[1]}, "proof.key_mismatch"),
    ({"verification_method": DID_KEY[0] + "#key-1"}, "proof.key_mismatch"),
    ({"proof_id": "one"}, "proof.id_invalid"),
    ({"proof_purpose": ""}, "proof.purpose_invalid"),
    ({"expires": datetime(2025, 1, 1, tzinfo=UTC)}, "proof.expires_before_created"),
    ({"previous_proof": FIRST_ID}, "proof.previous_missing"),
    ({"previous_proof": []}, "proof.previous_invalid"),
]


@pytest.mark.parametrize(("options", "code"), UNMAKABLE, ids=range(len(UNMAKABLE)))
def test_what_would_be_refused_is_not_made(options: dict[str, Any], code: str) -> None:
    with pytest.raises(ProofError) as caught:
        sign(**options)
    assert caught.value.code == code


def test_an_id_is_not_given_twice() -> None:
    with pytest.raises(ProofError) as caught:
        sign(sign(proof_id=FIRST_ID), proof_id=FIRST_ID)
    assert caught.value.code == "proof.id_duplicate"


def test_a_date_without_zone_is_not_signed() -> None:
    with pytest.raises(Malformed):
        sign(created=datetime(2026, 2, 24))  # noqa: DTZ001


def test_the_date_may_be_left_out() -> None:
    signed = sign(created=None)
    assert "created" not in signed["proof"]
    assert check(signed).code == "proof.verified"


def test_an_undefined_term_is_not_signed() -> None:
    with pytest.raises(UndefinedTerm):
        sign({**DOCUMENT, "unknownTerm": 1})


def test_a_plain_credential_is_signed_with_the_contexts_that_ship() -> None:
    credential = {
        "@context": [CREDENTIALS_V2],
        "type": ["VerifiableCredential"],
        "issuer": DID_KEY[0],
        "credentialSubject": {"id": "urn:example:subject"},
    }
    signed = add_proof(credential, KEY, verification_method=DID_KEY[1], created=CREATED)
    assert check_proof(signed, signed["proof"], KEY.public).code == "proof.verified"


def test_a_proof_moved_to_another_document_fails() -> None:
    proof = sign()["proof"]
    assert has_failed(check({**DOCUMENT, "name": "Another award", "proof": proof}), "proof.signature_false")


def test_an_ecdsa_value_of_another_length_is_refused() -> None:
    signed = sign(key=P256, cryptosuite="ecdsa-jcs-2019")
    longer = b"\0" + multibase_decode(signed["proof"]["proofValue"])
    proof = {**signed["proof"], "proofValue": multibase_encode(longer)}
    assert has_failed(check({**signed, "proof": proof}, P256.public), "proof.value_invalid")
