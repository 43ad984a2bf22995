"""What must hold of a platform once everything was carried on: nothing lost, nothing doubled, log and lists equal to the database.

    before = Seen.now(stage)        what somebody outside may have seen when the process died
    …the work is carried on…
    faults = examine(stage, before)

The examination knows nothing of how the platform works, only what it has left: rows, signed bytes, the files of the log, the published
lists, the mails that went out. Each fault is one sentence; `results.kind_of` says whether it is a loss, a doubling
or something else.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db.models import Sum

from testamur import strict_json
from testamur.log import Entry as Logged
from testamur.log import Kind, SignedCheckpoint, commitment_of
from testamur.log.audit import audit
from testamur.log.checkpoints import verified_by
from testamur.log.merkle import leaf_hash
from testamur.log.policies import Policy
from testamur.log.secured import secured
from testamur.log.tiles import WIDTH, Tile, read_bundle, width_at
from testamur.proofs.data_integrity import check_proof, proofs_of
from testamur.proofs.keys import PublicKey
from testamur_site.foundation.audit.api import entries, verify_chain
from testamur_site.foundation.jobs.api import Job, Status
from testamur_site.foundation.keys.api import did_document
from testamur_site.foundation.mail.models import Message
from testamur_site.foundation.tenancy.api import Institution, unscoped
from testamur_site.issuing import api
from testamur_site.issuing.models import Award, Batch, BatchRow, ListPart, ListReading, PreparedCredential
from testamur_site.issuing.rules import Verdict
from testamur_site.log import keys as log_keys
from testamur_site.log.models import Checkpoint, Entry, Shard
from testamur_site.log.monitor.services import monitor
from testamur_site.status.models import PublishedVersion, Purpose, StatusEntry, StatusList, StatusListPair
from testamur_site.status.rules import log_key
from testamur_site.wallet.models import Deposit

from .stage import Stage

_ALL = "everything that a crash has left is examined"
PUBLISHED = ("issued", "suspended", "superseded", "revoked")


@dataclass
class Seen:
    """What was there at a moment: it may not be another afterwards. Awards by their keys, SHA-256 of bytes."""

    prepared: dict[int, str] = field(default_factory=dict)
    signed: dict[int, str] = field(default_factory=dict)
    numbered: dict[int, tuple[int, int]] = field(default_factory=dict)
    messages: set[str] = field(default_factory=set)
    deposits: set[int] = field(default_factory=set)
    lists: dict[str, int] = field(default_factory=dict)
    checkpoints: set[tuple[str, bytes]] = field(default_factory=set)

    @classmethod
    def now(cls, stage: Stage) -> Seen:
        with unscoped(_ALL):
            rows = list(PreparedCredential.objects.values_list("award", "content", "signed"))
            return cls(
                {award: _digest(content) for award, content, _ in rows},
                {award: _digest(signed) for award, _, signed in rows if signed is not None},
                {
                    pk: (shard, index)
                    for pk, shard, index in Entry.objects.exclude(index=None).values_list("pk", "shard", "index")
                },
                set(Message.objects.values_list("public_id", flat=True)),
                set(Deposit.objects.values_list("award", flat=True)),
                dict(StatusList.objects.values_list("public_id", "version")),
                set(_published(stage.log_folder)),
            )

    def progress(self) -> list[int]:
        """How far everything has come, in numbers."""
        with unscoped(_ALL):
            awards = Counter(Award.objects.values_list("state", flat=True))
            jobs = Counter(Job.objects.values_list("status", flat=True))
            mails = Counter(Message.objects.values_list("status", flat=True))
            tried = Message.objects.aggregate(tried=Sum("attempts"))["tried"] or 0
            rows = BatchRow.objects.count()
        counts = [awards[state] for state in ("queued", "prepared", *PUBLISHED)]
        counts += [jobs[status] for status in Status.values] + [mails["queued"], mails["sent"], tried, rows]
        return [
            *counts,
            *map(len, (self.prepared, self.signed, self.numbered, self.deposits, self.checkpoints)),
            *sorted(self.lists.values()),
        ]

    def compared(self, now: Seen, stage: Stage, *, finished: bool = True) -> Iterator[str]:
        """What was there and is not any more, or is another. Unless the work is `finished`, what is published may be behind the head."""
        for what, old, new in (("prepared", self.prepared, now.prepared), ("signed", self.signed, now.signed)):
            yield from (f"{what} bytes of award {pk} are lost" for pk in old if pk not in new)
            yield from (f"{what} bytes of award {pk} changed" for pk in old if new.get(pk, old[pk]) != old[pk])
        yield from (
            f"the number of log entry {pk} changed" for pk in self.numbered if now.numbered.get(pk) != self.numbered[pk]
        )
        yield from (f"mail {one} is lost" for one in self.messages - now.messages)
        yield from (f"the deposit of award {one} is lost" for one in self.deposits - now.deposits)
        yield from (
            f"status list {one} went back" for one, version in self.lists.items() if now.lists.get(one, 0) < version
        )
        yield from (
            fault
            for name, one in self.checkpoints
            if (finished or name != "head") and (fault := _unled(one, stage.log_folder))
        )


def _gone(before: Sequence[Seen], stage: Stage) -> Iterator[str]:
    now = Seen.now(stage)
    for each in before:
        yield from each.compared(now, stage)


def examine(stage: Stage, *before: Seen, sent: Counter[str] | None = None) -> list[str]:
    """All faults. `sent`: how often each mail was taken by the mail server, by its Message's subject line and recipient."""
    with unscoped(_ALL):
        faults = [
            *_gone(before, stage),
            *_awards(),
            *_batches(),
            *_log(stage),
            *_status(),
            *_wallet(sent),
            *_audit(),
            *_jobs(),
        ]
        faults += [f"the monitor raises {alarm.code} {alarm.facts}" for alarm in monitor()]
    return faults


# ---- awards


def _awards() -> Iterator[str]:
    awards = list(Award.objects.select_related("institution", "status_entry", "batch"))
    keys = {one.pk: _keys(one) for one in {award.institution for award in awards}}
    for award in awards:
        yield from _award(award, keys[award.institution_id])
    lines = Counter((award.batch_id, award.line) for award in awards if award.batch_id is not None)
    yield from (f"line {line} of batch {batch} is doubled" for (batch, line), count in lines.items() if count > 1)
    counted = [(a.micro_credential_id, a.recipient_email) for a in awards if a.state in ("issued", "suspended")]
    yield from (
        f"an award is doubled: of {which} there are {count}" for which, count in Counter(counted).items() if count > 1
    )


def _keys(institution: Institution) -> dict[str, PublicKey]:
    methods = did_document(institution)["verificationMethod"]
    return {
        one["id"]: PublicKey.from_multikey(one["publicKeyMultibase"]) for one in methods if "publicKeyMultibase" in one
    }


def _award(award: Award, keys: dict[str, PublicKey]) -> Iterator[str]:
    if award.state not in PUBLISHED:
        if award.state in ("queued", "prepared"):
            yield f"award {award.pk} is lost: {award.state}"
        return
    document: dict[str, Any] = strict_json.loads(api.credential_bytes(award))
    (proof,) = proofs_of(document)
    if check_proof(document, proof, keys[proof["verificationMethod"]]).outcome != "passed":
        yield f"the proof of award {award.pk} does not hold"
    names = [
        one["identityHash"] for one in document["credentialSubject"]["identifier"] if one["identityType"] == "name"
    ]
    if document["id"] != award.url or names != [award.recipient_name]:
        yield f"the credential of award {award.pk} is another's"
    entry = award.status_entry
    if entry is None or document["credentialStatus"]["statusListIndex"] != str(entry.index):
        yield f"award {award.pk} and its credential name different status entries"
    elif entry.revoked != (award.state != "issued") or entry.suspended != (award.state == "suspended"):
        yield f"award {award.pk} is {award.state}, its bits are {entry.revoked}, {entry.suspended}"
    if (award.state == "superseded") != (award.successor is not None and award.successor.state in PUBLISHED):
        yield f"award {award.pk} is {award.state}, and of its successor {award.successor and award.successor.state}"


def _batches() -> Iterator[str]:
    for kept in (*ListReading.objects.all(), *ListPart.objects.all()):
        yield f"the file of batch {kept.batch_id} is still there: {kept}"
    for batch in Batch.objects.all():
        ready = BatchRow.objects.filter(batch=batch, verdict=Verdict.READY).count()
        awards = Counter(Award.objects.filter(batch=batch).values_list("state", flat=True))
        lines = list(BatchRow.objects.filter(batch=batch).order_by("line").values_list("line", flat=True))
        if lines and lines != list(range(lines[0], lines[0] + len(lines))):
            yield f"batch {batch.pk}: rows of the list are lost or doubled: {len(lines)} of them"
        if batch.state not in ("finished", "undone"):
            yield f"batch {batch.pk} is {batch.state}"
        if ready and sum(awards.values()) != ready:
            yield f"batch {batch.pk}: awards are lost or doubled: of {ready} rows {dict(awards)}"
        if batch.state == "undone" and awards["issued"]:
            yield f"batch {batch.pk} is undone, and {awards['issued']} are issued"


# ---- the log


def _published(folder: Path) -> Iterator[tuple[str, bytes]]:
    """What is published, and the head, which may be ahead of it."""
    for name in ("checkpoint", "head"):
        for place in sorted(folder.glob(f"*/{name}")):
            yield name, place.read_bytes()


def _entries_of(folder: Path, size: int) -> list[bytes]:
    found: list[bytes] = []
    for index in range((size + WIDTH - 1) // WIDTH):
        found += read_bundle((folder / Tile(None, index, width_at(0, index, size)).path).read_bytes())
    return found


def _unled(signed: bytes, folder: Path) -> str:
    """Why the log does not lead from a checkpoint that was published earlier to what it is now; '' where it does."""
    before = SignedCheckpoint.from_bytes(signed).checkpoint
    place = folder / before.origin.rpartition("/")[2]
    if not (place / "checkpoint").exists():
        return f"a published checkpoint of {before.size} entries is lost, with the log"
    now = SignedCheckpoint.from_bytes((place / "checkpoint").read_bytes()).checkpoint
    if now.size < before.size:
        return f"a published checkpoint is lost: of {before.size} entries {now.size}"
    leaves = [leaf_hash(one) for one in _entries_of(place, now.size)[: before.size]]
    return (
        ""
        if _root(leaves) == before.root
        else f"the log of {before.size} entries has two roots: a second history, doubled"
    )


def _root(leaves: list[bytes]) -> bytes:
    """RFC 9162 §2.1.1, by its definition: not by the code that made the log."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + _root(leaves[:half]) + _root(leaves[half:])).digest()


def _log(stage: Stage) -> Iterator[str]:
    if waiting := Entry.objects.filter(index=None).count():
        yield f"{waiting} entries are lost to the log: they still wait"
    for shard in Shard.objects.all():
        place = stage.log_folder / str(shard.year)
        if not (place / "checkpoint").exists():
            if Entry.objects.filter(shard=shard).exists():
                yield "the log is missing"
            continue
        signed = SignedCheckpoint.from_bytes((place / "checkpoint").read_bytes())
        if SignedCheckpoint.from_bytes((place / "head").read_bytes()).checkpoint != signed.checkpoint:
            yield "what is published is not the head of the log"
        if not verified_by(signed, log_keys.verifier_keys(shard)):
            yield "the checkpoint is not signed by the log"
        yield from _entries(shard, place, signed.checkpoint.size)
        found = audit(lambda path, place=place: _read(place / path), Policy())  # type: ignore[misc]
        yield from (f"the log: {one.code} at {one.place}" for one in found.findings if one.code != "log.unknown_key")
        for row in Checkpoint.objects.filter(shard=shard):
            if fault := _unled(bytes(row.note), stage.log_folder):
                yield f"checkpoint of {row.size}: {fault}"
    yield from _of_awards()


def _entries(shard: Shard, place: Path, size: int) -> Iterator[str]:
    rows = {entry.index: entry for entry in Entry.objects.filter(shard=shard)}
    if sorted(rows) != list(range(size)):
        yield f"the database numbers {len(rows)} entries, the log has {size}: lost or doubled"
        return
    for index, stored in enumerate(_entries_of(place, size)):
        row = rows[index]
        if stored != Logged(Kind(row.kind), bytes(row.handle), bytes(row.commitment)).to_bytes():
            yield f"entry {index} is another in the log than in the database"


def _of_awards() -> Iterator[str]:
    rows = {entry.key: entry for entry in Entry.objects.all()}
    signed = PreparedCredential.objects.exclude(signed=None).select_related("award", "award__supersedes")
    wanted: set[str] = set()
    for one in signed:
        committed = secured(bytes(one.signed))
        keys = [f"award:{one.award.public_id}:issued"]
        keys += [f"award:{one.award.supersedes.public_id}:superseded"] if one.award.supersedes is not None else []
        for key in keys:
            wanted.add(key)
            row = rows.get(key)
            if row is None:
                yield f"{key} is lost to the log"
            elif commitment_of(committed, bytes(row.salt)) != bytes(row.commitment):
                yield f"{key} commits to other bytes than were signed: a second content, doubled"
    yield from (
        f"{key} is in the log, and no such award: doubled"
        for key in rows
        if key.startswith("award:") and key not in wanted
    )


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


# ---- the lists


def _status() -> Iterator[str]:
    for pair in StatusListPair.objects.all():
        given = StatusEntry.objects.filter(pair=pair).count()
        held = Award.objects.filter(status_entry__pair=pair).count()
        if not pair.allocated == given == held:
            yield f"status entries: {pair.allocated} counted, {given} given, {held} held: lost or doubled"
    logged = set(Entry.objects.filter(kind=Kind.STATUS_LIST).values_list("key", flat=True))
    for one in StatusList.objects.select_related("pair"):
        if one.published is None or one.published_version != one.version:
            yield f"a status list is published as {one.published_version}, changed as {one.version}: lost"
            continue
        column = "revoked" if one.purpose == Purpose.REVOCATION else "suspended"
        wanted = set(StatusEntry.objects.filter(pair=one.pair, **{column: True}).values_list("index", flat=True))
        if _bits(bytes(one.published)) != wanted:
            yield f"the published {one.purpose} list is another than the database"
        versions = list(PublishedVersion.objects.filter(status_list=one).values_list("digest", "version"))
        if _digest(one.published) not in {digest for digest, _ in versions}:
            yield "a published list was not kept: lost"
        yield from (
            f"version {v} of a list is lost to the log" for d, v in versions if log_key(one.public_id, d) not in logged
        )


def _bits(content: bytes) -> set[int]:
    """The set bits by W3C Bitstring Status List §3.2: not by the code that made the list."""
    encoded = json.loads(content)["credentialSubject"]["encodedList"].removeprefix("u")
    packed = gzip.decompress(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
    return {8 * place + bit for place, byte in enumerate(packed) if byte for bit in range(8) if byte & (0x80 >> bit)}


# ---- the learner


def _wallet(sent: Counter[str] | None) -> Iterator[str]:
    deposits = {one.award_id: one for one in Deposit.objects.all()}
    messages = Counter(
        key for key in Message.objects.values_list("dedupe_key", flat=True) if key and key.startswith("award:")
    )
    for award in Award.objects.filter(state__in=PUBLISHED):
        made = deposits.get(award.pk)
        if made is None:
            yield f"the deposit of award {award.pk} is missing"
        elif made.told_at is None and award.state == "issued":
            yield f"the learner of award {award.pk} was never told: lost"
        elif made.told_at is not None and messages[f"award:{award.public_id}:issued"] != 1:
            yield f"the mail about award {award.pk} is missing"
        elif (
            made.told_at is not None and award.state == "revoked" and messages[f"award:{award.public_id}:revoked"] != 1
        ):
            yield f"the mail about the end of award {award.pk} is missing"
    withdrawn = Award.objects.exclude(state="issued").values(
        "public_id"
    )  # by somebody, before the mail about it went out
    not_sent = Message.objects.exclude(status="sent").exclude(error_code="mail.withdrawn", about__in=withdrawn)
    if left := Counter(not_sent.values_list("status", "error_code")):
        yield f"mails are lost: {dict(left)}"
    if sent is not None and (missing := _mails() - sent):
        yield f"{missing.total()} mails are noted as sent, and no server has taken them: lost"


def _mails() -> Counter[str]:
    rows = Message.objects.exclude(error_code="mail.withdrawn").values_list("to", "subject")
    return Counter(" ".join(f"{to} {subject}".split()) for to, subject in rows)


def sent_again(sent: Counter[str]) -> int:
    """How many mails went out once more than they were written: killed between the server's answer and the note of it."""
    with unscoped(_ALL):
        return (sent - _mails()).total()


def _audit() -> Iterator[str]:
    for institution in Institution.objects.all():
        if not verify_chain(institution).intact:
            yield "the audit chain is broken"
        done = Counter(entries(institution, action="award.issued").values_list("target", flat=True))
        wanted = {
            f"award:{public_id}": 1
            for public_id in Award.objects.filter(institution=institution, state__in=PUBLISHED).values_list(
                "public_id", flat=True
            )
        }
        if done != wanted:
            yield f"the audit trail says of {len(done)} awards, {sum(done.values())} times, that they were issued; there are {len(wanted)}"


def _jobs() -> Iterator[str]:
    for job in Job.objects.exclude(status=Status.DONE):
        yield f"a job is lost: {job.path} {job.status} after {job.attempts} attempts, {job.error}"


def _digest(content: bytes | memoryview) -> str:
    return hashlib.sha256(bytes(content)).hexdigest()
