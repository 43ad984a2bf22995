"""From a key as the cryptography library holds it (out of a certificate or a PEM text) to the key that proofs are checked with."""

from __future__ import annotations

from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from testamur.errors import KeyMaterialError
from testamur.proofs.encodings import base64url_encode
from testamur.proofs.keys import PublicKey

_CURVES: Final = {"secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521"}


def public_key_from(handle: Any) -> PublicKey:
    """The key in `handle`. Raises `KeyMaterialError`: `key_material.unsupported` for a kind that is not used, and for a weak RSA key."""
    if isinstance(handle, rsa.RSAPublicKey):
        numbers = handle.public_numbers()
        return PublicKey.from_jwk({"kty": "RSA", "n": _number(numbers.n), "e": _number(numbers.e)})
    if isinstance(handle, ec.EllipticCurvePublicKey) and handle.curve.name in _CURVES:
        raw = handle.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
        return PublicKey.from_raw(_CURVES[handle.curve.name], raw)
    if isinstance(handle, ed25519.Ed25519PublicKey):
        return PublicKey.from_raw("Ed25519", handle.public_bytes(Encoding.Raw, PublicFormat.Raw))
    raise KeyMaterialError("This kind of key is not used for credentials.", code="key_material.unsupported")


def _number(value: int) -> str:
    return base64url_encode(value.to_bytes((value.bit_length() + 7) // 8, "big"))
