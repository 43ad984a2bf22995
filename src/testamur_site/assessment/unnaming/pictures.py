"""Pictures without descriptions: Exif, XMP, IPTC, comments and texts. How a photograph is to be turned stays, colour profiles stay.

JPEG: ITU-T T.81 B.1 and Exif 2.32 §4.6.2 (orientation) · PNG: W3C PNG 3rd edition §11.3 · WebP: RFC 9649 §2.7.
Each function gives None where the bytes are not what they should be.
"""

from __future__ import annotations

import struct

_PNG = b"\x89PNG\r\n\x1a\n"
_TELLING_CHUNKS = {b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME"}
# APP1 (Exif, XMP), APP3 to APP13 (IPTC, makers' own), APP15, comments. APP0 is JFIF, APP2 mostly colour, APP14 tells how colours are coded.
_TELLING_SEGMENTS = {0xE1, *range(0xE3, 0xEE), 0xEF, 0xFE}
_START_OF_SCAN, _END = 0xDA, 0xD9
_ORIENTATION = 0x0112


def jpeg(data: bytes) -> bytes | None:
    if data[:2] != b"\xff\xd8":
        return None
    kept, at, orientation = [b"\xff\xd8"], 2, 1
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # fill bytes
            at += 1
            continue
        if marker == _START_OF_SCAN:
            if orientation != 1 and len(kept) > 1:
                kept.insert(
                    2 if kept[1][1] == 0xE0 else 1, _turned(orientation)
                )  # behind JFIF's, which wants to be first
            # What follows the picture (a second one, a film) is not shown by anybody and may hold its own description.
            end = data.rfind(b"\xff\xd9")
            first_end = _end_of_scans(data, at)
            return b"".join([*kept, data[at : first_end or (end + 2 if end > at else len(data))]])
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        if length < 2 or marker == _END:
            return None
        segment = data[at : at + 2 + length]
        if marker == 0xE1:
            orientation = _orientation(segment[4:]) or orientation
        if marker not in _TELLING_SEGMENTS and not (marker == 0xE2 and not segment[4:].startswith(b"ICC_PROFILE\x00")):
            kept.append(segment)
        at += 2 + length
    return None


def _end_of_scans(data: bytes, at: int) -> int:
    """Behind the end of the picture whose first scan begins at `at`; 0 where there is none. In a scan, FF is followed by 00 or a restart
    marker, or else something new begins; segments between scans are passed over by their length."""
    while True:
        at = data.find(b"\xff", at)
        if at < 0 or at + 1 >= len(data):
            return 0
        marker = data[at + 1]
        if marker == _END:
            return at + 2
        if marker in (0x00, 0x01, 0xFF) or 0xD0 <= marker <= 0xD7:
            at += 1 if marker == 0xFF else 2
        else:
            at += 2 + max(2, int.from_bytes(data[at + 2 : at + 4], "big"))


def _turned(orientation: int) -> bytes:
    """A segment that says how the picture is to be turned, and nothing else."""
    body = b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01" + struct.pack(
        ">HHIHHI", _ORIENTATION, 3, 1, orientation, 0, 0
    )
    return b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body


def _orientation(body: bytes) -> int:
    """1 to 8 as the Exif block says; 0 where it says nothing."""
    if not body.startswith(b"Exif\x00\x00"):
        return 0
    tiff = body[6:]
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None or len(tiff) < 8:
        return 0
    (first,) = struct.unpack_from(order + "I", tiff, 4)
    if first + 2 > len(tiff):
        return 0
    (entries,) = struct.unpack_from(order + "H", tiff, first)
    for n in range(min(entries, 200)):
        place = first + 2 + 12 * n
        if place + 12 > len(tiff):
            return 0
        tag, _kind, _count, value = struct.unpack_from(order + "HHIH", tiff, place)
        if tag == _ORIENTATION:
            return value if 1 <= value <= 8 else 0
    return 0


def png(data: bytes) -> bytes | None:
    if not data.startswith(_PNG):
        return None
    kept, at = [_PNG], len(_PNG)
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        kind, end = data[at + 4 : at + 8], at + 12 + length
        if end > len(data):
            return None
        if kind not in _TELLING_CHUNKS:
            kept.append(data[at:end])
        at = end
        if kind == b"IEND":
            return b"".join(kept)
    return None


def webp(data: bytes) -> bytes | None:
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        return None
    kept, at = [], 12
    while at + 8 <= len(data):
        kind, length = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        end = at + 8 + length + (length & 1)
        if at + 8 + length > len(data):
            return None
        if kind == b"VP8X" and length >= 1:
            flags = data[at + 8] & ~0b1100  # no Exif, no XMP
            kept.append(data[at : at + 8] + bytes([flags]) + data[at + 9 : end])
        elif kind not in (b"EXIF", b"XMP "):
            kept.append(data[at:end])
        at = end
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + len(body).to_bytes(4, "little") + body
