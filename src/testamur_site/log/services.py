"""Recording, and sequencing what was recorded.

`record` only writes rows, in the transaction of what is recorded. `sequence` appends them:

  1. Lock the rows of all shards: one sequencer at a time, also where the year ends between two of them. 2. Open the log; what it has and
  the database does not know gets its number (a process died between the two); so does what another year's has. 3. Take what waits, in
  its order, and append it: from here on it is in the log. 4. Note the numbers.

Whatever dies between 3 and 4 is found in step 2 of the next run: the database follows the log, never the other way
round.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from testamur.fetch.log_folder import FolderStore
from testamur.log import Entry as Recorded
from testamur.log import Kind, LogDamaged, Sequencer, SignedCheckpoint, entry_for
from testamur.log.entries import PERSONAL, SALT_BYTES
from testamur.log.tiles import WIDTH, Tile, read_bundle, width_at
from testamur_site.foundation.jobs.api import enqueue
from testamur_site.foundation.tenancy.api import Institution, existing, insert_rows, update_rows

from . import keys
from .kept import api as kept
from .models import Checkpoint, Entry, Shard

QUEUE = "log"
"""Work of its own queue: whoever runs jobs inside a transaction of theirs leaves it out. What is appended cannot be rolled back."""

SEQUENCE = "testamur_site.log.jobs.sequence"

AT_ONCE = 10_000
"""So many entries one append takes at most."""

MANY = 20
"""From so many records on they are written like the rows of a cohort."""


@dataclass(frozen=True, slots=True)
class Record:
    """What shall be recorded. `secured` are the public bytes, or the JCS form of a credential with its first proof."""

    kind: Kind
    identifier: str
    secured: bytes
    key: str
    subject: str


@dataclass(frozen=True, slots=True)
class Commitment:
    """A record as it will stand in the log, with the salt that opens it."""

    key: str
    subject: str
    entry: Recorded
    salt: bytes | None


def commit_to(records: Iterable[Record]) -> list[Commitment]:
    """What is recorded of `records`. Nothing is written: for whoever has to be quick in the transaction."""
    made = []
    for one in records:
        salt = secrets.token_bytes(SALT_BYTES) if one.kind in PERSONAL else None
        made.append(Commitment(one.key, one.subject, entry_for(one.kind, one.identifier, one.secured, salt), salt))
    return made


def record(records: Sequence[Record], institution: Institution | None) -> None:
    """Record in the caller's transaction. Doing it again under the same keys changes nothing."""
    record_commitments(commit_to(records), institution)


def record_commitments(commitments: Sequence[Commitment], institution: Institution | None) -> None:
    """The same for what was made by `commit_to`."""
    if len(commitments) >= MANY:
        _record_many(commitments, institution)
        return
    rows = [
        Entry(
            institution=institution,
            kind=one.entry.kind,
            key=one.key,
            subject=one.subject,
            handle=one.entry.handle,
            commitment=one.entry.commitment,
            salt=one.salt,
        )
        for one in commitments
    ]
    if rows:
        Entry.objects.bulk_create(rows, ignore_conflicts=True)
        sequence_soon()


def _record_many(commitments: Sequence[Commitment], institution: Institution | None) -> None:
    known = existing(Entry, "key", [one.key for one in commitments])
    new = {one.key: one for one in commitments if one.key not in known}
    insert_rows(
        Entry,
        ("kind", "key", "subject", "handle", "commitment", "salt"),
        (
            (int(one.entry.kind), one.key, one.subject, one.entry.handle, one.entry.commitment, one.salt)
            for one in new.values()
        ),
        institution_id=institution.pk if institution is not None else None,
        recorded_at=timezone.now(),
    )
    # One for each second, whatever is recorded in it: a cohort is many of these.
    second = int(timezone.now().timestamp()) + 1
    enqueue(
        SEQUENCE,
        {},
        key=f"log-sequence:{second}",
        queue=QUEUE,
        priority=5,
        run_after=datetime.fromtimestamp(second, tz=UTC),
    )


def sequence_soon() -> None:
    """Queue that what waits is appended to the log, in the caller's transaction."""
    enqueue(SEQUENCE, {}, queue=QUEUE, priority=5)


def origin_of(year: int) -> str:
    """The name of a year's log. It names one log for ever: a deployment that takes the place of another has its own TESTAMUR_LOG_NAME."""
    return f"{settings.TESTAMUR_LOG_NAME}/{year}"


def folder_of(shard: Shard) -> FolderStore:
    return folder_of_year(shard.year)


def folder_of_year(year: int) -> FolderStore:
    return FolderStore(settings.TESTAMUR_LOG_FOLDER / str(year))


@transaction.atomic
def shard_of(year: int) -> Shard:
    """The shard of a year, begun now with its keys where there is none."""
    shard = Shard.objects.select_for_update().filter(year=year).first()
    if shard is None:
        shard, made = Shard.objects.get_or_create(year=year, defaults={"origin": origin_of(year)})
        if made:
            keys.make_keys(shard)
    return shard


def sequence(now: datetime | None = None, *, up_to: int | None = None) -> int:
    """Append what waits to the log of this year; how many entries were appended. Raises LogDamaged and OSError: then
    nothing is lost, and nothing more is appended until somebody has looked.

    `up_to`: the size that the signing process has signed already; the log gets that first, and LogDamaged is raised where less waits. That
    its entries are those of then the signing process sees by the root (SignerRefused, `log.fork`)."""
    moment = now or timezone.now()
    if up_to is None and not Entry.objects.filter(index=None).exists():
        return 0
    shard = shard_of(moment.year)
    with transaction.atomic(
        durable=True
    ):  # inside another transaction the log could come to know more than is ever committed
        others = {each.pk: each for each in Shard.objects.select_for_update().order_by("year")}
        shard = others.pop(shard.pk)
        if shard.frozen_at is not None:
            raise LogDamaged("The log of this year was frozen.", code="log.frozen", facts={"year": shard.year})
        store = folder_of(shard)
        sequencer = Sequencer.open(store, shard.origin, keys.signers(shard))
        _catch_up(shard, store, sequencer.checkpoint.size, moment)
        for other in others.values():
            _catch_up_elsewhere(other, moment)
        unfinished = up_to is not None or bool(sequencer.begun)
        waiting = _next(sequencer, up_to)
        numbers = sequencer.append([_written(row) for row in waiting], int(moment.timestamp()))
        _note_numbers(shard, waiting, numbers, moment)
        if waiting:
            Checkpoint.objects.get_or_create(
                shard=shard,
                size=sequencer.checkpoint.size,
                defaults={"note": store.read("checkpoint") or b"", "signed_at": moment},
            )
            enqueue("testamur_site.log.jobs.ask_witnesses", {"year": shard.year}, queue=QUEUE)
            if len(waiting) == AT_ONCE:
                sequence_soon()
    return len(waiting) + (sequence(now) if unfinished else 0)


def _next(sequencer: Sequencer, up_to: int | None) -> list[_Waiting]:
    """What is appended next: first what somebody began to append and did not end, in the order of then; what waits longest otherwise."""
    size = sequencer.checkpoint.size
    begun = _rows_of(sequencer.begun)
    if begun and None not in begun:
        return [row for row in begun if row is not None]
    most = AT_ONCE if up_to is None else max(0, up_to - size)
    waiting = list(Entry.objects.filter(index=None).order_by("pk").values_list(*_WAITING)[:most])
    if up_to is not None and len(waiting) < most:
        raise LogDamaged(
            "The signing process has signed a larger log than this one.",
            code="log.rolled_back",
            facts={"size": size, "known": up_to},
        )
    return waiting


_WAITING = ("pk", "kind", "handle", "commitment")
_Waiting = tuple[int, int, bytes, bytes]


def _written(row: _Waiting) -> bytes:
    _, kind, handle, commitment = row
    return Recorded(Kind(kind), bytes(handle), bytes(commitment)).to_bytes()


def _rows_of(entries: Sequence[bytes]) -> list[_Waiting | None]:
    """The row of each of these entries that waits for a number, the earliest first; None where none does."""
    found: dict[bytes, list[_Waiting]] = {}
    wanted = [*{Recorded.from_bytes(content).commitment for content in entries}]
    for start in range(0, len(wanted), 500):
        waiting = Entry.objects.filter(index=None, commitment__in=wanted[start : start + 500]).order_by("-pk")
        for row in waiting.values_list(*_WAITING):
            found.setdefault(_written(row), []).append(row)
    return [rows.pop() if (rows := found.get(content)) else None for content in entries]


def _note_numbers(shard: Shard, rows: Iterable[_Waiting], numbers: Iterable[int], moment: datetime) -> None:
    update_rows(
        Entry,
        ("index",),
        zip((pk for pk, *_ in rows), numbers, strict=True),
        values={"shard_id": shard.pk, "sequenced_at": moment},
    )


def _known(shard: Shard) -> int:
    """How many of a shard's entries the database knows the numbers of."""
    known = Entry.objects.filter(shard=shard).order_by("-index").values_list("index", flat=True).first()
    return 0 if known is None else known + 1


def _catch_up_elsewhere(shard: Shard, moment: datetime) -> None:
    """Whoever died in the middle may have done so in the last second of a year, or by a clock that was wrong: what stands in that
    year's log may not be appended to this one too. A log that may not be signed on any more is left as it is, as is one that was put
    away."""
    store = folder_of(shard)
    head = store.head() if shard.frozen_at is None else None
    if head is None or SignedCheckpoint.from_bytes(head).checkpoint.size <= _known(shard):
        return
    _catch_up(shard, store, Sequencer.open(store, shard.origin, keys.signers(shard)).checkpoint.size, moment)
    enqueue("testamur_site.log.jobs.ask_witnesses", {"year": shard.year}, queue=QUEUE)


def _catch_up(shard: Shard, store: FolderStore, size: int, moment: datetime) -> None:
    """Give the entries that the log has beyond what the database knows their numbers. Raises LogDamaged for one
    that nobody recorded."""
    first = _known(shard)
    if first >= size:
        if first > size:
            # A log restored from an old copy: to sign on would give one number to two entries.
            raise LogDamaged(
                "The log is shorter than the database.", code="log.rolled_back", facts={"size": size, "known": first}
            )
        return
    stored = _stored(store, first, size)
    rows = _rows_of([content for _, content in stored])
    for (number, _), row in zip(stored, rows, strict=True):
        if row is None:
            raise LogDamaged(
                "The log holds an entry that nobody here recorded.", code="log.foreign_entry", facts={"index": number}
            )
    _note_numbers(shard, [row for row in rows if row is not None], [number for number, _ in stored], moment)
    Checkpoint.objects.get_or_create(shard=shard, size=size, defaults={"note": store.read("checkpoint") or b""})


def _stored(store: FolderStore, first: int, size: int) -> list[tuple[int, bytes]]:
    found = []
    for index in range(first // WIDTH, (size + WIDTH - 1) // WIDTH):
        content = store.read(Tile(None, index, width_at(0, index, size)).path)
        if content is None:
            raise LogDamaged("A bundle of the log is missing.", facts={"bundle": index})
        found += list(enumerate(read_bundle(content), index * WIDTH))
    return [(number, content) for number, content in found if number >= first]


@transaction.atomic
def forget(subject: str) -> int:
    """Erase the salts of what was recorded about a subject: its entries commit to nothing recoverable from now on.
    How many there were."""
    return Entry.objects.filter(subject=subject, salt__isnull=False).update(salt=None) + kept.forget(subject)
