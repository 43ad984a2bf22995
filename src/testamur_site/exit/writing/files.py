"""The files of rows into the private part, where that is asked for: each once, under its digest.

files.json              how many there are, and the digests of those that were lost or damaged here
files/DIGEST            SHA-256 of the bytes, hexadecimal, as the rows of the tables name it
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import BinaryIO

from testamur_site.foundation.tenancy.api import Carried, Institution, tenant

from ..carrying.tables import carried
from .bags import Progress
from .tables import ROOT
from .workplace import Workplace

PIECE = 1 << 20
_ROWS = 500


def write(institution: Institution, place: Workplace, progress: Progress) -> None:
    """A file that an earlier run wrote is not read again; one that is gone, or is not what it was, is told and not written."""
    written, lost = 0, []
    for table in carried():
        for name, digest in _named(institution, table):
            target = f"{ROOT}/files/{digest}"
            if not place.has(target) and not _copied(table, name, digest, target, place):
                lost.append(digest)
                continue
            written += 1
            progress("files", written)
    told = {"files": written, "lost": sorted(set(lost))}
    place.put(f"{ROOT}/files.json", json.dumps(told, indent=1).encode() + b"\n")


def pieces(file: BinaryIO) -> Iterator[bytes]:
    """Its bytes, a mebibyte at a time."""
    while piece := file.read(PIECE):
        yield piece


def _named(institution: Institution, table: Carried) -> Iterator[tuple[str, str]]:
    """What the file of each row is called in its store, and its digest."""
    if table.stored is None:
        return
    column, after = table.stored.column, 0
    while True:
        with tenant(institution):
            rows = table.model.objects.filter(pk__gt=after, **table.only).exclude(**{column: ""}).order_by("pk")
            some = list(rows.values_list("pk", column, table.stored.digest)[:_ROWS])
        if not some:
            return
        yield from ((name, digest) for _, name, digest in some)
        after = some[-1][0]


def _copied(table: Carried, name: str, digest: str, target: str, place: Workplace) -> bool:
    assert table.stored is not None  # noqa: S101 - only its files are named
    try:
        with table.stored.open(name) as file:
            found = hashlib.sha256()
            place.put_pieces(target, _through(found, pieces(file)))
    except FileNotFoundError:
        return False
    if found.hexdigest() != digest:
        place.remove(target)
        return False
    return True


def _through(digest: hashlib._Hash, some: Iterator[bytes]) -> Iterator[bytes]:
    for piece in some:
        digest.update(piece)
        yield piece
