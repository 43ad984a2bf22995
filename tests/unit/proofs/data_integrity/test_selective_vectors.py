"""ecdsa-sd-2023: every value that W3C publishes, from the canonical statements to the derived proof."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cached_property
from typing import Any

import pytest
from tests.shared import shared

from testamur.linked_data import PINNED, canonicalize
from testamur.proofs.data_integrity import ProofOutcome, add_base_proof, check_proof, derive_proof, unsecured
from testamur.proofs.data_integrity.selective.grouping import canonical_quads, group_statements, hmac_labels, renamed
from testamur.proofs.data_integrity.selective.make import signing_input
from testamur.proofs.data_integrity.selective.pointers import select
from testamur.proofs.data_integrity.selective.proof_value import BaseProofValue, DerivedProofValue
from testamur.proofs.keys import PrivateKey

ROOT = "vectors/w3c/vc-di-ecdsa/TestVectors/"
NAMES = {"prc": "prCred", "employ": "employ"}


class Vector:
    def __init__(self, name: str) -> None:
        self.name = name

    def read(self, file: str) -> Any:
        return json.loads(shared(f"{ROOT}ecdsa-sd-2023/{self.name}/{file}.json").read_text())

    def pointers(self, sort: str) -> list[str]:
        return json.loads(shared(f"{ROOT}{NAMES[self.name]}{sort}.json").read_text())  # type: ignore[no-any-return]

    @cached_property
    def material(self) -> dict[str, Any]:
        return json.loads(shared(f"{ROOT}ecdsa-sd-2023/SDKeyMaterial.json").read_text())  # type: ignore[no-any-return]

    def key(self, name: str) -> PrivateKey:
        return PrivateKey.from_secret_multikey(self.material[name]["secretKeyMultibase"])

    @property
    def hmac_key(self) -> bytes:
        return bytes.fromhex(self.material["hmacKeyString"])

    @cached_property
    def base(self) -> dict[str, Any]:
        return self.read("addSignedSDBase")  # type: ignore[no-any-return]

    @cached_property
    def derived(self) -> dict[str, Any]:
        return self.read("derivedRevealDocument")  # type: ignore[no-any-return]

    def grouped(self) -> Any:
        mandatory, selective = self.pointers("Mandatory"), self.pointers("Selective")
        pointers = {"mandatory": mandatory, "selective": selective, "combined": mandatory + selective}
        return group_statements(unsecured(self.base), hmac_labels(self.hmac_key), pointers, PINNED)


@pytest.fixture(params=NAMES)
def vector(request: pytest.FixtureRequest) -> Vector:
    return Vector(request.param)


def test_the_canonical_statements(vector: Vector) -> None:
    plain = group_statements(unsecured(vector.base), lambda labels: {label: label for label in labels}, {}, PINNED)
    assert plain.statements == vector.read("addBaseDocCanon")


def test_the_statements_with_hidden_labels(vector: Vector) -> None:
    assert vector.grouped().statements == vector.read("addBaseDocHMACCanon")


def test_the_values_under_the_pointers(vector: Vector) -> None:
    for expected in vector.read("addPointerValues"):
        selection: Any = select(unsecured(vector.base), [expected["pointer"]])
        assert selection[expected["pointer"][1:]] == expected["value"]


def test_the_groups_of_the_base_transformation(vector: Vector) -> None:
    expected, mandatory = vector.read("addBaseTransform"), vector.grouped().groups["mandatory"]
    assert expected["mandatoryPointers"] == vector.pointers("Mandatory")
    assert list(map(list, mandatory.matching.items())) == expected["mandatory"]["value"]
    assert list(map(list, mandatory.not_matching.items())) == expected["nonMandatory"]["value"]


def test_the_proof_options_and_hashes(vector: Vector) -> None:
    config, hashes = vector.read("addProofConfig"), vector.read("addHashData")
    canonical = shared(f"{ROOT}ecdsa-sd-2023/{vector.name}/addProofConfigCanon.txt").read_bytes()
    assert canonicalize(config) == canonical
    options = {name: value for name, value in config.items() if name != "@context"}
    mandatory = [*vector.grouped().groups["mandatory"].matching.values()]
    signed = signing_input(vector.base, options, mandatory, vector.key("proofKeyPair").public.raw, PINNED)
    assert (signed[:32].hex(), signed[-32:].hex()) == (hashes["proofHash"], hashes["mandatoryHash"])


def test_the_parts_of_the_base_proof(vector: Vector) -> None:
    value = BaseProofValue.decode(vector.base["proof"]["proofValue"])
    for expected in (vector.read("addRawBaseSignatureInfo"), vector.read("derivedRecoveredBaseData")):
        assert value.base_signature.hex() == expected["baseSignature"]
        assert [signature.hex() for signature in value.signatures] == expected["signatures"]
        assert value.public_key.multikey in (expected.get("publicKey"), expected.get("proofPublicKey"))
        assert value.mandatory_pointers == expected["mandatoryPointers"]
    assert value.hmac_key == vector.hmac_key
    assert value.encode() == vector.base["proof"]["proofValue"]


def test_we_make_the_published_base_proof(vector: Vector) -> None:
    published = vector.base["proof"]
    made = add_base_proof(
        unsecured(vector.base),
        vector.key("baseKeyPair"),
        verification_method=published["verificationMethod"],
        created=datetime.fromisoformat(published["created"]),
        mandatory_pointers=vector.pointers("Mandatory"),
        hmac_key=vector.hmac_key,
        proof_key=vector.key("proofKeyPair"),
    )
    assert made == vector.base


def test_the_groups_and_places_of_the_derivation(vector: Vector) -> None:
    groups, expected = vector.grouped().groups, vector.read("derivedGroupIndexes")
    assert list(groups["mandatory"].matching) == expected["mandatoryIndexes"]
    assert list(groups["mandatory"].not_matching) == expected["nonMandatoryIndexes"]
    assert list(groups["selective"].matching) == expected["selectiveIndexes"]
    assert list(groups["combined"].matching) == expected["combinedIndexes"]
    published = vector.read("derivedAllGroupData")["groups"]
    for name in ("mandatory", "selective", "combined"):
        assert list(map(list, groups[name].matching.items())) == published[name]["matching"]["value"]


def test_what_is_shown(vector: Vector) -> None:
    combined = vector.pointers("Mandatory") + vector.pointers("Selective")
    assert select(unsecured(vector.base), combined) == vector.read("derivedUnsignedReveal")


def test_we_derive_the_published_proof(vector: Vector) -> None:
    assert derive_proof(vector.base, vector.pointers("Selective")) == vector.derived


def test_the_parts_of_the_derived_proof(vector: Vector) -> None:
    value = DerivedProofValue.decode(vector.derived["proof"]["proofValue"])
    disclosed, adjusted = vector.read("derivedDisclosureData"), vector.read("derivedAdjSignatures")
    assert value.base_signature.hex() == disclosed["baseSignature"]
    assert value.public_key.multikey == disclosed["publicKey"]
    assert (
        [signature.hex() for signature in value.signatures] == disclosed["signatures"] == adjusted["filteredSignatures"]
    )
    assert list(map(list, value.labels.items())) == disclosed["labelMap"]["value"]
    assert value.mandatory_indexes == disclosed["mandatoryIndexes"]
    assert value.mandatory_indexes == vector.read("derivedAdjMandatoryIndexes")["adjMandatoryIndexes"]
    assert list(map(list, value.labels.items())) == vector.read("verifyDerivedProofValue")["labelMap"]
    assert value.encode() == vector.derived["proof"]["proofValue"]


def test_the_statements_that_are_verified(vector: Vector) -> None:
    value = DerivedProofValue.decode(vector.derived["proof"]["proofValue"])
    quads = canonical_quads(unsecured(vector.derived), PINNED)
    lines = sorted(renamed(quad, value.labels).line() for quad in quads)
    assert lines == vector.read("verifyNQuads")
    others = [line for place, line in enumerate(lines) if place not in value.mandatory_indexes]
    assert others == vector.read("verifyCreateVerifyData")["nonMandatory"]


def test_the_published_derived_proof_passes(vector: Vector) -> None:
    result = check_proof(vector.derived, vector.derived["proof"], vector.key("baseKeyPair").public)
    assert (result.outcome, result.code) == (ProofOutcome.PASSED, "proof.verified")
    value = DerivedProofValue.decode(vector.derived["proof"]["proofValue"])
    assert result.technical["mandatory_statements"] == len(value.mandatory_indexes)
    assert result.technical["selected_statements"] == len(value.signatures)
