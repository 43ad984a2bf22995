"""A public key: read from Multikey or JWK, validated once, able to verify."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from testamur import strict_json
from testamur.errors import KeyMaterialError
from testamur.proofs.encodings import base64url_decode, base64url_encode, multibase_decode, multibase_encode
from testamur.proofs.keys import fast_ed25519, fast_p256, rsa_keys
from testamur.proofs.keys.algorithms import (
    BLS12_381_G2,
    BLS_PUBLIC_LENGTH,
    BLS_PUBLIC_PREFIX,
    BLS_SECRET_PREFIX,
    CURVES,
    check_ed25519_point,
)
from testamur.proofs.keys.rsa_keys import bad_member

PRIVATE_JWK_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
if TYPE_CHECKING:  # the pairing library is an extra: without it BBS keys are not known here, and everything else is
    from py_arkworks_bls12381 import G2Point

_SHA256 = hashes.SHA256()
_ECDSA = {name: ec.ECDSA(curve.hash()) for name, curve in CURVES.items() if curve.hash is not None}


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A validated public key. Two keys are equal when they are the same key, whatever form each was read from.

    `algorithm` is `Ed25519`, `P-256`, `P-384`, `P-521`, `secp256k1`, `BLS12-381-G2` or `RSA`. `raw` is the 32 bytes of Ed25519,
    the compressed point of the other curves, and the DER SubjectPublicKeyInfo of RSA.
    """

    algorithm: str
    raw: bytes
    _handle: Any = field(
        repr=False, compare=False
    )  # the key of `cryptography`, or a `G2Point`, as goes with the algorithm

    @classmethod
    def from_raw(cls, algorithm: str, raw: bytes) -> Self:
        """Read the raw form of a curve key. Raises `KeyMaterialError` (`key_material.unsupported`, `.length`, `.not_on_curve`, `.weak`)."""
        curve = CURVES.get(algorithm)
        if curve is None and algorithm != BLS12_381_G2:
            raise _unsupported(algorithm)
        length = BLS_PUBLIC_LENGTH if curve is None else curve.raw_length
        if len(raw) != length:
            raise KeyMaterialError(
                f"A public key of {algorithm} has {length} bytes, this one {len(raw)}.",
                code="key_material.length",
                facts={"algorithm": algorithm, "expected": length, "found": len(raw)},
            )
        if curve is None:
            return cls(algorithm, raw, _bls_point(raw))
        if curve.group is None:
            check_ed25519_point(raw)
            return cls(algorithm, raw, ed25519.Ed25519PublicKey.from_public_bytes(raw))
        try:
            return cls(algorithm, raw, ec.EllipticCurvePublicKey.from_encoded_point(curve.group(), raw))
        except ValueError:
            raise _not_on_curve(algorithm) from None

    @classmethod
    def from_multikey(cls, text: str) -> PublicKey:
        """Read `publicKeyMultibase` (W3C Controlled Identifiers 1.0 §2.2.2), which is also the key part of a `did:key`.

        Raises `KeyMaterialError`: `key_material.multibase` for what is no base-58-btc text, `key_material.private_in_public` for a
        secret key, `key_material.unsupported` for a sort of key that is not known here (facts: `prefix` in hexadecimal), and as
        `from_raw`.
        """
        if not isinstance(text, str):
            raise KeyMaterialError("A Multikey is a text.", code="key_material.multibase")
        return _from_multikey(text)

    @classmethod
    def from_jwk(cls, jwk: Mapping[str, Any]) -> PublicKey:
        """Read a public JSON Web Key (RFC 7517, RFC 7518 §6, RFC 8037 §2), strictly.

        Raises `KeyMaterialError`: `key_material.private_in_public` when any private member is present, `key_material.jwk` for a
        missing or impossible member (facts: `member`), `key_material.base64url`, `key_material.unsupported`, `key_material.weak`
        for RSA below 2048 bits, and as `from_raw`.
        """
        if not isinstance(jwk, Mapping):
            raise KeyMaterialError("A JSON Web Key is an object.", code="key_material.jwk", facts={"member": None})
        if private := PRIVATE_JWK_MEMBERS & jwk.keys():
            raise KeyMaterialError(
                "A private key stands where a public key belongs. Whoever published it must replace it.",
                code="key_material.private_in_public",
                facts={"members": sorted(private)},
            )
        key = _from_jwk_members(jwk)
        _check_jwk_use(jwk, key.algorithm)
        return key

    @property
    def multikey(self) -> str:
        """The key as Multikey. Raises `KeyMaterialError` (`key_material.no_multikey`) for RSA, which has none."""
        if self.algorithm == BLS12_381_G2:
            return multibase_encode(BLS_PUBLIC_PREFIX + self.raw)
        if self.algorithm not in CURVES:
            raise KeyMaterialError("An RSA key has no Multikey form.", code="key_material.no_multikey")
        return _multikey(CURVES[self.algorithm].public_prefix + self.raw)

    @property
    def jwk(self) -> dict[str, str]:
        """The key as JWK with the required members only, a new dictionary each time. Raises `KeyMaterialError` (`key_material.no_jwk`) for
        BBS keys, whose JWK form no standard has settled."""
        match self._handle:
            case ed25519.Ed25519PublicKey():
                return {"kty": "OKP", "crv": "Ed25519", "x": base64url_encode(self.raw)}
            case ec.EllipticCurvePublicKey():
                size = CURVES[self.algorithm].size
                point = self._handle.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
                x, y = point[1 : 1 + size], point[1 + size :]
                return {"kty": "EC", "crv": self.algorithm, "x": base64url_encode(x), "y": base64url_encode(y)}
            case rsa.RSAPublicKey():
                return rsa_keys.public_jwk(self._handle)
            case _:
                raise KeyMaterialError("A BBS key has no JWK form.", code="key_material.no_jwk")

    @property
    def thumbprint(self) -> str:
        """The JWK thumbprint with SHA-256 as base64url text, RFC 7638. Raises as `jwk`."""
        return base64url_encode(hashlib.sha256(strict_json.jcs(self.jwk)).digest())

    def verify(self, signature: bytes, data: bytes, *, rsa_padding: str = "RS256") -> bool:
        """Is `signature` this key's over `data`? Never raises for a false or malformed signature.

        The signature is raw: 64 bytes for Ed25519 (RFC 8032), r‖s of fixed length for the other curves (RFC 7518 §3.4), hashed
        with the curve's own hash. `rsa_padding` is `RS256` or `PS256` and matters for RSA alone.
        """
        name, handle = self.algorithm, self._handle  # by the name: the handles' classes are slow to be asked for
        if name == "Ed25519" and fast_ed25519.AVAILABLE and fast_ed25519.certainly_true(self.raw, signature, data):
            return True
        if name == "P-256" and fast_p256.AVAILABLE and fast_p256.certainly_true(self.raw, signature, data):
            return True
        if name == BLS12_381_G2:
            return False  # BBS signs lists of messages: `proofs.bbs`
        try:
            if name == "Ed25519":
                handle.verify(signature, data)
            elif name == "RSA":
                handle.verify(signature, data, _rsa_padding(rsa_padding), _SHA256)
            else:
                size = CURVES[name].size
                if len(signature) != 2 * size:
                    return False
                r, s = int.from_bytes(signature[:size], "big"), int.from_bytes(signature[size:], "big")
                handle.verify(encode_dss_signature(r, s), data, _ECDSA[name])
        except InvalidSignature:
            return False
        return True

    def verify_many(self, signatures: Sequence[bytes], texts: Sequence[bytes]) -> list[bool]:
        """What `verify` says of each signature and its text, more quickly than one by one. Raises ValueError where one is missing."""
        pairs = list(zip(signatures, texts, strict=True))
        if self.algorithm == "Ed25519" and fast_ed25519.AVAILABLE:
            certain = fast_ed25519.certainly_true_many(self.raw, list(signatures), list(texts))
        elif self.algorithm == "P-256" and fast_p256.AVAILABLE:
            certain = fast_p256.certainly_true_many(self.raw, list(signatures), list(texts))
        else:
            return [self.verify(*pair) for pair in pairs]
        return [taken or self.verify(*pair) for taken, pair in zip(certain, pairs, strict=True)]


_multikey = lru_cache(maxsize=1024)(multibase_encode)


@lru_cache(maxsize=1024)
def _from_multikey(text: str) -> PublicKey:
    """Kept: a verifier meets the same few issuer keys again and again, and validation costs more than one verification."""
    data = multibase_decode(text)
    for algorithm, curve in CURVES.items():
        if data.startswith(curve.public_prefix):
            return PublicKey.from_raw(algorithm, data[len(curve.public_prefix) :])
        if data.startswith(curve.secret_prefix):
            raise _secret_in_public()
    if data.startswith(BLS_PUBLIC_PREFIX):
        return PublicKey.from_raw(BLS12_381_G2, data[len(BLS_PUBLIC_PREFIX) :])
    if data.startswith(BLS_SECRET_PREFIX):
        raise _secret_in_public()
    raise KeyMaterialError(
        "This sort of key is not known here.", code="key_material.unsupported", facts={"prefix": data[:2].hex()}
    )


def _from_jwk_members(jwk: Mapping[str, Any]) -> PublicKey:
    kty, crv = jwk.get("kty"), jwk.get("crv")
    if kty == "OKP" and crv == "Ed25519":
        return PublicKey.from_raw("Ed25519", _decode_fixed(jwk, "x", 32))
    if kty == "EC" and isinstance(crv, str) and crv in CURVES and crv != "Ed25519":
        size, group = CURVES[crv].size, CURVES[crv].group
        point = b"\x04" + _decode_fixed(jwk, "x", size) + _decode_fixed(jwk, "y", size)
        try:
            handle = ec.EllipticCurvePublicKey.from_encoded_point(group(), point)  # type: ignore[misc]
        except ValueError:
            raise _not_on_curve(crv) from None
        return PublicKey(crv, handle.public_bytes(Encoding.X962, PublicFormat.CompressedPoint), handle)
    if kty == "RSA":
        return _rsa_from_jwk(jwk)
    if not isinstance(kty, str) or (kty in ("OKP", "EC") and not isinstance(crv, str)):
        raise bad_member("crv" if isinstance(kty, str) else "kty")
    raise _unsupported(f"{kty} {crv}"[:40] if isinstance(crv, str) else kty[:40])


def _rsa_from_jwk(jwk: Mapping[str, Any]) -> PublicKey:
    handle = rsa_keys.public_from_jwk(jwk)
    return PublicKey("RSA", handle.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo), handle)


def _check_jwk_use(jwk: Mapping[str, Any], algorithm: str) -> None:
    """RFC 7517 §4.2 to §4.4: a key that says what it is for may be used for that alone."""
    if jwk.get("use", "sig") != "sig":
        raise bad_member("use")
    operations = jwk.get("key_ops", ["verify"])
    if not isinstance(operations, list) or "verify" not in operations:
        raise bad_member("key_ops")
    fitting = {"RSA": ("RS256", "PS256"), "Ed25519": ("EdDSA", "Ed25519")}.get(algorithm)
    if "alg" in jwk and jwk["alg"] not in (fitting or (CURVES[algorithm].signature_algorithm,)):
        raise bad_member("alg")


def _decode_fixed(jwk: Mapping[str, Any], member: str, size: int) -> bytes:
    if not isinstance(jwk.get(member), str):
        raise bad_member(member)
    data = base64url_decode(jwk[member])
    if len(data) != size:
        raise KeyMaterialError(
            f"The member {member} has {size} bytes, here {len(data)}.",
            code="key_material.length",
            facts={"member": member, "expected": size, "found": len(data)},
        )
    return data


def _rsa_padding(name: str) -> padding.PKCS1v15 | padding.PSS:
    match name:
        case "RS256":
            return padding.PKCS1v15()
        case "PS256":
            return padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH)
        case _:
            raise KeyMaterialError(f"RSA is used with RS256 or PS256, not {name}.", code="key_material.unsupported")


def _bls_point(raw: bytes) -> G2Point:
    try:
        from py_arkworks_bls12381 import G2Point
    except ImportError:
        raise KeyMaterialError(
            "Keys of this sort are read where testamur[bbs] is installed.",
            code="key_material.unsupported",
            facts={"algorithm": BLS12_381_G2},
        ) from None
    try:
        point = G2Point.from_compressed_bytes(raw)
    except ValueError:
        raise _not_on_curve(BLS12_381_G2) from None
    if point == G2Point.identity():
        raise KeyMaterialError("Under this key everything would count as signed.", code="key_material.weak")
    return point


def _secret_in_public() -> KeyMaterialError:
    return KeyMaterialError(
        "A secret key stands where a public key belongs. Whoever published it must replace it.",
        code="key_material.private_in_public",
    )


def _not_on_curve(algorithm: str) -> KeyMaterialError:
    return KeyMaterialError(
        f"This is not a point of the curve {algorithm}.",
        code="key_material.not_on_curve",
        facts={"algorithm": algorithm},
    )


def _unsupported(name: str) -> KeyMaterialError:
    return KeyMaterialError(
        f"Keys of the sort {name} are not known here.", code="key_material.unsupported", facts={"algorithm": name}
    )
