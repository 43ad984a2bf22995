"""Bytes as text, one spelling only.

A lenient decoder gives one key or signature many spellings, and then comparing texts no longer compares values. Each function here
accepts exactly the text that its own encoder would have written.
"""

from __future__ import annotations

import base64
import binascii
import re

import base58

from testamur.errors import KeyMaterialError

# Decoding base 58 takes time that grows with the square of the length; no key or signature that we read is longer than this.
MAX_BASE58_CHARACTERS = 512

_BASE58 = re.compile(r"[1-9A-HJ-NP-Za-km-z]+", re.ASCII)
_BASE64URL = re.compile(r"[A-Za-z0-9_-]*", re.ASCII)


def base64url_encode(data: bytes) -> str:
    """Base64url without padding, RFC 7515 §2."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def base64url_decode(text: object) -> bytes:
    """The bytes of an unpadded base64url text (RFC 7515 §2), canonical spelling only.

    Raises `KeyMaterialError` (`key_material.base64url`) for another alphabet, padding, an impossible length or stray final bits.
    """
    if isinstance(text, str) and _BASE64URL.fullmatch(text):
        try:
            data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        except binascii.Error:
            data = b""
        if base64url_encode(data) == text:
            return data
    raise KeyMaterialError("This is not base64url text without padding.", code="key_material.base64url")


def multibase_encode(data: bytes) -> str:
    """Multibase base-58-btc: `z` and the digits, W3C Controlled Identifiers 1.0 §2.4."""
    return "z" + base58.b58encode(data).decode("ascii")


def multibase_decode(text: object) -> bytes:
    """The bytes of a multibase base-58-btc text.

    Raises `KeyMaterialError` (`key_material.multibase`) for another multibase header, a foreign character or an excessive length.
    """
    # base58 would strip trailing white space by itself, so the alphabet is checked first.
    if (
        not isinstance(text, str)
        or len(text) > MAX_BASE58_CHARACTERS
        or text[:1] != "z"
        or not _BASE58.fullmatch(text, 1)
    ):
        raise KeyMaterialError(
            "This is not base-58-btc text with the multibase header z.", code="key_material.multibase"
        )
    return base58.b58decode(text[1:])
