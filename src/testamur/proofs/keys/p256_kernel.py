"""P-256 with SHA-256 (ES256) for many texts at once, by the libcrypto that `hashlib` has loaded. Only the compiled form does anything: it
asks without an object around each signature, and lets other threads run meanwhile.
"""

from __future__ import annotations

import sys
from typing import Any

from testamur.proofs.keys.native_p256 import accepted_one_p256, accepted_p256, found_p256, held_p256

COMPILED: bool = False  # the other form says otherwise

_POINT: bytes = bytes.fromhex("3039301306072a8648ce3d020106082a8648ce3d030107032200")
"""SubjectPublicKeyInfo (RFC 5480) of a key of P-256, up to its compressed point of 33 bytes."""

# RFC 6979 A.2.5: the signature over the text "sample".
_KEY: bytes = bytes.fromhex("0360fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6")
_SIGNATURE: bytes = bytes.fromhex(
    "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
)


def held(public: bytes) -> Any:
    """A key to be asked again and again, of its compressed point: reading it takes longer than looking at a signature does."""
    if len(public) != 33:
        raise ValueError("33 bytes")
    return held_p256(_POINT + public)


def certainly_true(key: Any, signature: bytes, text: bytes) -> bool:
    """True when libcrypto takes the signature (r‖s); False says nothing. `key` is `held`."""
    return len(signature) == 64 and accepted_one_p256(key, signature, text)


def certainly_true_many(key: Any, signed: list[bytes], texts: list[bytes]) -> list[bool]:
    """`certainly_true` of each signature and its text."""
    if len(signed) != len(texts):
        raise ValueError("a text for each signature")
    return accepted_p256(key, signed, texts)


def _works() -> bool:
    """Is libcrypto at hand, and does it take the signature of the standard and no other?"""
    path: Any = getattr(sys.modules.get("_hashlib"), "__file__", None)
    if type(path) is not str or not found_p256(path.encode()):
        return False
    false = _SIGNATURE[:-1] + b"\x00"
    return certainly_true_many(held(_KEY), [_SIGNATURE, false, _SIGNATURE], [b"sample", b"sample", b"test"]) == [
        True,
        False,
        False,
    ]


USABLE: bool = COMPILED and _works()
"""Was everything found that it needs?"""
