"""Baking into PNG, byte by byte: no pixel is decoded, so nothing in a picture can do harm or get lost.

A PNG is a signature and a row of chunks: length, type, data, CRC (PNG, third edition, §5.3). The credential is the text of one
uncompressed iTXt chunk with the keyword `openbadgecredential`. Everything else, animation included, is carried over as it is. A proof from
a transparency log stands in a second iTXt chunk, with the keyword `tlog-proof`.
Source: Open Badges 3.0, "File formats"; OB 2.0 Baking specification for the keyword `openbadges` in iTXt, zTXt and tEXt.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Final, NamedTuple

from testamur.errors import Malformed, TooLarge
from testamur.formats import log_proofs
from testamur.formats.baked import MAX_CREDENTIAL, Baked, Standard, credential_text, credential_too_large

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
MAX_PNG: Final = 16 * 1024 * 1024
MAX_CHUNKS: Final = 65_536

_KEYWORD: Final = b"openbadgecredential"
_STANDARDS: Final[dict[bytes, Standard]] = {
    _KEYWORD: "open_badges_3",
    b"clrcredential": "clr_2",
    b"openbadges": "open_badges_2",
}
_PROOF: Final = log_proofs.NAME.encode()


def bake(png: bytes, credential: bytes) -> bytes:
    """The PNG with `credential` (JSON or a compact JWS, UTF-8) in it; whatever was baked into it before is replaced, a proof
    from a log too.

    Raises `Malformed` (`png.…`, `baked.not_text`) or `TooLarge` (`png.too_large`, `png.too_many_chunks`, `baked.too_large`).
    """
    if "\0" in credential_text(credential):
        raise Malformed("A PNG image cannot carry a text with a null character", code="baked.not_text")
    parts = [SIGNATURE]
    for chunk in _chunks(png):
        if _keyword(chunk) not in _STANDARDS and not _is_proof(chunk):
            parts.append(chunk.raw)
        if chunk.kind == b"IHDR":  # early, so that a reader need not go through the pixels to find it
            parts.append(_chunk(b"iTXt", _KEYWORD + b"\0\0\0\0\0" + credential))
    return b"".join(parts)


def add_log_proof(png: bytes, proof: bytes) -> bytes:
    """The PNG, which carries a credential, with a proof from a log (C2SP tlog-proof) behind it; an earlier proof is replaced,
    and the credential stays byte for byte.

    Raises as `find` and `log_proofs.proof_text`, and `Malformed` (`png.no_credential`) where there is nothing to prove.
    """
    log_proofs.proof_text(proof)
    extract(png)
    parts, beside = [SIGNATURE], _chunk(b"iTXt", _PROOF + b"\0\0\0\0\0" + proof)
    for chunk in _chunks(png):
        if not _is_proof(chunk):
            parts.append(chunk.raw)
        if _keyword(chunk) in _STANDARDS:
            parts.append(beside)
            beside = b""
    return b"".join(parts)


def extract(png: bytes) -> bytes:
    """The credential baked into the PNG, byte for byte. Raises as `find`, and `Malformed` (`png.no_credential`) where there is none."""
    found = find(png)
    if found is None:
        raise Malformed("There is no credential in this PNG image", code="png.no_credential")
    return found.credential


def find(png: bytes) -> Baked | None:
    """What is baked into the PNG, OB 3.0 before CLR 2.0 before OB 2.0; None where nothing is.

    Raises `Malformed` for what is no sound PNG and for two credentials under one keyword (`png.duplicate_credential`), because two readers
    could then see two different credentials; `TooLarge` where a limit is passed.
    """
    found: dict[Standard, Baked] = {}
    for chunk in _chunks(png):
        keyword = _keyword(chunk)
        if keyword not in _STANDARDS:
            continue
        standard = _STANDARDS[keyword]
        if standard in found:
            raise Malformed(
                "This image carries two credentials; only one of them could be meant", code="png.duplicate_credential"
            )
        found[standard] = Baked(standard, _text(chunk))
    return next((found[standard] for standard in _STANDARDS.values() if standard in found), None)


def find_log_proofs(png: bytes) -> tuple[bytes, ...]:
    """The proofs from a log that stand in the PNG, as they are (`log_proofs.bounded`). What is damaged inside a chunk of theirs
    is handed on as it is; raises as `find` for what is no sound PNG."""
    return log_proofs.bounded(_proof(chunk) for chunk in _chunks(png) if _is_proof(chunk))


class _Chunk(NamedTuple):
    kind: bytes
    data: bytes
    raw: bytes


def _chunks(png: bytes) -> Iterator[_Chunk]:
    """Every chunk in order. Every length and CRC is checked, the first is IHDR, the last is IEND, and nothing follows it."""
    if len(png) > MAX_PNG:
        raise TooLarge(
            f"This PNG image has more than {MAX_PNG >> 20} MiB", code="png.too_large", facts={"limit": MAX_PNG}
        )
    if not png.startswith(SIGNATURE):
        raise Malformed("This is not a PNG image", code="png.signature")
    position, count, kind = len(SIGNATURE), 0, b""
    while kind != b"IEND":
        if count == MAX_CHUNKS:
            raise TooLarge("This PNG image has too many parts", code="png.too_many_chunks", facts={"limit": MAX_CHUNKS})
        length = int.from_bytes(png[position : position + 4], "big")
        end = position + 12 + length
        if length > 0x7FFFFFFF or end > len(png):
            raise Malformed("This PNG image breaks off in the middle", code="png.truncated", facts={"offset": position})
        kind, data = png[position + 4 : position + 8], png[position + 8 : end - 4]
        if zlib.crc32(png[position + 4 : end - 4]) != int.from_bytes(png[end - 4 : end], "big"):
            raise Malformed("A part of this PNG image is damaged", code="png.crc", facts={"offset": position})
        if (
            not (kind.isalpha() and kind.isascii())
            or (count == 0) != (kind == b"IHDR")
            or (count == 0 and length != 13)
        ):
            raise Malformed(
                "The parts of this PNG image are not in order", code="png.order", facts={"offset": position}
            )
        yield _Chunk(kind, data, png[position:end])
        position, count = end, count + 1
    if position != len(png):
        raise Malformed(
            "Something follows the end of this PNG image; save the image anew and try again",
            code="png.trailing_data",
            facts={"bytes": len(png) - position},
        )


def _keyword(chunk: _Chunk) -> bytes | None:
    return chunk.data.partition(b"\0")[0] if chunk.kind in (b"iTXt", b"tEXt", b"zTXt") else None


def _is_proof(chunk: _Chunk) -> bool:
    return chunk.kind == b"iTXt" and _keyword(chunk) == _PROOF


def _proof(chunk: _Chunk) -> bytes:
    try:
        return _text(chunk)
    except (Malformed, TooLarge):
        return chunk.data


def _text(chunk: _Chunk) -> bytes:
    """The text of an iTXt, tEXt or zTXt chunk (PNG §11.3.3), unpacked within the limit."""
    _, separator, rest = chunk.data.partition(b"\0")
    if not separator:
        raise _bad_chunk()
    compressed = False
    if chunk.kind == b"zTXt":
        compressed, method, rest = True, rest[:1], rest[1:]
    elif chunk.kind == b"iTXt":
        compressed, method = rest[:1] == b"\1", rest[1:2]
        parts = rest[2:].split(b"\0", 2)
        if rest[:1] not in (b"\0", b"\1") or len(parts) != 3:
            raise _bad_chunk()
        rest = parts[2]
    if compressed:
        if method != b"\0":
            raise _bad_chunk()
        decompressor = zlib.decompressobj()
        try:
            rest = decompressor.decompress(rest, MAX_CREDENTIAL + 1)
        except zlib.error:
            raise _bad_chunk() from None
        if len(rest) <= MAX_CREDENTIAL and not decompressor.eof:
            raise _bad_chunk()
    if len(rest) > MAX_CREDENTIAL:
        raise credential_too_large()
    return rest


def _chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")


def _bad_chunk() -> Malformed:
    return Malformed("The text part of this PNG image that carries the credential is malformed", code="png.text_chunk")
