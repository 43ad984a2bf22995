"""What stands in the log: 66 bytes of hashes, whatever is recorded, so that nothing in it can name or harm anybody.

    0x01 | kind (1) | handle (32) | commitment (32)

* The *handle* is the hash of an identifier that is random itself. Equal identifiers, equal handles: a second, different
  credential under the same id shows to everybody who watches.
* The *commitment* of what is about a person is salted: with the salt, which the holder has, it is opened; without it,
  it is noise. Erase the salt and the row, and what stays in the log says nothing about anybody.

Signature-derived hashes would not do in place of the salt: Ed25519 is deterministic, so the issuer could compute them
again after erasure.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from testamur.errors import Malformed
from testamur.linked_data import sha256

LENGTH = 66
SALT_BYTES = 32
_VERSION = 1
_HANDLE = b"testamur.org/log/handle/v1\x00"
_COMMITMENT = b"testamur.org/log/commitment/v1\x00"


class Kind(IntEnum):
    ISSUE = 1
    SUPERSEDE = 2
    STATUS_LIST = 3
    ISSUER_KEYS = 4
    KEY_CUT_OFF = 5
    ACHIEVEMENT = 6
    POLICY = 7
    TRUST_REGISTRY = 8


_KINDS = frozenset(Kind)

PERSONAL = frozenset({Kind.ISSUE, Kind.SUPERSEDE})
"""Kinds that are about a person: their commitments are salted."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. `handle` and `commitment` are 32 bytes each."""

    kind: Kind
    handle: bytes
    commitment: bytes

    def to_bytes(self) -> bytes:
        return bytes((_VERSION, self.kind)) + self.handle + self.commitment

    @classmethod
    def from_bytes(cls, data: bytes) -> Entry:
        """Raises Malformed: wrong length, version or kind."""
        if len(data) != LENGTH or data[0] != _VERSION or data[1] not in _KINDS:
            raise Malformed("That is no entry of this log.", code="log.entry")
        return cls(Kind(data[1]), data[2:34], data[34:])


def handle_of(identifier: str) -> bytes:
    """The handle of an identifier (the credential's `id`, a list's address, a DID)."""
    return sha256(_HANDLE + identifier.encode())


def commitment_of(secured: bytes, salt: bytes | None = None) -> bytes:
    """The commitment to bytes. `salt` (32 random bytes) for what is about a person, None for what is public.

    Raises ValueError for a salt of another length: a short one could be guessed, and the commitment with it.
    """
    if salt is not None and len(salt) != SALT_BYTES:
        raise ValueError("a salt has 32 bytes")
    return sha256(_COMMITMENT + (salt or b"") + sha256(secured))


def entry_for(kind: Kind, identifier: str, secured: bytes, salt: bytes | None = None) -> Entry:
    """The entry that records `secured` under `identifier`. Raises ValueError when a personal kind has no salt, or a
    public one has."""
    if (kind in PERSONAL) != (salt is not None):
        raise ValueError("what is about a person is recorded with a salt, and nothing else is")
    return Entry(kind, handle_of(identifier), commitment_of(secured, salt))
