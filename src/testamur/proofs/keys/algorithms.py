"""The facts of each algorithm: multicodec prefixes, curves, lengths, and the points that are no keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from testamur.errors import KeyMaterialError


@dataclass(frozen=True, slots=True)
class Curve:
    """An elliptic curve as credentials use it. `size` is the length in bytes of a coordinate and of a secret."""

    size: int
    public_prefix: bytes  # multicodec code as varint, W3C Controlled Identifiers 1.0 §2.2.2
    secret_prefix: bytes
    raw_length: int  # of the public key inside a Multikey: the point, compressed where it is of the Weierstrass form
    signature_algorithm: str  # the JOSE name
    group: Callable[[], ec.EllipticCurve] | None = None
    hash: Callable[[], hashes.HashAlgorithm] | None = None


CURVES = {
    "Ed25519": Curve(32, b"\xed\x01", b"\x80\x26", 32, "EdDSA"),
    "P-256": Curve(32, b"\x80\x24", b"\x86\x26", 33, "ES256", ec.SECP256R1, hashes.SHA256),
    "P-384": Curve(48, b"\x81\x24", b"\x87\x26", 49, "ES384", ec.SECP384R1, hashes.SHA384),
    "P-521": Curve(66, b"\x82\x24", b"\x88\x26", 67, "ES512", ec.SECP521R1, hashes.SHA512),
    "secp256k1": Curve(32, b"\xe7\x01", b"\x81\x26", 33, "ES256K", ec.SECP256K1, hashes.SHA256),
}

# BBS keys, points of G2: no curve in the sense above, since they sign lists of messages (see `proofs.bbs`).
BLS12_381_G2 = "BLS12-381-G2"
BLS_PUBLIC_PREFIX, BLS_SECRET_PREFIX = b"\xeb\x01", b"\x8a\x26"
BLS_PUBLIC_LENGTH = 96

SIGNING_ALGORITHMS = ("Ed25519", "P-256", "P-384", "P-521", "RSA")

RSA_MINIMUM_BITS = 2048  # RFC 7518 §3.3
RSA_GENERATED_BITS = 3072  # NIST SP 800-57 part 1: 128 bits of security
RSA_MAXIMUM_BITS = 8192  # a longer modulus is no safer here and slow to verify with
RSA_MAXIMUM_EXPONENT_BITS = 64

_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P
_ORDER_8 = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
_SMALL_ORDER = frozenset({0, 1, _P - 1, _ORDER_8, _P - _ORDER_8})


def check_ed25519_point(raw: bytes) -> None:
    """Refuse 32 bytes that are no sound Ed25519 public key (RFC 8032 §5.1.3): not canonical, not on the curve, or of small order.

    Under a key of small order one signature holds for every message, so that a proof by it would prove nothing.

    Raises `KeyMaterialError` (`key_material.not_on_curve`, `key_material.weak`).
    """
    y = int.from_bytes(raw, "little") & (2**255 - 1)
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    on_curve = y < _P and (square == 0 or pow(square, (_P - 1) // 2, _P) == 1)
    if not on_curve or (square == 0 and raw[31] & 0x80):
        raise KeyMaterialError("This is not a point of the curve Ed25519.", code="key_material.not_on_curve")
    if y in _SMALL_ORDER:
        raise KeyMaterialError("This Ed25519 key accepts forged signatures.", code="key_material.weak")
