"""Names of keys: which are names at all, and where they lead."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.unit.proofs.did.site import (
    KEY,
    NOWHERE,
    OTHER,
    SIGNING,
    Site,
)

from testamur.errors import Malformed, TestamurError
from testamur.proofs.did import (
    did_key_for,
    did_web_url,
    resolve_verification_method,
    split_identifier,
)
from testamur.proofs.encodings import base64url_encode
from testamur.proofs.keys import PublicKey


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
