"""The secret key of BBS."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any, Self

from py_arkworks_bls12381 import G2Point, Scalar

from testamur.errors import KeyMaterialError
from testamur.proofs.bbs.hashing import ORDER
from testamur.proofs.bbs.scheme import sign
from testamur.proofs.encodings import multibase_decode, multibase_encode
from testamur.proofs.keys import PublicKey
from testamur.proofs.keys.algorithms import BLS12_381_G2, BLS_SECRET_PREFIX

SECRET_LENGTH = 32


class BbsPrivateKey:
    """A secret number; its public key is a point of G2. It signs lists of messages, so it is no `ports.Signer`. Its texts for people never
    show the secret."""

    __slots__ = ("_public", "_scalar")

    def __init__(self, secret: bytes) -> None:
        """`secret` is the number, big-endian, in 32 bytes. Raises `KeyMaterialError` (`key_material.length`, `.secret` outside the
        group)."""
        if len(secret) != SECRET_LENGTH:
            raise KeyMaterialError(
                f"A secret key of {BLS12_381_G2} has {SECRET_LENGTH} bytes.",
                code="key_material.length",
                facts={"algorithm": BLS12_381_G2, "expected": SECRET_LENGTH, "found": len(secret)},
            )
        number = int.from_bytes(secret, "big")
        if not 0 < number < ORDER:
            raise KeyMaterialError("This number is no secret key of its curve.", code="key_material.secret")
        self._scalar = Scalar(number)
        self._public = PublicKey.from_raw(BLS12_381_G2, bytes((G2Point() * self._scalar).to_compressed_bytes()))

    @classmethod
    def generate(cls) -> Self:
        """A new random key from the operating system's source."""
        return cls((secrets.randbelow(ORDER - 1) + 1).to_bytes(SECRET_LENGTH, "big"))

    @classmethod
    def from_secret_multikey(cls, text: str) -> Self:
        """Read `secretKeyMultibase`. Raises `KeyMaterialError` (`key_material.multibase`, `.unsupported`, `.length`, `.secret`)."""
        data = multibase_decode(text)
        if not data.startswith(BLS_SECRET_PREFIX):
            raise KeyMaterialError(f"This is not a secret key of {BLS12_381_G2}.", code="key_material.unsupported")
        return cls(data.removeprefix(BLS_SECRET_PREFIX))

    @property
    def algorithm(self) -> str:
        return BLS12_381_G2

    @property
    def public(self) -> PublicKey:
        return self._public

    @property
    def public_multikey(self) -> str:
        return self._public.multikey

    @property
    def secret_multikey(self) -> str:
        """The secret as `secretKeyMultibase`. To be stored where only its owner reads; never logged."""
        return multibase_encode(BLS_SECRET_PREFIX + bytes(self._scalar.to_be_bytes()))

    def sign_messages(self, header: bytes, messages: Sequence[bytes]) -> bytes:
        """The signature over `header` and `messages`, the same every time. Raises `ProofError` (`bbs.too_many_messages`)."""
        return sign(self._scalar, self._public.raw, header, messages)

    def __repr__(self) -> str:
        return f"<BbsPrivateKey of {self.public_multikey}>"

    def __reduce__(self) -> str | tuple[Any, ...]:
        raise TypeError("a private key is not pickled: write it with secret_multikey where it may be stored")
