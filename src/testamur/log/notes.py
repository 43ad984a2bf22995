"""C2SP signed-note: a text, and under it the signatures of those who stand for it.

A *verifier key* (vkey) is a name, four bytes that identify the key, a type and the public key. A signature line names
its key by name and id; lines of keys that nobody asked about are passed over, and a false signature of a known key
spoils the note. Types: 0x01 Ed25519 over the text, 0x04 Ed25519 cosignature with a time, 0x06 ML-DSA-44 cosignature
with a time (C2SP tlog-cosignature; what 0x04 and 0x06 sign is in `cosignatures.py`).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from testamur.errors import Malformed

MAX_NOTE_BYTES = 256 * 1024
MAX_SIGNATURES = 64
_DASH = "— "
_USUAL_LENGTH = 4_096  # characters of a key that is remembered: one of ML-DSA-44 has 1 752 and its name


class KeyType(IntEnum):
    ED25519 = 0x01
    ED25519_COSIGNATURE = 0x04
    ML_DSA_44 = 0x06


PUBLIC_KEY_BYTES = {KeyType.ED25519: 32, KeyType.ED25519_COSIGNATURE: 32, KeyType.ML_DSA_44: 1312}


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key under its name. `text` is the vkey as it is published."""

    name: str
    type: KeyType
    public: bytes

    def __post_init__(self) -> None:
        if not is_key_name(self.name):
            raise Malformed("A key's name is empty, or holds a space or a plus sign.", code="log.key_name")
        if len(self.public) != PUBLIC_KEY_BYTES[self.type]:
            raise Malformed("A key has not the length of its type.", code="log.key")

    @property
    def key_id(self) -> bytes:
        find = _known_key_id if len(self.name) <= _USUAL_LENGTH else _key_id
        return find(self.name, self.type, self.public)

    @property
    def text(self) -> str:
        encoded = base64.b64encode(bytes((self.type,)) + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{encoded}"

    @classmethod
    def from_text(cls, text: str) -> VerifierKey:
        """Raises Malformed: not a vkey, a type that is not spoken here, or an id that is not the key's."""
        return _known_key(text) if len(text) <= _USUAL_LENGTH else _read_key(text)


def _key_id(name: str, kind: KeyType, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + bytes((kind,)) + public).digest()[:4]


def _read_key(text: str) -> VerifierKey:
    name, _, rest = text.partition("+")
    identifier, _, encoded = rest.partition("+")
    material = decode(encoded)
    if not material or material[0] not in set(KeyType):
        raise Malformed("That is no verifier key of a type known here.", code="log.key")
    key = VerifierKey(name, KeyType(material[0]), material[1:])
    if key.key_id.hex() != identifier:
        raise Malformed("A verifier key's id does not belong to it.", code="log.key_id")
    return key


# The same few logs and witnesses stand under thousands of checkpoints. A name that a stranger makes long is not remembered.
_known_key_id = lru_cache(maxsize=256)(_key_id)
_known_key = lru_cache(maxsize=256)(_read_key)


@dataclass(frozen=True, slots=True)
class Signature:
    """One line under a note. `value` is what follows the key id."""

    name: str
    key_id: bytes
    value: bytes

    @property
    def line(self) -> str:
        return f"{_DASH}{self.name} {base64.b64encode(self.key_id + self.value).decode()}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text that ends with a newline, and its signatures in their order."""

    text: str
    signatures: tuple[Signature, ...]

    def to_bytes(self) -> bytes:
        return (self.text + "\n" + "".join(each.line for each in self.signatures)).encode()

    def by(self, key: VerifierKey) -> list[Signature]:
        """The lines that name this key."""
        return [each for each in self.signatures if each.name == key.name and each.key_id == key.key_id]

    def with_signatures(self, more: Sequence[Signature]) -> Note:
        """The same text with further lines; one that stands there already is not repeated."""
        return Note(self.text, tuple(dict.fromkeys((*self.signatures, *more))))


_CONTROL = re.compile("[\x00-\x09\x0b-\x1f]")
"""What may not stand in a note: everything below a space but the end of a line."""


def parse(data: bytes) -> Note:
    """A note from its bytes. Raises Malformed, also for what is too large; nothing is verified here."""
    if len(data) > MAX_NOTE_BYTES:
        raise Malformed("The note is too large.", code="log.note_size")
    try:
        whole = data.decode()
    except UnicodeDecodeError as error:
        raise Malformed("The note is not UTF-8.", code="log.note") from error
    if _CONTROL.search(whole):
        raise Malformed("The note holds a control character.", code="log.note")
    text, separator, lines = whole.rpartition("\n\n")
    if not separator or not lines.endswith("\n"):
        raise Malformed("The note has no signatures.", code="log.note")
    return Note(text + "\n", tuple(signature_lines(lines)))


def signature_lines(lines: str) -> list[Signature]:
    """Signature lines, as they stand under a note and as a witness answers. Raises Malformed."""
    if not lines.endswith("\n") or lines.count("\n") > MAX_SIGNATURES:
        raise Malformed("These are not the signatures of a note.", code="log.note")
    return [_signature(line) for line in lines[:-1].split("\n")]


def _signature(line: str) -> Signature:
    if not line.startswith(_DASH):
        raise Malformed("A signature line does not begin with a dash.", code="log.note")
    name, _, encoded = line[len(_DASH) :].partition(" ")
    material = decode(encoded)
    if not is_key_name(name) or len(material) < 5:
        raise Malformed("A signature line is damaged.", code="log.note")
    return Signature(name, material[:4], material[4:])


_PLAIN_NAME = re.compile(r"[!-*,-~]+")
"""Printable ASCII but the space and the plus sign: of ASCII, what the rule below leaves."""


def is_key_name(name: str) -> bool:
    """Not empty, without any kind of space, without plus signs and control characters."""
    if name.isascii():
        return _PLAIN_NAME.fullmatch(name) is not None
    return bool(name) and not any(
        character == "+" or character.isspace() or unicodedata.category(character) in ("Zs", "Zl", "Zp", "Cc")
        for character in name
    )


def decode(encoded: str) -> bytes:
    """Standard base64 with its padding, spelled in its one way (RFC 4648 §3.5); b"" when it is not. Callers refuse
    b""."""
    try:
        material = binascii.a2b_base64(encoded)
    except ValueError:  # not ASCII, or no base64
        return b""
    # What is written the same way again has neither foreign characters nor stray bits.
    return material if binascii.b2a_base64(material, newline=False).decode() == encoded else b""


_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


def decimal(text: str) -> int | None:
    """A number without sign or leading zeros, below 2**63; None when it is not one."""
    if not _DECIMAL.fullmatch(text):
        return None
    number = int(text)
    return number if number < 1 << 63 else None
