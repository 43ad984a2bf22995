"""Compact JWS: the token chooses neither its key nor whether it is signed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from tests.shared import shared

from testamur.errors import InputError
from testamur.proofs.encodings import base64url_encode
from testamur.proofs.jose import ClaimMismatch, check_jws, ob3_jwt_claims_match, read_compact
from testamur.proofs.keys import PrivateKey, PublicKey
from testamur.proofs.result import ProofOutcome

KEYS = {"EdDSA": "Ed25519", "Ed25519": "Ed25519", "ES256": "P-256", "ES384": "P-384"}
SECRETS = {"Ed25519": bytes(range(32)), "P-256": bytes(range(1, 33)), "P-384": bytes(range(1, 49))}
KEY = PrivateKey("Ed25519", SECRETS["Ed25519"])
RSA = rsa.generate_private_key(65537, 2048)
RSA_PUBLIC = PublicKey.from_jwk(
    {"kty": "RSA", "n": base64url_encode(RSA.public_key().public_numbers().n.to_bytes(256, "big")), "e": "AQAB"}
)
PAYLOAD = {"iss": "did:web:example.edu", "n": 1}


def encode(value: Any) -> str:
    return base64url_encode(value if isinstance(value, bytes) else json.dumps(value).encode())


def token(header: Any, payload: Any = PAYLOAD, sign: Callable[[bytes], bytes] = KEY.sign) -> str:
    signing_input = f"{encode(header)}.{encode(payload)}"
    return f"{signing_input}.{base64url_encode(sign(signing_input.encode()))}"


def outcome(text: str | bytes, key: PublicKey = KEY.public) -> tuple[str, str]:
    result = check_jws(text, key)
    assert (result.problem is None) == (result.outcome is not ProofOutcome.FAILED)
    return result.outcome.value, result.code


@pytest.mark.parametrize(("name", "algorithm"), KEYS.items())
def test_each_algorithm_of_the_list(name: str, algorithm: str) -> None:
    key = PrivateKey(algorithm, SECRETS[algorithm])
    good = token({"alg": name}, sign=key.sign)
    assert outcome(good, key.public) == ("passed", "jose.verified")
    assert outcome(good.encode(), key.public) == ("passed", "jose.verified")
    assert outcome(good, PrivateKey.generate(algorithm).public) == ("failed", "jose.signature_false")
    head, body, signature = good.split(".")
    assert outcome(f"{head}.{encode({**PAYLOAD, 'n': 2})}.{signature}", key.public) == (
        "failed",
        "jose.signature_false",
    )
    assert outcome(f"{head}.{body}.", key.public) == ("failed", "jose.signature_false")
    assert outcome(good, RSA_PUBLIC) == ("failed", "jose.key_algorithm_mismatch")


def test_rsa_with_both_paddings_and_not_one_for_the_other() -> None:
    plain = token({"alg": "RS256"}, sign=lambda data: RSA.sign(data, padding.PKCS1v15(), hashes.SHA256()))
    pss = token(
        {"alg": "PS256"},
        sign=lambda data: RSA.sign(data, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256()),
    )
    assert outcome(plain, RSA_PUBLIC) == outcome(pss, RSA_PUBLIC) == ("passed", "jose.verified")
    swapped = token({"alg": "PS256"}, sign=lambda data: RSA.sign(data, padding.PKCS1v15(), hashes.SHA256()))
    assert outcome(swapped, RSA_PUBLIC) == ("failed", "jose.signature_false")


@pytest.mark.parametrize("name", ["none", "None", "NONE", "nOnE", "HS256", "HS384", "HS512", "hs256"])
@pytest.mark.parametrize("signature", ["", "AA"])
def test_no_signature_and_shared_secrets_are_refused(name: str, signature: str) -> None:
    assert outcome(f"{encode({'alg': name})}.{encode(PAYLOAD)}.{signature}") == ("failed", "jose.algorithm_refused")


def test_the_public_key_is_no_shared_secret() -> None:
    def sign(data: bytes) -> bytes:
        mac = hmac.HMAC(RSA_PUBLIC.raw, hashes.SHA256())
        mac.update(data)
        return mac.finalize()

    assert outcome(token({"alg": "HS256"}, sign=sign), RSA_PUBLIC) == ("failed", "jose.algorithm_refused")


@pytest.mark.parametrize("name", ["ES521", "RS512", "ES256K", "ML-DSA-44", "eddsa", "A128KW"])
def test_algorithms_that_we_do_not_know_are_undecided(name: str) -> None:
    assert outcome(token({"alg": name})) == ("unknown", "jose.algorithm_unknown")


OTHER = PrivateKey("Ed25519", bytes(32))
HEADERS = [
    ({"alg": None}, "jose.algorithm_invalid"),
    ({"alg": ["EdDSA"]}, "jose.algorithm_invalid"),
    ({"alg": ""}, "jose.algorithm_invalid"),
    ({"crit": ["exp"]}, "jose.critical_header"),
    ({"crit": []}, "jose.critical_header"),
    ({"crit": ["b64"], "b64": False}, "jose.critical_header"),
    ({"b64": False}, "jose.b64"),
    ({"b64": "true"}, "jose.b64"),
    ({"b64": 1}, "jose.b64"),
    ({"jwk": OTHER.public.jwk}, "jose.header_key_mismatch"),
    ({"jwk": KEY.secret_jwk}, "jose.header_key_mismatch"),
    ({"jwk": "x"}, "jose.header_key_mismatch"),
    ({"jwk": {"kty": "oct", "k": "AA"}}, "jose.header_key_mismatch"),
    ({"alg": "ES256"}, "jose.key_algorithm_mismatch"),
    ({"alg": "RS256"}, "jose.key_algorithm_mismatch"),
]


@pytest.mark.parametrize(("change", "code"), HEADERS, ids=range(len(HEADERS)))
def test_a_header_with_one_thing_wrong(change: dict[str, Any], code: str) -> None:
    assert outcome(token({"alg": "EdDSA", "typ": "JWT"})) == ("passed", "jose.verified")
    header = {name: value for name, value in {"alg": "EdDSA", "typ": "JWT", **change}.items() if value is not None}
    assert outcome(token(header)) == ("failed", code)


def test_a_token_does_not_bring_its_own_key() -> None:
    own = token({"alg": "EdDSA", "jwk": OTHER.public.jwk, "kid": "did:key:x"}, sign=OTHER.sign)
    assert outcome(own, OTHER.public) == ("passed", "jose.verified")
    assert outcome(own) == ("failed", "jose.header_key_mismatch")
    for header in (
        {"jku": "https://evil.example/jwks"},
        {"x5u": "https://evil.example/x"},
        {"x5c": ["AA"]},
        {"kid": "../../dev/null"},
    ):
        assert outcome(token({"alg": "EdDSA", **header}, sign=OTHER.sign)) == ("failed", "jose.signature_false")
        assert outcome(token({"alg": "EdDSA", **header})) == ("passed", "jose.verified")


GOOD = token({"alg": "EdDSA"})
HEAD, BODY, SIGNATURE = GOOD.split(".")
UNREADABLE: list[tuple[str | bytes, str]] = [
    ("", "jose.syntax"),
    ("a.b", "jose.syntax"),
    (f"{HEAD}.{BODY}", "jose.syntax"),
    (f"{HEAD}.{BODY}.{SIGNATURE}.{SIGNATURE}", "jose.syntax"),
    (f"{HEAD}=.{BODY}.{SIGNATURE}", "jose.syntax"),
    (f"{HEAD}.{BODY}.{SIGNATURE}==", "jose.syntax"),
    (f" {HEAD}.{BODY}.{SIGNATURE}", "jose.syntax"),
    (f"{HEAD}.{BODY}.{SIGNATURE}\n", "jose.syntax"),
    (f"{HEAD}.{BODY}.{SIGNATURE[:-1]}+", "jose.syntax"),
    (f"{HEAD}.{BODY}.é", "jose.syntax"),
    (b"\xff.a.b", "jose.syntax"),
    (f"{HEAD}.{BODY}.{SIGNATURE[:-1]}{chr(ord(SIGNATURE[-1]) + 1)}", "jose.syntax"),
    (f".{BODY}.{SIGNATURE}", "input.json_syntax"),
    (f"{HEAD}..{SIGNATURE}", "input.json_syntax"),
    (token(["alg"]), "jose.not_an_object"),
    (token({"alg": "EdDSA"}, payload=["x"]), "jose.not_an_object"),
    (token({"alg": "EdDSA"}, payload=GOOD.encode()), "input.json_syntax"),
    (token(b'{"alg":"none","alg":"EdDSA"}'), "input.json_duplicate_key"),
    (token({"alg": "EdDSA"}, payload=b'{"iss":"a","iss":"b"}'), "input.json_duplicate_key"),
    (token({"alg": "EdDSA"}, payload=b"[" * 100_000), "input.json_depth"),
    (token({"alg": "EdDSA", "x": "x" * 40_000}), "input.too_large"),
    ("x" * 1_500_001, "input.too_large"),
]


@pytest.mark.parametrize(("text", "code"), UNREADABLE, ids=range(len(UNREADABLE)))
def test_what_is_no_token(text: str | bytes, code: str) -> None:
    with pytest.raises(InputError) as caught:
        read_compact(text)
    assert caught.value.code == code
    assert outcome(text) == ("failed", code)


def test_reading_gives_header_and_payload() -> None:
    assert read_compact(GOOD) == ({"alg": "EdDSA"}, PAYLOAD)


# --- the fixtures of the W3C suite ---------------------------------------------------------------------------------------

INPUTS = "vectors/w3c/jose-cose-inputs/tests/input/"


def w3c_keys() -> dict[str, PublicKey]:
    methods = [json.loads(shared(f"{INPUTS}vm-{name}.json").read_text()) for name in ("ed25519", "p256", "p384")]
    return {method["publicKeyJwk"]["kid"]: PublicKey.from_jwk(method["publicKeyJwk"]) for method in methods}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("credential-jose-minimal", "jose.verified"),
        ("credential-issuer-match-signed", "jose.verified"),
        ("credential-jose-bad-signature", "jose.signature_false"),
    ],
)
def test_the_signatures_of_the_w3c_fixtures(name: str, code: str) -> None:
    text = shared(f"{INPUTS}{name}.txt").read_text().strip()
    header, _ = read_compact(text)
    key = w3c_keys().get(header["kid"])
    if key is None:
        key = next(key for key in w3c_keys().values() if check_jws(text, key).outcome is ProofOutcome.PASSED)
    assert check_jws(text, key).code == code


def test_a_published_badge_of_another_platform_has_matching_claims() -> None:
    text = shared("vectors/1edtech/validator-cases/inspector-vc/ob30/velocity.jwt").read_text().strip()
    header, payload = read_compact(text)
    credential = payload["vc"]
    assert ob3_jwt_claims_match(header, payload, credential) == []
    assert ob3_jwt_claims_match(header, {**payload, "iss": "did:web:evil.example"}, credential) == [
        ClaimMismatch("iss", "issuer")
    ]


# --- claims --------------------------------------------------------------------------------------------------------------

CREDENTIAL: dict[str, Any] = {
    "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
    "id": "urn:uuid:1",
    "issuer": {"id": "did:web:example.edu", "type": ["Profile"]},
    "validFrom": "2026-02-24T12:00:00Z",
    "validUntil": "2028-02-24T21:00:00+09:00",
    "credentialSubject": {"id": "urn:uuid:2", "type": ["AchievementSubject"]},
}
CLAIMS = {"iss": "did:web:example.edu", "jti": "urn:uuid:1", "sub": "urn:uuid:2", "nbf": 1771934400, "exp": 1835006400}
JWT, VC_JWT = {"typ": "JWT"}, {"typ": "vc+jwt"}


def test_claims_that_say_what_the_credential_says() -> None:
    assert ob3_jwt_claims_match(JWT, {**CREDENTIAL, **CLAIMS}, CREDENTIAL) == []
    assert ob3_jwt_claims_match(VC_JWT, CREDENTIAL, CREDENTIAL) == []


@pytest.mark.parametrize(
    ("claim", "member"),
    [("iss", "issuer"), ("jti", "id"), ("sub", "credentialSubject.id"), ("nbf", "validFrom"), ("exp", "validUntil")],
)
@pytest.mark.parametrize("header", [JWT, VC_JWT], ids=["JWT", "vc+jwt"])
def test_each_claim_that_differs_or_lacks(claim: str, member: str, header: dict[str, str]) -> None:
    payload = {**CREDENTIAL, **CLAIMS}
    for wrong in ("other", 5, None, [], True) if claim in ("iss", "jti", "sub") else ("2026", 1, None, True):
        assert ob3_jwt_claims_match(header, {**payload, claim: wrong}, CREDENTIAL) == [ClaimMismatch(claim, member)]
    del payload[claim]
    missing = [ClaimMismatch(claim, member, missing=True)] if header is JWT else []
    assert ob3_jwt_claims_match(header, payload, CREDENTIAL) == missing


def test_claims_without_a_counterpart_differ() -> None:
    bare = {name: value for name, value in CREDENTIAL.items() if name not in ("validFrom", "validUntil")}
    bare["credentialSubject"] = {"identifier": []}
    found = ob3_jwt_claims_match(JWT, {**bare, **CLAIMS}, bare)
    assert [mismatch.claim for mismatch in found] == ["sub", "nbf", "exp"]


def test_the_outer_document_must_be_the_payload() -> None:
    payload = {**CREDENTIAL, **CLAIMS}
    altered = {**CREDENTIAL, "name": "altered"}
    assert ob3_jwt_claims_match(JWT, payload, altered) == [ClaimMismatch("name", "name", missing=True)]
    assert ob3_jwt_claims_match(JWT, {**payload, "name": "Award"}, altered) == [ClaimMismatch("name", "name")]
    assert ob3_jwt_claims_match(JWT, {**payload, "vc": {}}, CREDENTIAL) == [ClaimMismatch("vc", "")]


VERSION_1 = {
    "@context": ["https://www.w3.org/2018/credentials/v1"],
    "id": "urn:uuid:1",
    "issuer": "did:web:example.edu",
    "issuanceDate": "2026-02-24T12:00:00.500Z",
    "expirationDate": "2028-02-24T12:00:00Z",
    "credentialSubject": {"id": "urn:uuid:2"},
}


def test_version_1_keeps_the_credential_in_a_claim_of_its_own() -> None:
    payload = {**CLAIMS, "vc": VERSION_1}
    assert ob3_jwt_claims_match(JWT, payload, VERSION_1) == []
    shorter = {name: value for name, value in VERSION_1.items() if name not in ("issuer", "id")}
    assert ob3_jwt_claims_match(JWT, {**payload, "vc": shorter}, VERSION_1) == []
    changed = {**VERSION_1, "issuer": "did:web:other.example"}
    assert ob3_jwt_claims_match(JWT, {**payload, "vc": changed}, VERSION_1) == [ClaimMismatch("vc", "issuer")]
    assert ob3_jwt_claims_match(JWT, CLAIMS, VERSION_1) == [ClaimMismatch("vc", "", missing=True)]
    assert ob3_jwt_claims_match(JWT, {**payload, "nbf": 1771934401}, VERSION_1) == [
        ClaimMismatch("nbf", "issuanceDate")
    ]
