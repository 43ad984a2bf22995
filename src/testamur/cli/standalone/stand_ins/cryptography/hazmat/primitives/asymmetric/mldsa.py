from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from testamur.proofs.plain import ml_dsa_44
from testamur.proofs.plain.left_out import left_out


class MLDSA44PublicKey:
    def __init__(self, raw: bytes) -> None:
        self._raw = raw

    @classmethod
    def from_public_bytes(cls, data: bytes) -> MLDSA44PublicKey:
        if len(data) != ml_dsa_44.PUBLIC_BYTES:
            raise ValueError("An ML-DSA-44 public key has 1,312 bytes")
        return cls(bytes(data))

    def public_bytes_raw(self) -> bytes:
        return self._raw

    def verify(self, signature: bytes, data: bytes, context: bytes | None = None) -> None:
        if not ml_dsa_44.verify(self._raw, bytes(signature), bytes(data), context or b""):
            raise InvalidSignature


class MLDSA44PrivateKey:
    def __init__(self) -> None:
        left_out("private keys")

    @classmethod
    def generate(cls) -> MLDSA44PrivateKey:
        return cls()

    @classmethod
    def from_seed_bytes(cls, _data: bytes) -> MLDSA44PrivateKey:
        return cls()
