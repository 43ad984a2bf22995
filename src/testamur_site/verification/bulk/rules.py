"""From the files that somebody handed over to the items that will be verified. Pure, bounded; nothing is ever written to disk.

1. Each file is told by its content: a ZIP archive, JSON Lines, a CSV with addresses, or one document (JSON, token, PNG, SVG).
2. An archive gives one item for each file in it. Folders and the litter of operating systems are passed over; an archive inside an archive
   is not opened.
3. A line of JSON Lines is a credential, a token or an address; a row of a CSV file is the first address in it.
4. What exceeds a limit for all is refused as a whole, with the limit in the facts; what exceeds the limit for one document becomes an
   item that says so, and the others go on.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

MAX_ITEMS = 10_000
MAX_UPLOAD = 64 * 1024 * 1024
MAX_UNPACKED = 256 * 1024 * 1024
MAX_DOCUMENT = 4 * 1024 * 1024
MAX_ADDRESS = 2_048
MAX_RATIO = 200  # JSON shrinks to a tenth, seldom to a fiftieth; a bomb to a thousandth

_LITTER = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")


class BulkRefused(ValueError):
    """The files cannot be taken as they are. `code` and `facts` become a sentence in `messages`."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to verify: an `address` or `content`; or, with `refusal`, one that will not be."""

    name: str
    content: bytes = b""
    address: str = ""
    refusal: str = ""


def read(files: Iterable[tuple[str, bytes]]) -> list[Item]:
    """The items in `files`, pairs of name and content. Raises `BulkRefused`:

    `nothing`, `too_many` (limit), `too_large` (limit, in megabytes), `zip_unreadable`, `zip_encrypted`, `zip_outside` (name: a path that
    leads out of the archive), `zip_bomb` (limit), `csv_without_addresses`, `text_unreadable`.
    """
    items: list[Item] = []
    total = 0
    for name, content in files:
        total += len(content)
        if total > MAX_UPLOAD:
            raise BulkRefused("too_large", limit=MAX_UPLOAD // (1024 * 1024))
        for item in _items(name, content):
            if len(items) == MAX_ITEMS:
                raise BulkRefused("too_many", limit=MAX_ITEMS)
            items.append(item)
    if not items:
        raise BulkRefused("nothing")
    return items


def _items(name: str, content: bytes) -> Iterator[Item]:
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        yield from _zip(content)
    elif _is_lines(name, content):
        yield from _lines(name, content)
    elif _is_table(name, content):
        yield from _table(name, content)
    else:
        yield _document(name, content)


def _document(name: str, content: bytes) -> Item:
    name = _shown(name)
    if len(content) > MAX_DOCUMENT:
        return Item(name, refusal="document_too_large")
    return Item(name, content=content) if content.strip() else Item(name, refusal="document_empty")


def _zip(content: bytes) -> Iterator[Item]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (
        zipfile.BadZipFile,
        ValueError,
        OverflowError,
        NotImplementedError,
        EOFError,
        KeyError,
        OSError,
        RecursionError,
    ):
        raise BulkRefused("zip_unreadable") from None
    # Not `is_dir`: it trusts that there is a name.
    members = [e for e in archive.infolist() if not e.filename.endswith("/") and not _litter(e.filename)]
    if len(members) > MAX_ITEMS:
        raise BulkRefused("too_many", limit=MAX_ITEMS)
    for entry in members:
        _refuse_tricks(entry)
    unpacked = 0
    for entry in members:
        item, size = _member(archive, entry)
        unpacked += size
        # What the archive says of its sizes is not believed: what really came out is counted.
        if unpacked > MAX_UNPACKED:
            raise BulkRefused("zip_bomb", limit=MAX_UNPACKED // (1024 * 1024))
        yield item


def _refuse_tricks(entry: zipfile.ZipInfo) -> None:
    name = entry.filename.replace("\\", "/")
    if name.startswith("/") or name[1:2] == ":" or ".." in PurePosixPath(name).parts or "\0" in name:
        raise BulkRefused("zip_outside", name=_shown(name))
    if entry.flag_bits & 0x1:
        raise BulkRefused("zip_encrypted")
    if entry.file_size > 1_000_000 and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
        raise BulkRefused("zip_bomb", limit=MAX_UNPACKED // (1024 * 1024))


def _member(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> tuple[Item, int]:
    name = _shown(entry.filename)
    if entry.file_size > MAX_DOCUMENT:
        return Item(name, refusal="document_too_large"), 0
    try:
        with archive.open(entry) as stream:
            content = stream.read(MAX_DOCUMENT + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError):
        return Item(name, refusal="document_damaged"), 0
    if content.startswith(b"PK\x03\x04"):
        return Item(name, refusal="archive_inside"), len(content)
    return _document(name, content), len(content)


def _litter(name: str) -> bool:
    return name.startswith("__MACOSX/") or PurePosixPath(name).name in _LITTER


def _is_lines(name: str, content: bytes) -> bool:
    """JSON Lines by its name, or by looking: every one of the first lines is a whole object."""
    if name.lower().endswith((".jsonl", ".ndjson")):
        return True
    first = [line for line in content[:200_000].split(b"\n")[:3] if line.strip()]
    complete = first if content[:200_000].count(b"\n") >= 3 or len(content) <= 200_000 else first[:-1]
    return len(complete) > 1 and all(_is_object(line) for line in complete)


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _lines(name: str, content: bytes) -> Iterator[Item]:
    stem = PurePosixPath(name.replace("\\", "/")).name
    for number, line in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        text = line.strip()
        if not text:
            continue
        label = _shown(f"{stem}:{number}")
        if len(text) > MAX_DOCUMENT:
            yield Item(label, refusal="document_too_large")
            continue
        if text[:1] == b'"':  # a token or an address as a JSON text
            try:
                value = json.loads(text)
            except ValueError:
                value = None
            text = value.encode("utf-8", "replace") if isinstance(value, str) else text
        yield _text_item(label, text)


def _text_item(label: str, text: bytes) -> Item:
    if text[:8].lower().startswith((b"https://", b"http://")):
        if len(text) > MAX_ADDRESS:
            return Item(label, refusal="address_too_long")
        return Item(label, address=text.decode("utf-8", "replace"))
    return Item(label, content=text)


def _is_table(name: str, content: bytes) -> bool:
    start = content.lstrip(b"\xef\xbb\xbf \t\r\n")[:8].lower()
    if name.lower().endswith((".csv", ".tsv")):
        return True
    # A plain list of addresses, whatever it is called; but one address alone is a document like any other.
    return start.startswith((b"https://", b"http://"))


def _table(name: str, content: bytes) -> Iterator[Item]:
    text = _decoded(content)
    sample = text[:4_096]
    delimiter = max((",", ";", "\t"), key=sample.count)
    stem = PurePosixPath(name.replace("\\", "/")).name
    found = False
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 1):
            address = next((cell.strip() for cell in row if _is_address(cell)), None)
            if address is None:
                continue
            found = True
            yield _text_item(_shown(f"{stem}:{number}"), address.encode())
    except csv.Error:
        raise BulkRefused("text_unreadable") from None
    if not found:
        raise BulkRefused("csv_without_addresses")


def _is_address(cell: str) -> bool:
    return cell.strip()[:8].lower().startswith(("https://", "http://")) and len(cell.split()) == 1


def _decoded(content: bytes) -> str:
    for encoding in ("utf-16", "utf-8-sig", "cp949"):
        if encoding == "utf-16" and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
            continue
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BulkRefused("text_unreadable")


def _shown(name: str) -> str:
    """A file's name as it may be shown: one line without control characters, its end kept where it is long."""
    plain = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in name)
    return plain if len(plain) <= 120 else "…" + plain[-119:]
