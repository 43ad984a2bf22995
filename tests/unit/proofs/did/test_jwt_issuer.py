"""Keys of issuers of SD-JWT VC: the metadata must be theirs and list the key once."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.proofs.did.site import Site

from testamur.errors import KeyMaterialError, NotFound, TestamurError
from testamur.proofs.did import jwt_issuer_url, resolve_jwt_issuer_key
from testamur.proofs.keys import PrivateKey
from testamur.proofs.sd_jwt import check_sd_jwt_vc, issue_sd_jwt_vc

ISSUER = "https://university.example/issuers/1"
ADDRESS = "https://university.example/.well-known/jwt-vc-issuer/issuers/1"
JWKS_ADDRESS = "https://keys.example/jwks.json"
KEY, OTHER = PrivateKey("P-256", bytes(range(1, 33))), PrivateKey("Ed25519", bytes(range(32)))
ENTRY = {**KEY.public.jwk, "kid": "key-1"}
METADATA: dict[str, Any] = {"issuer": ISSUER, "jwks": {"keys": [ENTRY, {**OTHER.public.jwk, "kid": "key-2"}]}}


@pytest.mark.parametrize(
    ("issuer", "url"),
    [
        ("https://example.com", "https://example.com/.well-known/jwt-vc-issuer"),
        ("https://example.com/", "https://example.com/.well-known/jwt-vc-issuer"),
        ("https://example.com:8443/tenant/1", "https://example.com:8443/.well-known/jwt-vc-issuer/tenant/1"),
        ("http://localhost:8000/a", "http://localhost:8000/.well-known/jwt-vc-issuer/a"),
    ],
)
def test_the_address(issuer: str, url: str) -> None:
    assert jwt_issuer_url(issuer) == url


@pytest.mark.parametrize(
    ("issuer", "code"),
    [
        ("http://example.com", "did.not_https"),
        ("did:web:example.com", "did.not_https"),
        ("https://example.com?x=1", "did.syntax"),
        ("https://example.com#x", "did.syntax"),
        ("https://user@example.com", "did.syntax"),
        ("example.com", "did.scheme_unsupported"),
    ],
)
def test_what_is_no_address(issuer: str, code: str) -> None:
    with pytest.raises(TestamurError) as caught:
        resolve_jwt_issuer_key(issuer, None, Site({}))
    assert caught.value.code == code


def test_a_credential_is_verified_with_the_key_of_the_metadata() -> None:
    token = issue_sd_jwt_vc({"iss": ISSUER, "vct": "https://x.example/degree"}, KEY, [], kid="key-1").compact
    method = resolve_jwt_issuer_key(ISSUER, "key-1", Site({ADDRESS: METADATA}))
    assert (method.id, method.controller, method.bound_by) == (f"{ISSUER}#key-1", ISSUER, "https")
    assert method.purposes == {"assertionMethod"}
    assert check_sd_jwt_vc(token, method.key).result.code == "sd_jwt.verified"
    other = resolve_jwt_issuer_key(ISSUER, "key-2", Site({ADDRESS: METADATA}))
    assert check_sd_jwt_vc(token, other.key).result.code == "jose.key_algorithm_mismatch"


def test_the_only_key_needs_no_name_and_may_stand_elsewhere() -> None:
    one = {"issuer": ISSUER, "jwks_uri": JWKS_ADDRESS}
    method = resolve_jwt_issuer_key(ISSUER, None, Site({ADDRESS: one, JWKS_ADDRESS: {"keys": [ENTRY]}}))
    assert method.id == f"{ISSUER}#{KEY.public.thumbprint}"
    with pytest.raises(NotFound):
        resolve_jwt_issuer_key(ISSUER, None, Site({ADDRESS: one}))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"issuer": "https://university.example/issuers/2"}, "did.document_id_mismatch"),
        ({"issuer": ISSUER + "/"}, "did.document_id_mismatch"),
        ({"issuer": None}, "did.document_id_mismatch"),
        ({"jwks_uri": JWKS_ADDRESS}, "did.method_malformed"),
        ({"jwks": None}, "did.method_malformed"),
        ({"jwks": {"keys": {}}}, "did.method_malformed"),
        ({"jwks": {"keys": ["x"]}}, "did.method_malformed"),
        ({"jwks": {"keys": []}}, "did.method_not_listed"),
        ({"jwks": {"keys": [{**ENTRY, "kid": "other"}]}}, "did.method_not_listed"),
        ({"jwks": {"keys": [ENTRY, ENTRY]}}, "did.method_not_listed"),
        ({"jwks": {"keys": [ENTRY] * 257}}, "did.too_many_methods"),
        ({"jwks": {"keys": [{**KEY.secret_jwk, "kid": "key-1"}]}}, "key_material.private_in_public"),
    ],
)
def test_metadata_with_one_thing_wrong(change: dict[str, Any], code: str) -> None:
    assert resolve_jwt_issuer_key(ISSUER, "key-1", Site({ADDRESS: METADATA})).key == KEY.public
    with pytest.raises((TestamurError, KeyMaterialError)) as caught:
        resolve_jwt_issuer_key(ISSUER, "key-1", Site({ADDRESS: {**METADATA, **change}}))
    assert caught.value.code == code


@pytest.mark.parametrize("address", [5, "did:web:x.example", "http://keys.example/jwks.json", "file:///etc/passwd"])
def test_keys_are_not_fetched_from_anywhere(address: Any) -> None:
    site = Site({ADDRESS: {"issuer": ISSUER, "jwks_uri": address}})
    with pytest.raises(TestamurError):
        resolve_jwt_issuer_key(ISSUER, "key-1", site)
    assert site.asked == [ADDRESS]
