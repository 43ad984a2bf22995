"""The suites of 2018 and 2019, whose signature is a JWS with detached payload: still read, no longer made."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.shared import shared

from testamur import strict_json
from testamur.errors import ProofError
from testamur.linked_data import CREDENTIALS_V1
from testamur.proofs.data_integrity import SUITES, ProofOutcome, add_proof, check_proof, hash_input, proofs_of
from testamur.proofs.did import did_key_for
from testamur.proofs.encodings import base64url_encode
from testamur.proofs.keys import PrivateKey, PublicKey

KEY = PrivateKey("Ed25519", bytes(range(32)))
DID, METHOD = did_key_for(KEY.public)
HEADER = {"alg": "EdDSA", "b64": False, "crit": ["b64"]}
CREDENTIAL = {
    "@context": [CREDENTIALS_V1],
    "type": ["VerifiableCredential"],
    "issuer": DID,
    "issuanceDate": "2019-02-24T12:00:00Z",
    "credentialSubject": {"id": "urn:example:subject"},
}
OPTIONS = {
    "type": "Ed25519Signature2018",
    "created": "2019-02-24T12:00:00Z",
    "verificationMethod": METHOD,
    "proofPurpose": "assertionMethod",
}


def signed(header: dict[str, Any] = HEADER) -> dict[str, Any]:
    hashed = hash_input(SUITES["Ed25519Signature2018"], CREDENTIAL, OPTIONS, "Ed25519")
    head = base64url_encode(json.dumps(header).encode())
    signature = base64url_encode(KEY.sign(head.encode() + b"." + hashed.to_sign))
    return {**CREDENTIAL, "proof": {**OPTIONS, "jws": f"{head}..{signature}"}}


def code(document: dict[str, Any], key: PublicKey = KEY.public) -> str:
    return check_proof(document, document["proof"], key).code


@pytest.mark.parametrize("name", ["blockcerts-status-list-2021", "blockcerts-status-list-2021-suspension"])
def test_status_lists_that_others_signed_with_secp256k1(name: str) -> None:
    document = strict_json.loads(shared(f"vectors/blockcerts/{name}.json").read_bytes())
    (proof,) = proofs_of(document)
    key = PublicKey.from_multikey(document["issuer"].removeprefix("did:key:"))
    assert (proof["type"], key.algorithm) == ("EcdsaSecp256k1Signature2019", "secp256k1")
    assert code(document, key) == "proof.verified"
    subject = {**document["credentialSubject"], "encodedList": document["credentialSubject"]["encodedList"] + "A"}
    assert code({**document, "credentialSubject": subject}, key) == "proof.signature_false"
    assert code({**document, "proof": {**proof, "created": "2025-03-07T13:32:54Z"}}, key) == "proof.signature_false"
    assert code(document) == "proof.key_algorithm_mismatch"


def test_a_proof_of_2018() -> None:
    document = signed()
    assert code(document) == "proof.verified"
    assert code({**document, "issuanceDate": "2019-02-24T12:00:01Z"}) == "proof.signature_false"
    assert code(document, PrivateKey("Ed25519", bytes(32)).public) == "proof.signature_false"
    assert code(document, PrivateKey("P-256", bytes(range(1, 33))).public) == "proof.key_algorithm_mismatch"


@pytest.mark.parametrize(
    "change",
    [
        {"alg": "none"},
        {"alg": "ES256K"},
        {"alg": "Ed25519"},
        {"b64": True},
        {"b64": 0},
        {"crit": []},
        {"crit": ["b64", "exp"]},
        {"kid": METHOD},
        {"n": 2**60},
        {"jwk": KEY.public.jwk},
    ],
    ids=str,
)
def test_the_header_is_the_one_that_the_suite_prescribes(change: dict[str, Any]) -> None:
    assert code(signed({**HEADER, **change})) == "proof.value_invalid"


def test_a_value_with_one_thing_wrong() -> None:
    document = signed()
    head, _, signature = document["proof"]["jws"].split(".")
    wrong = [
        None,
        5,
        "",
        "..",
        f"{head}.{signature}",
        f"{head}.e30.{signature}",
        f"{head}..{signature}=",
        f"{head}..{signature[:-4]}",
        f"{head}..",
        f"{head[:-1]}..{signature}",
        f"..{signature}",
        f"e30..{signature}",
    ]
    for value in wrong:
        assert code({**document, "proof": {**document["proof"], "jws": value}}) == "proof.value_invalid"
    without = {name: value for name, value in document["proof"].items() if name != "jws"}
    assert code({**document, "proof": {**without, "proofValue": "z1"}}) == "proof.value_invalid"


@pytest.mark.parametrize("name", ["Ed25519Signature2018", "Ed25519Signature2020", "EcdsaSecp256k1Signature2019"])
def test_they_are_not_made_and_not_a_cryptosuite(name: str) -> None:
    with pytest.raises(ProofError) as caught:
        add_proof(CREDENTIAL, KEY, verification_method=METHOD, created=None, cryptosuite=name)
    assert caught.value.code == "proof.suite_check_only"
    proof = {**signed()["proof"], "type": "DataIntegrityProof", "cryptosuite": name}
    result = check_proof({**CREDENTIAL, "proof": proof}, proof, KEY.public)
    assert (result.outcome, result.code) == (ProofOutcome.UNKNOWN, "proof.suite_unknown")
