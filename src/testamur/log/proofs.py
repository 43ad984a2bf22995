"""C2SP tlog-proof: that an entry is in a log, and that witnesses saw that log; a text that stands beside a credential
and needs nothing else.

The `extra` line carries the salt, which opens the commitment of the entry: whoever has the credential and its proof can
compute the entry anew, and nobody else can say what it is about.
"""

from __future__ import annotations

from binascii import b2a_base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from testamur.errors import Malformed
from testamur.ports import Resource

from .checkpoints import Checkpoint, SignedCheckpoint
from .entries import SALT_BYTES, Entry, Kind, entry_for
from .merkle import HASH_BYTES, leaf_hash, verify_inclusion
from .notes import decimal, decode

HEADER = "c2sp.org/tlog-proof@v1"
MEDIA_TYPE = "text/plain; charset=utf-8"
MAX_BYTES = 256 * 1024
_MAX_HASHES = 63


@dataclass(frozen=True, slots=True)
class Proof:
    """`path` goes from the leaf's sibling up. `extra` is not authenticated by anything: a false salt only leads to
    another entry."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: SignedCheckpoint
    extra: bytes = b""

    def to_bytes(self) -> bytes:
        extra = b"extra " + b2a_base64(self.extra) if self.extra else b""
        lines = b"".join([b2a_base64(each) for each in self.path])
        return b"%b\n%bindex %d\n%b\n%b" % (HEADER.encode(), extra, self.index, lines, self.checkpoint.to_bytes())

    @classmethod
    def from_bytes(cls, data: bytes) -> Proof:
        """Raises Malformed. Nothing is verified here."""
        if len(data) > MAX_BYTES:
            raise Malformed("The proof is too large.", code="log.proof_size")
        head, separator, checkpoint = data.partition(b"\n\n")
        try:
            lines = head.decode("ascii").split("\n")
        except UnicodeDecodeError as error:
            raise Malformed("That is no proof of inclusion in a log.", code="log.proof") from error
        if not separator or lines.pop(0) != HEADER:
            raise Malformed("That is no proof of inclusion in a log.", code="log.proof")
        extra = b""
        if lines and lines[0].startswith("extra "):
            extra = decode(lines.pop(0).removeprefix("extra "))
            if not extra:
                raise Malformed("The extra line of the proof is damaged.", code="log.proof")
        index = decimal(lines.pop(0).removeprefix("index ")) if lines and lines[0].startswith("index ") else None
        path = tuple(map(decode, lines))
        if index is None or len(path) > _MAX_HASHES or not set(map(len, path)) <= {HASH_BYTES}:
            raise Malformed("The proof is damaged.", code="log.proof")
        return cls(index, path, SignedCheckpoint.from_bytes(checkpoint), extra)

    def includes(self, entry: Entry) -> bool:
        """Whether the path leads from this entry to the checkpoint's root. Says nothing about who signed the
        checkpoint."""
        checkpoint = self.checkpoint.checkpoint
        return verify_inclusion(leaf_hash(entry.to_bytes()), self.index, checkpoint.size, self.path, checkpoint.root)

    def entry_of(self, kind: Kind, identifier: str, secured: bytes, *, personal: bool = True) -> Entry | None:
        """The entry that must stand in the log for these bytes, computed from them and the salt; None when the proof
        carries no salt.

        Never take the entry from elsewhere: a true proof of *another* entry is what an attacker has (CVE-2026-22703).
        """
        if personal and len(self.extra) != SALT_BYTES:
            return None
        return entry_for(kind, identifier, secured, self.extra if personal else None)


@dataclass(slots=True)
class UnwrittenProof:
    """What a `Proof` about a person says, by whoever keeps the log, before it is written: as little believed as the text would be.

    `entry` is what the log keeps (`Entry.to_bytes`), `path` goes from the sibling of its leaf up and was not followed, `salt` opens the
    commitment, `behind` is the text of the proof from the end of its path on (an empty line, then the checkpoint). `written` gives the
    answer with the text itself, and raises `ResolutionError` where there is none to give after all.
    """

    entry: bytes
    index: int
    path: Sequence[bytes]
    salt: bytes
    behind: bytes
    written: Callable[[], Resource]

    def includes(self, entry: bytes, checkpoint: Checkpoint) -> bool:
        """Whether this is the proof of just this `entry`, and its path leads from there to the checkpoint's root."""
        if self.entry != entry or len(self.path) > _MAX_HASHES:
            return False
        return verify_inclusion(leaf_hash(entry), self.index, checkpoint.size, self.path, checkpoint.root)


@runtime_checkable
class Proving(Protocol):
    """A resolver that keeps a log itself. Implementations: the site's, and what passes on to it for the length of one report."""

    def proof_at(self, url: str, *, accept: Sequence[str]) -> Resource | UnwrittenProof:
        """What `fetch` gives, and raises; the proof of an entry perhaps before it is written."""
        ...
