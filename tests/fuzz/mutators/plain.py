"""Changes of bytes, whatever they mean: flipped, cut off, cut out, repeated, moved, replaced by values at the edge of a range."""

from __future__ import annotations

import random
from collections.abc import Sequence

EDGES = (
    b"\x00",
    b"\xff",
    b"\x7f\xff\xff\xff",
    b"\x80\x00\x00\x00",
    b"\xff\xff\xff\xff",
    b"\x00\x00\x00\x00",
    b"\xfe",
    b"\r\n",
    b"\x00\x01",
)
WORDS = (
    b"0", b"-1", b"1e400", b"9" * 400, b"NaN", b"null", b"true", b"{}", b"[]", b'"', b"\\", b"\\u0000", b"\\ud800", b"\xef\xbb\xbf",
    b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"<!--", b"]]>", b"&#0;", b"&a;", b"<?xml?>", b"~", b".", b"=", b"-", b"_",
)  # fmt: skip


def mutate(data: bytes, others: Sequence[bytes], draw: random.Random) -> bytes:
    content = bytearray(data or b"{")
    place, length = draw.randrange(len(content)), draw.choice((1, 1, 2, 4, 8, 32, 300))
    match draw.randrange(9):
        case 0 | 1:
            content[place] ^= 1 << draw.randrange(8)
        case 2:
            del content[place:]
        case 3:
            del content[place : place + length]
        case 4:
            content[place:place] = content[place : place + length] * draw.choice((1, 2, 50))
        case 5:
            content[place : place + length] = draw.randbytes(length)
        case 6:
            edge = draw.choice(EDGES)
            content[place : place + len(edge)] = edge
        case 7:
            content[place:place] = draw.choice(WORDS)
        case _:
            other = draw.choice(others) if others else b"{}"
            start = draw.randrange(len(other) or 1)
            content[place : place + length] = other[start : start + length]
    return bytes(content)
