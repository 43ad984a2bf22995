"""RSA signatures (RFC 8017 §8) with SHA-256: PKCS #1 v1.5 and PSS."""

from __future__ import annotations

import hashlib

# DigestInfo of SHA-256 (RFC 8017 §9.2, note 1).
_DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420")
_SALT_BYTES = hashlib.sha256().digest_size


def verify_pkcs1(n: int, e: int, signature: bytes, message: bytes) -> bool:
    """RSASSA-PKCS1-v1_5 (§8.2.2): the encoded message is made anew and compared, never taken apart."""
    encoded = _opened(n, e, signature)
    if encoded is None:
        return False
    tail = b"\x00" + _DIGEST_INFO + hashlib.sha256(message).digest()
    return encoded == b"\x00\x01" + b"\xff" * (len(encoded) - len(tail) - 2) + tail


def verify_pss(n: int, e: int, signature: bytes, message: bytes) -> bool:
    """RSASSA-PSS (§8.1.2, §9.1.2) with MGF1 over SHA-256 and a salt as long as the digest."""
    opened = _opened(n, e, signature)
    if opened is None:
        return False
    bits = n.bit_length() - 1
    length = (bits + 7) // 8
    if any(opened[: len(opened) - length]):
        return False
    encoded = opened[len(opened) - length :]
    masked, digest, last = encoded[: length - 33], encoded[length - 33 : -1], encoded[-1]
    unused = 8 * length - bits
    if last != 0xBC or masked[0] >> (8 - unused):
        return False
    block = bytearray(a ^ b for a, b in zip(masked, _mask(digest, len(masked)), strict=True))
    block[0] &= 0xFF >> unused
    zeros = len(block) - _SALT_BYTES - 1
    if zeros < 0 or any(block[:zeros]) or block[zeros] != 1:
        return False
    salt = bytes(block[zeros + 1 :])
    return hashlib.sha256(b"\x00" * 8 + hashlib.sha256(message).digest() + salt).digest() == digest


def _opened(n: int, e: int, signature: bytes) -> bytes | None:
    """RSAVP1 (§5.2.2): the encoded message, as long as the modulus."""
    length = (n.bit_length() + 7) // 8
    number = int.from_bytes(signature, "big")
    if len(signature) != length or number >= n:
        return None
    return pow(number, e, n).to_bytes(length, "big")


def _mask(seed: bytes, length: int) -> bytes:
    """MGF1 (appendix B.2.1)."""
    blocks = (hashlib.sha256(seed + counter.to_bytes(4, "big")).digest() for counter in range((length + 31) // 32))
    return b"".join(blocks)[:length]
