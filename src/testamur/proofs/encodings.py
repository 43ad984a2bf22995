"""Bytes as text, one spelling only.

A lenient decoder gives one key or signature many spellings, and then comparing texts no longer compares values. Each function here
accepts exactly the text that its own encoder would have written.
"""

from __future__ import annotations

import base64
import binascii
import re
from contextlib import suppress
from typing import Any

from testamur.errors import KeyMaterialError
from testamur.linked_data.shapes.accelerated import quickest
from testamur.proofs import base58

# Decoding base 58 takes time that grows with the square of the length; no key or signature that we read is longer than this.
MAX_BASE58_CHARACTERS = 512

_KERNEL: Any = quickest(base58)
_BASE58 = re.compile(r"[1-9A-HJ-NP-Za-km-z]+", re.ASCII)
_OF_BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_OF_BASE64 = _OF_BASE64URL[:-2] + "+/"
# Characters of base64url as base64 writes them; every other one as one that neither has.
_TO_BASE64 = bytes(
    ord(_OF_BASE64[_OF_BASE64URL.index(chr(code))]) if chr(code) in _OF_BASE64URL else ord("!") for code in range(256)
)
_LAST = {2: _OF_BASE64URL[::16], 3: _OF_BASE64URL[::4]}
_PADDING = (b"", b"", b"==", b"=")


def base64url_encode(data: bytes) -> str:
    """Base64url without padding, RFC 7515 §2."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def base64url_decode(text: object) -> bytes:
    """The bytes of an unpadded base64url text (RFC 7515 §2), canonical spelling only.

    Raises `KeyMaterialError` (`key_material.base64url`) for another alphabet, padding, an impossible length or stray final bits.
    """
    if isinstance(text, str) and text.isascii():
        over = len(text) % 4
        # The last character may say nothing beyond the last byte.
        if over == 0 or text[-1] in _LAST.get(over, ""):
            with suppress(binascii.Error):
                return binascii.a2b_base64(text.encode().translate(_TO_BASE64) + _PADDING[over], strict_mode=True)
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
