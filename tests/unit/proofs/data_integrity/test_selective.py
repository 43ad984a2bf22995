"""ecdsa-sd-2023: what happens when a part is changed, added or taken away, and what is not made."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from testamur.errors import Malformed, ProofError, TooComplex
from testamur.proofs.bbs import BbsPrivateKey
from testamur.proofs.data_integrity import ProofOutcome, add_base_proof, add_proof, bbs_2023, check_proof, derive_proof
from testamur.proofs.data_integrity.selective import cbor
from testamur.proofs.data_integrity.selective.pointers import select
from testamur.proofs.data_integrity.selective.proof_value import BaseProofValue, DerivedProofValue
from testamur.proofs.did import did_key_for
from testamur.proofs.encodings import base64url_decode, base64url_encode
from testamur.proofs.keys import PrivateKey

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


@pytest.mark.parametrize("suite", ["ecdsa-sd-2023", "bbs-2023"])
def test_what_makes_too_many_statements_is_not_signed_selectively(suite: str) -> None:
    """Each statement costs a signature, and no verifier reads so many: it is said before one is made."""
    key = BbsPrivateKey.generate() if suite == "bbs-2023" else ISSUER

    def sign(count: int) -> None:
        document = {
            **DOCUMENT,
            "relatedResource": [{"id": f"urn:page:{number}", "mediaType": "a/b"} for number in range(count)],
        }
        make = bbs_2023.add_base_proof if suite == "bbs-2023" else add_base_proof
        make(document, key, verification_method=METHOD, created=None)  # type: ignore[arg-type]

    sign(300)
    for count in (2_100, 40_000):
        with pytest.raises(TooComplex) as refused:
            sign(count)
        assert refused.value.code == "proof.too_many_statements"
