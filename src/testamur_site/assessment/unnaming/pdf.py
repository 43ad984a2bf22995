"""A PDF document without its properties and without the authors of remarks, every byte of it where it was.

What names somebody is overwritten by blanks of the same length, so that no table of the document moves and nothing has to be read and
written anew. Entries: ISO 32000-2 §14.3.3 (Author, and what office programs add), §12.5.6.2 (`T`, the author of a remark) and §14.3.2
(XMP); object streams (§7.5.7) are unpacked, overwritten and packed into the place they had. An encrypted document stays as it is: who
has no key to its pages has none to its names.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterable, Iterator

MOST_OBJECTS = 16 * 1024 * 1024
"""So much of all object streams together is unpacked."""

# Bounded, for whoever writes ten thousand brackets that never close.
_STRING = rb"(?:\((?:[^\\()]|\\.|\((?:[^\\()]|\\.){0,500}\)){0,1000}\)|<[0-9A-Fa-f\s]{0,4000}>)"
_ENTRY = re.compile(rb"/(?:Author|Company|Manager|LastModifiedBy|LastSavedBy)\s*(" + _STRING + rb")", re.DOTALL)
_REMARK = re.compile(
    rb"/Subtype\s*/(?:Text|FreeText|Highlight|Underline|StrikeOut|Squiggly|Ink|Popup|Square|Circle|Stamp|Caret|Line|FileAttachment|Poly\w+)\b"
)
_TITLE = re.compile(rb"/T\s*(" + _STRING + rb")", re.DOTALL)
_XMP = ((b"<x:xmpmeta", b"</x:xmpmeta>"), (b"<rdf:RDF", b"</rdf:RDF>"))
_OBJECT_STREAM = re.compile(rb"/Type\s*/ObjStm\b")
_LENGTH = re.compile(rb"/Length\s+(\d{1,9})(?!\s+\d+\s+R)")
_STREAM = re.compile(rb"stream\r?\n")


def unnamed(data: bytes, hide: Callable[[str], str]) -> bytes | None:
    """`hide` is not used: the text of pages is drawn, not written."""
    del hide
    if not data.startswith(b"%PDF-"):
        return None
    blank = bytearray(data)
    for opening, closing in _XMP:
        for start, end in _between(data, opening, closing):
            blank[start - len(opening) : end + len(closing)] = b" " * (end - start + len(opening) + len(closing))
    _blank(blank, 0, _ENTRY.finditer(data))
    budget = MOST_OBJECTS
    for start, end in _between(data, b" obj", b"endobj"):
        head = data[start : min(end, start + 2000)].partition(b"stream")[0]
        if _REMARK.search(head):
            _blank(blank, start, _TITLE.finditer(head))
        elif _OBJECT_STREAM.search(head) and b"/FlateDecode" in head and b"/DecodeParms" not in head:
            budget -= _repack(blank, start, data[start:end], head, budget)
    return bytes(blank)


def _between(data: bytes, opening: bytes, closing: bytes) -> Iterator[tuple[int, int]]:
    """Where what stands between two marks begins and ends, from the front to the back."""
    at = 0
    while (found := data.find(opening, at)) >= 0 and (end := data.find(closing, found + len(opening))) >= 0:
        yield found + len(opening), end
        at = end + len(closing)


def _blank(into: bytearray, start: int, strings: Iterable[re.Match[bytes]]) -> None:
    """Overwrite what stands between the marks of each string by blanks (in hexadecimal: of blanks)."""
    for found in strings:
        first, last = start + found.start(1) + 1, start + found.end(1) - 1
        into[first:last] = b" " * (last - first)


def _repack(into: bytearray, start: int, body: bytes, head: bytes, budget: int) -> int:
    """Overwrite names inside an object stream; how much was unpacked. It stays where it does not fit into its place again."""
    opening, length = _STREAM.search(body), _LENGTH.search(head)
    if opening is None:
        return 0
    first = opening.end()
    last = first + int(length[1]) if length is not None else body.rfind(b"endstream")
    packed = body[first:last]
    unpacking = zlib.decompressobj()
    try:
        objects = unpacking.decompress(packed, max(1, budget))
    except zlib.error:
        return 0
    if unpacking.unconsumed_tail:
        return budget
    changed = bytearray(objects)
    _blank(changed, 0, _ENTRY.finditer(objects))
    if _REMARK.search(objects):
        _blank(changed, 0, _TITLE.finditer(objects))
    if changed != objects:
        again = zlib.compress(bytes(changed), 9)
        if len(again) <= len(packed):
            # A reader stops at the end of the packed data; what follows in the stream is passed over.
            into[start + first : start + last] = again + b"\x00" * (len(packed) - len(again))
    return len(objects)
