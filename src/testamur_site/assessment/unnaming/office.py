"""Office documents without their properties, without the authors of remarks and changes, and without the author's name in their text.

Office Open XML: ECMA-376 part 2 §11 (core properties), part 1 §17.13 (`w:author`, `w:initials`) and §19.4 (authors of remarks) ·
OpenDocument 1.3 part 3 §4.3 (meta data) and §14.1 (`dc:creator` of remarks) · EPUB 3.3 §5.5. The text is changed as marking changes
every text: by `hide`.
"""

from __future__ import annotations

import io
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from html import escape, unescape

MEDIA_TYPES = (
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "application/vnd.oasis.opendocument.text",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.oasis.opendocument.presentation",
    "application/epub+zip",
)
MOST_PARTS = 5000
MOST_UNPACKED = 64 * 1024 * 1024
MOST_TAGS = 400_000
"""A part with so many is still looked through; a document with a larger one comes back as it is."""

_DAMAGED = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, lzma.LZMAError, struct.error),
    *(OSError, ValueError, NotImplementedError, RuntimeError, EOFError),
)
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PACKAGE = "http://schemas.openxmlformats.org"
# The parts that describe a document, with nothing in them: readers ask for the parts, and for none of their values.
_EMPTY = {
    "docprops/core.xml": f'{_HEAD}<cp:coreProperties xmlns:cp="{_PACKAGE}/package/2006/metadata/core-properties"/>',
    "docprops/app.xml": f'{_HEAD}<Properties xmlns="{_PACKAGE}/officeDocument/2006/extended-properties"/>',
    "docprops/custom.xml": f'{_HEAD}<Properties xmlns="{_PACKAGE}/officeDocument/2006/custom-properties"/>',
    "meta.xml": (
        f'{_HEAD}<office:document-meta xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" office:version="1.3">'
        "<office:meta/></office:document-meta>"
    ),
}
_PEOPLE = re.compile(r"(?i)(xl/persons/.*|word/people|ppt/authors)\.xml")
_STRUCTURE = re.compile(r"(?i)(\[Content_Types\]\.xml|META-INF/.*|.*\.rels)")
_TEXTUAL = re.compile(r"(?i).*\.(xml|opf|ncx|xhtml|html)")
_VALUE = re.compile(r"(>)([^<]+)(<)")
# Attributes that name who wrote a remark or a change, in the three families of Office Open XML.
_AUTHOR = re.compile(r'(\s(?:w:|w15:|p15:|xr:|p188:)?(?:author|initials|lastModifiedBy|userName)=)"[^"]*"')
_PERSONAL = re.compile(r'(\s(?:\w+:)?(?:author|name|initials|displayName|userId)=)"[^"]*"')
_PERSON = re.compile(r'(<(?:\w+:)?cmAuthor\b[^>]*?\sname=)"[^"]*"')
_CREATOR = re.compile(
    r"(<(?P<tag>(?:(?:dc|meta|text|loext):)?(?:creator|contributor|initial-creator|printed-by|author|author-name|author-initials"
    r"|sender-[a-z]+))(?:\s[^>]*)?>)[^<]*(</(?P=tag)>)"
)


def unnamed(data: bytes, hide: Callable[[str], str]) -> bytes | None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _rewritten(archive, hide)
    except _DAMAGED:
        return None


def _rewritten(archive: zipfile.ZipFile, hide: Callable[[str], str]) -> bytes | None:
    entries = archive.infolist()
    if len(entries) > MOST_PARTS or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        return None
    target, unpacked = io.BytesIO(), 0
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as written:
        for entry in entries:
            with archive.open(entry) as part:
                content = part.read(MOST_UNPACKED - unpacked + 1)
            unpacked += len(content)
            if unpacked > MOST_UNPACKED:  # the directory lied
                return None
            name = entry.filename
            if _TEXTUAL.fullmatch(name) and not _STRUCTURE.fullmatch(name):
                if content.count(b"<") > MOST_TAGS:
                    return None
                empty = _EMPTY.get(name.lower())
                content = _without_names(name, content, hide) if empty is None else empty.encode()
            # A new entry: the old one may hold a comment, an owner, a time.
            kept = zipfile.ZipInfo(name)
            kept.compress_type = (
                zipfile.ZIP_STORED if entry.compress_type == zipfile.ZIP_STORED else zipfile.ZIP_DEFLATED
            )
            written.writestr(kept, content)
    return target.getvalue()


def _without_names(name: str, content: bytes, hide: Callable[[str], str]) -> bytes:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return content  # another encoding than the standards of these formats ask for
    if _PEOPLE.fullmatch(name):
        text = _PERSONAL.sub(r'\1"?"', text)
    text = _AUTHOR.sub(r'\1""', text)
    text = _PERSON.sub(r'\1""', text)
    text = _CREATOR.sub(r"\1\3", text)

    if hide(unescape(text)) == unescape(text):
        return text.encode()

    def hidden(found: re.Match[str]) -> str:
        said = unescape(found[2])
        shown = hide(said)
        return found[0] if shown == said else f">{escape(shown, quote=False)}<"

    return _VALUE.sub(hidden, text).encode()
