"""The private part under lock: one ZIP archive in an age file (age-encryption.org/v1), which `age` and `rage` open as well as we do.

    private.zip.age    for the recipients: keys of age (age1…) or of SSH (ssh-ed25519 …)
    private-key.age    only with a passphrase: the key of which the archive was encrypted for, itself encrypted with the passphrase

With a passphrase a key is made for this one archive, so that whoever asks for an exit leaves nothing secret with the job that writes it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pyrage

ARCHIVE, KEY = "private.zip.age", "private-key.age"
SHORTEST = 12
"""Characters of a passphrase."""
MOST_RECIPIENTS = 20
_LARGEST_KEY = 64 << 10


class LockError(ValueError):
    """`reason` is stable: recipient, passphrase, identity, locked, wrong_key."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Lock:
    """For whom the private part is encrypted; nobody: it is not. `wrapped_key` is the content of private-key.age."""

    recipients: tuple[str, ...] = ()
    wrapped_key: str = ""

    def __bool__(self) -> bool:
        return bool(self.recipients)


@dataclass(frozen=True, slots=True)
class Unlock:
    """What opens it: the text of an identity file, or a passphrase."""

    identities: str = ""
    passphrase: str = ""

    def __bool__(self) -> bool:
        return bool(self.identities or self.passphrase)


def for_recipients(text: str) -> Lock:
    """One public key a line; lines that begin with # are remarks. Raises LockError("recipient")."""
    lines = [line.strip() for line in text.splitlines()]
    keys = tuple(line for line in lines if line and not line.startswith("#"))
    if not keys or len(keys) > MOST_RECIPIENTS:
        raise LockError("recipient")
    for key in keys:
        _recipient(key)
    return Lock(keys)


def for_passphrase(passphrase: str) -> Lock:
    """Raises LockError("passphrase") for one that is too short to be worth anything."""
    if len(passphrase) < SHORTEST:
        raise LockError("passphrase")
    identity = pyrage.x25519.Identity.generate()
    wrapped = pyrage.passphrase.encrypt(f"{identity}\n".encode(), passphrase, armored=True)
    return Lock((str(identity.to_public()),), wrapped.decode())


def _recipient(key: str) -> Any:
    try:
        return pyrage.ssh.Recipient.from_str(key) if key.startswith("ssh-") else pyrage.x25519.Recipient.from_str(key)
    except (pyrage.RecipientError, ValueError):
        raise LockError("recipient") from None


def encrypt(source: IO[bytes], target: IO[bytes], lock: Lock) -> None:
    """Encrypt a stream, piece by piece."""
    pyrage.encrypt_io(source, target, [_recipient(key) for key in lock.recipients])


@contextmanager
def opened(file: IO[bytes], wrapped_key: bytes | None, unlock: Unlock) -> Iterator[IO[bytes]]:
    """The archive in an age file, in a file that is gone afterwards. Raises LockError: locked without a key, wrong_key where it does not
    open it or the file was changed, identity where there is no identity in what was given."""
    if not unlock:
        raise LockError("locked")
    identities = _identities(unlock, wrapped_key)
    with tempfile.TemporaryFile() as plain:
        try:
            pyrage.decrypt_io(file, plain, identities)
        except (pyrage.DecryptError, OSError, ValueError):
            raise LockError("wrong_key") from None
        plain.seek(0)
        yield plain


def _identities(unlock: Unlock, wrapped_key: bytes | None) -> Sequence[Any]:
    text = unlock.identities
    if unlock.passphrase:
        if wrapped_key is None or len(wrapped_key) > _LARGEST_KEY:
            raise LockError("wrong_key")
        try:
            text = pyrage.passphrase.decrypt(wrapped_key, unlock.passphrase).decode()
        except (pyrage.DecryptError, UnicodeDecodeError, ValueError):
            raise LockError("wrong_key") from None
    try:
        if "PRIVATE KEY-----" in text:
            return [pyrage.ssh.Identity.from_buffer(text.encode())]
        lines = [line.strip() for line in text.splitlines()]
        found = [pyrage.x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except (pyrage.IdentityError, ValueError):
        raise LockError("identity") from None
    if not found:
        raise LockError("identity")
    return found


def read_secret(path: Path) -> str:
    """The text of a small file. Raises OSError."""
    with path.open("rb") as file:
        return file.read(_LARGEST_KEY).decode("utf-8", "replace")
