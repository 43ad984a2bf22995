from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from testamur.log import Checkpoint as Shown
from testamur.log import SignedCheckpoint
from testamur.log.merkle import tree_root
from testamur.log.sequencer import reader
from testamur.log.tiles import Tile
from testamur_site.foundation.public_bytes.api import ANOTHER_NUMBER, FOR_EVER, NUMBER, TEXT, Compiled, PublicBytes

from . import services
from .anchoring.api import first_anchored
from .models import Checkpoint, Entry, Shard

FOR_A_MOMENT = "public, max-age=2"
"""Of what moves every second: a cache may keep it as long as nobody would notice."""


def logs() -> dict[str, list[str]]:
    """The logs that there were here: by name, the verifier keys of each."""
    return {shard.origin: sorted(shard.keys.values_list("vkey", flat=True)) for shard in Shard.objects.order_by("year")}


def public_file(path: str, _accept: str = "") -> PublicBytes | None:
    """What stands at `/log/<path>`, for everybody who only wants its bytes: a tile, a bundle of entries, or the checkpoint. They are files
    that commit to things and show none. None for everything else: the view says what it is."""
    year, _, rest = path.partition("/")
    if not (len(year) == 4 and year.isascii() and year.isdecimal()):
        return None
    if rest != "checkpoint" and Tile.from_path(rest) is None:
        return None
    content = services.folder_of(Shard(year=int(year))).read(rest)
    if content is None:
        return None
    if rest == "checkpoint":
        return PublicBytes(content, "text/plain; charset=utf-8", FOR_A_MOMENT)
    return PublicBytes(content, "application/octet-stream", FOR_EVER)


def shard_for(year: int) -> Shard | None:
    return Shard.objects.filter(year=year).first()


@dataclass(frozen=True, slots=True)
class Recorded:
    """Where one recorded thing stands. `index` is None while it waits. `witnessed_at`: since when enough witnesses have
    known it, by the earliest time that one of them states; `cosigned_by` of `asked` witnesses have confirmed it.
    `anchored_at`: the time that the first anchor over it proves."""

    index: int | None
    year: int | None = None
    recorded_at: datetime | None = None
    witnessed_at: datetime | None = None
    cosigned_by: int = 0
    asked: int = 0
    anchored_at: datetime | None = None

    @property
    def witnessed(self) -> bool:
        return self.witnessed_at is not None


# On every page of a credential.
_WHY = "the log is one for the whole deployment"
_ENTRY = Compiled(
    lambda subject: Entry.objects.select_related("shard").filter(subject=subject).order_by("-pk")[:1], _WHY, TEXT
)
_SEEN = Compiled(
    lambda shard, index: (
        Checkpoint.objects.defer("note")
        .filter(shard=shard, size__gt=index, quorum_at__isnull=False)
        .order_by("size")[:1]
    ),
    _WHY,
    NUMBER,
    ANOTHER_NUMBER,
)


def state_of(subject: str) -> Recorded | None:
    """Where the newest entry about `subject` stands; None when nothing was recorded about it. Reads the database only:
    a page that shows it neither waits for the files of the log nor fails with them."""
    entry: Entry | None = _ENTRY.object(subject)
    return _where(entry) if entry is not None else None


def places(keys: Collection[str]) -> dict[str, Recorded]:
    """The same for entries by the keys under which they were recorded; a key under which nothing was is not in it."""
    rows = Entry.objects.select_related("shard").filter(key__in=list(keys))
    return {entry.key: _where(entry) for entry in rows}


def _where(entry: Entry) -> Recorded:
    if entry.index is None or entry.shard is None:
        return Recorded(None)
    seen: Checkpoint | None = _SEEN.object(entry.shard.pk, entry.index)
    anchored = first_anchored(entry.shard, entry.index + 1)
    since = anchored.at if anchored is not None else None
    where = Recorded(entry.index, entry.shard.year, entry.sequenced_at, anchored_at=since)
    if seen is None:
        return where
    since = seen.witnessed_at or seen.quorum_at
    return replace(where, witnessed_at=since, cosigned_by=seen.cosigned_by, asked=seen.asked)


_SIGNED = Compiled(
    lambda origin, size: Checkpoint.objects.filter(shard__origin=origin, size=size).values_list("note"),
    _WHY,
    TEXT,
    NUMBER,
)


@lru_cache(maxsize=32)
def _root(note: bytes) -> bytes:
    return SignedCheckpoint.from_bytes(note).checkpoint.root


def contradicts(shown: Shown) -> bool:
    """Whether a checkpoint that somebody shows, and that bears our name, is of another history than ours. What we signed at that size
    decides; where we signed nothing there, our tiles do. What goes beyond our newest one contradicts nothing.

    Raises LogDamaged, NotFound, OSError where our own copy cannot be read: then it says nothing against anybody.
    """
    signed = _SIGNED.first(shown.origin, shown.size)
    if signed is not None:
        return _root(bytes(signed[0])) != shown.root
    ours = Checkpoint.objects.select_related("shard").filter(shard__origin=shown.origin)
    newest = ours.order_by("-size").first()
    if newest is None or not 0 < shown.size < newest.size:
        return False
    return tree_root(shown.size, reader(services.folder_of(newest.shard), newest.size)) != shown.root
