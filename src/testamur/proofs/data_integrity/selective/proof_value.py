"""The two forms of `proofValue`: base (§3.5.2, §3.5.3) and derived (§3.5.5, §3.5.6), as data classes and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from testamur.errors import KeyMaterialError, Malformed, TooLarge
from testamur.proofs.data_integrity.selective import cbor
from testamur.proofs.encodings import base64url_decode, base64url_encode
from testamur.proofs.keys import PublicKey
from testamur.proofs.keys.algorithms import CURVES

MAX_CHARACTERS = 400_000  # some 4,500 statements; each costs the verifier one signature
BASE_HEADER, DERIVED_HEADER = b"\xd9\x5d\x00", b"\xd9\x5d\x01"
SIGNATURE_LENGTH, HMAC_LENGTH = 64, 32
_PREFIX = CURVES["P-256"].public_prefix


@dataclass(frozen=True, slots=True)
class BaseProofValue:
    """What the issuer hands to the holder. `hmac_key` names the blank nodes; whoever has it can undo their renaming."""

    base_signature: bytes
    public_key: PublicKey
    hmac_key: bytes
    signatures: Sequence[bytes]
    mandatory_pointers: Sequence[str]

    def encode(self) -> str:
        key = _PREFIX + self.public_key.raw
        parts = [self.base_signature, key, self.hmac_key, list(self.signatures), list(self.mandatory_pointers)]
        return "u" + base64url_encode(BASE_HEADER + cbor.encode(parts))

    @classmethod
    def decode(cls, text: object) -> Self:
        """Raises `Malformed` (`proof.value_invalid`, `proof.cbor`) or `TooLarge`."""
        parts = read_parts(text, BASE_HEADER)
        base_signature, key, hmac_key, signatures, pointers = parts
        if not _bytes(hmac_key, HMAC_LENGTH) or not _list_of(pointers, str):
            raise _invalid()
        return cls(_signature(base_signature), _public(key), hmac_key, [*map(_signature, _list(signatures))], pointers)


@dataclass(frozen=True, slots=True)
class DerivedProofValue:
    """What the holder shows. `labels`: canonical label (`c14n0`) → the label under which it was signed (`u…`)."""

    base_signature: bytes
    public_key: PublicKey
    signatures: Sequence[bytes]
    labels: Mapping[str, str]
    mandatory_indexes: Sequence[int]

    def encode(self) -> str:
        key = _PREFIX + self.public_key.raw
        compressed = {int(label[4:]): base64url_decode(name[1:]) for label, name in self.labels.items()}
        ordered = dict(sorted(compressed.items()))
        parts = [self.base_signature, key, list(self.signatures), ordered, list(self.mandatory_indexes)]
        return "u" + base64url_encode(DERIVED_HEADER + cbor.encode(parts))

    @classmethod
    def decode(cls, text: object) -> Self:
        """Raises `Malformed` (`proof.value_invalid`, `proof.cbor`) or `TooLarge`."""
        base_signature, key, signatures, compressed, indexes = read_parts(text, DERIVED_HEADER)
        if not isinstance(compressed, dict) or not _list_of([*compressed], int):
            raise _invalid()
        if not all(_bytes(name, HMAC_LENGTH) for name in compressed.values()):
            raise _invalid()
        if not _list_of(indexes, int) or len(set(indexes)) != len(indexes):
            raise _invalid()
        labels = {f"c14n{number}": "u" + base64url_encode(name) for number, name in compressed.items()}
        if len(set(labels.values())) != len(labels):
            raise _invalid()
        return cls(_signature(base_signature), _public(key), [*map(_signature, _list(signatures))], labels, indexes)


def header_of(text: object) -> bytes:
    """The first three bytes of a proof value, which tell the two forms apart; empty for anything else."""
    try:
        return base64url_decode(text[1:5])[:3] if isinstance(text, str) and text[:1] == "u" else b""
    except KeyMaterialError:
        return b""


def read_parts(text: object, header: bytes) -> list[Any]:
    """The five parts of a proof value that begins with `header`. Raises `Malformed` (`proof.value_invalid`, `proof.cbor`) or `TooLarge`."""
    if not isinstance(text, str) or text[:1] != "u":
        raise _invalid()
    if len(text) > MAX_CHARACTERS:
        raise TooLarge(
            f"The value of this proof has {len(text)} characters; at most {MAX_CHARACTERS} are read.",
            facts={"size": len(text), "limit": MAX_CHARACTERS},
        )
    try:
        data = base64url_decode(text[1:])
    except KeyMaterialError:
        raise _invalid() from None
    if not data.startswith(header):
        raise _invalid()
    parts = cbor.decode(data[len(header) :])
    if not isinstance(parts, list) or len(parts) != 5:
        raise _invalid()
    return parts


def _public(data: Any) -> PublicKey:
    if not isinstance(data, bytes) or not data.startswith(_PREFIX):
        raise _invalid()
    try:
        return PublicKey.from_raw("P-256", data[len(_PREFIX) :])
    except KeyMaterialError:
        raise _invalid() from None


def _signature(data: Any) -> bytes:
    if not isinstance(data, bytes) or len(data) != SIGNATURE_LENGTH:
        raise _invalid()
    return data


def _bytes(value: Any, length: int) -> bool:
    return isinstance(value, bytes) and len(value) == length


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise _invalid()
    return value


def _list_of(value: Any, kind: type) -> bool:
    return isinstance(value, list) and all(isinstance(item, kind) for item in value)


def _invalid() -> Malformed:
    return Malformed("The value of this proof is not in the form of its suite.", code="proof.value_invalid")
