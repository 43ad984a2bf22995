"""Changes of what carries a credential: a second carrier beside the first, other compressions, other places, damaged tables."""

from __future__ import annotations

import io
import random
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Sequence

from tests.fuzz.mutators import json_text, json_values, plain

Chunk = tuple[bytes, bytes]
KEYWORDS = (
    b"openbadgecredential",
    b"openbadges",
    b"clrcredential",
    b"OpenBadgeCredential",
    b"openbadgecredential ",
    b"",
    b"x" * 80,
)


def chunks(data: bytes) -> list[Chunk]:
    """The chunks of a sound PNG."""
    found, position = [], 8
    while position + 12 <= len(data):
        length = struct.unpack(">I", data[position : position + 4])[0]
        found.append((data[position + 4 : position + 8], data[position + 8 : position + 8 + length]))
        position += 12 + length
    return found


def joined(parts: Sequence[Chunk]) -> bytes:
    """A PNG of these chunks, with true lengths and checksums."""
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in parts
    )


def carrier(credential: bytes, draw: random.Random) -> Chunk:
    """A chunk that carries `credential`, in one of the ways in which a PNG can carry a text."""
    keyword = draw.choice(KEYWORDS)
    many = draw.random() < 0.02  # a small chunk that unpacks to a large text
    packed = zlib.compress(credential + b" " * 3_000_000 if many else credential)
    return draw.choice(
        (
            (b"iTXt", keyword + b"\0\0\0\0\0" + credential), (b"iTXt", keyword + b"\0\1\0\0\0" + packed),
            (b"tEXt", keyword + b"\0" + credential), (b"zTXt", keyword + b"\0\0" + packed), (b"iTXt", b""), (b"iTXt", keyword),
            (b"iTXt", keyword + b"\0\0\0en\0\0" + credential), (b"iTXt", keyword + b"\0\2\7\0\0" + credential),
            (b"iTXt", keyword + b"\0\1\0\0\0" + packed[:-5]), (b"zTXt", keyword + b"\0\1" + packed),
            (b"iTXt", keyword + b"\0\1\0\0\0" + packed + b"tail"),
        )
    )  # fmt: skip


def png(data: bytes, others: Sequence[bytes], draw: random.Random) -> bytes:
    parts = chunks(data)
    where = draw.randrange(1, len(parts) + 1)
    texts = [number for number, (kind, _) in enumerate(parts) if kind in (b"iTXt", b"tEXt", b"zTXt")]
    match draw.randrange(8):
        case 0 | 1:
            parts.insert(where, carrier(draw.choice(others) if others else b"{}", draw))
        case 2:
            parts.insert(where, parts[draw.choice(texts)])
        case 3 | 4:
            number = draw.choice(texts)
            keyword, _, content = parts[number][1].partition(b"\0\0\0\0\0")
            change = draw.choice((json_values.mutate, json_text.mutate, plain.mutate))
            parts[number] = (parts[number][0], keyword + b"\0\0\0\0\0" + change(content, others, draw))
        case 5:
            draw.shuffle(parts)
        case 6:
            number = draw.randrange(len(parts))
            parts[number] = (parts[number][0], plain.mutate(parts[number][1], others, draw))
        case _:
            return joined(parts) + draw.choice((b"\x00", data, draw.choice(others) if others else b"{}"))
    return joined(parts)


def svg(data: bytes, others: Sequence[bytes], draw: random.Random) -> bytes:
    other = draw.choice(others) if others else b"{}"
    start, end = data.find(b"<![CDATA["), data.rfind(b"]]>")
    close = data.rfind(b"</")
    inside = data[start + 9 : end]
    namespace = b'xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0"'
    second = b"<openbadges:credential " + namespace + b"><![CDATA[" + other + b"]]></openbadges:credential>"
    match draw.randrange(9):
        case 0:
            return data[:close] + second + data[close:]
        case 1:
            return data[:start] + b"<!-- x -->" + data[start:]
        case 2 | 3:
            change = draw.choice((json_values.mutate, json_text.mutate))
            return data[: start + 9] + change(inside, others, draw).replace(b"]]>", b"]]&gt;") + data[end:]
        case 4:
            return data[: start + 9] + inside + b"]]><![CDATA[" + draw.choice((b"", b" ", other)) + data[end:]
        case 5:
            return re.sub(
                rb"https://purl.imsglobal.org/ob/v3p0",
                draw.choice((b"http://openbadges.org", b"https://evil.example", b"")),
                data,
                count=1,
            )
        case 6:
            declaration = draw.choice(
                (b'<!DOCTYPE svg [<!ENTITY a "x">]>', b'<?xml version="1.0" encoding="utf-7"?>', b'<?xml version="1.1"?>',
                b"<?xml-stylesheet href='x'?>",
                 b'<!DOCTYPE svg SYSTEM "https://evil.example/x.dtd">', b"<!--" + other[:50].replace(b"-", b"") + b"-->", b"\xff\xfe")
            )  # fmt: skip
            return declaration + data
        case 7:
            return b"<g>" * draw.choice((1, 50, 5000)) + data
        case _:
            return (
                data[:close]
                + draw.choice(
                    (b"<script>1</script>", b"<foreignObject/>", second[:-20], b"&x;", b"<use href='#a' id='a'/>")
                )
                + data[close:]
            )


def pdf(data: bytes, others: Sequence[bytes], draw: random.Random) -> bytes:
    match draw.randrange(6):
        case 0:
            numbers = list(re.finditer(rb"\d+", data))
            found = draw.choice(numbers)
            return (
                data[: found.start()]
                + draw.choice((b"0", b"1", b"3", b"-1", b"99999999", b"2147483648"))
                + data[found.end() :]
            )
        case 1:
            names = list(re.finditer(rb"/[A-Za-z]+", data))
            found = draw.choice(names)
            return data[: found.start()] + draw.choice(names)[0] + data[found.end() :]
        case 2:
            references = list(re.finditer(rb"\d+ 0 R", data))
            found, target = draw.choice(references), draw.choice(references)
            return data[: found.start()] + target[0] + data[found.end() :]
        case 3:
            return data + data
        case 4:
            import pypdf

            writer = pypdf.PdfWriter(clone_from=io.BytesIO(data))
            writer.add_attachment(
                draw.choice(("credential.json", "b.json", "../x", "x" * 300)), draw.choice(others) if others else b"{}"
            )
            target = io.BytesIO()
            writer.write(target)
            return target.getvalue()
        case _:
            return plain.mutate(data, others, draw)


def archive(data: bytes, others: Sequence[bytes], draw: random.Random) -> bytes:
    match draw.randrange(4):
        case 0 | 1:
            names = (
                "a.json",
                "../../etc/passwd",
                "/etc/passwd",
                "a\\b.json",
                "",
                "x" * 60_000,
                "한글.json",
                "a/" * 200 + "x",
                "\x00",
                "a.zip",
                "C:x",
            )
            target = io.BytesIO(data)
            with (
                warnings.catch_warnings(action="ignore"),
                zipfile.ZipFile(target, "a", draw.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as opened,
            ):
                opened.writestr(zipfile.ZipInfo(draw.choice(names)), draw.choice((*others, data, b" " * 2_000_000)))
            return target.getvalue()
        case 2:
            places = [found.start() for found in re.finditer(rb"PK\x01\x02|PK\x03\x04|PK\x05\x06", data)]
            place = draw.choice(places) + draw.randrange(4, 40)
            return data[:place] + draw.choice(plain.EDGES) + data[place + 1 :]
        case _:
            return plain.mutate(data, others, draw)
