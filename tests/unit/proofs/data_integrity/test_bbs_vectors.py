"""bbs-2023: every value that W3C publishes for the basic form, from the canonical statements to the derived proof."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from typing import Any

import pytest
from py_arkworks_bls12381 import Scalar
from tests.shared import shared

from testamur.linked_data import PINNED, canonicalize
from testamur.proofs.bbs import BbsPrivateKey
from testamur.proofs.bbs.hashing import API, expand_message
from testamur.proofs.data_integrity import add_bbs_base_proof, bbs_2023, check_proof, derive_proof, unsecured
from testamur.proofs.data_integrity.bbs_2023.make import signed_header
from testamur.proofs.data_integrity.bbs_2023.proof_value import BaseProofValue, DerivedProofValue
from testamur.proofs.data_integrity.selective.grouping import (
    canonical_quads,
    group_statements,
    renamed,
    shuffled_labels,
)
from testamur.proofs.data_integrity.selective.pointers import select
from testamur.proofs.did import resolve_verification_method
from testamur.proofs.keys import PublicKey
from testamur.proofs.result import ProofOutcome

ROOT = "vectors/w3c/vc-di-bbs/TestVectors/"
# folder, and the beginning of the files with the pointers
CASES = {"windsurf": ("", "wind"), "prc": ("prc/", "prCred")}


def material(name: str) -> Any:
    return json.loads(shared(f"{ROOT}{name}.json").read_text())


def drawn(seed: bytes) -> Callable[[int], list[Scalar]]:
    """Mocked randomness after the draft's §8.1, by which the published proofs were made; W3C's have the API's name alone for a tag."""

    def draw(count: int) -> list[Scalar]:
        data = expand_message(seed, API, 48 * count)
        return [Scalar.from_be_bytes_mod_order(data[48 * n : 48 * n + 48]) for n in range(count)]

    return draw


class Vector:
    def __init__(self, name: str) -> None:
        self.folder, self.prefix = CASES[name]

    def read(self, file: str) -> Any:
        return material(self.folder + file)

    def pointers(self, sort: str) -> list[str]:
        return material(self.prefix + sort)  # type: ignore[no-any-return]

    @cached_property
    def base(self) -> dict[str, Any]:
        return self.read("addSignedSDBase")  # type: ignore[no-any-return]

    @cached_property
    def derived(self) -> dict[str, Any]:
        return self.read("derivedRevealDocument")  # type: ignore[no-any-return]

    def grouped(self) -> Any:
        mandatory, selective = self.pointers("Mandatory"), self.pointers("Selective")
        pointers = {"mandatory": mandatory, "selective": selective, "combined": mandatory + selective}
        return group_statements(unsecured(self.base), shuffled_labels(HMAC_KEY), pointers, PINNED)


KEYS = material("BBSKeyMaterial")
KEY = BbsPrivateKey(bytes.fromhex(KEYS["privateKeyHex"]))
HMAC_KEY = bytes.fromhex(KEYS["hmacKeyString"])
PRESENTATION = bytes.fromhex(material("BBSDeriveMaterial")["presentationHeaderHex"])
SEED = bytes.fromhex(material("BBSDeriveMaterial")["pseudoRandSeedHex"])


@pytest.fixture(params=CASES)
def vector(request: pytest.FixtureRequest) -> Vector:
    return Vector(request.param)


def test_the_keys() -> None:
    assert KEY.public.raw.hex() == KEYS["publicKeyHex"]
    assert PublicKey.from_multikey(KEY.public_multikey) == KEY.public


def test_the_statements_with_shuffled_labels(vector: Vector) -> None:
    assert vector.grouped().statements == vector.read("addBaseDocHMACCanon")


def test_the_groups_and_places(vector: Vector) -> None:
    grouped = vector.grouped()
    expected = vector.read("derivedGroupIndexes")
    for name in ("mandatory", "selective", "combined"):
        assert sorted(grouped.groups[name].matching) == expected[f"{name}Indexes"]
    transform = vector.read("addBaseTransform")
    assert [list(pair) for pair in grouped.groups["mandatory"].matching.items()] == transform["mandatory"]["value"]
    assert [list(pair) for pair in grouped.groups["mandatory"].not_matching.items()] == transform["nonMandatory"][
        "value"
    ]


def test_the_hashes_and_the_signature(vector: Vector) -> None:
    options = vector.read("addProofConfig")
    hashes = vector.read("addHashData")
    canonical = shared(f"{ROOT}{vector.folder}addProofConfigCanon.txt").read_text()
    assert canonicalize(options).decode() == canonical
    mandatory = [*vector.grouped().groups["mandatory"].matching.values()]
    plain = {name: value for name, value in options.items() if name != "@context"}
    header = signed_header(vector.base, plain, mandatory, PINNED)
    assert header.hex() == hashes["proofHash"] + hashes["mandatoryHash"]
    messages = [line.encode() for line in vector.grouped().groups["mandatory"].not_matching.values()]
    assert KEY.sign_messages(header, messages).hex() == vector.read("addRawBaseSignatureInfo")["bbsSignature"]


def test_the_base_proof_is_made_byte_for_byte(vector: Vector) -> None:
    proof = vector.base["proof"]
    made = add_bbs_base_proof(
        unsecured(vector.base),
        KEY,
        verification_method=proof["verificationMethod"],
        created=datetime.fromisoformat(proof["created"]),
        mandatory_pointers=vector.pointers("Mandatory"),
        hmac_key=HMAC_KEY,
    )
    assert made == vector.base


def test_the_base_proof_is_read(vector: Vector) -> None:
    value = BaseProofValue.decode(vector.base["proof"]["proofValue"])
    expected = vector.read("derivedRecoveredBaseData")
    assert value.signature.hex() == expected["bbsSignature"]
    assert value.hmac_key.hex() == expected["hmacKey"]
    assert list(value.mandatory_pointers) == expected["mandatoryPointers"]
    assert value.encode() == vector.base["proof"]["proofValue"]


def test_the_derived_proof_is_made_byte_for_byte(vector: Vector) -> None:
    derived = bbs_2023.derive_proof(
        vector.base, vector.pointers("Selective"), presentation_header=PRESENTATION, draw=drawn(SEED)
    )
    value = DerivedProofValue.decode(derived["proof"]["proofValue"])
    expected = vector.read("derivedDisclosureData")
    assert value.proof.hex() == expected["bbsProof"]
    assert value.labels == dict(expected["labelMap"]["value"])
    assert list(value.mandatory_indexes) == expected["mandatoryIndexes"]
    assert list(value.selective_indexes) == expected["adjSelectiveIndexes"]
    assert value.presentation_header == bytes(expected["presentationHeader"].values())
    assert derived == vector.derived


def test_the_derived_proof_is_read_and_holds(vector: Vector) -> None:
    value = DerivedProofValue.decode(vector.derived["proof"]["proofValue"])
    assert value.encode() == vector.derived["proof"]["proofValue"]
    assert unsecured(vector.derived) == select(
        unsecured(vector.base), vector.pointers("Mandatory") + vector.pointers("Selective")
    )
    lines = sorted(renamed(quad, value.labels).line() for quad in canonical_quads(unsecured(vector.derived), PINNED))
    assert lines == [*vector.grouped().groups["combined"].matching.values()]
    result = check_proof(vector.derived, vector.derived["proof"], KEY.public)
    assert (result.outcome, result.code) == (ProofOutcome.PASSED, "proof.verified")
    again = derive_proof(vector.base, vector.pointers("Selective"))
    assert again != vector.derived
    assert check_proof(again, again["proof"], KEY.public).code == "proof.verified"


def test_the_key_is_found_by_its_did(vector: Vector) -> None:
    class Nobody:
        def fetch(self, url: str, *, accept: Any = ()) -> Any:
            raise AssertionError(url)

    method = resolve_verification_method(vector.derived["proof"]["verificationMethod"], Nobody())
    assert method.key == KEY.public


@pytest.mark.parametrize("folder", ["HolderBinding", "Pseudonym", "PseudonymHB"])
@pytest.mark.parametrize("file", ["addSignedSDBase", "derivedRevealDocument"])
def test_the_options_of_the_draft_are_undecided(folder: str, file: str) -> None:
    document = material(f"{folder}/{file}")
    result = check_proof(document, document["proof"], KEY.public)
    assert (result.outcome, result.code) == (ProofOutcome.UNKNOWN, "proof.option_unknown")
