from __future__ import annotations

from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PSS, PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256, HashAlgorithm
from testamur.proofs.plain import rsa
from testamur.proofs.plain.left_out import left_out

# AlgorithmIdentifier of rsaEncryption with its NULL (RFC 8017, appendix A.1).
_ALGORITHM = bytes.fromhex("300d06092a864886f70d0101010500")


@dataclass(frozen=True)
class RSAPublicNumbers:
    e: int
    n: int

    def public_key(self) -> RSAPublicKey:
        if self.e < 3 or self.e % 2 == 0 or self.e >= self.n:
            raise ValueError("No public exponent")
        return RSAPublicKey(self)


class RSAPublicKey:
    def __init__(self, numbers: RSAPublicNumbers) -> None:
        self._numbers = numbers

    def public_numbers(self) -> RSAPublicNumbers:
        return self._numbers

    def public_bytes(self, *_form: object) -> bytes:
        """SubjectPublicKeyInfo in DER, the only form that is asked for."""
        key = _tagged(0x30, _number(self._numbers.n) + _number(self._numbers.e))
        return _tagged(0x30, _ALGORITHM + _tagged(0x03, b"\x00" + key))

    def verify(self, signature: bytes, data: bytes, padding: PKCS1v15 | PSS, algorithm: HashAlgorithm) -> None:
        if not isinstance(algorithm, SHA256):
            left_out("RSA with another hash than SHA-256")
        check = rsa.verify_pss if isinstance(padding, PSS) else rsa.verify_pkcs1
        if not check(self._numbers.n, self._numbers.e, bytes(signature), bytes(data)):
            raise InvalidSignature


class RSAPrivateKey:
    def __init__(self) -> None:
        left_out("private keys")


class RSAPrivateNumbers:
    def __init__(self, *_numbers: object) -> None:
        left_out("private keys")


def generate_private_key(*_given: object) -> RSAPrivateKey:
    return RSAPrivateKey()


def _tagged(tag: int, content: bytes) -> bytes:
    length = len(content)
    if length < 128:
        return bytes((tag, length)) + content
    size = (length.bit_length() + 7) // 8
    return bytes((tag, 0x80 | size)) + length.to_bytes(size, "big") + content


def _number(value: int) -> bytes:
    return _tagged(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))
