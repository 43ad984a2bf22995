"""The W3C vectors of vc-di-eddsa and vc-di-ecdsa, byte for byte, with every intermediate value that they publish."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from tests.shared import shared

from testamur.proofs.data_integrity import (
    SUITES,
    HashedInput,
    ProofOutcome,
    add_proof,
    check_proof,
    hash_input,
    matching_previous,
    proofs_of,
    unsecured,
)
from testamur.proofs.encodings import multibase_decode
from testamur.proofs.keys import PrivateKey, PublicKey

EDDSA, ECDSA = "vectors/w3c/vc-di-eddsa/TestVectors/", "vectors/w3c/vc-di-ecdsa/TestVectors/"


@dataclass(frozen=True)
class Vector:
    folder: str
    ending: str
    suite: str
    key_pair: str

    def text(self, name: str, extension: str = "txt") -> str:
        return self.path(name, extension).read_text()

    def path(self, name: str, extension: str) -> Path:
        return shared(f"{self.folder}/{name}{self.ending}.{extension}")

    @cached_property
    def signed(self) -> dict[str, Any]:
        return json.loads(self.text("signed", "json"))

    @cached_property
    def private(self) -> PrivateKey:
        pair = json.loads(shared(self.key_pair).read_text())
        return PrivateKey.from_secret_multikey(pair.get("secretKeyMultibase") or pair["privateKeyMultibase"])

    @property
    def public(self) -> PublicKey:
        return self.private.public

    @cached_property
    def hashed(self) -> HashedInput:
        options = {name: value for name, value in self.signed["proof"].items() if name != "proofValue"}
        return hash_input(SUITES[self.suite], unsecured(self.signed), options, self.public.algorithm)


P256, P384 = ECDSA + "p256KeyPair.json", ECDSA + "p384KeyPair.json"
VECTORS = {
    "eddsa-rdfc-2022": Vector(EDDSA + "eddsa-rdfc-2022", "DataInt", "eddsa-rdfc-2022", EDDSA + "keyPair.json"),
    "eddsa-rdfc-2022 employ": Vector(
        EDDSA + "eddsa-rdfc-2022/employ", "DataInt", "eddsa-rdfc-2022", EDDSA + "keyPair.json"
    ),
    "eddsa-jcs-2022": Vector(EDDSA + "eddsa-jcs-2022", "JCS", "eddsa-jcs-2022", EDDSA + "keyPair.json"),
    "Ed25519Signature2020": Vector(
        EDDSA + "Ed25519Signature2020", "EdSig", "Ed25519Signature2020", EDDSA + "keyPair.json"
    ),
    "ecdsa-rdfc-2019 P-256": Vector(ECDSA + "ecdsa-rdfc-2019-p256", "ECDSAP256", "ecdsa-rdfc-2019", P256),
    "ecdsa-rdfc-2019 P-256 employ": Vector(ECDSA + "ecdsa-rdfc-2019-p256/employ", "ECDSAP256", "ecdsa-rdfc-2019", P256),
    "ecdsa-rdfc-2019 P-384": Vector(ECDSA + "ecdsa-rdfc-2019-p384", "ECDSAP384", "ecdsa-rdfc-2019", P384),
    "ecdsa-rdfc-2019 P-384 employ": Vector(ECDSA + "ecdsa-rdfc-2019-p384/employ", "ECDSAP384", "ecdsa-rdfc-2019", P384),
    "ecdsa-jcs-2019 P-256": Vector(ECDSA + "ecdsa-jcs-2019-p256", "JCSECDSAP256", "ecdsa-jcs-2019", P256),
    "ecdsa-jcs-2019 P-384": Vector(ECDSA + "ecdsa-jcs-2019-p384", "JCSECDSAP384", "ecdsa-jcs-2019", P384),
}
MADE = [name for name in VECTORS if name != "Ed25519Signature2020"]


@pytest.fixture(params=VECTORS.values(), ids=VECTORS.keys())
def vector(request: pytest.FixtureRequest) -> Vector:
    return request.param  # type: ignore[no-any-return]


def test_the_canonical_document(vector: Vector) -> None:
    assert vector.hashed.canonical_document == vector.path("canonDoc", "txt").read_bytes()


def test_the_canonical_proof_options(vector: Vector) -> None:
    assert vector.hashed.canonical_proof_options == vector.path("proofCanon", "txt").read_bytes()


def test_the_document_hash(vector: Vector) -> None:
    assert vector.hashed.document_hash.hex() == vector.text("docHash")


def test_the_proof_options_hash(vector: Vector) -> None:
    assert vector.hashed.proof_options_hash.hex() == vector.text("proofHash")


def test_the_input_of_the_signature(vector: Vector) -> None:
    assert vector.hashed.to_sign.hex() == vector.text("combinedHash")


def test_the_published_signature_in_both_its_spellings(vector: Vector) -> None:
    value = vector.signed["proof"]["proofValue"]
    assert value == vector.text("sigBTC58")
    assert multibase_decode(value).hex() == vector.text("sigHex")


def test_the_proof_passes_and_shows_how(vector: Vector) -> None:
    result = check_proof(vector.signed, vector.signed["proof"], vector.public)
    assert (result.outcome, result.code, result.problem) == (ProofOutcome.PASSED, "proof.verified", None)
    assert result.technical["document_hash"] == vector.text("docHash")
    assert result.technical["canonical_document"] == vector.text("canonDoc")
    assert result.technical["suite"] == vector.suite


def test_one_changed_claim_makes_it_false(vector: Vector) -> None:
    changed = {**vector.signed, "description": vector.signed["description"] + "."}
    result = check_proof(changed, changed["proof"], vector.public)
    assert (result.outcome, result.code) == (ProofOutcome.FAILED, "proof.signature_false")
    assert result.problem == "https://w3id.org/security#PROOF_VERIFICATION_ERROR"


def test_another_date_in_the_proof_makes_it_false(vector: Vector) -> None:
    proof = {**vector.signed["proof"], "created": "2023-02-24T23:36:39Z"}
    result = check_proof({**vector.signed, "proof": proof}, proof, vector.public)
    assert (result.outcome, result.code) == (ProofOutcome.FAILED, "proof.signature_false")


def test_another_key_makes_it_false(vector: Vector) -> None:
    other = PrivateKey.generate(vector.public.algorithm).public
    result = check_proof(vector.signed, vector.signed["proof"], other)
    assert (result.outcome, result.code) == (ProofOutcome.FAILED, "proof.signature_false")


@pytest.mark.parametrize("name", MADE)
def test_we_make_the_proof_that_w3c_published(name: str) -> None:
    vector = VECTORS[name]
    published = vector.signed["proof"]
    made = add_proof(
        unsecured(vector.signed),
        vector.private,
        verification_method=published["verificationMethod"],
        created=datetime.fromisoformat(published["created"]),
        cryptosuite=vector.suite,
    )
    if vector.suite.startswith("eddsa"):
        assert made == vector.signed
    else:  # W3C signed with random nonces, we sign by RFC 6979: everything but the value is the same, and ours holds too
        assert unsecured(made) == unsecured(vector.signed)
        assert {**made["proof"], "proofValue": ""} == {**published, "proofValue": ""}
        assert check_proof(made, made["proof"], vector.public).outcome is ProofOutcome.PASSED


# --- proof sets and chains -----------------------------------------------------------------------------------------------

CHAIN = EDDSA + "proof-set-chain/"
STEPS = [  # document before → after, key pair, options
    ("unsigned", "signedProofSet1", "keyPair1", "proofSetConfig1"),
    ("signedProofSet1", "signedProofSet2", "keyPair2", "proofSetConfig2"),
    ("signedProofSet2", "signedProofChain1", "keyPair3", "proofChainConfig1"),
    ("signedProofChain1", "signedProofChain2", "keyPair4", "proofChainConfig2"),
]


def chain(name: str) -> dict[str, Any]:
    return json.loads(shared(CHAIN + name + ".json").read_text())


def key_of(proof: dict[str, Any]) -> PublicKey:
    return PublicKey.from_multikey(proof["verificationMethod"].partition("#")[2])


@pytest.mark.parametrize(("before", "after", "pair", "options"), STEPS)
def test_we_make_each_proof_of_the_published_set_and_chain(before: str, after: str, pair: str, options: str) -> None:
    wanted = chain(options)
    made = add_proof(
        chain(before),
        PrivateKey.from_secret_multikey(chain("multiKeyPairs")[pair]["privateKeyMultibase"]),
        verification_method=wanted["verificationMethod"],
        created=datetime.fromisoformat(wanted["created"]),
        proof_id=wanted.get("id"),
        previous_proof=wanted.get("previousProof"),
    )
    published = chain(after)
    assert unsecured(made) == unsecured(published)
    assert proofs_of(made) == proofs_of(published)


@pytest.mark.parametrize("name", [step[1] for step in STEPS])
def test_every_proof_of_the_published_sets_and_chains_passes(name: str) -> None:
    document = chain(name)
    for proof in proofs_of(document):
        result = check_proof(document, proof, key_of(proof))
        assert (result.outcome, result.code) == (ProofOutcome.PASSED, "proof.verified")


@pytest.mark.parametrize(("name", "config"), [("proofChainTempDoc1", 2), ("proofChainTempDoc2", 3)])
def test_the_previous_proofs_are_those_of_the_published_intermediate_document(name: str, config: int) -> None:
    document = chain("signedProofChain2")
    assert matching_previous(document, document["proof"][config]) == chain(name)["proof"]


@pytest.mark.parametrize("removed", [0, 1])
def test_a_chain_whose_link_was_taken_away_fails(removed: int) -> None:
    document = chain("signedProofChain2")
    missing = document["proof"].pop(removed)
    result = check_proof(document, document["proof"][1], key_of(document["proof"][1]))
    assert (result.outcome, result.code) == (ProofOutcome.FAILED, "proof.previous_missing")
    assert result.facts["missing"] == [missing["id"]]


def test_a_chain_whose_link_was_exchanged_fails() -> None:
    document = chain("signedProofChain2")
    document["proof"][0]["created"] = "2023-02-24T23:36:39Z"
    last_link, end = document["proof"][2], document["proof"][3]
    assert check_proof(document, last_link, key_of(last_link)).code == "proof.signature_false"
    assert check_proof(document, end, key_of(end)).code == "proof.verified"
