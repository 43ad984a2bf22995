from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from testamur.proofs.plain import ed25519
from testamur.proofs.plain.left_out import left_out


class Ed25519PublicKey:
    def __init__(self, raw: bytes) -> None:
        self._raw = raw

    @classmethod
    def from_public_bytes(cls, data: bytes) -> Ed25519PublicKey:
        if len(data) != 32:
            raise ValueError("An Ed25519 public key has 32 bytes")
        return cls(bytes(data))

    def public_bytes(self, *_form: object) -> bytes:
        return self._raw

    def public_bytes_raw(self) -> bytes:
        return self._raw

    def verify(self, signature: bytes, data: bytes) -> None:
        if not ed25519.verify(self._raw, bytes(signature), bytes(data)):
            raise InvalidSignature


class Ed25519PrivateKey:
    def __init__(self) -> None:
        left_out("private keys")

    @classmethod
    def generate(cls) -> Ed25519PrivateKey:
        return cls()

    @classmethod
    def from_private_bytes(cls, _data: bytes) -> Ed25519PrivateKey:
        return cls()
