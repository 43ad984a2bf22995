"""ecdsa-sd-2023: every value that W3C publishes, and what happens when a part is changed, added or taken away."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import Any

import pytest
from tests.shared import shared

from testamur.errors import Malformed, ProofError
from testamur.linked_data import PINNED, canonicalize
from testamur.proofs.data_integrity import ProofOutcome, add_base_proof, add_proof, check_proof, derive_proof, unsecured
from testamur.proofs.data_integrity.selective import cbor
from testamur.proofs.data_integrity.selective.grouping import canonical_quads, group_statements, hmac_labels, renamed
from testamur.proofs.data_integrity.selective.make import signing_input
from testamur.proofs.data_integrity.selective.pointers import select
from testamur.proofs.data_integrity.selective.proof_value import BaseProofValue, DerivedProofValue
from testamur.proofs.did import did_key_for
from testamur.proofs.encodings import base64url_decode, base64url_encode
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
    plain = group_statements(unsecured(vector.base), lambda label: label, {}, PINNED)
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


# --- one thing changed ---------------------------------------------------------------------------------------------------

ISSUER, STATEMENTS = PrivateKey("P-256", bytes(range(1, 33))), PrivateKey("P-256", bytes(range(2, 34)))
DID, METHOD = did_key_for(ISSUER.public)
DOCUMENT: dict[str, Any] = {
    "@context": ["https://www.w3.org/ns/credentials/v2", "https://w3id.org/citizenship/v4rc1"],
    "type": ["VerifiableCredential", "PermanentResidentCardCredential"],
    "issuer": DID,
    "validFrom": "2026-02-24T12:00:00Z",
    "name": "Card",
    "credentialSubject": {
        "type": ["PermanentResident", "Person"],
        "givenName": "Jane",
        "birthCountry": "Arcadia",
        "permanentResidentCard": {"type": ["PermanentResidentCard"], "identifier": "1", "lprNumber": "2"},
    },
}
HIDDEN = ["/issuer", "/validFrom"]


def base(document: dict[str, Any] = DOCUMENT, **options: Any) -> dict[str, Any]:
    defaults = {"mandatory_pointers": HIDDEN, "hmac_key": bytes(range(32)), "proof_key": STATEMENTS}
    return add_base_proof(document, ISSUER, verification_method=METHOD, created=None, **{**defaults, **options})


def shown(*pointers: str) -> dict[str, Any]:
    return derive_proof(base(), pointers)


def code(document: dict[str, Any], key: PrivateKey = ISSUER) -> str:
    return check_proof(document, document["proof"], key.public).code


def altered(document: dict[str, Any], **parts: Any) -> dict[str, Any]:
    value = replace(DerivedProofValue.decode(document["proof"]["proofValue"]), **parts)
    return {**document, "proof": {**document["proof"], "proofValue": value.encode()}}


@pytest.mark.parametrize(
    "pointers",
    [
        [],
        ["/name"],
        ["/credentialSubject/givenName"],
        ["/credentialSubject/permanentResidentCard/lprNumber"],
        ["/credentialSubject/permanentResidentCard", "/credentialSubject/birthCountry"],
        ["/credentialSubject", "/credentialSubject/givenName"],
        ["/credentialSubject/givenName", "/credentialSubject"],
        [""],
    ],
    ids=str,
)
def test_every_choice_of_parts_passes_and_hides_the_rest(pointers: list[str]) -> None:
    document = shown(*pointers)
    assert code(document) == "proof.verified"
    text = json.dumps(document)
    assert ("Jane" in text) == any(
        pointer in ("", "/credentialSubject", "/credentialSubject/givenName") for pointer in pointers
    )
    assert DID in text


def test_texts_with_a_language_and_objects_in_objects_can_be_shown() -> None:
    part = {
        "https://example.edu/a": [
            {"https://example.edu/b": 1},
            {"https://example.edu/b": {"@value": "x", "@language": "en"}},
        ]
    }
    document = derive_proof(
        base({**DOCUMENT, "https://example.edu/part": part}),
        ["/https:~1~1example.edu~1part/https:~1~1example.edu~1a/1"],
    )
    assert document["https://example.edu/part"] == {"https://example.edu/a": [part["https://example.edu/a"][1]]}
    assert code(document) == "proof.verified"


def test_a_part_that_was_changed_added_or_removed_is_noticed() -> None:
    document = shown("/credentialSubject/givenName", "/credentialSubject/birthCountry")
    subject = document["credentialSubject"]
    assert code({**document, "credentialSubject": {**subject, "givenName": "June"}}) == "proof.signature_false"
    assert code({**document, "credentialSubject": {**subject, "familyName": "Doe"}}) == "proof.signature_false"
    shorter = {name: value for name, value in subject.items() if name != "givenName"}
    assert code({**document, "credentialSubject": shorter}) == "proof.signature_false"
    assert code({**document, "validFrom": "2025-02-24T12:00:00Z"}) == "proof.signature_false"
    assert code({name: value for name, value in document.items() if name != "validFrom"}) in (
        "proof.signature_false",
        "proof.value_invalid",
    )
    assert (
        code({**document, "proof": {**document["proof"], "created": "2026-02-24T12:00:00Z"}}) == "proof.signature_false"
    )
    assert code({**document, "undefinedTerm": 1}) == "linked_data.undefined_term"


def test_parts_of_the_value_that_were_exchanged_are_noticed() -> None:
    document = shown("/credentialSubject/givenName", "/credentialSubject/birthCountry")
    value = DerivedProofValue.decode(document["proof"]["proofValue"])
    assert code(altered(document)) == "proof.verified"
    assert code(altered(document, signatures=value.signatures[:-1])) == "proof.signature_false"
    assert code(altered(document, signatures=value.signatures[::-1])) == "proof.signature_false"
    assert code(altered(document, base_signature=value.signatures[0])) == "proof.signature_false"
    assert code(altered(document, public_key=ISSUER.public)) == "proof.signature_false"
    assert code(altered(document, mandatory_indexes=value.mandatory_indexes[:-1])) == "proof.signature_false"
    assert code(altered(document, mandatory_indexes=[999])) == "proof.value_invalid"
    assert code(altered(document, labels={})) == "proof.value_invalid"
    swapped = dict(zip(value.labels, reversed(value.labels.values()), strict=True))
    assert code(altered(document, labels=swapped)) == "proof.signature_false"
    assert code(document, STATEMENTS) == "proof.signature_false"
    assert code(document, PrivateKey("Ed25519", bytes(32))) == "proof.key_algorithm_mismatch"


def test_a_thief_cannot_sign_further_statements_with_a_key_of_his_own() -> None:
    document = shown("/credentialSubject/givenName")
    thief = PrivateKey("P-256", bytes(range(3, 35)))
    forged = derive_proof(base({**DOCUMENT, "name": "Forged"}, proof_key=thief), ["/name"])
    value = DerivedProofValue.decode(forged["proof"]["proofValue"])
    original = DerivedProofValue.decode(document["proof"]["proofValue"])
    assert code(altered(forged, base_signature=original.base_signature)) == "proof.signature_false"
    assert (
        code(altered(forged, base_signature=original.base_signature, public_key=original.public_key))
        == "proof.signature_false"
    )
    assert value.public_key == thief.public


def test_a_base_proof_is_not_for_verifiers() -> None:
    document = base()
    result = check_proof(document, document["proof"], ISSUER.public)
    assert (result.outcome, result.code) == (ProofOutcome.UNKNOWN, "proof.base_proof")


def test_a_value_beyond_the_limit_is_undecided() -> None:
    document = shown("/name")
    result = check_proof(document, {**document["proof"], "proofValue": DERIVED + "A" * 400_000}, ISSUER.public)
    assert (result.outcome, result.code) == (ProofOutcome.UNKNOWN, "input.too_large")


DERIVED = shown("/name")["proof"]["proofValue"]


@pytest.mark.parametrize(
    "value",
    [
        None,
        5,
        "",
        "u",
        "z" + DERIVED[1:],
        DERIVED[:-4],
        DERIVED + "AA",
        DERIVED + "=",
        "u" + base64url_encode(b"\xd9\x5d\x02" + base64url_decode(DERIVED[1:])[3:]),
        "u" + base64url_encode(b"\xd9\x5d\x01"),
        "u" + base64url_encode(b"\xd9\x5d\x01\x80"),
        "u" + base64url_encode(b"\xd9\x5d\x01" + b"\x81" * 5000),
        "u" + base64url_encode(b"\xd9\x5d\x01" + cbor.encode([b"", b"", [], {}, []])),
        "u" + base64url_encode(b"\xd9\x5d\x01" + cbor.encode([1, 2, 3, 4, 5])),
        "u" + base64url_encode(b"\xd9\x5d\x01\x9f\xff"),
    ],
    ids=range(15),
)
def test_a_value_in_another_form_is_refused(value: Any) -> None:
    document = shown("/name")
    assert code({**document, "proof": {**document["proof"], "proofValue": value}}) == "proof.value_invalid"


@pytest.mark.parametrize(
    "value",
    [0, 23, 24, 255, 256, 65536, 2**40, b"", b"x" * 300, "", "한국", [], [1, [b"a"]], {}, {0: b"a", 300: "b"}],
    ids=str,
)
def test_cbor_leads_back(value: Any) -> None:
    assert cbor.decode(cbor.encode(value)) == value


@pytest.mark.parametrize(
    "data",
    [
        "",
        "1801",
        "190001",
        "58",
        "5803ab",
        "9bffffffffffffffff",
        "a10001ff",
        "a2000100 02",
        "20",
        "f5",
        "f6",
        "f90000",
        "c000",
        "9f01ff",
        "61ff",
        "818181818181",
        "1c",
        "0000",
    ],
)
def test_cbor_in_another_form_is_refused(data: str) -> None:
    with pytest.raises(Malformed) as caught:
        cbor.decode(bytes.fromhex(data))
    assert caught.value.code == "proof.cbor"


@pytest.mark.parametrize(
    "pointer",
    [
        "issuer",
        "/nowhere",
        "/issuer/id",
        "/type/2",
        "/type/-",
        "/type/00",
        "/type/x",
        "/credentialSubject/",
        "/name/0",
        None,
        5,
    ],
)
def test_a_pointer_that_leads_nowhere_is_refused(pointer: Any) -> None:
    for call in (lambda: base(mandatory_pointers=[pointer]), lambda: derive_proof(base(), [pointer])):
        with pytest.raises(Malformed) as caught:
            call()
        assert caught.value.code == "proof.pointer_invalid"


def test_pointers_with_escapes_and_into_arrays() -> None:
    document = {"a/b": {"~": [10, {"id": "x", "c": 1, "d": 2}, [20, 21]]}, "id": "_:b0", "type": "T"}
    assert select(document, ["/a~1b/~0/1/c", "/a~1b/~0/2/1"]) == {
        "type": "T",
        "a/b": {"~": [{"id": "x", "c": 1}, [21]]},
    }
    assert select(document, []) is None
    assert select(document, ["/a~1b/~0/1/c", "/a~1b/~0"])["a/b"] == document["a/b"]  # type: ignore[index]


@pytest.mark.parametrize(
    "change",
    [
        {"credentialSubject": {"id": "_:b0", "givenName": "Jane"}},
        {"credentialSubject": {"id": "urn:bnid:n1", "givenName": "Jane"}},
        {"credentialSubject": {"@index": "x", "givenName": "Jane"}},
        {"credentialSubject": {"https://example.edu/list": {"@list": ["a"]}}},
        {"https://example.edu/graph": {"@graph": [{"https://example.edu/a": "b"}]}},
        {"@context": [*DOCUMENT["@context"], {"group": "@nest"}], "group": {"https://example.edu/a": "b"}},
    ],
)
def test_documents_whose_parts_have_no_name_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(Malformed) as caught:
        base({**DOCUMENT, **change})
    assert caught.value.code == "proof.selective_unsupported"


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (
            lambda: add_base_proof(
                DOCUMENT, PrivateKey("P-384", bytes(range(1, 49))), verification_method=METHOD, created=None
            ),
            "proof.key_algorithm_mismatch",
        ),
        (
            lambda: add_base_proof(DOCUMENT, ISSUER, verification_method="key", created=None),
            "proof.verification_method_invalid",
        ),
        (lambda: base(base()), "proof.set_unsupported"),
        (
            lambda: add_proof(DOCUMENT, ISSUER, verification_method=METHOD, created=None, cryptosuite="ecdsa-sd-2023"),
            "proof.suite_selective",
        ),
        (lambda: derive_proof(DOCUMENT, ["/name"]), "proof.base_absent"),
        (lambda: derive_proof({**base(), "name": "x", "description": "more"}, ["/name"]), "proof.base_absent"),
        (lambda: derive_proof(base(mandatory_pointers=[]), []), "proof.nothing_selected"),
    ],
    ids=range(7),
)
def test_what_is_not_made(call: Any, expected: str) -> None:
    with pytest.raises(ProofError) as caught:
        call()
    assert caught.value.code == expected


def test_a_derived_proof_cannot_be_derived_from() -> None:
    with pytest.raises(Malformed) as caught:
        derive_proof(shown("/name"), ["/name"])
    assert caught.value.code == "proof.value_invalid"


def test_fresh_keys_each_time_and_nothing_of_the_document_is_touched() -> None:
    before = deepcopy(DOCUMENT)
    first, second = (base(hmac_key=None, proof_key=None) for _ in range(2))
    values = [BaseProofValue.decode(document["proof"]["proofValue"]) for document in (first, second)]
    assert values[0].hmac_key != values[1].hmac_key
    assert values[0].public_key != values[1].public_key
    assert before == DOCUMENT
