"""Signature checks in plain Python agree with OpenSSL: on true signatures, on false ones, and on spellings that libraries differ about."""

from __future__ import annotations

from functools import cache

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, mldsa, padding, rsa
from cryptography.hazmat.primitives.asymmetric import ed25519 as openssl_ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from testamur.proofs.plain import ed25519, ml_dsa_44, weierstrass
from testamur.proofs.plain import rsa as plain_rsa

CURVES = {
    "P-256": (weierstrass.P_256, ec.SECP256R1(), hashes.SHA256()),
    "P-384": (weierstrass.P_384, ec.SECP384R1(), hashes.SHA384()),
    "P-521": (weierstrass.P_521, ec.SECP521R1(), hashes.SHA512()),
    "secp256k1": (weierstrass.SECP256K1, ec.SECP256K1(), hashes.SHA256()),
}
ED25519_ORDER = 2**252 + 27742317777372353535851937790883648493

# RFC 8032 §7.1, tests 1 to 3: public key, message, signature.
RFC_8032 = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


def true_of(check: object) -> bool:
    try:
        check()  # type: ignore[operator]
    except (InvalidSignature, ValueError):
        return False
    return True


def flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8 % len(data)] ^= 1 << bit % 8
    return bytes(changed)


@pytest.mark.parametrize(("public", "message", "signature"), RFC_8032)
def test_the_published_signatures_of_ed25519_hold(public: str, message: str, signature: str) -> None:
    given_ = [bytes.fromhex(part) for part in (public, signature, message)]
    assert ed25519.verify(*given_)
    assert not ed25519.verify(given_[0], given_[1], given_[2] + b"x")


@settings(max_examples=60, deadline=None)
@given(seed=st.binary(min_size=32, max_size=32), message=st.binary(max_size=80), bit=st.integers(0, 511))
def test_ed25519_as_openssl(seed: bytes, message: bytes, bit: int) -> None:
    key = openssl_ed25519.Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = key.public_key().public_bytes_raw(), key.sign(message)
    assert ed25519.verify(public, signature, message)
    for changed in (flipped(signature, bit), signature[:-1], signature + b"\0", b""):
        theirs = true_of(lambda changed=changed: key.public_key().verify(changed, message))
        assert ed25519.verify(public, changed, message) is theirs is False


@settings(max_examples=200, deadline=None)
@given(raw=st.binary(min_size=32, max_size=32), signature=st.binary(min_size=64, max_size=64))
def test_any_bytes_as_an_ed25519_key_are_judged_as_openssl_does(raw: bytes, signature: bytes) -> None:
    theirs = true_of(lambda: openssl_ed25519.Ed25519PublicKey.from_public_bytes(raw).verify(signature, b"m"))
    assert ed25519.verify(raw, signature, b"m") is theirs


def test_a_signature_has_one_spelling() -> None:
    """S + L is the same number in the group: accepted, it would be a second signature without the key (RFC 8032 §5.1.7)."""
    key = openssl_ed25519.Ed25519PrivateKey.from_private_bytes(b"\x01" * 32)
    signature = key.sign(b"m")
    malleable = signature[:32] + (int.from_bytes(signature[32:], "little") + ED25519_ORDER).to_bytes(32, "little")
    assert not ed25519.verify(key.public_key().public_bytes_raw(), malleable, b"m")


@pytest.mark.parametrize("y", [0, 1, 2**255 - 20, 2**255 - 19, 2**255 - 18, 2**256 - 1])
@pytest.mark.parametrize("sign", [0, 1])
def test_the_odd_points_of_ed25519(y: int, sign: int) -> None:
    raw = (y % 2**255 | sign << 255).to_bytes(32, "little")
    for number in (0, 1):
        signature = raw + number.to_bytes(32, "little")
        theirs = true_of(lambda: openssl_ed25519.Ed25519PublicKey.from_public_bytes(raw).verify(signature, b"m"))  # noqa: B023
        assert ed25519.verify(raw, signature, b"m") is theirs


@pytest.mark.parametrize("name", CURVES)
@settings(max_examples=12, deadline=None)
@given(secret=st.integers(1, 2**250), message=st.binary(max_size=80), bit=st.integers(0, 1055))
def test_ecdsa_as_openssl(name: str, secret: int, message: bytes, bit: int) -> None:
    curve, group, algorithm = CURVES[name]
    key = ec.derive_private_key(secret, group)
    public = key.public_key()
    point = curve.decode(public.public_bytes(Encoding.X962, PublicFormat.CompressedPoint))
    assert point == curve.decode(public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))
    assert point is not None
    for compressed, form in ((True, PublicFormat.CompressedPoint), (False, PublicFormat.UncompressedPoint)):
        assert curve.encode(point, compressed=compressed) == public.public_bytes(Encoding.X962, form)
    r, s = decode_dss_signature(key.sign(message, ec.ECDSA(algorithm)))
    assert curve.verify(point, r, s, message, algorithm.name)
    other = int.from_bytes(flipped(s.to_bytes(curve.size, "big"), bit), "big")
    # (r, n - s) is a second true signature by the standard; nothing here relies on a signature's being the only one.
    for pair in ((r, other), (s, r), (0, s), (r, 0), (curve.order, s), (r + curve.order, s), (r, curve.order - s)):
        der = encode_dss_signature(*pair)
        theirs = true_of(lambda der=der: public.verify(der, message, ec.ECDSA(algorithm)))
        assert curve.verify(point, *pair, message, algorithm.name) is theirs


@pytest.mark.parametrize("name", CURVES)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_points_of_curves_as_openssl(name: str, data: st.DataObject) -> None:
    curve, group, _ = CURVES[name]
    lead = data.draw(st.sampled_from([0, 2, 3, 4, 5, 6, 7]))
    raw = bytes((lead,)) + data.draw(st.binary(min_size=curve.size, max_size=curve.size))
    if lead in (4, 6, 7):
        raw += data.draw(st.binary(min_size=curve.size, max_size=curve.size))
    theirs = true_of(lambda: ec.EllipticCurvePublicKey.from_encoded_point(group, raw))
    assert (curve.decode(raw) is not None) is theirs


@cache
def rsa_key(bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


@pytest.mark.parametrize("bits", [2048, 2049])
@settings(max_examples=15, deadline=None)
@given(message=st.binary(max_size=80), bit=st.integers(0, 2047))
def test_rsa_as_openssl(bits: int, message: bytes, bit: int) -> None:
    key = rsa_key(bits)
    numbers = key.public_key().public_numbers()
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH)
    longer = padding.PSS(padding.MGF1(hashes.SHA256()), 40)
    for check, form in ((plain_rsa.verify_pkcs1, padding.PKCS1v15()), (plain_rsa.verify_pss, pss)):
        signature = key.sign(message, form, hashes.SHA256())
        assert check(numbers.n, numbers.e, signature, message)
        assert not check(numbers.n, numbers.e, flipped(signature, bit), message)
        assert not check(numbers.n, numbers.e, signature, message + b"x")
        assert not check(numbers.n, numbers.e, signature[:-1], message)
    assert not plain_rsa.verify_pss(numbers.n, numbers.e, key.sign(message, longer, hashes.SHA256()), message)


@settings(max_examples=12, deadline=None)
@given(
    seed=st.binary(min_size=32, max_size=32),
    message=st.binary(max_size=80),
    context=st.binary(max_size=20),
    bit=st.integers(0, 8 * 2420 - 1),
)
def test_ml_dsa_as_openssl(seed: bytes, message: bytes, context: bytes, bit: int) -> None:
    key = mldsa.MLDSA44PrivateKey.from_seed_bytes(seed)
    public, signature = key.public_key().public_bytes_raw(), key.sign(message, context)
    assert ml_dsa_44.verify(public, signature, message, context)
    assert not ml_dsa_44.verify(public, signature, message + b"x", context)
    assert not ml_dsa_44.verify(public, signature, message, context + b"x")
    changed = flipped(signature, bit)
    theirs = true_of(lambda: key.public_key().verify(changed, message, context))
    assert ml_dsa_44.verify(public, changed, message, context) is theirs is False


def test_hints_of_ml_dsa_have_one_spelling() -> None:
    key = mldsa.MLDSA44PrivateKey.from_seed_bytes(b"\x07" * 32)
    public, signature = key.public_key().public_bytes_raw(), key.sign(b"m")
    hints = bytearray(signature[-84:])
    assert hints[83] >= 2  # of eighty, so that two can be exchanged
    first = 0 if hints[80] >= 2 else hints[80]
    hints[first], hints[first + 1] = hints[first + 1], hints[first]
    assert not ml_dsa_44.verify(public, signature[:-84] + bytes(hints), b"m")
    unused = bytearray(signature[-84:])
    if unused[83] < 80:
        unused[79] = 1
        assert not ml_dsa_44.verify(public, signature[:-84] + bytes(unused), b"m")
