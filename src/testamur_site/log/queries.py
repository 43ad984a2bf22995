from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .models import Checkpoint, Entry, Shard


def shard_for(year: int) -> Shard | None:
    return Shard.objects.filter(year=year).first()


@dataclass(frozen=True, slots=True)
class Recorded:
    """Where one recorded thing stands. `index` is None while it waits. `witnessed_at`: since when enough witnesses have
    known it, by the earliest time that one of them states; `cosigned_by` of `asked` witnesses have confirmed it."""

    index: int | None
    year: int | None = None
    recorded_at: datetime | None = None
    witnessed_at: datetime | None = None
    cosigned_by: int = 0
    asked: int = 0

    @property
    def witnessed(self) -> bool:
        return self.witnessed_at is not None


def state_of(subject: str) -> Recorded | None:
    """Where the newest entry about `subject` stands; None when nothing was recorded about it. Reads the database only:
    a page that shows it neither waits for the files of the log nor fails with them."""
    entry = Entry.objects.select_related("shard").filter(subject=subject).order_by("-pk").first()
    if entry is None:
        return None
    if entry.index is None or entry.shard is None:
        return Recorded(None)
    seen = (
        Checkpoint.objects.defer("note")
        .filter(shard=entry.shard, size__gt=entry.index)
        .exclude(quorum_at=None)
        .order_by("size")
        .first()
    )
    recorded = Recorded(entry.index, entry.shard.year, entry.sequenced_at)
    if seen is None:
        return recorded
    return Recorded(
        entry.index,
        entry.shard.year,
        entry.sequenced_at,
        seen.witnessed_at or seen.quorum_at,
        seen.cosigned_by,
        seen.asked,
    )
