"""From one file that somebody hands over to the documents in it: an archive, JSON Lines, a table of addresses, or one document alone.

1. The file is told by its content, and by its name only where that says nothing: a ZIP archive; JSON Lines (`.jsonl`, `.ndjson`, or every
   one of the first lines is a whole object); a table (`.csv`, `.tsv`, or it begins with an address); else one document.
2. An archive gives one item for each file in it. Folders and the litter of operating systems are passed over; an archive inside an
   archive is not opened.
3. A line of JSON Lines is a credential, a token or an address; a row of a table gives the first address in it.
4. What is wrong with one item is that item's `error`, and the others go on; what is wrong with the file is raised.

Pure and bounded; nothing is ever written, and an address is only read, never fetched.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Final

from testamur.errors import InputError, Malformed, TooLarge
from testamur.formats import archive

MAX_ADDRESS: Final = 2_048
_LOOKED_AT: Final = 200_000  # bytes of a file from which JSON Lines are told
_LONGEST_NAME: Final = 120
_ADDRESS: Final = ("https://", "http://")


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to verify: its `content` or its `address`; or, with `error`, one that cannot be. `name` is fit to be shown.
    `log_proofs` are proofs from a transparency log that stand beside it, unverified."""

    name: str
    content: bytes = field(default=b"", repr=False)
    address: str = ""
    error: InputError | None = None
    log_proofs: tuple[bytes, ...] = field(default=(), repr=False)


def items(name: str, content: bytes, limits: archive.Limits = archive.LIMITS) -> Iterator[Item]:
    """The items in the file called `name`. `limits.entry` bounds every single document.

    Raises `Malformed` or `TooLarge`: as `archive.entries`, and `collection.no_addresses`, `collection.text_unreadable`. Errors of items
    are those of an archive's entries, `collection.entry_outside` (a path that leads out of the archive), `collection.too_large`,
    `collection.empty` and `collection.address_too_long`.
    """
    if content.startswith((archive.SIGNATURE, archive.EMPTY)):
        yield from _archived(content, limits)
    elif _is_lines(name, content):
        yield from _lines(name, content, limits)
    elif _is_table(name, content):
        yield from _table(name, content)
    else:
        yield _document(shown(name), content, limits)


def holds_many(name: str, content: bytes) -> bool:
    """Whether the file is of a kind that holds several documents, however many are in this one."""
    return (
        content.startswith((archive.SIGNATURE, archive.EMPTY)) or _is_lines(name, content) or _is_table(name, content)
    )


def shown(name: str) -> str:
    """A file's name as it may be shown: one line without control characters, its end kept where it is long."""
    plain = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in name)
    return plain if len(plain) <= _LONGEST_NAME else "…" + plain[1 - _LONGEST_NAME :]


def _document(name: str, content: bytes, limits: archive.Limits) -> Item:
    if len(content) > limits.entry:
        return Item(name, error=_too_large(limits.entry))
    if not content.strip():
        return Item(name, error=Malformed("This file is empty.", code="collection.empty"))
    return Item(name, content)


def _archived(content: bytes, limits: archive.Limits) -> Iterator[Item]:
    for entry in archive.entries(content, limits):
        name = shown(entry.path)
        if _leads_out(entry.path):
            error = Malformed(
                "The name of this file leads out of the archive.", code="collection.entry_outside", facts={"name": name}
            )
            yield Item(name, error=error)
        elif entry.content is None:
            yield Item(name, error=entry.error)
        else:
            yield replace(_document(name, entry.content, limits), log_proofs=entry.log_proofs)


def _leads_out(path: str) -> bool:
    path = path.replace("\\", "/")
    return path.startswith("/") or path[1:2] == ":" or ".." in PurePosixPath(path).parts or "\0" in path


def _is_lines(name: str, content: bytes) -> bool:
    if name.lower().endswith((".jsonl", ".ndjson")):
        return True
    start = content[:_LOOKED_AT]
    first = [line for line in start.split(b"\n")[:3] if line.strip()]
    complete = first if start.count(b"\n") >= 3 or len(content) <= _LOOKED_AT else first[:-1]
    return len(complete) > 1 and all(_is_object(line) for line in complete)


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _lines(name: str, content: bytes, limits: archive.Limits) -> Iterator[Item]:
    for number, line in enumerate(_split(content.removeprefix(b"\xef\xbb\xbf")), 1):
        text = line.strip()
        if not text:
            continue
        label = _at(name, number)
        if len(text) > limits.entry:
            yield Item(label, error=_too_large(limits.entry))
            continue
        if text[:1] == b'"':  # a token or an address as a JSON text
            try:
                value = json.loads(text)
            except ValueError:
                value = None
            text = value.encode("utf-8", "replace") if isinstance(value, str) else text
        yield _text(label, text)


def _split(content: bytes) -> Iterator[bytes]:
    """The lines of `content` one at a time: a large file is not held twice."""
    start = 0
    while (end := content.find(b"\n", start)) >= 0:
        yield content[start:end]
        start = end + 1
    yield content[start:]


def _text(label: str, text: bytes) -> Item:
    if not text[:8].lower().startswith(tuple(prefix.encode() for prefix in _ADDRESS)):
        return Item(label, text)
    if len(text) > MAX_ADDRESS:
        error = TooLarge("This address is too long to be one.", code="collection.address_too_long")
        return Item(label, error=error)
    return Item(label, address=text.decode("utf-8", "replace"))


def _is_table(name: str, content: bytes) -> bool:
    if name.lower().endswith((".csv", ".tsv")):
        return True
    # A plain list of addresses, whatever it is called.
    start = content[:64].lstrip(b"\xef\xbb\xbf \t\r\n")[:8].lower()
    return start.startswith(tuple(prefix.encode() for prefix in _ADDRESS))


def _table(name: str, content: bytes) -> Iterator[Item]:
    text = _decoded(content)
    sample = text[:4_096]
    delimiter = max((",", ";", "\t"), key=sample.count)
    found = False
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 1):
            address = next((cell.strip() for cell in row if _is_address(cell)), None)
            if address is None:
                continue
            found = True
            yield _text(_at(name, number), address.encode("utf-8", "replace"))
    except csv.Error:
        raise _text_unreadable() from None
    if not found:
        raise Malformed("There is no web address in this table.", code="collection.no_addresses")


def _is_address(cell: str) -> bool:
    return cell.strip()[:8].lower().startswith(_ADDRESS) and len(cell.split()) == 1


def _decoded(content: bytes) -> str:
    for encoding in ("utf-16", "utf-8-sig", "cp949"):
        if encoding == "utf-16" and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
            continue
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _text_unreadable()


def _at(name: str, number: int) -> str:
    return shown(f"{PurePosixPath(name.replace(chr(92), '/')).name}:{number}")


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"This has more than {limit} bytes.", code="collection.too_large", facts={"limit": limit})


def _text_unreadable() -> Malformed:
    return Malformed("This table is no text that can be read.", code="collection.text_unreadable")
