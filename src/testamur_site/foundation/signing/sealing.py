"""Sealing: AES-256-GCM under the key-encryption key, which lies in a file of its own and is never Django's SECRET_KEY.

The file holds one 32-byte key a line, base64url; the first line seals, all lines open. So rotation is: put a new line first, run
`python -m testamur_site.foundation.keys.reseal`, take the old line away. A sealed value says by a fingerprint which line opens it.

The additional authenticated data bind a value to its place: one institution's sealed key, put into another's row, does not open.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from testamur.durable import sync_folder

_NONCE = 12
_KEY = 32


class SealBroken(RuntimeError):
    """A sealed value does not open: the key-encryption key is another one, or the value was moved or changed."""


class NoKeyEncryptionKey(RuntimeError):
    """The file of the key-encryption key is missing or unreadable though sealed values exist, or it is ill-formed."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """`content` is nonce ‖ ciphertext ‖ tag; `sealed_with` the fingerprint of the key-encryption key."""

    content: bytes
    sealed_with: str


def fingerprint(key: bytes) -> str:
    """The first 16 hexadecimal digits of a domain-separated SHA-256: names a key and says nothing about it."""
    return hashlib.sha256(b"testamur key-encryption key\n" + key).hexdigest()[:16]


def read_keys(path: Path, *, create: bool = False) -> list[bytes]:
    """The key-encryption keys in `path`, the sealing one first. With `create` a missing file is made with mode 0600.

    Raises NoKeyEncryptionKey. A missing file is never silently replaced unless the caller knows that nothing is sealed yet.
    """
    if create and not path.exists():
        _create(path)
    try:
        lines = path.read_text(encoding="ascii").split()
    except (OSError, UnicodeDecodeError) as error:
        raise NoKeyEncryptionKey(
            "The key-encryption key cannot be read. Put the file back where TESTAMUR_KEY_ENCRYPTION_KEY says; "
            "without it the institutions' signing keys cannot be opened."
        ) from error
    keys = []
    for line in lines:
        try:
            key = base64.urlsafe_b64decode(line + "=" * (-len(line) % 4))
        except (ValueError, binascii.Error) as error:
            raise NoKeyEncryptionKey("The key-encryption key file is not base64url.") from error
        if len(key) != _KEY:
            raise NoKeyEncryptionKey(f"A key-encryption key has {_KEY} bytes, but one in the file has {len(key)}.")
        keys.append(key)
    if not keys:
        raise NoKeyEncryptionKey("The key-encryption key file is empty.")
    return keys


def _create(path: Path) -> None:
    # Written aside and linked: of two processes that start together one wins, and the other reads the winner's.
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(base64.urlsafe_b64encode(secrets.token_bytes(_KEY)).rstrip(b"=") + b"\n")
        stream.flush()
        os.fsync(stream.fileno())
    try:
        os.link(aside, path)
    except FileExistsError:
        pass
    finally:
        aside.unlink()
    # Before anything is sealed with it: a power cut must not take the key and leave what it opens.
    sync_folder(path.parent)


def seal(keys: list[bytes], secret: bytes, place: bytes) -> Sealed:
    """Seal `secret` for `place` with the first key."""
    nonce = secrets.token_bytes(_NONCE)
    return Sealed(nonce + AESGCM(keys[0]).encrypt(nonce, secret, place), fingerprint(keys[0]))


def unseal(keys: list[bytes], sealed: Sealed, place: bytes) -> bytes:
    """The secret again. Raises SealBroken."""
    for key in keys:
        if fingerprint(key) == sealed.sealed_with:
            try:
                return AESGCM(key).decrypt(sealed.content[:_NONCE], sealed.content[_NONCE:], place)
            except (InvalidTag, ValueError) as error:  # ValueError: too short to be anything that was sealed
                raise SealBroken("A signing key was changed or belongs to another institution.") from error
    raise SealBroken("A signing key was sealed with a key-encryption key that is not in the file any more.")
