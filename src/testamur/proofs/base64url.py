"""Base64url without padding, quickly: what `encodings` offers to others. As a kernel it has a compiled form."""

from __future__ import annotations

from testamur.linked_data.shapes.native import base64url_behind, base64url_between, begun_base64

COMPILED: bool = False  # the other form says otherwise


def encode(data: bytes) -> bytes:
    """The base64url of `data` (RFC 7515 §2)."""
    return base64url_behind(b"", data)


def decode(text: bytes) -> bytes | None:
    """The bytes of which `text` is the base64url; None for what `encode` does not write."""
    return base64url_between(text, 0, len(text))


def jws(head: bytes, payload: bytes) -> bytes:
    """What is signed for a compact JWS (RFC 7515 §5.1): the base64url of the header is given already, with the dot behind it."""
    return base64url_behind(head, payload)


def compact(text: bytes) -> tuple[bytes, bytes, bytes, bytes] | None:
    """Header, payload and signature of a compact JWS (RFC 7515 §7.1), and before the signature what it is over; None for what is none."""
    first = text.find(b".")
    last = text.rfind(b".")
    if first < 0 or first == last:
        return None
    header = base64url_between(text, 0, first)
    payload = base64url_between(text, first + 1, last)
    signature = base64url_between(text, last + 1, len(text))
    if header is None or payload is None or signature is None:
        return None
    return header, payload, text[:last], signature


_BEGUN: bool = begun_base64()
