"""A pair of numbers as bytes. Not DER: what one function here writes, only the other reads."""

from __future__ import annotations

_EACH = 72  # bytes; more than a number of any curve has


def encode_dss_signature(r: int, s: int) -> bytes:
    return r.to_bytes(_EACH, "big") + s.to_bytes(_EACH, "big")


def decode_dss_signature(signature: bytes) -> tuple[int, int]:
    return int.from_bytes(signature[:_EACH], "big"), int.from_bytes(signature[_EACH:], "big")
