"""RSA keys that sign: what they are read from, and what is no such key."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from testamur.errors import KeyMaterialError
from testamur.proofs.keys import PrivateKey, PublicKey


def der(handle: Any) -> bytes:
    return bytes(handle.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))


@pytest.fixture(scope="module")
def key() -> PrivateKey:
    return PrivateKey("RSA", der(rsa.generate_private_key(65537, 2048)))


def refusal(call: Any, *arguments: Any) -> str:
    with pytest.raises(KeyMaterialError) as caught:
        call(*arguments)
    return caught.value.code


def test_it_signs_the_same_each_time_and_its_public_half_verifies(key: PrivateKey) -> None:
    signature = key.sign(b"data")
    assert len(signature) == 256
    assert signature == key.sign(b"data")
    assert key.public.verify(signature, b"data")
    assert not key.public.verify(signature, b"datum")
    assert key.algorithm == "RSA"


def test_the_jwk_leads_back_to_the_same_key(key: PrivateKey) -> None:
    again = PrivateKey.from_jwk({**key.secret_jwk, "kid": "any", "alg": "RS256", "use": "sig"})
    assert again.public == key.public
    assert again.sign(b"data") == key.sign(b"data")
    assert PublicKey.from_jwk(key.public.jwk) == key.public


def test_a_new_key_has_3072_bits() -> None:
    assert len(PrivateKey.generate("RSA").sign(b"")) == 384


def test_nothing_secret_is_shown_and_there_is_no_multikey(key: PrivateKey) -> None:
    assert repr(key) == f"<PrivateKey of {key.public.thumbprint}>"
    assert refusal(lambda: key.secret_multikey) == refusal(lambda: key.public_multikey) == "key_material.no_multikey"


def test_what_is_no_rsa_key() -> None:
    assert refusal(PrivateKey, "RSA", b"junk") == "key_material.secret"
    assert refusal(PrivateKey, "RSA", der(ec.derive_private_key(5, ec.SECP256R1()))) == "key_material.secret"
    assert refusal(PrivateKey, "RSA", der(rsa.generate_private_key(65537, 1024))) == "key_material.weak"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"p": None}, "key_material.jwk"),
        ({"d": None}, "key_material.jwk"),
        ({"qi": "AQ"}, "key_material.mismatch"),
        ({"d": "AQAB"}, "key_material.mismatch"),
        ({"n": "AQAB"}, "key_material.weak"),
        ({"dp": "A=="}, "key_material.base64url"),
        ({"oth": []}, "key_material.private_in_public"),
        ({"k": "AQ"}, "key_material.private_in_public"),
    ],
)
def test_a_private_jwk_with_one_thing_wrong(key: PrivateKey, change: dict[str, Any], code: str) -> None:
    jwk = {name: value for name, value in {**key.secret_jwk, **change}.items() if value is not None}
    assert refusal(PrivateKey.from_jwk, jwk) == code
