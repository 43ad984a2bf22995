"""What is quicker gives the same: base 58 of our own against the `base58` package, libsodium against OpenSSL."""

from __future__ import annotations

import hashlib

import base58
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from testamur.proofs.encodings import base58_decode, base58_encode, multibase_decode, multibase_encode
from testamur.proofs.keys import PrivateKey, fast_ed25519


@given(st.integers(0, 5), st.binary(max_size=100))
def test_base58_is_that_of_the_package(zeros: int, rest: bytes) -> None:
    data = bytes(zeros) + rest
    assert base58_encode(data) == base58.b58encode(data).decode()
    assert base58_decode(base58_encode(data)) == data
    assert multibase_encode(data)[1:] == base58_encode(data)


@given(st.text("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz", min_size=1, max_size=100))
def test_any_text_of_the_alphabet_is_read_as_the_package_reads_it(text: str) -> None:
    assert multibase_decode("z" + text) == base58.b58decode(text)


needs_libsodium = pytest.mark.skipif(not fast_ed25519.AVAILABLE, reason="PyNaCl is not installed (testamur[fast])")


@needs_libsodium
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200))
def test_libsodium_signs_as_openssl_does(seed: bytes, data: bytes) -> None:
    key = PrivateKey("Ed25519", seed)
    expected = Ed25519PrivateKey.from_private_bytes(seed).sign(data)
    assert fast_ed25519.sign(seed, key.public.raw, data) == key.sign(data) == expected
    for alike in (bytearray(data), memoryview(data)):  # the kernels take bytes alone
        assert fast_ed25519.sign(seed, key.public.raw, alike) == expected
        assert fast_ed25519.certainly_true(key.public.raw, expected, alike)


@needs_libsodium
@given(st.binary(max_size=70), st.integers(0, 63), st.integers(0, 7))
def test_verdicts_do_not_depend_on_what_is_installed(data: bytes, at: int, bit: int) -> None:
    key = PrivateKey("Ed25519", b"k" * 32)
    good = key.sign(data)
    bad = bytes(value ^ (1 << bit if number == at else 0) for number, value in enumerate(good))
    for signature in (good, bad, good[:-1], good + b"x", b""):
        verdict = key.public.verify(signature, data)
        with pytest.MonkeyPatch.context() as without:
            without.setattr(fast_ed25519, "AVAILABLE", False)
            assert key.public.verify(signature, data) is verdict is (signature == good)


@needs_libsodium
def test_a_commitment_of_small_order_is_judged_alike() -> None:
    """OpenSSL takes it and libsodium does not; only who holds the key can make it, with S the challenge times the secret scalar."""
    order = 2**252 + 27742317777372353535851937790883648493
    seed, data = b"s" * 32, b"data"
    key = PrivateKey("Ed25519", seed)
    digest = bytearray(hashlib.sha512(seed).digest()[:32])
    digest[0] &= 248
    digest[31] = digest[31] & 127 | 64
    commitment = (1).to_bytes(32, "little")  # the neutral element
    challenge = int.from_bytes(hashlib.sha512(commitment + key.public.raw + data).digest(), "little")
    response = challenge * int.from_bytes(digest, "little") % order
    signature = commitment + response.to_bytes(32, "little")
    assert not fast_ed25519.certainly_true(key.public.raw, signature, data)
    verdict = key.public.verify(signature, data)
    with pytest.MonkeyPatch.context() as without:
        without.setattr(fast_ed25519, "AVAILABLE", False)
        assert key.public.verify(signature, data) is verdict
