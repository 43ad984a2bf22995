"""Update keys of a did:webvh: files that an administrator keeps, never rows.

The key that writes the next version is an encrypted PEM (PKCS #8, RFC 5958; any `openssl pkey` opens it), the passphrase is made here and
is shown once. The server keeps the hash. So it can be moved to another platform, and whoever takes this server cannot write the history
on.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterator
from dataclasses import dataclass

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from testamur.proofs.did.webvh import key_hash
from testamur.proofs.keys import PrivateKey

from . import rules

MAX_BYTES = 4_000
MAX_ITERATIONS = 2_000_000
_BEGIN = b"-----BEGIN ENCRYPTED PRIVATE KEY-----"
_END = b"-----END ENCRYPTED PRIVATE KEY-----"
_PBKDF2 = bytes.fromhex("06092a864886f70d01050c")


class UpdateKeyUnreadable(Exception):
    """The file is no update key (`file`), or the passphrase is not its own (`passphrase`)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class NewUpdateKey:
    """A key that was just made: the sealed file, its passphrase, and the hash that the history commits to."""

    sealed: str
    passphrase: str
    key_hash: str


def make() -> NewUpdateKey:
    """A new update key (Ed25519), sealed with a new passphrase of 120 bits."""
    secret = secrets.token_bytes(32)
    signs = "".join(secrets.choice(rules.ALPHABET) for _ in range(rules.GROUPS * rules.GROUP))
    sealed = Ed25519PrivateKey.from_private_bytes(secret).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(signs.encode("ascii"))
    )
    return NewUpdateKey(
        sealed.decode("ascii"), rules.grouped(signs), key_hash(PrivateKey("Ed25519", secret).public_multikey)
    )


def read(sealed: bytes, passphrase: str) -> PrivateKey:
    """The key in a sealed file. Raises UpdateKeyUnreadable."""
    start = sealed.find(_BEGIN)
    if len(sealed) > MAX_BYTES or start < 0:
        raise UpdateKeyUnreadable("file")
    if not _is_cheap_to_open(sealed[start:]):
        raise UpdateKeyUnreadable("file")
    password = rules.read(passphrase).encode("utf-8")
    if not password:
        raise UpdateKeyUnreadable("passphrase")
    try:
        loaded = load_pem_private_key(sealed[start:], password)
    except (ValueError, TypeError):
        raise UpdateKeyUnreadable("passphrase") from None
    except UnsupportedAlgorithm:
        raise UpdateKeyUnreadable("file") from None
    if not isinstance(loaded, Ed25519PrivateKey):
        raise UpdateKeyUnreadable("file")
    return PrivateKey("Ed25519", loaded.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption()))


def _is_cheap_to_open(pem: bytes) -> bool:
    """Whether the passphrase is stretched by PBKDF2 and not too often: a file could ask for hours of work."""
    try:
        der = base64.b64decode(b"".join(pem.removeprefix(_BEGIN).partition(_END)[0].split()), validate=True)
        integers = list(_integers(der, 0))
    except (ValueError, IndexError):
        return False
    return _PBKDF2 in der and all(number <= MAX_ITERATIONS for number in integers)


def _integers(der: bytes, depth: int) -> Iterator[int]:
    """The integers in nested sequences (X.690 §8.1). Raises ValueError and IndexError for what is no DER."""
    if depth > 8:
        raise ValueError("nested too deep")
    while der:
        tag, length, start = der[0], der[1], 2
        if length & 0x80:
            start += length & 0x7F
            length = int.from_bytes(der[2:start], "big")
        content = der[start : start + length]
        if len(content) != length:
            raise ValueError("cut short")
        if tag == 0x30:
            yield from _integers(content, depth + 1)
        elif tag == 0x02:
            yield int.from_bytes(content, "big")
        der = der[start + length :]
