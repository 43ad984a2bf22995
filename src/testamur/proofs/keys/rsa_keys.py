"""RSA keys as JSON Web Keys (RFC 7518 §6.3): numbers in base64url, checked before they become a key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa

from testamur.errors import KeyMaterialError
from testamur.proofs.encodings import base64url_decode, base64url_encode
from testamur.proofs.keys.algorithms import RSA_MAXIMUM_BITS, RSA_MAXIMUM_EXPONENT_BITS, RSA_MINIMUM_BITS

SECRET_MEMBERS = ("d", "p", "q", "dp", "dq", "qi")


def public_from_jwk(jwk: Mapping[str, Any]) -> rsa.RSAPublicKey:
    """The key of a public JWK. Raises `KeyMaterialError`: `key_material.weak` below 2048 bits, `key_material.jwk`, `.base64url`."""
    n, e = _decode_number(jwk, "n"), _decode_number(jwk, "e")
    if n.bit_length() < RSA_MINIMUM_BITS:
        raise KeyMaterialError(
            f"This RSA key has {n.bit_length()} bits; fewer than {RSA_MINIMUM_BITS} are not safe.",
            code="key_material.weak",
            facts={"bits": n.bit_length(), "minimum": RSA_MINIMUM_BITS},
        )
    if n.bit_length() > RSA_MAXIMUM_BITS or n % 2 == 0:
        raise bad_member("n")
    if e.bit_length() > RSA_MAXIMUM_EXPONENT_BITS or e < 3 or e % 2 == 0:
        raise bad_member("e")
    try:
        return rsa.RSAPublicNumbers(e, n).public_key()
    except ValueError:
        raise bad_member("n") from None


def private_from_jwk(jwk: Mapping[str, Any]) -> rsa.RSAPrivateKey:
    """The key of a private JWK with its primes; the numbers must belong together. Raises `KeyMaterialError` as `public_from_jwk`,
    and `key_material.mismatch`."""
    public = public_from_jwk(jwk).public_numbers()
    if (
        "oth" in jwk
    ):  # more than two primes (RFC 7518 §6.3.2.7): nobody makes them and the library below cannot use them
        raise bad_member("oth")
    d, p, q, dp, dq, qi = (_decode_number(jwk, member) for member in SECRET_MEMBERS)
    try:
        return rsa.RSAPrivateNumbers(p, q, d, dp, dq, qi, public).private_key()
    except ValueError:
        # `from None`: the message of the library below could quote a number.
        raise KeyMaterialError(
            "The secret and the public part of this key do not belong together.", code="key_material.mismatch"
        ) from None


def public_jwk(key: rsa.RSAPublicKey) -> dict[str, str]:
    numbers = key.public_numbers()
    return {"kty": "RSA", "n": _encode_number(numbers.n), "e": _encode_number(numbers.e)}


def secret_members(key: rsa.RSAPrivateKey) -> dict[str, str]:
    numbers = key.private_numbers()
    values = (numbers.d, numbers.p, numbers.q, numbers.dmp1, numbers.dmq1, numbers.iqmp)
    return {member: _encode_number(value) for member, value in zip(SECRET_MEMBERS, values, strict=True)}


def bad_member(member: str) -> KeyMaterialError:
    return KeyMaterialError(
        f"The member {member} of this JSON Web Key is missing or not allowed.",
        code="key_material.jwk",
        facts={"member": member},
    )


def _decode_number(jwk: Mapping[str, Any], member: str) -> int:
    """Base64urlUInt, RFC 7518 §2: no leading zero bytes."""
    if not isinstance(jwk.get(member), str) or len(jwk[member]) > RSA_MAXIMUM_BITS:
        raise bad_member(member)
    data = base64url_decode(jwk[member])
    if not data or data[0] == 0:
        raise bad_member(member)
    return int.from_bytes(data, "big")


def _encode_number(number: int) -> str:
    return base64url_encode(number.to_bytes((number.bit_length() + 7) // 8, "big"))
