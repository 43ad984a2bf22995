"""From the files that somebody handed over to the items that will be verified. Pure, bounded; nothing is ever written to disk.

What is in a file is read by `testamur.formats.collection`, as for the command line. Here stands what this page takes of it:

1. What exceeds a limit for all is refused as a whole, with the limit in the facts; so is an archive that is locked, or built like an
   attack.
2. What is wrong with one document becomes an item that says so, and the others go on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from testamur.errors import InputError
from testamur.formats import archive, collection

MAX_ITEMS = 10_000
MAX_UPLOAD = 64 * 1024 * 1024
MAX_UNPACKED = 256 * 1024 * 1024
MAX_DOCUMENT = 4 * 1024 * 1024
MAX_RATIO = 200

_MEGABYTE = 1024 * 1024

# What the library says → what this page says: of the whole, and of one document.
_REFUSED = {
    "archive.unreadable": "zip_unreadable",
    "archive.too_many": "too_many",
    "archive.too_large": "too_large",
    "archive.entry_encrypted": "zip_encrypted",
    "archive.entry_inflated": "zip_bomb",
    "archive.total_too_large": "zip_bomb",
    "collection.entry_outside": "zip_outside",
    "collection.no_addresses": "csv_without_addresses",
    "collection.text_unreadable": "text_unreadable",
}
_REFUSALS = {
    "archive.entry_damaged": "document_damaged",
    "archive.entry_link": "document_damaged",
    "archive.entry_nested": "archive_inside",
    "archive.entry_too_large": "document_too_large",
    "collection.too_large": "document_too_large",
    "collection.empty": "document_empty",
    "collection.address_too_long": "address_too_long",
}


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
            raise BulkRefused("too_large", limit=MAX_UPLOAD // _MEGABYTE)
        for item in _items(name, content):
            if len(items) == MAX_ITEMS:
                raise BulkRefused("too_many", limit=MAX_ITEMS)
            items.append(item)
    if not items:
        raise BulkRefused("nothing")
    return items


def _items(name: str, content: bytes) -> Iterator[Item]:
    limits = archive.Limits(entries=MAX_ITEMS, entry=MAX_DOCUMENT, total=MAX_UNPACKED, ratio=MAX_RATIO)
    try:
        for item in collection.items(name, content, limits):
            yield _item(item)
    except InputError as error:
        raise _refused(error) from None


def _item(item: collection.Item) -> Item:
    if item.error is None:
        return Item(item.name, item.content, item.address)
    if item.error.code in _REFUSED:
        raise item.error
    return Item(item.name, refusal=_REFUSALS[item.error.code])


def _refused(error: InputError) -> BulkRefused:
    facts: dict[str, dict[str, object]] = {
        "too_many": {"limit": MAX_ITEMS},
        "too_large": {"limit": MAX_UPLOAD // _MEGABYTE},
        "zip_bomb": {"limit": MAX_UNPACKED // _MEGABYTE},
        "zip_outside": {"name": error.facts.get("name")},
    }
    code = _REFUSED[error.code]
    return BulkRefused(code, **facts.get(code, {}))
