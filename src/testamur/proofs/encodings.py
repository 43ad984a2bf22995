"""Bytes as text, one spelling only.

A lenient decoder gives one key or signature many spellings, and then comparing texts no longer compares values. Each function here
accepts exactly the text that its own encoder would have written.
"""

from __future__ import annotations

import re
from typing import Any

from testamur.accelerated import quickest
from testamur.errors import KeyMaterialError
from testamur.proofs import base58, base64url

# Decoding base 58 takes time that grows with the square of the length; no key or signature that we read is longer than this.
MAX_BASE58_CHARACTERS = 512

_KERNEL: Any = quickest(base58)
BASE64URL: Any = quickest(base64url)
_BASE58 = re.compile(r"[1-9A-HJ-NP-Za-km-z]+", re.ASCII)


def base64url_encode(data: bytes) -> str:
    """Base64url without padding, RFC 7515 §2."""
    text: bytes = BASE64URL.encode(data if type(data) is bytes else bytes(memoryview(data)))
    return text.decode("ascii")


def base64url_decode(text: object) -> bytes:
    """The bytes of an unpadded base64url text (RFC 7515 §2), canonical spelling only.

    Raises `KeyMaterialError` (`key_material.base64url`) for another alphabet, padding, an impossible length or stray final bits.
    """
    if isinstance(text, str) and text.isascii():
        data: bytes | None = BASE64URL.decode(text.encode())
        if data is not None:
            return data
    raise KeyMaterialError("This is not base64url text without padding.", code="key_material.base64url")


def multibase_encode(data: bytes) -> str:
    """Multibase base-58-btc: `z` and the digits, W3C Controlled Identifiers 1.0 §2.4."""
    return "z" + base58_encode(data)


def multibase_decode(text: object) -> bytes:
    """The bytes of a multibase base-58-btc text.

    Raises `KeyMaterialError` (`key_material.multibase`) for another multibase header, a foreign character or an excessive length.
    """
    if (
        not isinstance(text, str)
        or len(text) > MAX_BASE58_CHARACTERS
        or text[:1] != "z"
        or not _BASE58.fullmatch(text, 1)
    ):
        raise KeyMaterialError(
            "This is not base-58-btc text with the multibase header z.", code="key_material.multibase"
        )
    return base58_decode(text[1:])


def base58_encode(data: bytes) -> str:
    """Base-58-btc: the digits of `data` as a number, and a `1` for each zero byte at its beginning."""
    text: str = _KERNEL.encode(data)
    return text


def base58_decode(text: str) -> bytes:
    """The bytes of a base-58-btc text; its characters are of the alphabet (the caller has looked)."""
    data: bytes = _KERNEL.decode(text)
    return data
