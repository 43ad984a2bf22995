"""The older standards told in the words of 3.0; keys from PEM."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa, x25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.shared import shared

from testamur.errors import InputError, KeyMaterialError, Unreachable
from testamur.fetch import FixedResolver
from testamur.formats import open_badges_2
from testamur.formats.open_badges_2.view import moment_of

CASES = "vectors/1edtech/validator-cases/inspector-vc/ob20/assets"


@pytest.mark.parametrize(
    ("stated", "moment"),
    [
        ("2016-12-31T23:59:59Z", "2016-12-31T23:59:59Z"),
        ("2016-12-31", "2016-12-31T00:00:00Z"),
        ("2016-12-31T23:59:59", "2016-12-31T23:59:59Z"),
        ("2016-12-31T23:59", "2016-12-31T23:59Z".replace("Z", ":00Z")),
        ("2017-10-01T00:00Z", "2017-10-01T00:00:00Z"),
        ("2016-12-31T23:59:59+0100", "2016-12-31T23:59:59+01:00"),
        (1341273600, "2012-07-03T00:00:00Z"),
        ("1341273600", "2012-07-03T00:00:00Z"),
        (True, True),
        (-1, -1),
        ("yesterday", "yesterday"),
        (None, None),
    ],
)
def test_moments_of_the_older_standards(stated: Any, moment: Any) -> None:
    assert moment_of(stated) == moment


def test_an_assertion_is_told_with_its_badge_and_issuer() -> None:
    told = open_badges_2.in_words_of_3(
        {
            "id": "https://i.example/a",
            "issuedOn": "2016-12-31",
            "expires": "2030-01-01T00:00:00Z",
            "recipient": {"type": "email", "hashed": True, "salt": "s", "identity": "sha256$00"},
            "evidence": ["https://e.example", {"narrative": "did it"}],
        },
        {
            "id": "https://i.example/b",
            "name": "Badge",
            "description": "About",
            "criteria": "https://i.example/c",
            "tags": ["x", 3],
            "alignment": [{"targetName": "T", "targetUrl": "https://t.example"}, 5],
        },
        {"id": "https://famous.example", "name": "Issuer"},
        "https://i.example/issuer",
    )
    assert told["issuer"]["id"] == "https://i.example/issuer"
    assert (told["validFrom"], told["validUntil"]) == ("2016-12-31T00:00:00Z", "2030-01-01T00:00:00Z")
    subject = told["credentialSubject"]
    assert subject["identifier"] == [
        {
            "type": "IdentityObject",
            "identityType": "emailAddress",
            "hashed": True,
            "salt": "s",
            "identityHash": "sha256$00",
        }
    ]
    assert subject["achievement"]["criteria"] == {"id": "https://i.example/c"}
    assert subject["achievement"]["tag"] == ["x"]
    assert [item.get("id", item.get("narrative")) for item in told["evidence"]] == ["https://e.example", "did it"]


def test_version_0_5_names_its_recipient_in_a_text() -> None:
    told = open_badges_2.in_words_of_3({"recipient": "sha256$00", "salt": "s"}, {}, {}, "https://i.example")
    assert told["credentialSubject"]["identifier"][0] == {
        "type": "IdentityObject",
        "identityType": "emailAddress",
        "hashed": True,
        "identityHash": "sha256$00",
        "salt": "s",
    }


def pem(key: Any) -> str:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def test_keys_of_every_kind_that_is_used() -> None:
    keys = {
        "RSA": rsa.generate_private_key(65537, 2048).public_key(),
        "P-256": ec.generate_private_key(ec.SECP256R1()).public_key(),
        "P-384": ec.generate_private_key(ec.SECP384R1()).public_key(),
        "Ed25519": ed25519.Ed25519PrivateKey.generate().public_key(),
    }
    for algorithm, key in keys.items():
        assert open_badges_2.public_key({"publicKeyPem": pem(key)}).algorithm == algorithm


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"publicKeyPem": 3},
        {"publicKeyPem": "x" * 20_000},
        {"publicKeyPem": "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"},
        {"publicKeyPem": pem(rsa.generate_private_key(65537, 1024).public_key())},
        {"publicKeyPem": pem(x25519.X25519PrivateKey.generate().public_key())},
        {"publicKeyPem": "ключ"},
    ],
)
def test_what_is_no_usable_key(document: dict[str, Any]) -> None:
    with pytest.raises(KeyMaterialError):
        open_badges_2.public_key(document)


def test_the_keys_of_1edtech() -> None:
    for name in ("key1", "key2", "key3"):
        document = json.loads((shared(CASES) / f"{name}.json").read_bytes())
        assert open_badges_2.public_key(document).algorithm == "RSA"
    profile = json.loads((shared(CASES) / "organization.json").read_bytes())
    assert open_badges_2.key_addresses(profile) == ("http://example.org/key1.json",)


def test_a_node_is_who_answers_and_not_who_it_says_it_is() -> None:
    resolver = FixedResolver({"https://a.example": b'{"id": "https://b.example"}', "https://c.example": b"[1]"})
    node = open_badges_2.fetch_node("https://a.example", resolver)
    assert node.address == "https://a.example"
    assert node.says_other_id
    with pytest.raises(InputError):
        open_badges_2.fetch_node("https://c.example", resolver)
    with pytest.raises(Unreachable):
        open_badges_2.fetch_node("https://d.example", resolver)
