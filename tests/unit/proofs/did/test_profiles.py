"""Issuer profiles over https: a key is bound only when the profile lists it."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.proofs.did.site import (
    ADDRESS,
    DID,
    KEY,
    OTHER,
    PROFILE,
    Site,
    refusal,
)

from testamur.errors import NotFound, ResolutionError, Unreachable
from testamur.proofs.did import (
    did_key_for,
    key_in_fragment,
    resolve_verification_method,
)
from testamur.proofs.keys import PublicKey

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
