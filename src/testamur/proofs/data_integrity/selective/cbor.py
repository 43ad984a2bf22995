"""As much of CBOR (RFC 8949) as a proof value holds: whole numbers, bytes, texts, arrays and maps, each in its shortest form."""

from __future__ import annotations

from typing import Any

from testamur.errors import Malformed

_MAX_DEPTH = 4
_LENGTHS = {24: 1, 25: 2, 26: 4, 27: 8}


def encode(value: Any) -> bytes:
    """The deterministic encoding (RFC 8949 §4.2.1) of ints ≥ 0, bytes, str, lists and dicts, keys in the order given."""
    match value:
        case bool():
            raise TypeError("no truth values in a proof value")
        case int() if value >= 0:
            return _head(0, value)
        case bytes():
            return _head(2, len(value)) + value
        case str():
            data = value.encode("utf-8")
            return _head(3, len(data)) + data
        case list() | tuple():
            return _head(4, len(value)) + b"".join(map(encode, value))
        case dict():
            return _head(5, len(value)) + b"".join(encode(key) + encode(item) for key, item in value.items())
        case _:
            raise TypeError(f"no {type(value).__name__} in a proof value")


def decode(data: bytes) -> Any:
    """The one value that `data` holds. Raises `Malformed` (`proof.cbor`) for everything that `encode` would not have written."""
    try:
        value, rest = _decode(memoryview(data), 0)
    except (IndexError, ValueError, TypeError):
        raise _malformed() from None
    if len(rest) or encode(value) != data:
        raise _malformed()
    return value


def _head(major: int, number: int) -> bytes:
    if number < 24:
        return bytes([major << 5 | number])
    for code, length in _LENGTHS.items():
        if number < 1 << 8 * length:
            return bytes([major << 5 | code]) + number.to_bytes(length, "big")
    raise ValueError("the number is too large")


def _decode(data: memoryview, depth: int) -> tuple[Any, memoryview]:
    if depth > _MAX_DEPTH:
        raise ValueError("nested too deeply")
    major, number, rest = data[0] >> 5, data[0] & 31, data[1:]
    if number >= 24:
        length = _LENGTHS.get(number, 0)
        if not length or len(rest) < length:
            raise ValueError("no such length")
        number, rest = int.from_bytes(rest[:length], "big"), rest[length:]
    if major == 0:
        return number, rest
    if number > len(rest):  # every member takes at least one byte
        raise ValueError("cut off")
    match major:
        case 2:
            return bytes(rest[:number]), rest[number:]
        case 3:
            return bytes(rest[:number]).decode("utf-8"), rest[number:]
        case 4:
            items = []
            for _ in range(number):
                item, rest = _decode(rest, depth + 1)
                items.append(item)
            return items, rest
        case 5:
            members: dict[Any, Any] = {}
            for _ in range(number):
                key, rest = _decode(rest, depth + 1)
                members[key], rest = _decode(rest, depth + 1)
            return members, rest
        case _:
            raise ValueError("a sort of value that has no place here")


def _malformed() -> Malformed:
    return Malformed("The value of this proof is not in the form of its suite.", code="proof.cbor")
