"""Tokens: other algorithms, critical extensions, keys that the header brings along, and tokens of one kind that pose as another."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from testamur.proofs.sd_jwt import parse_path
from testamur.proofs.vc_jose_cose import secure
from testamur.verification import Outcome
from tests.fuzz.attacks.world import (
    INVALID,
    THIEF,
    THIEF_METHOD,
    UNDETERMINED,
    VALID,
    Instead,
    codes,
    from_whom,
    verify,
)
from tests.simulator import NOW, Institution
from tests.unit.verification.checks.test_token import base64url, claims_of, token_of


def claims(university: Institution, **more: Any) -> dict[str, Any]:
    badge = university.unsigned(status=False)
    return {**badge, **claims_of(badge), **more}


def with_header(university: Institution, **header: Any) -> str:
    return token_of(claims(university), university.key, **{"kid": university.method, **header})


def with_algorithm(university: Institution, algorithm: Any) -> str:
    """A token that names `algorithm`. For HMAC the "secret" is the issuer's public key, as in the classical attack."""
    head = base64url(json.dumps({"typ": "JWT", "kid": university.method, "alg": algorithm}).encode())
    signing_input = f"{head}.{base64url(json.dumps(claims(university)).encode())}"
    secret = json.dumps(university.key.public.jwk).encode()
    signature = b"" if str(algorithm).lower() == "none" else university.key.sign(signing_input.encode())
    if str(algorithm).startswith("HS"):
        signature = hmac.new(secret, signing_input.encode(), hashlib.sha256).digest()
    return f"{signing_input}.{base64url(signature)}"


def test_the_token_itself_is_valid(university: Institution) -> None:
    assert verify(with_header(university), university).verdict is VALID
    assert verify(with_algorithm(university, "EdDSA"), university).verdict is VALID


@pytest.mark.parametrize(
    "algorithm",
    [
        "none",
        "None",
        "NONE",
        "",
        None,
        7,
        ["EdDSA"],
        "HS256",
        "HS512",
        "ES256",
        "ES256K",
        "RS256",
        "PS256",
        "RS1",
        "eddsa",
        "dir",
    ],
)
def test_no_other_algorithm(university: Institution, algorithm: Any) -> None:
    """One that we do not know is undetermined, every other one invalid."""
    assert verify(with_algorithm(university, algorithm), university).verdict is not VALID


@pytest.mark.parametrize(
    "header",
    [
        {"crit": ["exp"], "exp": 1}, {"crit": []}, {"crit": "b64"}, {"crit": ["b64"], "b64": False}, {"b64": False}, {"crit": None},
        {"kid": "../../../etc/passwd"}, {"kid": "' OR 1=1 --"}, {"kid": ""}, {"kid": 7}, {"kid": ["x"]}, {"kid": "file:///etc/passwd"},
        {"jwk": THIEF.public.jwk}, {"typ": "vp+jwt"}, {"zip": "DEF", "crit": ["zip"]}, {"kid": None},
    ],
)  # fmt: skip
def test_headers_that_promise_something_else(university: Institution, header: Mapping[str, Any]) -> None:
    assert verify(with_header(university, **header), university).verdict is not VALID


@pytest.mark.parametrize(
    "typ",
    [
        "kb+jwt",
        "statuslist+jwt",
        "at+jwt",
        "entity-statement+jwt",
        "dc+sd-jwt",
        "vc+sd-jwt",
        "openid4vci-proof+jwt",
        "logout+jwt",
        1,
    ],
)
def test_a_token_of_another_kind_is_no_credential(university: Institution, typ: Any) -> None:
    """RFC 8725 §3.11: one signing key makes many kinds of token, and only the type tells them apart."""
    assert verify(with_header(university, typ=typ), university).verdict is INVALID


@pytest.mark.parametrize("typ", ["JWT", "jwt", "vc+jwt", "application/vc+jwt", "VC+JWT", "vc+ld+jwt", None])
def test_the_kinds_of_a_credential(university: Institution, typ: str | None) -> None:
    head = {"alg": "EdDSA", "kid": university.method, **({"typ": typ} if typ else {})}
    signing_input = f"{base64url(json.dumps(head).encode())}.{base64url(json.dumps(claims(university)).encode())}"
    token = f"{signing_input}.{base64url(university.key.sign(signing_input.encode()))}"
    assert verify(token, university).verdict is VALID


@pytest.mark.parametrize("member", ["jku", "x5u"])
def test_addresses_of_keys_in_the_header_are_never_asked(university: Institution, member: str) -> None:
    verify(with_header(university, **{member: "https://thief.example/keys"}), university)
    assert not any("thief" in url for url in university.asked)
    only = token_of(claims(university), THIEF, **{member: "https://thief.example/keys"})
    assert verify(only, university).verdict is not VALID
    assert not any("thief" in url for url in university.asked)


def test_a_key_in_the_header_says_nothing_about_the_issuer(university: Institution) -> None:
    report = verify(token_of(claims(university), THIEF, jwk=THIEF.public.jwk), university)
    assert report.verdict is UNDETERMINED
    assert from_whom(report) is Outcome.UNKNOWN
    assert "issuer.unbound_header_key" in codes(report)


def test_the_thiefs_own_key_is_not_the_issuers(university: Institution) -> None:
    assert verify(token_of(claims(university), THIEF, kid=THIEF_METHOD), university).verdict is INVALID


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "did:web:thief.example"}, {"jti": "urn:x:other"}, {"nbf": 1}, {"exp": 4_000_000_000}, {"sub": "did:example:thief"},
        {"vc": {"type": ["VerifiableCredential"]}}, {"vp": {"type": ["VerifiablePresentation"]}},
    ],
)  # fmt: skip
def test_claims_that_say_another_thing_than_the_credential(university: Institution, change: Mapping[str, Any]) -> None:
    stated = claims(university)
    stated["credentialSubject"]["id"] = "did:example:mina"
    token = token_of({**stated, "sub": "did:example:mina", **change}, university.key, kid=university.method)
    assert verify(token, university).verdict is not VALID


@pytest.mark.parametrize("part", range(3))
@pytest.mark.parametrize("spelling", ["{}=", "{}==", "{} ", "{}\n", "A{}", "{}.", "{}\u200b"])
def test_other_spellings_of_the_same_part(university: Institution, part: int, spelling: str) -> None:
    sound = with_header(university)
    parts = sound.split(".")
    parts[part] = spelling.format(parts[part])
    token = ".".join(parts)
    assert token.strip() == sound or verify(token, university).verdict is not VALID


def test_the_last_bits_of_a_signature_are_no_second_spelling(university: Institution) -> None:
    """64 bytes end in the middle of a base64 letter: its spare bits must be zero, or one token would have four spellings."""
    token = with_header(university)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    for spare in range(1, 16):
        other = token[:-1] + letters[letters.index(token[-1]) | spare]
        assert other == token or verify(other, university).verdict is INVALID


def hidden(university: Institution, member: str, **award: Any) -> str:
    badge = university.unsigned(**award)
    university.revoke(badge)
    made = secure(badge, "vc+sd-jwt", university.key, kid=university.method, disclosable=[parse_path(member)])
    return made.decode().partition("~")[0]


@pytest.mark.parametrize(
    ("member", "code"), [("validUntil", "dates.end_not_shown"), ("credentialStatus", "status.not_shown")]
)
def test_withholding_what_would_speak_against_it(university: Institution, member: str, code: str) -> None:
    """Expired and revoked; the holder shows everything but that. Nobody can say that it is still valid."""
    badge = university.unsigned(valid_until=NOW - timedelta(days=1), status=member == "credentialStatus")
    if member == "credentialStatus":
        badge["validUntil"] = "2036-01-01T00:00:00Z"
        university.revoke(badge)
    made = secure(badge, "vc+sd-jwt", university.key, kid=university.method, disclosable=[parse_path(member)]).decode()
    assert verify(made, university).verdict is INVALID
    report = verify(made.partition("~")[0] + "~", university)
    assert report.verdict is UNDETERMINED
    assert code in codes(report)


@pytest.mark.parametrize("member", ["validUntil", "credentialStatus"])
def test_an_sd_jwt_without_its_end_is_no_plain_token(university: Institution, member: str) -> None:
    """Without the last tilde it has the form of a JWT; read as one, nothing would seem to be missing."""
    assert verify(hidden(university, member), university).verdict is INVALID


def test_a_plain_token_with_digests_in_it(university: Institution) -> None:
    stated = claims(university, _sd=["x" * 43], _sd_alg="sha-256")
    assert verify(token_of(stated, university.key, kid=university.method), university).verdict is not VALID
    assert (
        verify(token_of(claims(university), university.key, kid=university.method), Instead(university)).verdict
        is VALID
    )
