"""C2SP tlog-checkpoint and tlog-cosignature: the head of a log, and who has seen it.

The log itself signs with Ed25519 (type 0x01, over the text) and with ML-DSA-44 (type 0x06); witnesses cosign with type
0x04 or 0x06. A cosignature says: at this time, the largest consistent tree of this log that I have seen has this root.
We write no extension lines: ML-DSA cosignatures do not cover them.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ed25519, mldsa

from testamur.errors import Malformed, ProofError

from .merkle import HASH_BYTES
from .notes import KeyType, Note, Signature, VerifierKey, decimal, decode, parse

_SIGNATURE_BYTES = {KeyType.ED25519: 64, KeyType.ED25519_COSIGNATURE: 72, KeyType.ML_DSA_44: 8 + 2420}


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """`origin` names the log, `size` counts its entries, `root` is the Merkle root over them."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        lines = (self.origin, str(self.size), base64.b64encode(self.root).decode(), *self.extensions)
        return "".join(f"{line}\n" for line in lines)

    @classmethod
    def from_text(cls, text: str) -> Checkpoint:
        """Raises Malformed."""
        lines = text.split("\n")
        if len(lines) < 4 or lines[-1] or not all(lines[:-1]):
            raise Malformed("That is no checkpoint of a log.", code="log.checkpoint")
        size, root = decimal(lines[1]), decode(lines[2])
        if size is None or len(root) != HASH_BYTES:
            raise Malformed("A checkpoint's size or root cannot be read.", code="log.checkpoint")
        return cls(lines[0], size, root, tuple(lines[3:-1]))


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint with the note it stands in: the text that was signed is kept, not made anew. `worked_out` is for whoever asks many times
    what the same checkpoint is worth to the same readers; the last of it is kept."""

    checkpoint: Checkpoint
    note: Note
    worked_out: list[Any] = field(default_factory=list, repr=False, compare=False)
    _written: list[bytes] = field(default_factory=list, init=False, repr=False, compare=False)

    @classmethod
    def from_bytes(cls, data: bytes) -> SignedCheckpoint:
        """Raises Malformed. Nothing is verified here."""
        return _read_small(data) if len(data) <= _SMALL else _read(data)

    def to_bytes(self) -> bytes:
        if not self._written:  # once: it stands below thousands of proofs
            self._written.append(self.note.to_bytes())
        return self._written[0]


def _read(data: bytes) -> SignedCheckpoint:
    note = parse(data)
    return SignedCheckpoint(Checkpoint.from_text(note.text), note)


_SMALL = 8_192
_FEW_LINES = 16
_read_small = lru_cache(maxsize=64)(_read)  # thousands of credentials are proven by the same checkpoint


class CheckpointSigner(Protocol):
    """Signs checkpoints under one verifier key: a log's own key or a witness's. `time` is in seconds since 1970,
    UTC."""

    @property
    def key(self) -> VerifierKey: ...

    def sign(self, checkpoint: Checkpoint, time: int) -> Signature: ...


@dataclass(frozen=True)
class SecretKey:
    """A signing key in memory, of any of the three types. Keep `secret` (32 bytes, the seed) out of sight; it is
    not in `repr`."""

    name: str
    type: KeyType
    secret: bytes = field(repr=False)

    @classmethod
    def generate(cls, name: str, kind: KeyType = KeyType.ED25519) -> SecretKey:
        made = mldsa.MLDSA44PrivateKey if kind is KeyType.ML_DSA_44 else ed25519.Ed25519PrivateKey
        return cls(name, kind, made.generate().private_bytes_raw())

    @property
    def key(self) -> VerifierKey:
        return VerifierKey(self.name, self.type, self._private().public_key().public_bytes_raw())

    def sign(self, checkpoint: Checkpoint, time: int) -> Signature:
        """Raises ProofError for a checkpoint with extension lines where the type would not cover them."""
        value = self._private().sign(signed_message(checkpoint, self.key, time))
        stamp = b"" if self.type is KeyType.ED25519 else time.to_bytes(8, "big")
        return Signature(self.name, self.key.key_id, stamp + value)

    def _private(self) -> ed25519.Ed25519PrivateKey | mldsa.MLDSA44PrivateKey:
        if self.type is KeyType.ML_DSA_44:
            return mldsa.MLDSA44PrivateKey.from_seed_bytes(self.secret)
        return ed25519.Ed25519PrivateKey.from_private_bytes(self.secret)


def signed_message(checkpoint: Checkpoint, key: VerifierKey, time: int) -> bytes:
    """The bytes that a key of this type signs (signed-note §Ed25519, tlog-cosignature §Ed25519 and §ML-DSA-44)."""
    if not 0 <= time < 1 << 63:
        raise ProofError("A cosignature's time is out of range.", code="log.cosignature_time")
    if key.type is KeyType.ED25519:
        return checkpoint.text.encode()
    if key.type is KeyType.ED25519_COSIGNATURE:
        return f"cosignature/v1\ntime {time}\n{checkpoint.text}".encode()
    if checkpoint.extensions:
        raise ProofError("An ML-DSA-44 cosignature does not cover extension lines.", code="log.extension_lines")
    return b"".join(
        (
            b"subtree/v1\n\x00",
            _short(key.name),
            time.to_bytes(8, "big"),
            _short(checkpoint.origin),
            (0).to_bytes(8, "big"),
            checkpoint.size.to_bytes(8, "big"),
            checkpoint.root,
        )
    )


def _short(text: str) -> bytes:
    encoded = text.encode()
    if not 1 <= len(encoded) <= 255:
        raise ProofError("A name is too long to be signed.", code="log.name_length")
    return bytes((len(encoded),)) + encoded


def signature_time(signature: Signature, kind: KeyType) -> int | None:
    """When a cosignature says it was made, in seconds since 1970; None for a type without a time, or a damaged
    signature."""
    if kind is KeyType.ED25519 or len(signature.value) != _SIGNATURE_BYTES[kind]:
        return None
    return int.from_bytes(signature.value[:8], "big")


def verify_signature(checkpoint: Checkpoint, signature: Signature, key: VerifierKey) -> bool:
    """Whether this line is that key's signature over the checkpoint. Never raises.

    Remembered, but for checkpoints that somebody made long: thousands of credentials are proven by the same one, and whether a signature
    holds never changes.
    """
    lines = checkpoint.extensions
    usual = len(lines) <= _FEW_LINES and len(checkpoint.origin) + sum(map(len, lines)) + len(signature.value) <= _SMALL
    return (_known_signature if usual else _holds)(checkpoint, signature, key)


def _holds(checkpoint: Checkpoint, signature: Signature, key: VerifierKey) -> bool:
    if signature.name != key.name or signature.key_id != key.key_id:
        return False
    if len(signature.value) != _SIGNATURE_BYTES[key.type]:
        return False
    time = signature_time(signature, key.type)
    value = signature.value if time is None else signature.value[8:]
    try:
        message = signed_message(checkpoint, key, time or 0)
        if key.type is KeyType.ML_DSA_44:
            mldsa.MLDSA44PublicKey.from_public_bytes(key.public).verify(value, message)
        else:
            ed25519.Ed25519PublicKey.from_public_bytes(key.public).verify(value, message)
    except (InvalidSignature, ValueError, ProofError):
        return False
    return True


_known_signature = lru_cache(maxsize=512)(_holds)


def verified_by(signed: SignedCheckpoint, keys: Iterable[VerifierKey]) -> dict[VerifierKey, int | None]:
    """The keys, out of `keys`, that signed, each with the earliest time of its cosignatures (None for a log's Ed25519
    signature).

    Raises ProofError when a line names one of the keys and is false: such a note is refused as a whole (signed-note
    §Signatures).
    """
    found: dict[VerifierKey, int | None] = {}
    for key in keys:
        for line in signed.note.by(key):
            if not verify_signature(signed.checkpoint, line, key):
                raise ProofError(
                    "A signature under the checkpoint is false.", code="log.signature_false", facts={"key": key.name}
                )
            time = signature_time(line, key.type)
            earlier = found.get(key)
            found[key] = time if earlier is None or time is None else min(time, earlier)
    return found


def sign(checkpoint: Checkpoint, signers: Iterable[CheckpointSigner], time: int) -> SignedCheckpoint:
    """The checkpoint with a line of each signer."""
    return SignedCheckpoint(checkpoint, Note(checkpoint.text, tuple(each.sign(checkpoint, time) for each in signers)))
