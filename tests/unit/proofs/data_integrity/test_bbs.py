"""bbs-2023: what happens when a part is changed, added or taken away, and what is not made."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from testamur.errors import Malformed, ProofError
from testamur.proofs.bbs import MAX_MESSAGES, BbsPrivateKey
from testamur.proofs.data_integrity import add_bbs_base_proof, add_proof, check_proof, derive_proof
from testamur.proofs.data_integrity.bbs_2023.proof_value import BaseProofValue, DerivedProofValue
from testamur.proofs.data_integrity.selective import cbor
from testamur.proofs.did import did_document, did_key_for
from testamur.proofs.encodings import base64url_decode, base64url_encode
from testamur.proofs.keys import PrivateKey

ISSUER = BbsPrivateKey((7).to_bytes(32, "big"))
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
MANDATORY = ["/issuer", "/validFrom"]
BASE = add_bbs_base_proof(
    DOCUMENT, ISSUER, verification_method=METHOD, created=None, mandatory_pointers=MANDATORY, hmac_key=bytes(range(32))
)
SHOWN = derive_proof(BASE, ["/credentialSubject/givenName"], presentation_header=b"for you")


def code(document: dict[str, Any], key: Any = ISSUER.public) -> tuple[str, str]:
    result = check_proof(document, document["proof"], key)
    return result.outcome.value, result.code


def altered(**parts: Any) -> dict[str, Any]:
    value = replace(DerivedProofValue.decode(SHOWN["proof"]["proofValue"]), **parts)
    return {**SHOWN, "proof": {**SHOWN["proof"], "proofValue": value.encode()}}


VALUE = DerivedProofValue.decode(SHOWN["proof"]["proofValue"])
PASSED, FALSE = ("passed", "proof.verified"), ("failed", "proof.signature_false")
INVALID = ("failed", "proof.value_invalid")


@pytest.mark.parametrize(
    "pointers",
    [
        [],
        ["/name"],
        ["/credentialSubject/givenName"],
        ["/credentialSubject/permanentResidentCard/lprNumber"],
        ["/credentialSubject", "/credentialSubject/givenName"],
        [""],
    ],
    ids=str,
)
def test_every_choice_of_parts_passes_and_hides_the_rest(pointers: list[str]) -> None:
    document = derive_proof(BASE, pointers)
    assert code(document) == PASSED
    shows_name = any(pointer in ("", "/credentialSubject", "/credentialSubject/givenName") for pointer in pointers)
    assert ("Jane" in json.dumps(document)) == shows_name
    assert DID in json.dumps(document)


def test_two_presentations_have_nothing_secret_in_common() -> None:
    first, second = (DerivedProofValue.decode(derive_proof(BASE, ["/name"])["proof"]["proofValue"]) for _ in range(2))
    base = BaseProofValue.decode(BASE["proof"]["proofValue"])
    assert first.proof[:144] != second.proof[:144]
    assert base.signature[:48] not in first.proof
    assert base.hmac_key not in base64url_decode(derive_proof(BASE, [])["proof"]["proofValue"][1:])


def changed(path: list[str], value: Any) -> dict[str, Any]:
    document = deepcopy(SHOWN)
    target = document
    for step in path[:-1]:
        target = target[step]
    if value is None:
        del target[path[-1]]
    else:
        target[path[-1]] = value
    return document


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (SHOWN, PASSED),
        (changed(["credentialSubject", "givenName"], "Joan"), FALSE),
        (changed(["validFrom"], "2026-02-25T12:00:00Z"), FALSE),
        (changed(["issuer"], "did:web:evil.example"), FALSE),
        (changed(["credentialSubject", "givenName"], None), INVALID),  # a mandatory place is gone with it
        (changed(["name"], "Other"), FALSE),
        (changed(["proof", "created"], "2026-02-24T12:00:00Z"), FALSE),
        (changed(["proof", "proofPurpose"], "authentication"), ("failed", "proof.purpose_mismatch")),
        (changed(["proof", "proofValue"], BASE["proof"]["proofValue"]), ("unknown", "proof.base_proof")),
        (altered(presentation_header=b"for another"), FALSE),
        (altered(proof=VALUE.proof[:-1] + bytes([VALUE.proof[-1] ^ 1])), FALSE),
        (altered(proof=b""), FALSE),
        (altered(selective_indexes=[place + 1 for place in VALUE.selective_indexes]), FALSE),
        (altered(selective_indexes=VALUE.selective_indexes[:-1]), FALSE),
        (altered(mandatory_indexes=VALUE.mandatory_indexes[:-1]), FALSE),
        (altered(mandatory_indexes=[99]), INVALID),
        (altered(labels={}), INVALID),
        (
            altered(proof=VALUE.proof[:272] + VALUE.proof[144:176] * (MAX_MESSAGES + 1)),
            ("unknown", "bbs.too_many_messages"),
        ),
        (
            changed(["proof", "proofValue"], SHOWN["proof"]["proofValue"] + "A" * 400_000),
            ("unknown", "input.too_large"),
        ),
        (changed(["proof", "proofValue"], "z123"), INVALID),
        (changed(["proof", "proofValue"], None), INVALID),
    ],
    ids=range(21),
)
def test_a_presentation_with_one_thing_changed(document: dict[str, Any], expected: tuple[str, str]) -> None:
    assert code(document) == expected


def test_another_key_or_another_sort_of_key() -> None:
    assert code(SHOWN, BbsPrivateKey.generate().public) == FALSE
    assert code(SHOWN, PrivateKey("Ed25519", bytes(32)).public) == ("failed", "proof.key_algorithm_mismatch")
    other_suite = {**SHOWN, "proof": {**SHOWN["proof"], "cryptosuite": "eddsa-rdfc-2022"}}
    assert code(other_suite) == ("failed", "proof.key_algorithm_mismatch")


def parts(value: str) -> list[Any]:
    return cbor.decode(base64url_decode(value[1:])[3:])  # type: ignore[no-any-return]


def encoded(header: bytes, value: Any) -> str:
    return "u" + base64url_encode(header + cbor.encode(value))


@pytest.mark.parametrize(
    ("place", "wrong"),
    [
        (0, "text"),
        (1, []),
        (1, {0: b"x"}),
        (1, {"a": 1}),
        (1, {0: 1, 1: 1}),
        (2, [1, 0]),
        (2, [0, 0]),
        (2, "x"),
        (3, ["a"]),
        (3, [2, 1]),
        (4, "text"),
    ],
)
def test_a_derived_value_with_one_part_of_another_form(place: int, wrong: Any) -> None:
    good = parts(SHOWN["proof"]["proofValue"])
    assert code({**SHOWN, "proof": {**SHOWN["proof"], "proofValue": encoded(b"\xd9\x5d\x03", good)}}) == PASSED
    bad = [*good[:place], wrong, *good[place + 1 :]]
    assert code({**SHOWN, "proof": {**SHOWN["proof"], "proofValue": encoded(b"\xd9\x5d\x03", bad)}}) == INVALID


@pytest.mark.parametrize(
    ("place", "wrong"),
    [(0, bytes(79)), (1, bytes(63)), (2, bytes(96)), (2, "text"), (3, bytes(31)), (4, [1]), (4, "text")],
)
def test_a_base_value_with_one_part_of_another_form(place: int, wrong: Any) -> None:
    good = parts(BASE["proof"]["proofValue"])
    BaseProofValue.decode(encoded(b"\xd9\x5d\x02", good))
    with pytest.raises(Malformed) as caught:
        BaseProofValue.decode(encoded(b"\xd9\x5d\x02", [*good[:place], wrong, *good[place + 1 :]]))
    assert caught.value.code == "proof.value_invalid"


def test_what_cannot_be_derived() -> None:
    with pytest.raises(ProofError) as caught:
        derive_proof({**BASE, "name": "Other"}, [])
    assert caught.value.code == "bbs.signature_false"
    with pytest.raises(Malformed) as malformed:
        derive_proof(BASE, ["/nothing"])
    assert malformed.value.code == "proof.pointer_invalid"
    with pytest.raises(Malformed) as malformed:
        derive_proof(SHOWN, [])
    assert malformed.value.code == "proof.value_invalid"
    bare = add_bbs_base_proof(DOCUMENT, ISSUER, verification_method=METHOD, created=None, mandatory_pointers=[])
    with pytest.raises(ProofError) as caught:
        derive_proof(bare, [])
    assert caught.value.code == "proof.nothing_selected"
    twice = {**BASE, "proof": [BASE["proof"], BASE["proof"]]}
    with pytest.raises(ProofError) as caught:
        derive_proof(twice, [])
    assert caught.value.code == "proof.base_absent"


def test_what_is_not_made() -> None:
    options: dict[str, Any] = {"verification_method": METHOD, "created": None}
    with pytest.raises(ProofError) as caught:
        add_bbs_base_proof(BASE, ISSUER, **options)
    assert caught.value.code == "proof.set_unsupported"
    with pytest.raises(ProofError) as caught:
        add_bbs_base_proof(DOCUMENT, ISSUER, verification_method="key", created=None)
    assert caught.value.code == "proof.verification_method_invalid"
    with pytest.raises(Malformed) as malformed:
        add_bbs_base_proof(DOCUMENT, ISSUER, mandatory_pointers=["/nothing"], **options)
    assert malformed.value.code == "proof.pointer_invalid"
    with pytest.raises(ProofError) as caught:
        add_proof(DOCUMENT, PrivateKey("Ed25519", bytes(32)), cryptosuite="bbs-2023", **options)
    assert caught.value.code == "proof.suite_selective"
    many = {**DOCUMENT, "credentialSubject": [{"id": f"urn:uuid:{n}", "name": f"{n}"} for n in range(MAX_MESSAGES)]}
    with pytest.raises(ProofError) as caught:
        add_bbs_base_proof(many, ISSUER, **options)
    assert caught.value.code == "bbs.too_many_messages"


def test_a_did_document_lists_a_bbs_key_as_multikey_alone() -> None:
    document = did_document("did:web:example.edu", [("bbs", ISSUER.public)])
    assert document["verificationMethod"] == [
        {
            "id": "did:web:example.edu#bbs",
            "type": "Multikey",
            "controller": "did:web:example.edu",
            "publicKeyMultibase": ISSUER.public_multikey,
        }
    ]
