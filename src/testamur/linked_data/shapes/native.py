"""What the kernels leave to bytes and pointers where they are compiled: `native.pxd` is that form, and stands there in this one's place.

Here it is in Python, with the same results. In the compiled form SHA-256 is called in the very libcrypto that `hashlib` uses, without an
object around each hash; where that is not found, `hashlib` it is there too.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from typing import Any


def found_sha256() -> bool:
    """Is libcrypto's SHA-256 at hand, and does it give what `hashlib` gives? Asked once, before it is used. Never in Python."""
    return False


def sha256(text: bytes) -> bytes:
    """The SHA-256."""
    return hashlib.sha256(text).digest()


def state_after(head: bytes) -> Any:
    """SHA-256 of what begins with `head`, to go on from."""
    return hashlib.sha256(head)


def digest_after(state: Any, rest: bytes) -> bytes:
    """The SHA-256 of what `state` began and `rest` ends. The state can be gone on from again."""
    own = state.copy()
    own.update(rest)
    digest: bytes = own.digest()
    return digest


def cuts_of(parts: Sequence[bytes], numbers: Sequence[int]) -> bytes:  # noqa: ARG001 - as the compiled form
    """Where a template is cut, for the compiled form."""
    return b""


def joined(templates: list[Any], filling: list[bytes]) -> bytes:
    """The texts of all templates, one after the other."""
    return b"".join([template.fill(filling) for template in templates])


def filled(template: Any, filling: list[bytes]) -> bytes:
    """The text of one template."""
    text: bytes = template.text if template.picks is None else template.text % template.picks(filling)
    return text


def recognised(template: Any, text: bytes) -> list[bytes] | None:
    """What stands in the holes of a text of exactly this form, each up to the next quotation mark; None for every other text."""
    parts: list[bytes] = template.parts
    values: list[Any] = [None] * template.values
    at = len(parts[0])
    for hole, number in enumerate(template.numbers, 1):
        value: bytes | None = values[number]
        if value is None:
            end = text.find(b'"', at)
            if end < 0:
                return None
            value = text[at:end]
            values[number] = value
        at += len(value) + len(parts[hole])
    if at != len(text) or filled(template, values) != text:
        return None
    return values


def digest_filled(begun: Any, templates: list[Any], filling: list[bytes]) -> bytes:
    """The SHA-256 of what `begun` (of `state_after`) began and the texts of the templates end."""
    return digest_after(begun, joined(templates, filling))


def in_rank(digests: list[bytes], nodes: bytes) -> bytes | None:
    """The nodes in the order of their digests, which all have one length; None where two are equal."""
    by_digest = dict(zip(digests, nodes, strict=True))
    if len(by_digest) != len(digests):
        return None
    return bytes([by_digest[digest] for digest in sorted(by_digest)])


def stands_between(value: bytes, lower: bytes, upper: bytes, before: bytes | None) -> bool:
    """Does `value`, with the `>` that ends an address in N-Quads, stand between two texts, and behind another such value?"""
    subject = value + b">"
    return lower < subject < upper and (before is None or before + b">" < subject)


def made_of(text: bytes, start: int, allowed: bytes) -> bool:
    """Is there nothing in `text` from `start` on but bytes for which `allowed`, of 256 bytes, has a 1?"""
    return all(allowed[byte] for byte in text[start:])


def usual_escapes(text: bytes) -> bool:
    """Is no byte below 32, and is each backslash followed by one of `nrt`?"""
    return text.translate(None, _CONTROLS) == text and _OTHER_ESCAPE.search(text) is None


def plain_values(values: list[Any], most: int) -> list[bytes] | None:
    """The values in UTF-8, where all are texts (compiled: or bytes), not empty, without a byte that may have to be escaped or refused, and
    about `most` bytes in all or fewer."""
    for value in values:
        if type(value) is not str or not value:
            return None
    try:
        together = "\x1f".join(values).encode()
    except UnicodeEncodeError:
        return None
    return together.split(b"\x1f") if _is_harmless(together, len(values), most) else None


def are_plain(values: list[bytes], most: int) -> bool:
    """The same of values that are bytes already: and are they UTF-8? They may be empty."""
    together = b"\x1f".join(values)
    if not _is_harmless(together, len(values), most):
        return False
    try:
        together.decode()
    except UnicodeDecodeError:
        return False
    return True


def _is_harmless(together: bytes, count: int, most: int) -> bool:
    return together.translate(None, _HARMLESS) == b"\x1f" * (count - 1) and len(together) <= most


# All bytes but those that may have to be escaped or refused: quotation mark, backslash, controls, and the first bytes of U+F000 to U+FFFF
# and of what lies beyond (where the noncharacters are).
_HARMLESS = bytes(set(range(256)) - {0x22, 0x5C, 0x7F, 0xEF, *range(0x20), *range(0xF0, 0x100)})


def places_of(places: list[int]) -> Any:
    """Places in a list, for `picked`."""
    return places


def picked(values: list[bytes], places: Any) -> list[bytes]:
    """What stands in these places."""
    return [values[place] for place in places]


def is_trimmed(text: str) -> bool:
    """Is it ASCII, without blanks at its ends?"""
    return text.isascii() and text.strip() == text


def is_index(text: str) -> bool:
    """Is it a number in at most sixteen ASCII digits, without zeros before it?"""
    return text.isascii() and text.isdigit() and len(text) <= 16 and (text[0] != "0" or text == "0")


def found_dates() -> bool:
    """Whether `utc_text` writes anything."""
    return False


def utc_text(moment: Any) -> bytes | None:  # noqa: ARG001 - as the compiled form
    """A moment in UTC, in a year of four digits, to the second; None for every other. Always None in Python."""
    return None


def is_stamp(text: bytes) -> bool:
    """Has it the form of what `utc_text` writes?"""
    return _STAMP.fullmatch(text) is not None


def hashed_address(before: bytes, email: str, salt: str) -> bytes | None:
    """`before`, and behind it in hex the SHA-256 of an e-mail address in small letters and its salt. None where these are not ASCII, the
    address not `is_trimmed`, or both longer than a kilobyte."""
    if not is_trimmed(email) or not salt.isascii() or len(email) + len(salt) > 1_024:
        return None
    return before + hashlib.sha256((email.lower() + salt).encode()).hexdigest().encode()


def begun_base64() -> bool:
    """Makes what the compiled form looks base64url up in."""
    return False


def base64url_behind(before: bytes, data: bytes) -> bytes:
    """`before`, and `data` in base64url without padding (RFC 7515 §2) behind it."""
    return before + base64.urlsafe_b64encode(data).rstrip(b"=")


def base64url_between(text: bytes, start: int, end: int) -> bytes | None:
    """The bytes of which `text[start:end]` is the base64url; None for another alphabet, padding, an impossible length, stray final bits."""
    part = text[start:end]
    if part.translate(None, _BASE64URL):
        return None
    try:
        data = binascii.a2b_base64(part.translate(_TO_BASE64) + b"=" * (-len(part) % 4))
    except binascii.Error:
        return None
    return data if base64url_behind(b"", data) == part else None


_CONTROLS = bytes(range(0x20))
_OTHER_ESCAPE = re.compile(rb"\\(?![nrt])")
_STAMP = re.compile(rb"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_BASE64URL = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_TO_BASE64 = bytes.maketrans(b"-_", b"+/")


def slots_of(kind: type[Any], names: tuple[str, ...]) -> bytes | None:  # noqa: ARG001 - as the compiled form
    """Where these attributes lie in objects of a class, for the compiled form; None where that is not certain."""
    return None


def attributes_of(node: Any, kind: type[Any], slots: bytes | None, getter: Any) -> tuple[Any, ...]:  # noqa: ARG001
    """What `getter` gives: the attributes of `node`, out of the slots of `kind` where it is one."""
    found: tuple[Any, ...] = getter(node)
    return found
