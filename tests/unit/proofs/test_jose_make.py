"""Badges made as tokens: the claims repeat what the credential says, and what they could not repeat is refused."""

from __future__ import annotations

from typing import Any

import pytest

from testamur import strict_json
from testamur.errors import ProofError
from testamur.proofs.encodings import base64url_decode
from testamur.proofs.jose import check_jws, ob3_jwt_claims_match, read_compact, sign_as_jwt, sign_compact
from testamur.proofs.keys import PrivateKey
from testamur.proofs.result import ProofOutcome

KID = "did:web:example.edu#key-1-jwk"
CREDENTIAL: dict[str, Any] = {
    "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
    "id": "urn:uuid:1",
    "type": ["VerifiableCredential", "OpenBadgeCredential"],
    "issuer": {"id": "did:web:example.edu", "type": ["Profile"], "name": "대학교"},
    "validFrom": "2026-02-24T12:00:00Z",
    "validUntil": "2028-02-24T21:00:00+09:00",
    "credentialSubject": {"id": "urn:uuid:2", "type": ["AchievementSubject"]},
}
KEYS = {
    "RS256": PrivateKey.generate("RSA"),
    "ES256": PrivateKey("P-256", bytes(range(1, 33))),
    "ES384": PrivateKey("P-384", bytes(range(1, 49))),
    "ES512": PrivateKey("P-521", bytes(range(66))),
    "EdDSA": PrivateKey("Ed25519", bytes(range(32))),
}
SIGNER = KEYS["EdDSA"]


def without(*names: str) -> dict[str, Any]:
    return {name: value for name, value in CREDENTIAL.items() if name not in names}


@pytest.mark.parametrize("name", KEYS)
def test_each_algorithm_signs_and_its_claims_match(name: str) -> None:
    token = sign_as_jwt(CREDENTIAL, KEYS[name], KID)
    header, payload = read_compact(token)
    assert header == {"alg": name, "kid": KID, "typ": "JWT"}
    assert check_jws(token, KEYS[name].public).outcome is ProofOutcome.PASSED
    assert check_jws(token, PrivateKey.generate(KEYS[name].algorithm).public).code == "jose.signature_false"
    assert ob3_jwt_claims_match(header, payload, CREDENTIAL) == []
    assert "vc" not in payload
    assert {claim: payload[claim] for claim in ("iss", "jti", "sub", "nbf", "exp")} == {
        "iss": "did:web:example.edu",
        "jti": "urn:uuid:1",
        "sub": "urn:uuid:2",
        "nbf": 1771934400,
        "exp": 1835006400,
    }


def test_the_same_again() -> None:
    assert sign_as_jwt(CREDENTIAL, SIGNER, KID) == sign_as_jwt(CREDENTIAL, SIGNER, KID)
    payload = base64url_decode(sign_as_jwt(CREDENTIAL, SIGNER, KID).decode().split(".")[1])
    assert "대학교".encode() in payload
    assert list(strict_json.loads(payload))[:3] == ["@context", "id", "type"]


def test_claims_without_a_counterpart_are_left_out() -> None:
    bare = {**without("validUntil"), "issuer": "did:web:example.edu", "credentialSubject": {"type": []}}
    _, payload = read_compact(sign_as_jwt(bare, SIGNER, KID))
    assert payload.keys() & {"exp", "sub"} == set()
    assert payload["iss"] == "did:web:example.edu"


@pytest.mark.parametrize(
    ("document", "code", "facts"),
    [
        (without("id"), "jose.member_missing", {"member": "id"}),
        (without("issuer"), "jose.member_missing", {"member": "issuer"}),
        ({**CREDENTIAL, "issuer": {}}, "jose.member_missing", {"member": "issuer"}),
        (without("validFrom"), "jose.member_missing", {"member": "validFrom"}),
        (without("credentialSubject"), "jose.member_missing", {"member": "credentialSubject"}),
        ({**CREDENTIAL, "credentialSubject": []}, "jose.member_missing", {"member": "credentialSubject"}),
        (
            {**CREDENTIAL, "credentialSubject": {"id": 5}},
            "jose.member_missing",
            {"member": "credentialSubject.id"},
        ),
        ({**CREDENTIAL, "validFrom": "2026-02-24"}, "jose.member_missing", {"member": "validFrom"}),
        ({**CREDENTIAL, "validUntil": "never"}, "jose.member_missing", {"member": "validUntil"}),
        (
            {**CREDENTIAL, "validFrom": "2026-02-24T12:00:00.5Z"},
            "jose.fraction_of_second",
            {"member": "validFrom"},
        ),
        ({**CREDENTIAL, "proof": {}}, "jose.proof_inside", {}),
        ({**CREDENTIAL, "vc": {}}, "jose.claim_in_document", {"members": ["vc"]}),
        ({**CREDENTIAL, "exp": 1835006400}, "jose.claim_in_document", {"members": ["exp"]}),
        ({**CREDENTIAL, "@context": ["https://www.w3.org/2018/credentials/v1"]}, "jose.version_1", {}),
        ({**CREDENTIAL, "@context": "https://www.w3.org/2018/credentials/v1"}, "jose.version_1", {}),
    ],
)
def test_a_credential_with_one_thing_wrong(document: dict[str, Any], code: str, facts: dict[str, Any]) -> None:
    sign_as_jwt(CREDENTIAL, SIGNER, KID)
    with pytest.raises(ProofError) as caught:
        sign_as_jwt(document, SIGNER, KID)
    assert (caught.value.code, caught.value.facts) == (code, facts)


@pytest.mark.parametrize("kid", ["", "key-1", "did:web:a b", None])
def test_the_name_of_the_key_is_an_address(kid: Any) -> None:
    with pytest.raises(ProofError) as caught:
        sign_as_jwt(CREDENTIAL, SIGNER, kid)
    assert caught.value.code == "jose.kid_invalid"


@pytest.mark.parametrize("name", ["alg", "jwk", "crit", "b64"])
def test_a_header_does_not_choose_the_rules(name: str) -> None:
    with pytest.raises(ProofError) as caught:
        sign_compact({name: "x"}, b"{}", SIGNER)
    assert caught.value.code == "jose.header_reserved"


def test_a_key_without_a_jose_name() -> None:
    class Koblitz:
        algorithm = "secp256k1"
        public_multikey = "z"

        def sign(self, data: bytes) -> bytes:
            return b""

    with pytest.raises(ProofError) as caught:
        sign_compact({}, b"{}", Koblitz())
    assert caught.value.code == "jose.key_algorithm_mismatch"
