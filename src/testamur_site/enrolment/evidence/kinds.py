"""What a file is, found from its bytes; its name is what somebody typed.

Three answers: *accepted* (a type that browsers and office programs show, served under its own media type), *download only* (anything
else, served as bytes without a type) and *dangerous* (a program: not taken). The table is our own, on purpose: what counts is not to
name a thousand formats but to let nothing through under a false one (docs/decisions/0025).

Signatures: PDF ISO 32000-2 §7.5.2 · PNG, GIF, JPEG, WebP, RIFF, Ogg, Matroska, ISO BMFF, MP3, FLAC as in WHATWG "MIME Sniffing"
§6 and their own specifications · ZIP: PKWARE APPNOTE §4.3.7 · OOXML: ECMA-376 part 2 · ODF 1.3 part 2 §3.3 and EPUB OCF 3.3 §4.3
("mimetype" first).
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from typing import BinaryIO

HEAD = 4096
"""So many bytes of the beginning are looked at."""
BYTES = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Kind:
    """`media_type` for serving; `verdict`: accepted, download_only or dangerous; `code` names what is dangerous, for the sentence."""

    media_type: str
    verdict: str = "accepted"
    code: str = ""


# (offset, signature, media type)
_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"%PDF-", "application/pdf"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"OggS", "application/ogg"),
    (0, b"fLaC", "audio/flac"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
)
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
_DANGEROUS: tuple[tuple[bytes, str], ...] = (
    (b"MZ", "program"),  # Windows
    (b"\x7fELF", "program"),  # Linux
    (b"\xfe\xed\xfa\xce", "program"),  # macOS, 32 and 64 bits, both byte orders; the last is also a Java class
    (b"\xfe\xed\xfa\xcf", "program"),
    (b"\xce\xfa\xed\xfe", "program"),
    (b"\xcf\xfa\xed\xfe", "program"),
    (b"\xca\xfe\xba\xbe", "program"),
    (b"L\x00\x00\x00\x01\x14\x02\x00", "shortcut"),  # Windows shortcut [MS-SHLLINK] §2.1
    (b"#!", "script"),
)
# An old Office document may hold macros, and we do not look inside: never shown, only given out.
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OFFICE = {
    "word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
_BY_MIMETYPE_ENTRY = {
    "application/vnd.oasis.opendocument.text",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.oasis.opendocument.presentation",
    "application/epub+zip",
}
_MOST_ENTRIES = 10_000
# Markup that a browser would run: kept, but never under its own type.
_MARKUP = (b"<!doctype html", b"<html", b"<script", b"<svg", b"<?xml", b"<head", b"<body", b"<iframe")


def kind_of(file: BinaryIO, size: int) -> Kind:
    """The kind of a file that can be sought in. Reads its beginning and, for an archive, its directory; leaves it at the beginning."""
    file.seek(0)
    head = file.read(HEAD)
    try:
        return _by_head(head) or _by_archive(head, file) or _by_text(head, whole=size <= len(head))
    finally:
        file.seek(0)


def _by_head(head: bytes) -> Kind | None:
    for signature, code in _DANGEROUS:
        if head.startswith(signature):
            return Kind(BYTES, "dangerous", code)
    for offset, signature, media_type in _SIGNATURES:
        if head[offset:].startswith(signature):
            return Kind(media_type)
    if head[:4] == b"RIFF" and head[8:12] in _RIFF:
        return Kind(_RIFF[head[8:12]])
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        if brand in (b"heic", b"heix", b"mif1"):
            return Kind("image/heic")
        return Kind("video/quicktime" if brand == b"qt  " else "audio/mp4" if brand == b"M4A " else "video/mp4")
    if len(head) > 2 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2:  # MPEG audio layer III without a tag
        return Kind("audio/mpeg")
    if head.startswith(_OLE):
        return Kind(BYTES, "download_only")
    return None


def _by_archive(head: bytes, file: BinaryIO) -> Kind | None:
    if not head.startswith(b"PK\x03\x04"):
        return None
    plain = Kind("application/zip", "download_only")
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            if len(entries) > _MOST_ENTRIES:
                return plain
            names = {entry.filename for entry in entries}
            if any(name.lower().endswith("vbaproject.bin") for name in names):
                return plain  # an Office document with macros
            if "[Content_Types].xml" in names:
                return next(
                    (Kind(t) for part, t in _OFFICE.items() if any(name.startswith(part) for name in names)), plain
                )
            first = entries[0] if entries else None
            if first is not None and first.filename == "mimetype" and first.file_size <= 100:
                said = archive.read(first).decode("ascii", "replace").strip()
                if said in _BY_MIMETYPE_ENTRY:
                    return Kind(said)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError):
        pass  # damaged, or made to be: given out as it came
    return plain


def _by_text(head: bytes, *, whole: bool) -> Kind:
    if b"\x00" in head:
        return Kind(BYTES, "download_only")
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        # The last character may have been cut in two by our own reading.
        if whole or error.start < len(head) - 4:
            return Kind(BYTES, "download_only")
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:200].lower()
    if any(mark in start for mark in _MARKUP):
        return Kind(BYTES, "download_only")
    return Kind("text/plain")
