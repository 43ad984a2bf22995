"""Ed25519 (RFC 8032 §5.1.7), in the reading of OpenSSL: without cofactor, with the one spelling of `S` and of the commitment."""

from __future__ import annotations

import hashlib
from typing import TypeAlias

_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_ROOT = pow(2, (_P - 1) // 4, _P)

# Extended homogeneous coordinates (RFC 8032 §5.1.4): x = X/Z, y = Y/Z, x·y = T/Z.
_Point: TypeAlias = tuple[int, int, int, int]
_NEUTRAL: _Point = (0, 1, 1, 0)


def is_point(raw: bytes) -> bool:
    """Whether the 32 bytes decode to a point of the curve (RFC 8032 §5.1.3)."""
    return _decode(raw) is not None


def verify(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether `signature` (64 bytes) is that of `public` (32 bytes) over `message`."""
    if len(signature) != 64 or len(public) != 32:
        return False
    point, number = _decode(public), int.from_bytes(signature[32:], "little")
    if point is None or number >= _L:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    challenge = int.from_bytes(digest, "little") % _L
    x, y, z, t = point
    return _encode(_sum_of_products(number, _BASE, challenge, (-x % _P, y, z, -t % _P))) == signature[:32]


def _decode(raw: bytes) -> _Point | None:
    if len(raw) != 32:
        return None
    y = int.from_bytes(raw, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= _P:
        return None
    x = _x_of(y, sign)
    return None if x is None else (x, y, 1, x * y % _P)


def _x_of(y: int, sign: int) -> int | None:
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _ROOT % _P
    if (x * x - square) % _P or (x == 0 and sign):
        return None
    return _P - x if x & 1 != sign else x


def _encode(point: _Point) -> bytes:
    x, y, z, _ = point
    inverse = pow(z, -1, _P)
    x, y = x * inverse % _P, y * inverse % _P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _add(first: _Point, second: _Point) -> _Point:
    a = (first[1] - first[0]) * (second[1] - second[0]) % _P
    b = (first[1] + first[0]) * (second[1] + second[0]) % _P
    c = 2 * first[3] * second[3] * _D % _P
    d = 2 * first[2] * second[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _sum_of_products(n: int, first: _Point, m: int, second: _Point) -> _Point:
    """n·first + m·second, both numbers bit by bit together (Shamir's trick)."""
    both, total = _add(first, second), _NEUTRAL
    for bit in range(max(n.bit_length(), m.bit_length()) - 1, -1, -1):
        total = _add(total, total)
        match n >> bit & 1, m >> bit & 1:
            case 1, 1:
                total = _add(total, both)
            case 1, 0:
                total = _add(total, first)
            case 0, 1:
                total = _add(total, second)
    return total


def _base() -> _Point:
    y = 4 * pow(5, -1, _P) % _P
    x = _x_of(y, 0)
    assert x is not None  # noqa: S101 - a constant of RFC 8032 §5.1; for the type checker
    return x, y, 1, x * y % _P


_BASE = _base()
