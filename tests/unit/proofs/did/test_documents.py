"""DID documents: the document must be the right one, and it must list the key. And how we write our own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.unit.proofs.did.site import (
    ADDRESS,
    DID,
    KEY,
    METHOD,
    OTHER,
    Site,
    refusal,
)

from testamur.errors import KeyMaterialError, Malformed, NotFound, ResolutionError, Unreachable
from testamur.linked_data import PINNED, expand
from testamur.ports import Resource
from testamur.proofs.did import (
    did_document,
    documents,
    resolve_verification_method,
)
from testamur.proofs.encodings import multibase_encode

MOMENT = datetime(2026, 11, 25, tzinfo=UTC)
GOOD = did_document(DID, [("key-1", KEY)])


def test_what_we_publish_is_found() -> None:
    site = Site({ADDRESS: did_document(DID, [("key-1", KEY), ("key-2", OTHER)])})
    method = resolve_verification_method(METHOD, site)
    assert (method.id, method.controller, method.key, method.bound_by) == (METHOD, DID, KEY, "did:web")
    assert method.purposes == {"assertionMethod"}
    assert resolve_verification_method(DID + "#key-2", site).key == OTHER
    assert resolve_verification_method(DID + "#key-2-jwk", site).key == OTHER
    assert site.asked == [ADDRESS] * 3


ENTRY = {"id": METHOD, "type": "Multikey", "controller": DID, "publicKeyMultibase": KEY.multikey}


@pytest.mark.parametrize(
    "document",
    [
        {"verificationMethod": [ENTRY], "assertionMethod": [METHOD]},
        {"verificationMethod": [{**ENTRY, "id": "#key-1"}], "assertionMethod": ["#key-1"]},
        {"verificationMethod": [{**ENTRY, "id": "#key-1"}], "assertionMethod": [METHOD]},
        {"verificationMethod": ENTRY, "assertionMethod": METHOD},
        {"assertionMethod": [ENTRY]},
        {"assertionMethod": ENTRY},
        {"verificationMethod": [ENTRY], "assertionMethod": [ENTRY]},
        {"verificationMethod": [{"id": METHOD, "publicKeyMultibase": KEY.multikey}], "assertionMethod": [METHOD]},
        {
            "verificationMethod": [{"id": METHOD, "type": "JsonWebKey2020", "publicKeyJwk": KEY.jwk}],
            "assertionMethod": [METHOD],
        },
        {"verificationMethod": [{**ENTRY, "publicKeyJwk": KEY.jwk}], "assertionMethod": [METHOD]},
        {
            "verificationMethod": [
                {
                    "id": METHOD,
                    "type": "Ed25519VerificationKey2018",
                    "publicKeyBase58": multibase_encode(KEY.raw)[1:],
                },
            ],
            "assertionMethod": [METHOD],
        },
        {
            "verificationMethod": [None, 5, {"id": 5}, {**ENTRY, "id": METHOD + "0"}, ENTRY],
            "assertionMethod": [None, METHOD],
        },
    ],
    ids=range(12),
)
def test_forms_of_a_document_that_are_read(document: dict[str, Any]) -> None:
    method = resolve_verification_method(METHOD, Site({ADDRESS: {"id": DID, **document}}))
    assert (method.key, method.purposes) == (KEY, frozenset({"assertionMethod"}))


def test_a_key_that_is_listed_for_something_else_has_only_that_purpose() -> None:
    document = {"id": DID, "verificationMethod": [ENTRY], "authentication": [METHOD]}
    assert resolve_verification_method(METHOD, Site({ADDRESS: document})).purposes == {"authentication"}
    document = {"id": DID, "verificationMethod": [ENTRY]}
    assert resolve_verification_method(METHOD, Site({ADDRESS: document})).purposes == frozenset()


def test_the_dates_of_a_key() -> None:
    entry = {**ENTRY, "expires": "2027-01-01T00:00:00Z", "revoked": "2026-06-01T00:00:00Z"}
    method = resolve_verification_method(METHOD, Site({ADDRESS: {**GOOD, "verificationMethod": [entry]}}))
    assert (method.expires, method.revoked) == (datetime(2027, 1, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC))


BAD_DOCUMENTS: list[tuple[Any, str]] = [
    ({**GOOD, "id": "did:web:example.edu:issuers:2"}, "did.document_id_mismatch"),
    ({**GOOD, "id": None}, "did.document_id_mismatch"),
    ({**GOOD, "id": DID + "#key-1"}, "did.document_id_mismatch"),
    ({**GOOD, "verificationMethod": []}, "did.method_not_listed"),
    ({**GOOD, "verificationMethod": "none"}, "did.method_not_listed"),
    ({**GOOD, "verificationMethod": [{**ENTRY, "id": DID + "#key-9"}]}, "did.method_not_listed"),
    ({**GOOD, "verificationMethod": [{**ENTRY, "id": "did:web:evil.example#key-1"}]}, "did.method_not_listed"),
    ({**GOOD, "verificationMethod": [{**ENTRY, "controller": "did:web:victim.example"}]}, "did.controller_mismatch"),
    ({**GOOD, "verificationMethod": [{**ENTRY, "controller": [DID]}]}, "did.controller_mismatch"),
    ({**GOOD, "verificationMethod": [ENTRY, {**ENTRY, "publicKeyMultibase": OTHER.multikey}]}, "did.method_ambiguous"),
    ({**GOOD, "assertionMethod": [{**ENTRY, "publicKeyMultibase": OTHER.multikey}]}, "did.method_ambiguous"),
    ({**GOOD, "verificationMethod": [{**ENTRY, "publicKeyJwk": OTHER.jwk}]}, "did.method_ambiguous"),
    ({**GOOD, "verificationMethod": [{"id": METHOD, "controller": DID}]}, "did.method_malformed"),
    ({**GOOD, "verificationMethod": [{**ENTRY, "expires": "soon"}]}, "did.method_malformed"),
    ({**GOOD, "verificationMethod": [{**ENTRY, "publicKeyMultibase": "z6Mk"}]}, "key_material.unsupported"),
    ({**GOOD, "verificationMethod": [{**ENTRY, "publicKeyMultibase": {}}]}, "key_material.multibase"),
    ({**GOOD, "verificationMethod": [{**ENTRY, "publicKeyJwk": "x"}]}, "key_material.jwk"),
    (
        {**GOOD, "verificationMethod": [{"id": METHOD, "type": "Ed25519VerificationKey2018", "publicKeyBase58": 5}]},
        "key_material.multibase",
    ),
    ({**GOOD, "verificationMethod": [{**ENTRY, "id": f"#{number}"} for number in range(300)]}, "did.too_many_methods"),
    ([GOOD], "did.document_unreadable"),
    (b"<html>", "did.document_unreadable"),
    (b"[" * 100_000, "did.document_unreadable"),
    (b'{"id":"a","id":"b"}', "did.document_unreadable"),
    (b" " * 1_000_001, "did.document_unreadable"),
    (NotFound("gone"), "resolution.not_found"),
    (Unreachable("offline"), "resolution.unreachable"),
]


@pytest.mark.parametrize(("document", "code"), BAD_DOCUMENTS, ids=range(len(BAD_DOCUMENTS)))
def test_a_document_with_one_thing_wrong(document: Any, code: str) -> None:
    assert resolve_verification_method(METHOD, Site({ADDRESS: GOOD})).key == KEY
    error = refusal(METHOD, {ADDRESS: document})
    assert error.code == code
    assert isinstance(error, ResolutionError | KeyMaterialError)


def test_a_did_web_without_a_fragment_names_no_key() -> None:
    assert refusal(DID, {ADDRESS: GOOD}).code == "did.fragment_missing"


# --- publishing ----------------------------------------------------------------------------------------------------------


def test_our_document_is_for_the_strictest_readers() -> None:
    document = did_document(DID, [("key-1", KEY)])
    multikey, jwk = document["verificationMethod"]
    assert multikey == {"id": METHOD, "type": "Multikey", "controller": DID, "publicKeyMultibase": KEY.multikey}
    assert jwk == {
        "id": METHOD + "-jwk",
        "type": "JsonWebKey",
        "controller": DID,
        "publicKeyJwk": {**KEY.jwk, "kid": KEY.thumbprint},
    }
    assert document["id"] == DID
    assert document["assertionMethod"] == [METHOD, METHOD + "-jwk"]


def test_our_document_uses_no_term_that_its_contexts_do_not_define() -> None:
    document = did_document(DID, [("key-1", KEY), ("key-2", OTHER)])
    if missing := [url for url in document["@context"] if url not in PINNED.urls()]:
        pytest.fail(f"not pinned: {missing}")
    assert expand(document)


@pytest.mark.parametrize(
    ("did", "names", "code"),
    [
        ("https://example.edu", ["a"], "did.syntax"),
        (METHOD, ["a"], "did.syntax"),
        (DID, ["a b"], "did.fragment_mismatch"),
        (DID, [""], "did.fragment_mismatch"),
        (DID, ["a", "a"], "did.fragment_mismatch"),
        (DID, ["a", "a-jwk"], "did.fragment_mismatch"),
    ],
)
def test_documents_that_are_not_written(did: str, names: list[str], code: str) -> None:
    with pytest.raises(Malformed) as caught:
        did_document(did, [(name, KEY) for name in names])
    assert caught.value.code == code


def test_what_takes_much_more_room_than_its_text_is_not_remembered() -> None:
    documents._remembered.cache_clear()
    usual = Resource("https://a.example/did.json", b'{"id":"did:web:a.example"}', "application/json", MOMENT)
    assert documents.read_document(usual) is documents.read_document(usual)
    for content in (b'{"x":[' + b"{}," * 6_000 + b"{}]}", b'{"x":"' + b"x" * 70_000 + b'"}'):
        hostile = Resource("https://a.example/did.json", content, "application/json", MOMENT)
        assert documents.read_document(hostile) == documents.read_document(hostile)
    assert documents._remembered.cache_info().currsize == 1
