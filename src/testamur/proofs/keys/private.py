"""A private key in memory: the `Signer` of the command line, of tests, and of whoever holds the key already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)

from testamur.errors import KeyMaterialError
from testamur.proofs.encodings import base64url_decode, base64url_encode, multibase_decode, multibase_encode
from testamur.proofs.keys import fast_ed25519, rsa_keys
from testamur.proofs.keys.algorithms import CURVES, RSA_GENERATED_BITS, SIGNING_ALGORITHMS
from testamur.proofs.keys.public import PublicKey

_PKCS1 = padding.PKCS1v15()
_SHA256 = hashes.SHA256()
_ECDSA = {
    name: ec.ECDSA(curve.hash(), deterministic_signing=True) for name, curve in CURVES.items() if curve.hash is not None
}


class PrivateKey:
    """A secret Ed25519, P-256, P-384, P-521 or RSA key; implements `ports.Signer`. Its text forms for people never show the secret."""

    __slots__ = ("_handle", "_public", "_secret")

    def __init__(self, algorithm: str, secret: bytes) -> None:
        """`secret` is the 32-byte seed of Ed25519, the scalar of a curve, big-endian, in 32 (P-256), 48 (P-384) or 66 bytes (P-521), or
        the DER form (PKCS #8) of an RSA key.

        Raises `KeyMaterialError` (`key_material.unsupported`, `.length`, `.secret` for a scalar outside the group or what is no RSA key,
        `.weak` for RSA below 2048 bits).
        """
        if algorithm not in SIGNING_ALGORITHMS:
            raise KeyMaterialError(
                f"Signing is possible with {', '.join(SIGNING_ALGORITHMS)}.",
                code="key_material.unsupported",
                facts={"algorithm": algorithm},
            )
        self._secret = secret
        self._handle: Any  # the key of `cryptography`, of the class that goes with the algorithm
        if algorithm == "RSA":
            self._handle, self._public = _read_rsa(secret)
            return
        curve = CURVES[algorithm]
        if len(secret) != curve.size:
            raise KeyMaterialError(
                f"A secret key of {algorithm} has {curve.size} bytes.",
                code="key_material.length",
                facts={"algorithm": algorithm, "expected": curve.size, "found": len(secret)},
            )
        if curve.group is None:
            self._handle = ed25519.Ed25519PrivateKey.from_private_bytes(secret)
            raw = self._handle.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        else:
            try:
                self._handle = ec.derive_private_key(int.from_bytes(secret, "big"), curve.group())
            except ValueError:
                # `from None`: the message of the library below could quote the number.
                raise KeyMaterialError(
                    "This number is no secret key of its curve.", code="key_material.secret"
                ) from None
            raw = self._handle.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
        self._public = PublicKey.from_raw(algorithm, raw)

    @classmethod
    def generate(cls, algorithm: str = "Ed25519") -> Self:
        """A new random key from the operating system's source. Raises `KeyMaterialError` (`key_material.unsupported`)."""
        if algorithm == "RSA":
            return cls("RSA", _write_rsa(rsa.generate_private_key(65537, RSA_GENERATED_BITS)))
        curve = CURVES.get(algorithm)
        if curve is None or algorithm not in SIGNING_ALGORITHMS:
            return cls(algorithm, b"")  # refuses, with the right words
        if curve.group is None:
            return cls(algorithm, ed25519.Ed25519PrivateKey.generate().private_bytes_raw())
        number = ec.generate_private_key(curve.group()).private_numbers().private_value
        return cls(algorithm, number.to_bytes(curve.size, "big"))

    @classmethod
    def from_secret_multikey(cls, text: str) -> Self:
        """Read `secretKeyMultibase` (W3C Controlled Identifiers 1.0 §2.2.2).

        For Ed25519 the older form of 64 bytes (seed and public key) is read too, when its two halves belong together.

        Raises `KeyMaterialError` (`key_material.multibase`, `.unsupported`, `.length`, `.secret`, `.mismatch`).
        """
        data = multibase_decode(text)
        for algorithm in (name for name in SIGNING_ALGORITHMS if name in CURVES):
            curve = CURVES[algorithm]
            if not data.startswith(curve.secret_prefix):
                continue
            secret = data[len(curve.secret_prefix) :]
            if algorithm == "Ed25519" and len(secret) == 64:
                key = cls(algorithm, secret[:32])
                key._require_public(PublicKey.from_raw(algorithm, secret[32:]))
                return key
            return cls(algorithm, secret)
        raise KeyMaterialError("This is not a secret key that can sign here.", code="key_material.unsupported")

    @classmethod
    def from_jwk(cls, jwk: Mapping[str, Any]) -> Self:
        """Read a private JSON Web Key (RFC 7518 §6.2.2, §6.3.2, RFC 8037 §2). The public members must be there and belong to `d`.

        Of an RSA key the primes must be there too. Raises `KeyMaterialError` (as `PublicKey.from_jwk`, and `key_material.mismatch`).
        """
        if not isinstance(jwk, Mapping) or not isinstance(jwk.get("d"), str):
            raise KeyMaterialError("This JSON Web Key holds no secret.", code="key_material.jwk", facts={"member": "d"})
        hidden = {"d", "key_ops", "use"} | (set(rsa_keys.SECRET_MEMBERS) if jwk.get("kty") == "RSA" else set())
        public = PublicKey.from_jwk({name: value for name, value in jwk.items() if name not in hidden})
        if public.algorithm == "RSA":
            key = cls("RSA", _write_rsa(rsa_keys.private_from_jwk(jwk)))
        else:
            key = cls(public.algorithm, base64url_decode(jwk["d"]))
        key._require_public(public)
        return key

    def _require_public(self, public: PublicKey) -> None:
        if public != self._public:
            raise KeyMaterialError(
                "The secret and the public part of this key do not belong together.", code="key_material.mismatch"
            )

    @property
    def algorithm(self) -> str:
        return self._public.algorithm

    @property
    def public(self) -> PublicKey:
        return self._public

    @property
    def public_multikey(self) -> str:
        return self._public.multikey

    @property
    def secret_multikey(self) -> str:
        """The secret as `secretKeyMultibase`. To be stored where only its owner reads; never logged.

        Raises `KeyMaterialError` (`key_material.no_multikey`) for RSA, which has no such form.
        """
        if self.algorithm not in CURVES:
            raise KeyMaterialError("An RSA key has no Multikey form.", code="key_material.no_multikey")
        return multibase_encode(CURVES[self.algorithm].secret_prefix + self._secret)

    @property
    def secret_jwk(self) -> dict[str, str]:
        """The secret as private JWK. To be stored where only its owner reads; never logged."""
        if isinstance(self._handle, rsa.RSAPrivateKey):
            return {**self._public.jwk, **rsa_keys.secret_members(self._handle)}
        return {**self._public.jwk, "d": base64url_encode(self._secret)}

    def sign(self, data: bytes) -> bytes:
        """The raw signature over `data`, the same every time: Ed25519 and RSA (PKCS #1 v1.5, RS256) by nature, ECDSA by RFC 6979.

        A deterministic nonce cannot be spoiled by a poor source of randomness, and a repeated job gives the same bytes.
        """
        public, handle = self._public, self._handle
        name = public.algorithm
        if name == "Ed25519":
            if fast_ed25519.AVAILABLE:
                return fast_ed25519.sign(self._secret, public.raw, data)
            return bytes(handle.sign(data))
        if name == "RSA":
            return bytes(handle.sign(data, _PKCS1, _SHA256))
        size = CURVES[name].size
        r, s = decode_dss_signature(handle.sign(data, _ECDSA[name]))
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")

    def sign_many(self, texts: Sequence[bytes]) -> list[bytes]:
        """What `sign` gives for each of `texts`, more quickly than one by one."""
        if fast_ed25519.AVAILABLE and self._public.algorithm == "Ed25519":
            return fast_ed25519.sign_many(self._secret, self._public.raw, list(texts))
        return [self.sign(text) for text in texts]

    def __repr__(self) -> str:
        return f"<PrivateKey of {self._public.multikey if self.algorithm in CURVES else self._public.thumbprint}>"

    def __reduce__(self) -> str | tuple[Any, ...]:
        raise TypeError("a private key is not pickled: write it with secret_multikey where it may be stored")


def _read_rsa(secret: bytes) -> tuple[rsa.RSAPrivateKey, PublicKey]:
    try:
        handle = load_der_private_key(secret, None)
    except (ValueError, TypeError):
        handle = None
    if not isinstance(handle, rsa.RSAPrivateKey):
        raise KeyMaterialError("This is no RSA key in DER form.", code="key_material.secret") from None
    return handle, PublicKey.from_jwk(rsa_keys.public_jwk(handle.public_key()))


def _write_rsa(handle: rsa.RSAPrivateKey) -> bytes:
    return handle.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
