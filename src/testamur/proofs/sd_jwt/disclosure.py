"""A disclosure: what one digest stands for (RFC 9901 §4.2)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from testamur import strict_json
from testamur.errors import InputError, KeyMaterialError, Malformed
from testamur.proofs.encodings import base64url_decode, base64url_encode

# Names of the IANA registry "Named Information Hash Algorithm" that are safe here, and Python's.
HASHES = {"sha-256": "sha256", "sha-384": "sha384", "sha-512": "sha512", "sha3-256": "sha3_256", "sha3-512": "sha3_512"}
UNSAFE_HASHES = ("md2", "md5", "sha-1", "sha1")
DEFAULT_HASH = "sha-256"
DIGESTS, ELEMENT, HASH_NAME = "_sd", "...", "_sd_alg"


@dataclass(frozen=True, slots=True)
class Disclosure:
    """`name` is None for an element of an array."""

    text: str
    name: str | None
    value: Any

    @classmethod
    def make(cls, salt: str, name: str | None, value: Any) -> Disclosure:
        parts = [salt, value] if name is None else [salt, name, value]
        return cls(base64url_encode(strict_json.dumps(parts)), name, value)

    @classmethod
    def read(cls, text: str) -> Disclosure:
        """Raises `Malformed` (`sd_jwt.disclosure_invalid`) for what is no array of salt, name and value or of salt and value."""
        try:
            parts = strict_json.loads(base64url_decode(text))
        except (InputError, KeyMaterialError):
            raise _invalid() from None
        if not isinstance(parts, list) or len(parts) not in (2, 3) or not isinstance(parts[0], str):
            raise _invalid()
        if len(parts) == 2:
            return cls(text, None, parts[1])
        if not isinstance(parts[1], str) or parts[1] in (DIGESTS, ELEMENT):
            raise _invalid()
        return cls(text, parts[1], parts[2])


def digest(text: str, hash_name: str) -> str:
    """The digest of a disclosure or of what a key binding covers: over the ASCII text, not over what it encodes (§4.2.3)."""
    return base64url_encode(hashlib.new(HASHES[hash_name], text.encode("ascii")).digest())


def _invalid() -> Malformed:
    return Malformed("A disclosure is an array of a salt, a name and a value.", code="sd_jwt.disclosure_invalid")
