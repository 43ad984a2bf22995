"""The documents that the user names: files, addresses, and files that hold many (archives, JSON Lines, tables of addresses)."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

from testamur.cli.common import MAX_FILE, UsageError, is_address, read_bytes
from testamur.errors import InputError, ResolutionError, TestamurError
from testamur.fetch import BundleResolver, bundle_in
from testamur.formats import archive, collection
from testamur.formats.collection import Item
from testamur.ports import Resolver
from testamur.verification import obtain

MAX_LINES_FILE = 500_000_000  # bytes

_LIMITS = {
    ".jsonl": MAX_LINES_FILE,
    ".ndjson": MAX_LINES_FILE,
    ".csv": MAX_LINES_FILE,
    ".tsv": MAX_LINES_FILE,
    ".zip": archive.MAX_ARCHIVE,
}


def documents(names: Sequence[str]) -> Iterator[tuple[str, Item]]:
    """Each document with the name under which it is spoken of. Raises UsageError for a file that cannot be read as a whole."""
    for name, item, _ in with_bundles(names):
        yield name, item


def with_bundles(names: Sequence[str]) -> Iterator[tuple[str, Item, BundleResolver | None]]:
    """As `documents`, with the offline bundle in which a document stands, where it stands in one: that answers for it."""
    for name in chain.from_iterable(map(_files, names)):
        if is_address(name):
            yield name, Item(name, address=name), None
            continue
        content = _content(name)
        if name.lower().endswith(".zip") and not content.startswith((archive.SIGNATURE, archive.EMPTY)):
            raise UsageError(f"{name}: This is no archive, or it is damaged.")
        if (bundle := _bundle(name, content)) is not None:
            for resource in bundle.credentials:
                yield f"{name}: {resource.url}", Item(collection.shown(resource.url), resource.content), bundle
        elif collection.holds_many(name, content):
            for label, item in _several(name, content):
                yield label, item, None
        else:
            yield name, Item(name, content), None


def name_several(names: Sequence[str]) -> bool:
    """Whether more than one document may come of `names`, so that each report needs a heading."""
    return len(names) > 1 or names[0].lower().endswith(tuple(_LIMITS)) or _is_folder(names[0])


def _is_folder(name: str) -> bool:
    return name != "-" and not is_address(name) and Path(name).is_dir()


def _files(name: str) -> Iterator[str]:
    """The files in a folder and in those below it, by name; hidden ones are left out. Anything else is itself."""
    if not _is_folder(name):
        yield name
        return
    for folder, below, files in os.walk(name):
        below[:] = sorted(each for each in below if not each.startswith("."))
        yield from (str(Path(folder) / file) for file in sorted(files) if not file.startswith("."))


def with_content(item: Item, resolver: Resolver) -> Item:
    """`item` with what stands at its address, or as it is where that cannot be obtained."""
    if not item.address:
        return item
    try:
        return replace(item, content=obtain(item.address, resolver), address="")
    except ResolutionError:
        return item


def _several(name: str, content: bytes) -> Iterator[tuple[str, Item]]:
    archived = content.startswith((archive.SIGNATURE, archive.EMPTY))
    try:
        for position, item in enumerate(collection.items(name, content), 1):
            label = f"{position} {item.name}" if archived else item.name.rpartition(":")[2]
            if item.error is not None:
                print(f"{name}:{label}: {item.error}", file=sys.stderr)
            yield f"{name}:{label}", item
    except InputError as error:
        raise UsageError(f"{name}: {error}") from None


def _bundle(name: str, content: bytes) -> BundleResolver | None:
    """The offline bundle in `content`. Raises UsageError for a damaged one, and for one without a credential: it answers for others."""
    try:
        bundle = bundle_in(content)
    except TestamurError as error:
        raise UsageError(f"{name}: {error}") from None
    if bundle is not None and not bundle.credentials:
        raise UsageError(
            f"{name}: There is no credential in this bundle; name the credential, and this with --offline."
        )
    return bundle


def _content(name: str) -> bytes:
    limit = next((limit for ending, limit in _LIMITS.items() if name.lower().endswith(ending)), MAX_FILE)
    return read_bytes(name, limit=limit)
