"""The monitor's run, and what becomes of its alarms.

  1. For each shard: is the log as long as the database knows? Does what is served follow from what was seen, and what is
  new in it? 2. New entries are compared with their rows; what has none, and waits for none, is foreign. 3. A second
  credential under one identifier. 4. What was recorded by a capability is shown to it: does it stand by it? 5. Some old
  bundles are looked at anew. 6. The other way round: what was issued, and waits too long or was never recorded.
  7. Concerns that are new become alarms, and those who must act are told.

A run may be killed and run again: the position moves on only with the alarms of what was seen, in one short transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.module_loading import import_string

from testamur.errors import Malformed, TestamurError
from testamur.fetch.log_folder import FolderStore
from testamur.log import Entry as Logged
from testamur.log import Kind, SignedCheckpoint
from testamur.log.merkle import consistency_proof, leaf_hash, verify_consistency
from testamur.log.monitor import Look, Position, bundle_at, look
from testamur.log.sequencer import prove, reader
from testamur.log.tiles import WIDTH, Tile, width_at
from testamur_site.foundation.audit import api as audit
from testamur_site.foundation.tenancy.api import Institution, tenant, unscoped

from .. import keys
from ..models import Entry, Shard, WitnessState
from ..services import folder_of
from ..witnesses import AHEAD
from . import rules, telling
from .models import Acknowledgement, Alarm, Watch
from .rules import Concern

LATE = timedelta(minutes=10)
"""An entry that waits longer is late: the log takes what waits within a second."""

ROUND = 16
"""So many old bundles (of 256 entries) are looked at anew in one run: a million entries in about a day and a half."""

LOOKED_BACK = timedelta(hours=1)
_ALL = "the log holds what all institutions recorded"


def monitor(now: datetime | None = None) -> list[Alarm]:
    """One run; the alarms it raised. Raises nothing for what is found."""
    moment = now or timezone.now()
    raised: list[Alarm] = []
    since = moment - timedelta(days=1)
    for shard in Shard.objects.order_by("year"):
        watch, _made = Watch.objects.get_or_create(shard=shard)
        mine = Watch.objects.filter(pk=watch.pk, ran_at=watch.ran_at)
        since = watch.ran_at or since
        concerns = _look_at(shard, watch, moment)
        with transaction.atomic():
            # Of two runs at once the second moves nothing; what it found is told once all the same.
            mine.update(position=watch.position, round=watch.round, ran_at=moment)
            raised += _raise(concerns, moment)
    concerns = [*_ahead(moment), *_waiting(moment)]
    begun = Shard.objects.order_by("created_at").values_list("created_at", flat=True).first()
    if begun is not None:  # what was issued before there was a log is in none
        concerns += _unrecorded(max(begun, since - LOOKED_BACK), moment - LATE)
    with transaction.atomic():
        raised += _raise(concerns, moment)
    return raised


def acknowledge(alarm: Alarm, institution: Institution, reason: str, *, actor: Any) -> bool:
    """Note that the institution has looked into an alarm. False where it had already."""
    with tenant(institution), transaction.atomic():
        _row, made = Acknowledgement.objects.get_or_create(
            institution=institution, alarm=alarm, defaults={"reason": reason}
        )
        if made:
            target = f"alarm:{alarm.public_id}"
            audit.record(
                "log.alarm_acknowledged", target, institution=institution, actor=actor, facts={"code": alarm.code}
            )
        return made


# --- the log ---------------------------------------------------------------------------------------------------------------------


def _look_at(shard: Shard, watch: Watch, moment: datetime) -> list[Concern]:
    """Steps 1 to 5 for one shard; moves `watch` on, unsaved."""
    known = Entry.objects.filter(shard=shard).order_by("-index").values_list("index", flat=True).first()
    store = folder_of(shard)
    concerns: list[Concern] = []
    try:
        position = Position.from_json(watch.position) if watch.position else Position()
    except Malformed:
        # Somebody changed what is remembered: everything is looked at again, and what was known is lost.
        concerns.append(_of_shard("monitor.memory", shard, moment))
        position = Position()
    try:
        if known is None and not watch.position and store.read("checkpoint") is None:
            return []  # nothing has been recorded in this year yet
        seen = look(store.read, position, keys.verifier_keys(shard), lambda *new: concerns.extend(_told(shard, *new)))
        concerns += _findings(shard, store, position, seen, known, moment)
        if not seen.findings and seen.checkpoint is not None:
            watch.position = seen.position.to_json()
            concerns += _round(shard, store, watch, seen.checkpoint, position.size, moment)
    except OSError:
        concerns.append(_of_shard("monitor.damaged", shard, moment))
    return concerns


def _of_shard(code: str, shard: Shard, moment: datetime, **facts: Any) -> Concern:
    """A concern about a shard as a whole: while it lasts it is told again each day."""
    return Concern(code, f"{code}:{shard.year}:{moment:%Y-%m-%d}", None, {"year": shard.year, **facts})


def _findings(
    shard: Shard, store: FolderStore, position: Position, seen: Look, known: int | None, moment: datetime
) -> list[Concern]:
    size = seen.checkpoint.checkpoint.size if seen.checkpoint is not None else None
    if not seen.findings:
        # The database never runs ahead of the log, and was asked before it.
        behind = known is not None and size is not None and known >= size
        return [_of_shard("monitor.rolled_back", shard, moment, size=size, known=known)] if behind else []
    concerns = []
    for finding in seen.findings:
        code = rules.OF_FINDINGS.get(finding.code, "monitor.damaged")
        if code == "monitor.fork" and seen.checkpoint is not None and _follows(store, position, seen.checkpoint):
            code = "monitor.damaged"  # the tree grew as it should; only the entries that are served are not its own
        concerns.append(_of_shard(code, shard, moment, place=finding.place, size=size, seen=position.size))
    return concerns


def _follows(store: FolderStore, position: Position, signed: SignedCheckpoint) -> bool:
    """Whether the tiles show that the tree that was seen is a beginning of the present one."""
    new = signed.checkpoint
    try:
        proof = consistency_proof(position.size, new.size, reader(store, new.size))
    except (TestamurError, ValueError):
        return False
    return position.size < new.size and verify_consistency(position.size, new.size, position.root, new.root, proof)


def _ahead(moment: datetime) -> list[Concern]:
    """Witnesses that have cosigned a larger log than this one: it was put back from an old copy, perhaps with the database."""
    rows = WitnessState.objects.filter(problem=AHEAD).select_related("shard")
    by_shard: dict[Shard, int] = {}
    for row in rows:
        by_shard[row.shard] = by_shard.get(row.shard, 0) + 1
    return [_of_shard("monitor.rolled_back", shard, moment, witnesses=count) for shard, count in by_shard.items()]


def _told(shard: Shard, first: int, entries: Sequence[bytes]) -> list[Concern]:
    """Steps 2 to 4 for entries that follow each other."""
    rows = {
        row.index: rules.Row(
            row.kind,
            bytes(row.handle),
            bytes(row.commitment),
            row.institution_id,
            row.subject,
            bytes(row.salt) if row.salt is not None else None,
        )
        for row in Entry.objects.filter(shard=shard, index__gte=first, index__lt=first + len(entries))
        if row.index is not None
    }
    found = rules.compare(shard.year, first, entries, rows)
    concerns = [*found.concerns, *_twice(shard, rows)]
    for index, entry in found.strange:
        if entry is None or not _appended_just_now(shard, index, entry):
            concerns.append(rules.foreign(shard.year, index, entry))
    for doubts, _issued in _sources():
        concerns += [rules.doubted(doubt) for doubt in doubts(found.claims)]
    return concerns


def _appended_just_now(shard: Shard, index: int, entry: Logged) -> bool:
    """Whether it has a row that has no number yet, or got it while we looked: it was appended in this very moment, or by a
    worker that died."""
    rows = Entry.objects.filter(kind=entry.kind, handle=entry.handle, commitment=entry.commitment)
    return rows.filter(Q(index=None) | Q(shard=shard, index=index)).exists()


def _twice(shard: Shard, rows: dict[int, rules.Row]) -> list[Concern]:
    """Credentials whose identifier an earlier entry, of any year, has recorded already."""
    handles = [row.handle for row in rows.values() if row.kind == Kind.ISSUE]
    earlier: dict[bytes, tuple[int, int]] = {}
    known = Entry.objects.filter(kind=Kind.ISSUE, handle__in=handles, index__isnull=False)
    for handle, year, index in known.values_list("handle", "shard__year", "index"):
        earlier[bytes(handle)] = min(earlier.get(bytes(handle), (year, index)), (year, index))
    return [
        Concern(
            "monitor.twice",
            f"twice:{shard.year}:{index}",
            row.institution,
            {"year": shard.year, "index": index, "subject": row.subject, "first": list(earlier[row.handle])},
        )
        for index, row in rows.items()
        if row.kind == Kind.ISSUE and earlier[row.handle] != (shard.year, index)
    ]


def _round(
    shard: Shard, store: FolderStore, watch: Watch, signed: SignedCheckpoint, old: int, moment: datetime
) -> list[Concern]:
    """Step 5, for what had been seen before this run (the first `old` entries)."""
    concerns: list[Concern] = []
    count = (old + WIDTH - 1) // WIDTH
    begin = watch.round if watch.round < count else 0
    for index in range(begin, min(begin + ROUND, count)):
        size = signed.checkpoint.size
        bundle, hashes = Tile(None, index, width_at(0, index, size)), Tile(0, index, width_at(0, index, size))
        entries = bundle_at(store.read, bundle)
        try:
            if entries is None or store.read(hashes.path) != b"".join(map(leaf_hash, entries)):
                raise Malformed("a bundle and its tile are two", code="log.bundle")
            prove(store, signed.checkpoint, index * WIDTH, entries[0])
        except TestamurError:
            concerns.append(_of_shard("monitor.damaged", shard, moment, place=bundle.path))
            continue
        concerns += _told(shard, index * WIDTH, entries[: max(0, old - index * WIDTH)])
    watch.round = begin + ROUND
    return concerns


# --- the other way round ---------------------------------------------------------------------------------------------------------


def _sources() -> list[tuple[Callable[..., Any], Callable[..., Any]]]:
    paths: Iterable[str] = settings.TESTAMUR_LOG_SOURCES
    return [(import_string(f"{path}.doubts"), import_string(f"{path}.issued")) for path in paths]


def _waiting(moment: datetime) -> list[Concern]:
    """What waits longer than it should, counted for each institution."""
    late: dict[int | None, list[datetime]] = {}
    rows = Entry.objects.filter(index=None, recorded_at__lt=moment - LATE).order_by("recorded_at")
    for institution, recorded_at in rows.values_list("institution", "recorded_at")[:100_000]:
        late.setdefault(institution, []).append(recorded_at)
    return [
        Concern(
            "monitor.not_logged",
            f"waiting:{institution}:{moment:%Y-%m-%d}",
            institution,
            {"waiting": len(times), "since": times[0].isoformat(timespec="minutes")},
        )
        for institution, times in late.items()
    ]


def _unrecorded(since: datetime, until: datetime) -> list[Concern]:
    """What a source says it recorded, and of which there is no row: it never reaches the log by itself."""
    concerns = []
    for _doubts, issued in _sources():
        expected = {one.subject: one for one in issued(since, until)}
        subjects = list(expected)
        for start in range(0, len(subjects), 400):
            some = subjects[start : start + 400]
            there = set(Entry.objects.filter(subject__in=some).values_list("subject", flat=True))
            concerns += [
                Concern(
                    "monitor.unrecorded", f"unrecorded:{subject}", expected[subject].institution, {"subject": subject}
                )
                for subject in some
                if subject not in there
            ]
    return concerns


# --- alarms ----------------------------------------------------------------------------------------------------------------------


def _raise(concerns: Sequence[Concern], moment: datetime) -> list[Alarm]:
    """Step 7, in the caller's transaction. What was told before is not told again."""
    with unscoped(_ALL):
        keys_of = [concern.key for concern in concerns]
        known = set(Alarm.objects.filter(key__in=keys_of).values_list("key", flat=True))
        fresh = {concern.key: concern for concern in concerns if concern.key not in known}
        made = [
            Alarm(
                institution_id=concern.institution,
                code=concern.code,
                key=concern.key,
                facts=dict(concern.facts),
                raised_at=moment,
            )
            for concern in rules.limited(list(fresh.values()))
        ]
        Alarm.objects.bulk_create(made, ignore_conflicts=True)
        alarms = list(Alarm.objects.filter(key__in=[one.key for one in made]).select_related("institution"))
    telling.tell(alarms)
    return alarms
