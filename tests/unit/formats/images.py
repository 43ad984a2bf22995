"""Small images, made by hand, for the tests of baking."""

from __future__ import annotations

import zlib


def chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")


SIGNATURE = b"\x89PNG\r\n\x1a\n"
IHDR = chunk(b"IHDR", (1).to_bytes(4, "big") * 2 + b"\x08\x02\x00\x00\x00")
IDAT = chunk(b"IDAT", zlib.compress(b"\x00\xff\x00\x00"))
IEND = chunk(b"IEND", b"")
PNG = SIGNATURE + IHDR + IDAT + IEND

SVG = b"""<?xml version="1.0" encoding="UTF-8"?>
<!-- a badge -->
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10" data-note='a > b'>
  <title>Badge</title>
  <circle cx="5" cy="5" r="4" fill="#234"/>
</svg>
"""
