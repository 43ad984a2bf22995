"""Names of keys: the document must be the right one, and it must list the key."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from testamur.errors import KeyMaterialError, Malformed, NotFound, ResolutionError, TestamurError, Unreachable
from testamur.linked_data import PINNED, expand
from testamur.ports import Resource
from testamur.proofs.did import (
    did_document,
    did_key_for,
    did_web_url,
    key_in_fragment,
    resolve_verification_method,
    split_identifier,
)
from testamur.proofs.encodings import base64url_encode, multibase_encode
from testamur.proofs.keys import PrivateKey, PublicKey

KEY = PrivateKey("Ed25519", bytes(range(32))).public
OTHER = PrivateKey("P-256", bytes(range(1, 33))).public
DID, ADDRESS = "did:web:example.edu:issuers:1", "https://example.edu/issuers/1/did.json"
METHOD = DID + "#key-1"
PROFILE = "https://example.edu/issuers/1"
SIGNING = frozenset({"authentication", "assertionMethod", "capabilityInvocation", "capabilityDelegation"})


class Site:
    """Answers from a dictionary: a JSON value, bytes, or an error to raise. Remembers what was asked."""

    def __init__(self, pages: dict[str, Any]) -> None:
        self.pages = pages
        self.asked: list[str] = []

    def fetch(self, url: str, *, accept: Sequence[str] = ("application/json",)) -> Resource:
        self.asked.append(url)
        page = self.pages.get(url, NotFound("nothing there"))
        if isinstance(page, Exception):
            raise page
        content = page if isinstance(page, bytes) else json.dumps(page).encode()
        return Resource(url, content, accept[0], datetime(2026, 1, 1, tzinfo=UTC))


NOWHERE = Site({})


def refusal(identifier: str, pages: dict[str, Any] | None = None) -> TestamurError:
    with pytest.raises(TestamurError) as caught:
        resolve_verification_method(identifier, Site(pages or {}))
    return caught.value


# --- did:key and did:jwk -------------------------------------------------------------------------------------------------


def did_jwk(jwk: Any) -> str:
    return "did:jwk:" + base64url_encode(json.dumps(jwk, separators=(",", ":")).encode())


@pytest.mark.parametrize("key", [KEY, OTHER], ids=["Ed25519", "P-256"])
def test_did_jwk(key: PublicKey) -> None:
    did = did_jwk(key.jwk)
    method = resolve_verification_method(did + "#0", NOWHERE)
    assert (method.id, method.controller, method.key) == (did + "#0", did, key)
    assert (method.purposes, method.bound_by) == (SIGNING, "did:jwk")
    assert resolve_verification_method(did, NOWHERE) == method


@pytest.mark.parametrize(
    ("identifier", "code"),
    [
        (did_jwk({**KEY.jwk, "d": KEY.jwk["x"]}) + "#0", "key_material.private_in_public"),
        (did_jwk({**KEY.jwk, "use": "enc"}) + "#0", "key_material.jwk"),
        (did_jwk([]) + "#0", "key_material.jwk"),
        (did_jwk(KEY.jwk) + "#1", "did.fragment_mismatch"),
        ("did:jwk:" + base64url_encode(b'{"kty":"OKP","kty":"OKP"}') + "#0", "input.json_duplicate_key"),
        ("did:jwk:e30A#0", "input.json_syntax"),
        ("did:jwk:A#0", "key_material.base64url"),
        ("did:jwk:" + "A" * 20_000, "did.syntax"),
        (did_key_for(KEY)[0] + "#" + OTHER.multikey, "did.fragment_mismatch"),
        (did_key_for(KEY)[0] + "#", "did.syntax"),
        (did_key_for(KEY)[0] + "x", "key_material.unsupported"),
        (did_key_for(KEY)[0] + "?a=b", "did.syntax"),
        (did_key_for(KEY)[0] + "/path#a", "did.syntax"),
        ("did:key:", "did.syntax"),
        ("did:key:z6Mk", "key_material.unsupported"),
        ("did:example:z6MkrvfzkMnvCroEUP2DVc9SHPE48CRsvHiVSusHioxTYu1x", "did.method_unsupported"),
        ("did:WEB:example.edu#1", "did.syntax"),
        ("xxx:z6MkrvfzkMnvCroEUP2DVc9SHPE48CRsvHiVSusHioxTYu1x", "did.scheme_unsupported"),
        ("urn:uuid:319b0e91-9fb2-4f41-aff8-810f24aff284#key", "did.scheme_unsupported"),
        ("file:///etc/passwd#key", "did.scheme_unsupported"),
        ("http://example.edu/issuer#key", "did.not_https"),
        ("https://#key", "did.syntax"),
        ("https://a@example.edu/#key", "did.syntax"),
        ("https://example.edu\\@evil.example/#key", "did.syntax"),
        ("https://example.edu:99999/#key", "did.syntax"),
        ("https://exämple.edu/#key", "did.syntax"),
        ("https://example.edu/a b#key", "did.syntax"),
        ("https://[::1/#key", "did.syntax"),
        ("", "did.scheme_unsupported"),
    ],
)
def test_names_that_are_refused_without_asking_anybody(identifier: str, code: str) -> None:
    site = Site({})
    with pytest.raises(TestamurError) as caught:
        resolve_verification_method(identifier, site)
    assert (caught.value.code, site.asked) == (code, [])


# --- the address of a did:web --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("did", "address"),
    [
        ("did:web:example.edu", "https://example.edu/.well-known/did.json"),
        ("did:web:example.edu:a:b", "https://example.edu/a/b/did.json"),
        ("did:web:example.edu%3A8443:a", "https://example.edu:8443/a/did.json"),
        ("did:web:example.edu%3a8443", "https://example.edu:8443/.well-known/did.json"),
        ("did:web:xn--9n2bp8q.xn--3e0b707e:a", "https://xn--9n2bp8q.xn--3e0b707e/a/did.json"),
        ("did:web:example.edu:a%20b", "https://example.edu/a%20b/did.json"),
        ("did:web:localhost%3A8000:institutions:x", "http://localhost:8000/institutions/x/did.json"),
        ("did:web:127.0.0.1%3A8000", "http://127.0.0.1:8000/.well-known/did.json"),
        ("did:web:%5B%3A%3A1%5D%3A8000:a", "http://[::1]:8000/a/did.json"),
        ("did:web:%5B%3A%3A1%5D", "http://[::1]/.well-known/did.json"),
        ("did:web:registrar%3A3000:d:www.acme.example", "https://registrar:3000/d/www.acme.example/did.json"),
    ],
)
def test_the_address_of_a_did_web(did: str, address: str) -> None:
    assert did_web_url(did) == address


@pytest.mark.parametrize(
    ("did", "code"),
    [
        ("did:web:", "did.syntax"),
        ("did:key:z6Mk", "did.syntax"),
        ("did:web:example.edu/a", "did.syntax"),
        ("did:web:example.edu#key", "did.syntax"),
        ("did:web:10.0.0.1", "did.web_ip_host"),
        ("did:web:10.0.0.1%3A80:a", "did.web_ip_host"),
        ("did:web:127.1", "did.web_ip_host"),
        ("did:web:2130706433", "did.web_ip_host"),
        ("did:web:0x7f.1", "did.web_ip_host"),
        ("did:web:0x7f000001", "did.web_ip_host"),
        ("did:web:169.254.169.254.", "did.web_ip_host"),
        ("did:web:%5Bfd00%3A%3A1%5D", "did.web_ip_host"),
        ("did:web:%5B%3A%3Affff%3A10.0.0.1%5D%3A80", "did.web_ip_host"),
        ("did:web:example..edu", "did.web_host"),
        ("did:web:-example.edu", "did.web_host"),
        ("did:web:user%40example.edu", "did.web_host"),
        ("did:web:example.edu%2Fpath", "did.web_host"),
        ("did:web:example.edu%23", "did.web_host"),
        ("did:web:ex%C3%A4mple.edu", "did.web_host"),
        ("did:web:" + "a" * 64 + ".edu", "did.web_host"),
        ("did:web:example.edu%3A0", "did.web_port"),
        ("did:web:example.edu%3A65536", "did.web_port"),
        ("did:web:example.edu%3A", "did.web_port"),
        ("did:web:example.edu%3A80a", "did.web_port"),
        ("did:web:example.edu:..:admin", "did.web_path"),
        ("did:web:example.edu:%2e%2e:admin", "did.web_path"),
        ("did:web:example.edu:a%2Fb", "did.web_path"),
        ("did:web:example.edu:a%5Cb", "did.web_path"),
        ("did:web:example.edu:a%3Fb", "did.web_path"),
        ("did:web:example.edu:a%23b", "did.web_path"),
        ("did:web:example.edu:a%0Ab", "did.web_path"),
        ("did:web:example.edu:%252e%252e", "did.web_path"),
        ("did:web:example.edu:a::b", "did.web_path"),
        ("did:web:example.edu:", "did.web_path"),
    ],
)
def test_a_did_web_that_leads_nowhere_or_astray(did: str, code: str) -> None:
    with pytest.raises(Malformed) as caught:
        did_web_url(did)
    assert caught.value.code == code


def test_an_identifier_is_a_text() -> None:
    with pytest.raises(Malformed):
        split_identifier({"id": "did:web:example.edu"})  # type: ignore[arg-type]


# --- did:web -------------------------------------------------------------------------------------------------------------

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


# --- issuer profiles over https ------------------------------------------------------------------------------------------

IN_PROFILE = f"{PROFILE}#{KEY.multikey}"
LISTED = {"id": IN_PROFILE, "type": "Multikey", "controller": PROFILE, "publicKeyMultibase": KEY.multikey}
GOOD_PROFILE = {"id": PROFILE, "type": ["Profile"], "verificationMethod": [LISTED], "assertionMethod": [IN_PROFILE]}


def test_a_profile_that_lists_the_key() -> None:
    site = Site({PROFILE: GOOD_PROFILE})
    method = resolve_verification_method(IN_PROFILE, site)
    assert (method.id, method.controller, method.key, method.bound_by) == (IN_PROFILE, PROFILE, KEY, "https")
    assert method.purposes == {"assertionMethod"}
    assert site.asked == [PROFILE]


@pytest.mark.parametrize(
    "page", [{"id": PROFILE, "type": ["Profile"]}, NotFound("gone")], ids=["not listed", "not there"]
)
def test_a_key_that_stands_only_in_the_fragment_is_unbound(page: Any) -> None:
    error = refusal(IN_PROFILE, {PROFILE: page})
    assert isinstance(error, ResolutionError)
    assert error.code == "did.unbound_fragment_key"
    assert PublicKey.from_multikey(error.facts["public_key"]) == KEY == key_in_fragment(IN_PROFILE)


def test_a_named_key_that_is_not_listed_is_not_found() -> None:
    assert refusal(PROFILE + "#key-1", {PROFILE: GOOD_PROFILE}).code == "did.method_not_listed"
    assert refusal(PROFILE + "#key-1").code == "resolution.not_found"
    assert key_in_fragment(PROFILE + "#key-1") is None


def test_a_fragment_key_is_not_unbound_while_nobody_answers() -> None:
    assert refusal(IN_PROFILE, {PROFILE: Unreachable("offline")}).code == "resolution.unreachable"


def test_the_fragment_cannot_overrule_the_profile() -> None:
    swapped = {**GOOD_PROFILE, "verificationMethod": [{**LISTED, "publicKeyMultibase": OTHER.multikey}]}
    assert resolve_verification_method(IN_PROFILE, Site({PROFILE: swapped})).key == OTHER


def test_a_profile_of_another_id_is_refused() -> None:
    assert refusal(IN_PROFILE, {PROFILE: {**GOOD_PROFILE, "id": PROFILE + "/"}}).code == "did.document_id_mismatch"


KEY_ADDRESS = "https://example.edu/keys/1"
SINGLE = {"id": KEY_ADDRESS, "type": "Multikey", "controller": PROFILE, "publicKeyMultibase": KEY.multikey}


@pytest.mark.parametrize(
    "profile",
    [
        {"id": PROFILE, "assertionMethod": [KEY_ADDRESS]},
        {"id": PROFILE, "verificationMethod": [SINGLE], "assertionMethod": KEY_ADDRESS},
        {"id": PROFILE, "assertionMethod": [SINGLE]},
    ],
)
def test_a_method_of_its_own_address_that_its_controller_names_back(profile: dict[str, Any]) -> None:
    method = resolve_verification_method(KEY_ADDRESS, Site({KEY_ADDRESS: SINGLE, PROFILE: profile}))
    assert (method.controller, method.key, method.purposes) == (PROFILE, KEY, frozenset({"assertionMethod"}))


def test_a_method_of_its_own_address_controlled_by_a_did_web() -> None:
    single = {**SINGLE, "controller": DID}
    method = resolve_verification_method(
        KEY_ADDRESS, Site({KEY_ADDRESS: single, ADDRESS: {"id": DID, "assertionMethod": [KEY_ADDRESS]}})
    )
    assert (method.controller, method.bound_by) == (DID, "did:web")


@pytest.mark.parametrize(
    ("pages", "code"),
    [
        ({PROFILE: {"id": PROFILE}}, "did.method_not_listed"),
        ({PROFILE: {"id": PROFILE, "assertionMethod": ["https://example.edu/keys/2"]}}, "did.method_not_listed"),
        ({PROFILE: {"id": "https://example.edu/other", "assertionMethod": [KEY_ADDRESS]}}, "did.document_id_mismatch"),
        (
            {PROFILE: {"id": PROFILE, "assertionMethod": [{**SINGLE, "publicKeyMultibase": OTHER.multikey}]}},
            "did.method_ambiguous",
        ),
        ({}, "resolution.not_found"),
        ({KEY_ADDRESS: {**SINGLE, "id": "https://example.edu/keys/2"}}, "did.document_id_mismatch"),
        ({KEY_ADDRESS: {**SINGLE, "controller": None}}, "did.method_malformed"),
        ({KEY_ADDRESS: {**SINGLE, "controller": did_key_for(OTHER)[0]}}, "did.controller_mismatch"),
        ({KEY_ADDRESS: {**SINGLE, "controller": "ftp://example.edu"}}, "did.scheme_unsupported"),
        ({KEY_ADDRESS: GOOD_PROFILE}, "did.document_id_mismatch"),
    ],
)
def test_a_method_of_its_own_address_that_nobody_names_back(pages: dict[str, Any], code: str) -> None:
    assert refusal(KEY_ADDRESS, {KEY_ADDRESS: SINGLE, **pages}).code == code


def test_a_bare_jwk_and_a_set_of_them_vouch_for_nobody() -> None:
    for page in (KEY.jwk, {"keys": [{**KEY.jwk, "kid": KEY_ADDRESS}, {**OTHER.jwk, "kid": "other"}]}):
        method = resolve_verification_method(KEY_ADDRESS, Site({KEY_ADDRESS: page}))
        assert (method.key, method.controller, method.purposes) == (KEY, KEY_ADDRESS, frozenset())
    keys = {"keys": [{**KEY.jwk, "kid": "key-1"}, {**OTHER.jwk, "kid": "key-2"}]}
    method = resolve_verification_method(KEY_ADDRESS + "#key-2", Site({KEY_ADDRESS: keys}))
    assert (method.id, method.key, method.controller) == (KEY_ADDRESS + "#key-2", OTHER, KEY_ADDRESS)


@pytest.mark.parametrize(
    ("page", "code"),
    [
        ({"keys": []}, "did.method_not_listed"),
        ({"keys": "none"}, "did.method_not_listed"),
        ({"keys": [{**KEY.jwk, "kid": []}, {**KEY.jwk, "kid": None}, KEY.jwk]}, "did.method_not_listed"),
        ({"keys": [{**KEY.jwk, "kid": "key-1"}, {**OTHER.jwk, "kid": "key-1"}]}, "did.method_not_listed"),
        ({"keys": [{**KEY.jwk, "kid": "key-1", "d": "AA"}]}, "key_material.private_in_public"),
        ({"kty": "oct", "k": "AA"}, "key_material.private_in_public"),
    ],
)
def test_sets_that_do_not_hold_the_key_once(page: Any, code: str) -> None:
    assert refusal(KEY_ADDRESS + "#key-1", {KEY_ADDRESS: page}).code == code


def test_http_only_on_this_machine() -> None:
    local = "http://localhost:8000/profile.json"
    page = {"id": local, "assertionMethod": [{"id": local + "#key-1", "publicKeyMultibase": KEY.multikey}]}
    assert resolve_verification_method(local + "#key-1", Site({local: page})).key == KEY
    assert refusal("http://localhost.evil.example/#key-1").code == "did.not_https"


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
