"""For every key: each form leads back to it, and one flipped bit of a signature or message is noticed."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from testamur.errors import KeyMaterialError
from testamur.proofs.encodings import base64url_decode, base64url_encode, multibase_decode, multibase_encode
from testamur.proofs.keys import PrivateKey, PublicKey
from testamur.proofs.keys.algorithms import CURVES

# the same examples each time, however busy the machine is
STEADY = settings(deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])

ALGORITHMS = ["Ed25519", "P-256", "P-384"]


@st.composite
def private_keys(draw: st.DrawFn) -> PrivateKey:
    algorithm = draw(st.sampled_from(ALGORITHMS))
    size = CURVES[algorithm].size
    if algorithm == "Ed25519":
        return PrivateKey(algorithm, draw(st.binary(min_size=size, max_size=size)))
    return PrivateKey(algorithm, draw(st.integers(1, 2 ** (8 * size - 1))).to_bytes(size, "big"))


@given(private_keys())
@settings(STEADY, max_examples=60)
def test_every_form_leads_back_to_the_key(key: PrivateKey) -> None:
    assert PublicKey.from_multikey(key.public.multikey) == PublicKey.from_jwk(key.public.jwk) == key.public
    assert PrivateKey.from_secret_multikey(key.secret_multikey).secret_multikey == key.secret_multikey
    assert PrivateKey.from_jwk(key.secret_jwk).secret_multikey == key.secret_multikey


@given(private_keys(), st.binary(max_size=200), st.data())
@settings(STEADY, max_examples=60)
def test_one_flipped_bit_is_noticed(key: PrivateKey, message: bytes, data: st.DataObject) -> None:
    signature = bytearray(key.sign(message))
    assert key.public.verify(bytes(signature), message)
    bit = data.draw(st.integers(0, 8 * len(signature) - 1))
    signature[bit // 8] ^= 1 << bit % 8
    assert not key.public.verify(bytes(signature), message)


@given(st.binary(max_size=100))
@STEADY
def test_encodings_lead_back(data: bytes) -> None:
    assert base64url_decode(base64url_encode(data)) == data
    if data:
        assert multibase_decode(multibase_encode(data)) == data


@given(st.text(max_size=60))
@STEADY
def test_whatever_is_read_as_a_key_is_written_the_same(text: str) -> None:
    for candidate in (text, "z" + text):
        try:
            key = PublicKey.from_multikey(candidate)
        except KeyMaterialError:
            continue
        assert key.multikey == candidate


@given(st.binary(min_size=32, max_size=32))
@STEADY
def test_an_ed25519_point_that_is_read_lies_on_the_curve(raw: bytes) -> None:
    try:
        key = PublicKey.from_raw("Ed25519", raw)
    except KeyMaterialError:
        return
    p = 2**255 - 19
    y = int.from_bytes(raw, "little") & (2**255 - 1)
    square = (y * y - 1) * pow(-121665 * pow(121666, -1, p) * y * y + 1, -1, p) % p
    root = pow(square, (p + 3) // 8, p)
    assert square in (root * root % p, -root * root % p)
    assert key.raw == raw


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_generation_reaches_both_signs(algorithm: str) -> None:
    signs = {
        PrivateKey.generate(algorithm).public.raw[-1 if algorithm == "Ed25519" else 0]
        & (0x80 if algorithm == "Ed25519" else 1)
        for _ in range(64)
    }
    assert len(signs) == 2
