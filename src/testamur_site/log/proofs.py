"""The proof of one entry, as it stands beside a credential.

  1. The newest entry about the subject. 2. The best checkpoint that covers it: the first that was anchored, because a
  reader finds anchors by the size of the proof's own checkpoint; else the first with a quorum of witnesses; else the
  newest. 3. The path, from the tiles; it is followed before it is given, so that from a damaged folder nothing
  is handed out that would make an honest credential look forged.

Nothing here raises for what is stored: whoever shows a credential goes on without its proof.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple

from django.conf import settings

from testamur.errors import TestamurError
from testamur.fetch.log_folder import FolderStore
from testamur.log import Entry as Recorded
from testamur.log import Kind, Proof, SignedCheckpoint, UnwrittenProof, commitment_of
from testamur.log.entries import PERSONAL
from testamur.log.sequencer import prove, reader
from testamur.log.tiles import Paths, TileCache
from testamur.ports import Resource
from testamur_site.foundation.public_bytes.api import (
    ANOTHER_NUMBER,
    NUMBER,
    TEXT,
    Beside,
    Compiled,
    holding,
    is_noted,
    known,
    read_ahead,
)

from . import services
from .anchoring.api import expected, first_anchored
from .kept import api as kept
from .models import Checkpoint, Entry

log = logging.getLogger(__name__)


class Missing(StrEnum):
    """Why there is no proof."""

    UNKNOWN = "unknown"  # nothing was recorded
    WAITING = "waiting"  # it will be in the log in a moment
    ERASED = "erased"  # the salt was erased: a person was forgotten
    DAMAGED = "damaged"  # the files of the log cannot be read, or do not lead to what was signed


@dataclass(frozen=True, slots=True)
class Looked:
    """`content` is a C2SP tlog-proof, or None and `missing` says why. `final`: no better one will come, so that it may
    be kept for ever."""

    content: bytes | None
    missing: Missing | None = None
    final: bool = False


def look_up(subject: str, secured: bytes | None = None) -> Looked:
    """The proof of the newest entry about `subject`. Where `secured` is given, of the newest one that commits to just
    these bytes: something public, such as a status list, is recorded again with each version."""
    return _looked(subject, secured, _entry(subject, secured))


def look_up_where(allowed: Compiled, value: str, subject: str) -> Looked | None:
    """The same, where `allowed` has a row for `value`, in one question to the database; None where it has none. Nothing is asked where
    `first_with_entry` was answered in the same look. Raises DatabaseError."""
    found = _beside(allowed, value, subject)
    if found is None:
        return None
    return _looked(subject, None, found) if found.index is not None else look_up(subject)


def unwritten_where(
    allowed: Compiled, value: str, subject: str, written: Callable[[], Resource]
) -> UnwrittenProof | None:
    """What `look_up_where` would find, neither followed nor `written`, for whoever follows it anyway; None where it would find none, and
    where it has to look further. Raises DatabaseError, TestamurError, OSError, ValueError."""
    found = _beside(allowed, value, subject)
    if found is None or found.index is None or found.shard is None or found.salt is None or found.kind not in _BEGIN:
        return None
    standing = _known_to_stand_on(found)
    if standing is None:
        return None
    paths = standing.paths

    def read_anew() -> Resource:
        paths.forget()  # they did not lead to the root, and the tiles may be whole again
        return written()

    entry = b"".join((_BEGIN[found.kind], found.handle, found.commitment))
    return UnwrittenProof(entry, found.index, paths.path(found.index), bytes(found.salt), standing.behind, read_anew)


_BEGIN = {int(kind): Recorded(kind, b"", b"").to_bytes() for kind in PERSONAL}
"""How entries about a person begin; behind that stand handle and commitment."""


def _beside(allowed: Compiled, value: str, subject: str) -> Sequenced | None:
    """The newest entry about `subject` that is in the log, all None where none is; None where `allowed` has no row for `value`."""
    ahead = read_ahead()
    if ahead is not None and (entry := ahead.get((_READ_AHEAD, subject))) is not None:
        read: Sequenced = entry
        return read
    row = allowed.first_beside((value,), _SEQUENCED, subject)
    return None if row is None else Sequenced._make(row[-len(_COLUMNS) :])


def first_with_entry(allowed: Compiled, value: str, subject: str) -> tuple[Any, ...] | None:
    """The columns of the first row of `allowed` for `value`; None where it has none. Who asks for something recorded asks for its proof
    next: within one look at the database (`one_look`) the newest entry about `subject` is read in the same question, for
    `look_up_where`. So `allowed` must allow no more than what will be asked there. Raises DatabaseError."""
    ahead = read_ahead()
    if ahead is None:
        return allowed.first(value)
    row = allowed.first_beside((value,), _SEQUENCED, subject)
    if row is None:
        return None
    ahead[_READ_AHEAD, subject] = Sequenced._make(row[-len(_COLUMNS) :])
    return row[: -len(_COLUMNS)]


def entry_beside(allowed: Compiled, value: str, subject: str) -> Beside:
    """What the two functions above ask the database, for a look that expects it (`one_look`)."""
    return Beside(allowed, (value,), _SEQUENCED, (subject,))


_READ_AHEAD = "log: entry"


def _looked(subject: str, secured: bytes | None, found: Sequenced | None) -> Looked:
    if found is None:
        taken_over = kept.proof_of(subject) if secured is None else None
        return Looked(taken_over, None if taken_over else Missing.UNKNOWN, final=taken_over is not None)
    if found.index is None or found.shard is None:
        return Looked(None, Missing.WAITING)
    if found.kind in PERSONAL and found.salt is None:
        return Looked(None, Missing.ERASED)
    try:
        standing = _known_to_stand_on(found)
        if standing is None:
            return Looked(None, Missing.WAITING)
        content = _proven(found, standing)
    except (TestamurError, OSError, ValueError) as error:
        log.warning("no proof of entry %s: %s", found.index, getattr(error, "code", type(error).__name__))
        return Looked(None, Missing.DAMAGED)
    return Looked(content, final=standing.final)


def proof_of(subject: str, secured: bytes | None = None) -> bytes | None:
    """The proof that `look_up` finds, or None. Never raises."""
    return look_up(subject, secured).content


class Sequenced(NamedTuple):
    """What a proof needs to know of an entry that stands in the log."""

    kind: int
    handle: bytes
    commitment: bytes
    salt: bytes | None
    shard: int
    year: int
    index: int


# On the way of every verification of a credential of ours.
_WHY = "the log is one for the whole deployment"
_COLUMNS = ("kind", "handle", "commitment", "salt", "shard_id", "shard__year", "index")
_RECORDED = Compiled(
    lambda subject: Entry.objects.filter(subject=subject).order_by("-pk").values_list(*_COLUMNS)[:64], _WHY, TEXT
)
_SEQUENCED = Compiled(
    lambda subject: (
        Entry.objects.filter(subject=subject, index__isnull=False).order_by("-pk").values_list(*_COLUMNS)[:1]
    ),
    _WHY,
    TEXT,
)
_WITNESSED = Compiled(
    lambda shard, index: Checkpoint.objects.filter(shard=shard, size__gt=index, quorum_at__isnull=False).order_by(
        "size"
    )[:1],
    _WHY,
    NUMBER,
    ANOTHER_NUMBER,
)
_NEWEST = Compiled(
    lambda shard, index: Checkpoint.objects.filter(shard=shard, size__gt=index).order_by("-size")[:1],
    _WHY,
    NUMBER,
    ANOTHER_NUMBER,
)


def _entry(subject: str, secured: bytes | None) -> Sequenced | None:
    """The entry; one that is not in the log yet has no `index`, or no `shard`."""
    if secured is None:
        newest = _SEQUENCED.first(subject) or _RECORDED.first(subject)
        return Sequenced._make(newest) if newest is not None else None
    for row in map(Sequenced._make, _RECORDED.rows(subject)):
        if row.kind not in PERSONAL:
            if bytes(row.commitment) == commitment_of(secured):
                return row
        elif row.salt is None or bytes(row.commitment) == commitment_of(secured, bytes(row.salt)):
            return row
    return None


class _Standing(NamedTuple):
    """A checkpoint, whether no better one will come, the files of its shard, and of the proofs of all entries that it covers what is the
    same: how the text of one ends, and what their paths share."""

    signed: SignedCheckpoint
    final: bool
    store: FolderStore
    behind: bytes
    paths: Paths


def _known_to_stand_on(found: Sequenced) -> _Standing | None:
    """As `_standing_on`. What holds for one entry holds for all between it and the end of its checkpoint. Raises Malformed."""
    if is_noted():
        return _standing(found)
    spans: dict[int, tuple[int, _Standing]] = known().setdefault(("log: standing on", found.shard), {})
    for size, (lowest, standing) in spans.items():
        if lowest <= found.index < size:
            return standing
    begun = _begun.setdefault(found.shard, {})
    lowest = next((one for size, one in list(begun.items()) if one <= found.index < size), found.index)
    standing = _held(found, lowest)
    if standing is not None and standing.signed.checkpoint.size <= found.index:
        lowest, standing = found.index, _held(found, found.index)
    if standing is not None and len(spans) < _SPANS:
        if len(begun) >= _SPANS:
            begun.clear()
        begun[standing.signed.checkpoint.size] = lowest
        spans[standing.signed.checkpoint.size] = (lowest, standing)
    return standing


def _held(found: Sequenced, lowest: int) -> _Standing | None:
    """On what the entry at `lowest` stands; worked out again only where one of its rows has changed."""
    return holding(("log: standing on", found.shard, lowest), lambda: _standing(found._replace(index=lowest)))


_SPANS = 32
_begun: dict[int, dict[int, int]] = {}
"""Of each shard where spans began, by where they ended: after a commit one is looked at again from there, and not from the entry that is
asked for."""


def _standing(found: Sequenced) -> _Standing | None:
    checkpoint, final = _standing_on(found.shard, found.index)
    if checkpoint is None:
        return None
    signed = SignedCheckpoint.from_bytes(bytes(checkpoint.note))
    folder = str(settings.TESTAMUR_LOG_FOLDER)
    paths = _paths(folder, found.year, signed.checkpoint.size)
    return _Standing(signed, final, services.folder_of_year(found.year), b"\n\n" + signed.to_bytes(), paths)


def _standing_on(shard: int, index: int) -> tuple[Checkpoint | None, bool]:
    """The checkpoint, and whether no better one will come."""
    anchored = first_anchored(shard, index + 1)
    if anchored is not None:
        covering = Checkpoint.objects.filter(shard=shard, size__gt=index)
        if (found := covering.filter(size=anchored.size).first()) is not None:
            return found, True
    witnessed: Checkpoint | None = _WITNESSED.object(shard, index)
    if witnessed is not None:
        return witnessed, not expected()
    newest: Checkpoint | None = _NEWEST.object(shard, index)
    return newest, False


def _proven(entry: Sequenced, standing: _Standing) -> bytes:
    """Raises TestamurError, OSError, ValueError where the stored files do not lead from the entry to the checkpoint."""
    signed, store = standing.signed, standing.store
    content = Recorded(Kind(entry.kind), bytes(entry.handle), bytes(entry.commitment)).to_bytes()
    tiles = _tiles(str(settings.TESTAMUR_LOG_FOLDER), entry.year)
    try:
        path = prove(store, signed.checkpoint, entry.index, content, tiles)
    except TestamurError:
        tiles.forget()  # the folder may have been put back from a copy
        standing.paths.forget()
        _paths.cache_clear()
        path = prove(store, signed.checkpoint, entry.index, content)
    salt = bytes(entry.salt) if entry.salt is not None else b""
    return Proof(entry.index, tuple(path), signed, salt).to_bytes()


@lru_cache(maxsize=4)
def _tiles(_folder: str, _year: int) -> TileCache:
    """What this process has read of a shard: at most 4 MB."""
    return TileCache(256)


@lru_cache(maxsize=8)
def _paths(folder: str, year: int, size: int) -> Paths:
    """What the paths below a checkpoint share: at most 1 MB each."""
    store = services.folder_of_year(year)
    return Paths(reader(store, size, _tiles(folder, year)), size)
