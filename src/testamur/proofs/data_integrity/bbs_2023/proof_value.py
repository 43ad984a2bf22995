"""The two forms of `proofValue`: base (§3.3.4, §3.3.5) and derived (§3.3.8, §3.3.9), as data classes and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from testamur.errors import KeyMaterialError, Malformed
from testamur.proofs.data_integrity.selective import cbor
from testamur.proofs.data_integrity.selective.proof_value import HMAC_LENGTH, read_parts
from testamur.proofs.encodings import base64url_encode
from testamur.proofs.keys import PublicKey
from testamur.proofs.keys.algorithms import BLS12_381_G2

BASE_HEADER, DERIVED_HEADER = b"\xd9\x5d\x02", b"\xd9\x5d\x03"
# anonymous holder binding and pseudonyms, base and derived
OPTION_HEADERS = tuple(b"\xd9\x5d" + bytes([number]) for number in range(4, 10))
HEADER_LENGTH = 64  # two SHA-256 hashes
SIGNATURE_LENGTH = 80  # a point and a number


@dataclass(frozen=True, slots=True)
class BaseProofValue:
    """What the issuer hands to the holder. `hmac_key` orders the blank nodes; whoever has it can undo their renaming."""

    signature: bytes
    header: bytes
    public_key: PublicKey
    hmac_key: bytes
    mandatory_pointers: Sequence[str]

    def encode(self) -> str:
        parts = [self.signature, self.header, self.public_key.raw, self.hmac_key, list(self.mandatory_pointers)]
        return "u" + base64url_encode(BASE_HEADER + cbor.encode(parts))

    @classmethod
    def decode(cls, text: object) -> Self:
        """Raises `Malformed` (`proof.value_invalid`, `proof.cbor`) or `TooLarge`."""
        signature, header, key, hmac_key, pointers = read_parts(text, BASE_HEADER)
        lengths = ((signature, SIGNATURE_LENGTH), (header, HEADER_LENGTH), (hmac_key, HMAC_LENGTH))
        if not all(isinstance(part, bytes) and len(part) == length for part, length in lengths):
            raise _invalid()
        if not isinstance(key, bytes) or not _list_of(pointers, str):
            raise _invalid()
        try:
            return cls(signature, header, PublicKey.from_raw(BLS12_381_G2, key), hmac_key, pointers)
        except KeyMaterialError:
            raise _invalid() from None


@dataclass(frozen=True, slots=True)
class DerivedProofValue:
    """What the holder shows. `labels`: canonical label (`c14n0`) → the label under which it was signed (`b3`); `selective_indexes`:
    the places of the shown statements among all that may be hidden.
    """

    proof: bytes
    labels: Mapping[str, str]
    mandatory_indexes: Sequence[int]
    selective_indexes: Sequence[int]
    presentation_header: bytes

    def encode(self) -> str:
        compressed = dict(sorted((int(label[4:]), int(name[1:])) for label, name in self.labels.items()))
        parts = [
            self.proof,
            compressed,
            list(self.mandatory_indexes),
            list(self.selective_indexes),
            self.presentation_header,
        ]
        return "u" + base64url_encode(DERIVED_HEADER + cbor.encode(parts))

    @classmethod
    def decode(cls, text: object) -> Self:
        """Raises `Malformed` (`proof.value_invalid`, `proof.cbor`) or `TooLarge`."""
        proof, compressed, mandatory, selective, presentation_header = read_parts(text, DERIVED_HEADER)
        if not isinstance(proof, bytes) or not isinstance(presentation_header, bytes):
            raise _invalid()
        if not isinstance(compressed, dict) or not _list_of([*compressed, *compressed.values()], int):
            raise _invalid()
        if len(set(compressed.values())) != len(compressed):
            raise _invalid()
        for indexes in (mandatory, selective):
            if not _list_of(indexes, int) or indexes != sorted(set(indexes)):
                raise _invalid()
        labels = {f"c14n{number}": f"b{name}" for number, name in compressed.items()}
        return cls(proof, labels, mandatory, selective, presentation_header)


def _list_of(value: Any, kind: type) -> bool:
    return isinstance(value, list) and all(isinstance(item, kind) for item in value)


def _invalid() -> Malformed:
    return Malformed("The value of this proof is not in the form of its suite.", code="proof.value_invalid")
