from __future__ import annotations

from dataclasses import dataclass

from testamur.log import Proof, SignedCheckpoint
from testamur.log.merkle import inclusion_proof
from testamur.log.sequencer import reader

from . import services
from .models import Checkpoint, Entry, Shard


def shard_for(year: int) -> Shard | None:
    return Shard.objects.filter(year=year).first()


@dataclass(frozen=True, slots=True)
class Recorded:
    """The state of one recorded thing. `index` is None while it waits; `size` is that of the checkpoint that a
    proof would stand on."""

    index: int | None
    year: int | None
    witnessed: bool


def proof_of(subject: str) -> bytes | None:
    """The newest entry about `subject` as a C2SP tlog-proof, on the best checkpoint that covers it: the first with a
    quorum of witnesses, else the newest. None while it is not in the log, or where its salt was erased."""
    entry = Entry.objects.select_related("shard").filter(subject=subject, index__isnull=False).order_by("-pk").first()
    if entry is None or entry.shard is None or entry.index is None or entry.salt is None:
        return None
    covering = Checkpoint.objects.filter(shard=entry.shard, size__gt=entry.index)
    found = covering.exclude(quorum_at=None).order_by("size").first() or covering.order_by("-size").first()
    if found is None:
        return None
    path = inclusion_proof(found.size, entry.index, reader(services.folder_of(entry.shard), found.size))
    return Proof(entry.index, tuple(path), SignedCheckpoint.from_bytes(bytes(found.note)), bytes(entry.salt)).to_bytes()


def state_of(subject: str) -> Recorded | None:
    """Where the newest entry about `subject` stands; None when nothing was recorded about it."""
    entry = Entry.objects.select_related("shard").filter(subject=subject).order_by("-pk").first()
    if entry is None:
        return None
    if entry.index is None or entry.shard is None:
        return Recorded(None, None, False)
    covering = Checkpoint.objects.filter(shard=entry.shard, size__gt=entry.index).exclude(quorum_at=None)
    return Recorded(entry.index, entry.shard.year, covering.exists())
