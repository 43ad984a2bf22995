"""The flow from a decided award to signed bytes. Every step leaves a trace, and finds it again after a crash.

    1. Reserve: status entries for the queued awards, in one transaction with the awards that hold them.
    2. Compose and lint, without a transaction: the version's content must still be what was pinned; what the lints forbid is refused. What
       quality bodies say about the version is taken as it holds now.
    3. Store the prepared bytes. Of two workers at the same award the first to commit decides the content; the second signs that.
    4. Sign the *stored* bytes, without a transaction. Ed25519 is deterministic, so two signers write the same. Where the key's device fails
       in the middle, what it signed before goes on to the next step, and the rest waits.
    5. Store the signed bytes; with them in one transaction: the award is issued, a predecessor is superseded and its bit set, the audit
       entry is written, what happened is recorded for the public log, and the hand-over is queued.

Whoever is killed between two steps left either nothing or a finished step. The states only ever move by conditional updates, so an
award that was cancelled meanwhile (its batch was undone) is never signed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from testamur.errors import SignerError
from testamur.issuing import Signed, restore, sign
from testamur.log.secured import secured
from testamur_site.foundation.audit import api as audit
from testamur_site.foundation.keys.api import InstitutionSigner, identifiers_of, signing_key, signs_now
from testamur_site.foundation.tenancy.api import Institution, tenant, update_rows
from testamur_site.log import api as log
from testamur_site.status import api as status

from ..models import Award, PreparedCredential
from ..revocations.rules import Change
from ..rules import AwardState, Reason, Why
from . import changes
from .cohort.anew import leave_ended
from .cohort.composing import Ground, Made
from .cohort.storing import store, store_signed
from .common import Writing, hand_over, key_for, lock, record
from .signing import signed_by_process

SLICE = 1000
"""So many awards share the transactions of one round: few enough that nobody waits long for one of them, enough to make them cheap."""


def issue(
    institution: Institution,
    awards: Sequence[int],
    *,
    writing: Writing = transaction.atomic,
    fresh: Sequence[Award] = (),
    made: Sequence[Made] = (),
) -> Iterator[int]:
    """Take the awards (primary keys) to their end; yields after each slice how many were looked at. Safe to repeat at any time.

    `fresh` are those of them that were decided just now and need not be read again; `made` what was prepared with them already.
    """
    known = {award.pk: award for award in fresh}
    with tenant(institution):
        for start in range(0, len(awards), SLICE):
            some = list(awards[start : start + SLICE])
            _sign(begin(institution, some, writing=writing, known=known, made=made), writing)
            yield start + len(some)


@dataclass(slots=True)
class Waiting:
    """Awards that wait for their signatures: what was prepared here and now, and rows as they are stored, made by another worker or before
    a crash. `identifiers` are those that the institution could issue under when they began. `signed` holds what is signed of them, by the
    primary keys of the rows."""

    institution: Institution
    signer: InstitutionSigner
    identifiers: set[str]
    made: Sequence[Made]
    stored: Sequence[PreparedCredential]
    signed: dict[int, Signed] = field(default_factory=dict)

    @property
    def ready(self) -> list[PreparedCredential]:
        return [*(one.row for one in self.made), *self.stored]

    def sign(self) -> None:
        """Step 4, which asks no database: another thread than that of the transactions may do it.

        Raises SignerError; what was signed before is in `signed`."""
        if not self.signer.by_process:
            sign_made(self.made, self.signed)
            for one in self.stored:
                content = sign(restore(bytes(one.content), digest=one.digest), self.signer)
                self.signed[one.id] = Signed(content, secured(content))
        elif ready := self.ready:
            for pk, content in signed_by_process(ready, self.signer):
                self.signed[pk] = Signed(content, secured(content))


def begin(
    institution: Institution,
    awards: Sequence[int],
    *,
    writing: Writing,
    known: Mapping[int, Award],
    made: Sequence[Made] = (),
) -> Waiting:
    """Steps 1 to 3 for these awards (primary keys), inside a tenant. `known` and `made` as in `issue`."""
    fully = [known[pk] for pk in awards if pk in known]
    signer = _pinned_signer(institution, awards, writing, fully if len(fully) == len(awards) else ())
    identifiers = identifiers_of(institution)
    if unknown := [pk for pk in awards if pk not in known]:
        leave_ended(institution, unknown, writing)
        _reserve(institution, unknown, writing)
    here = set(awards)
    ready = [one for one in made if one.row.award_id in here and one.row.key_id == signer.key_id]
    there = {one.row.award_id for one in ready}
    ready += _prepare(institution, [pk for pk in awards if pk not in there], signer, writing, known)
    there = {one.row.award_id for one in ready}
    elsewhere = [pk for pk in awards if pk not in there]
    stored = list(_waiting(signer).filter(award__in=elsewhere).order_by("award")) if elsewhere else []
    return Waiting(institution, signer, identifiers, ready, stored)


def _of(awards: Sequence[int], *states: AwardState) -> list[Award]:
    rows = Award.objects.filter(pk__in=awards, state__in=states).select_related("status_entry").order_by("pk")
    return list(rows)


def _pinned_signer(
    institution: Institution, awards: Sequence[int], writing: Writing, known: Sequence[Award] = ()
) -> InstitutionSigner:
    """The active key, after awards that were pinned to a key that has been rotated away are pinned to it. `known` are all of them, where
    they were decided just now: then no database need be asked.

    A rotated key's private half is destroyed, so bytes prepared for it can no longer be signed by anybody: those awards begin
    again. A worker that still holds the old key in memory cannot store what it signs (see `finish`): nothing is issued by a key that has
    ended, for it may have ended because somebody else has a copy.
    """
    signer = signing_key(institution)
    if known and all(award.key_id == signer.key_id for award in known):
        return signer
    stale = Award.objects.filter(pk__in=awards, state__in=(AwardState.QUEUED, AwardState.PREPARED)).exclude(
        key_id=signer.key_id
    )
    if stale.exists():
        with writing():
            lock(institution)
            found = list(stale.select_for_update())
            PreparedCredential.objects.filter(award__in=found, signed=None).delete()
            Award.objects.filter(pk__in=[award.pk for award in found]).update(
                state=AwardState.QUEUED, key_id=signer.key_id
            )
            record("award.key_changed", found, institution=institution, facts={"key": signer.key_id})
    return signer


def _reserve(institution: Institution, awards: Sequence[int], writing: Writing) -> None:
    """Step 1."""
    waiting = Award.objects.filter(pk__in=awards, state=AwardState.QUEUED, status_entry=None)
    if not waiting.exists():
        return
    with writing():
        lock(institution)
        found = list(waiting.select_for_update(of=("self",)).order_by("pk"))
        for award, entry in zip(found, status.allocate(institution, len(found)), strict=True):
            award.status_entry = entry
        Award.objects.bulk_update(found, ["status_entry"])


def _prepare(
    institution: Institution,
    awards: Sequence[int],
    signer: InstitutionSigner,
    writing: Writing,
    known: Mapping[int, Award],
) -> list[Made]:
    """Steps 2 and 3. What was prepared here and now need not be read back and linted a second time."""
    queued = [known[pk] for pk in awards if pk in known]
    if len(queued) < len(awards):
        queued += _of([pk for pk in awards if pk not in known], AwardState.QUEUED)
    if not queued:
        return []
    ground = Ground(institution, signer, {award.version_id for award in queued})
    composed = ground.compose(queued)
    made = composed.made
    with writing():
        if (
            composed.refused or composed.endorsed_otherwise
        ):  # then there is something for the audit trail, whose lock comes first
            lock(institution)
        # Not what another worker prepared, somebody cancelled, or a new key was given to, while we composed.
        ours = set(
            update_rows(
                Award,
                (),
                [(one.row.award_id,) for one in made],
                values={"state": AwardState.PREPARED, "changed_at": timezone.now()},
                state=AwardState.QUEUED,
                key_id=signer.key_id,
            )
        )
        made = [one for one in made if one.row.award_id in ours]
        store(made)
        if composed.endorsed_otherwise:
            _note_endorsements(institution, [one.row.award for one in made], ground.endorsed)
        for award, problem in composed.refused:
            _refuse(institution, award, problem)
    return made


def _note_endorsements(institution: Institution, awards: Sequence[Award], endorsed: Mapping[int, str]) -> None:
    """Awards whose achievement is endorsed otherwise than when they were decided are signed with what holds now; that is put on record."""
    for version, fingerprint in endorsed.items():
        other = [one for one in awards if one.version_id == version and (one.endorsed_hash or "") != fingerprint]
        Award.objects.filter(pk__in=[award.pk for award in other]).update(endorsed_hash=fingerprint)
        record("award.endorsements_changed", other, institution=institution, facts={"endorsed": fingerprint})


def _refuse(institution: Institution, award: Award, problem: dict[str, object]) -> None:
    """Close an award that may not be signed. Its key is free again, for the mended row; a predecessor gets back the key it gave up."""
    key, predecessor = award.award_key, award.supersedes
    changed = Award.objects.filter(pk=award.pk, state=AwardState.QUEUED).update(
        state=AwardState.REFUSED, problem=problem, award_key=None, supersedes=None, changed_at=timezone.now()
    )
    if changed:
        if predecessor is not None and key is not None:
            _give_back(predecessor, key)
        record("award.refused", [award], institution=institution, facts={"code": problem["code"]})


def _give_back(predecessor: Award, key: str) -> None:
    """Its own key, made of that of the award that was to take its place, perhaps with another address. Whoever was awarded to its
    address meanwhile keeps the key: then both count, as if it had been awarded again."""
    if predecessor.decision_id is None:
        key = key_for(key, predecessor.recipient_email)
    with suppress(IntegrityError), transaction.atomic():
        Award.objects.filter(pk=predecessor.pk, award_key=None).update(award_key=key)


def sign_made(made: Sequence[Made], signed: dict[int, Signed]) -> None:
    """What was prepared here, signed by the cohorts that prepared it: into `signed` as it comes, by the primary keys of its rows. The bytes
    are those that `sign` gives of the stored ones (Ed25519 is deterministic). A key in a device signs while the next are begun."""
    by_cohort: dict[int, list[Made]] = {}
    for one in made:
        by_cohort.setdefault(id(one.cohort), []).append(one)
    for some in by_cohort.values():
        with closing(some[0].cohort.signed_in_turn([one.prepared for one in some])) as outcomes:
            signed.update(zip([one.row.id for one in some], outcomes, strict=True))


def _sign(waiting: Waiting, writing: Writing) -> None:
    """Steps 4 and 5."""
    try:
        waiting.sign()
    except SignerError:
        # What was signed before is kept: a device that fails now and then must not hold up a cohort for ever.
        finish(waiting, writing)
        raise
    finish(waiting, writing)


def finish(waiting: Waiting, writing: Writing) -> None:
    """Step 5, for what is signed. Where the key was rotated away while it signed, or the institution ended an identifier of its own,
    nothing is stored: everything that waited begins again, with what holds now."""
    if not _finished(waiting, writing):
        for _ in issue(waiting.institution, [one.award_id for one in waiting.ready], writing=writing):
            pass


def _finished(waiting: Waiting, writing: Writing) -> bool:
    """Whether the key and the identifiers were still the institution's. If so, what is signed is stored, as far as it is still to be."""
    institution, signer, signed = waiting.institution, waiting.signer, waiting.signed
    # By `id`: `pk` asks the model which field that is, a microsecond each time.
    ready = [one for one in waiting.ready if one.id in signed]
    # Made before the lock is taken: others of the institution wait for it.
    recorded = {one.id: log.commit_to(_log_records(one.award, signed[one.id].secured)) for one in ready}
    while ready:
        try:
            with writing():
                lock(institution)
                if not signs_now(institution, signer.key_id) or waiting.identifiers - identifiers_of(institution):
                    return False
                _store(institution, ready, signed, recorded)
        except _Overtaken:
            # Prepared anew for another key, or signed by another worker meanwhile: what we signed is not of what is stored now.
            still = set(_waiting(signer).filter(pk__in=[one.pk for one in ready]).values_list("pk", flat=True))
            ready = [one for one in ready if one.pk in still]
        else:
            break
    return True


class _Overtaken(Exception):
    """Of an award that is still prepared, the prepared bytes are not ours any more. Nothing was written."""


def _waiting(signer: InstitutionSigner) -> QuerySet[PreparedCredential]:
    found = PreparedCredential.objects.filter(award__state=AwardState.PREPARED, signed=None, key_id=signer.key_id)
    return found.select_related("award", "award__supersedes")


def _store(
    institution: Institution,
    ready: Sequence[PreparedCredential],
    signed: Mapping[int, Signed],
    recorded: Mapping[int, Sequence[log.Commitment]],
) -> None:
    """Step 5, in the caller's transaction and under the institution's lock: of what is still prepared, and not of what was cancelled
    meanwhile. Raises _Overtaken."""
    now = timezone.now()
    moved = set(
        update_rows(
            Award,
            (),
            [(one.award_id,) for one in ready],
            values={"state": AwardState.ISSUED, "issued_at": now, "changed_at": now},
            state=AwardState.PREPARED,
        )
    )
    finished = [one for one in ready if one.award_id in moved]
    if len(store_signed(finished, signed, now)) != len(finished):
        raise _Overtaken
    issued = [one.award for one in finished]
    record("award.issued", issued, institution=institution)
    log.record_commitments([each for one in finished for each in recorded[one.id]], institution)
    _retire_predecessors(institution, issued)
    for event, some in (
        ("issued", [award for award in issued if award.supersedes_id is None]),
        ("superseded", [award for award in issued if award.supersedes_id is not None]),
    ):
        hand_over(institution, some, event, key=f"hand-over:{event}:{some[0].public_id}" if some else None)


def _log_records(award: Award, committed: bytes) -> Iterator[log.Record]:
    """What the public log holds of an issued credential: that it was issued, and of a correction also what it takes the place of."""
    subject = f"award:{award.public_id}"
    yield log.Record(log.Kind.ISSUE, award.url, committed, f"{subject}:issued", subject)
    if award.supersedes_id is not None:
        old = award.supersedes
        assert old is not None  # noqa: S101 - its key is there
        key = f"award:{old.public_id}:superseded"
        yield log.Record(log.Kind.SUPERSEDE, old.url, committed, key, f"award:{old.public_id}:superseded")


def _retire_predecessors(institution: Institution, issued: Sequence[Award]) -> None:
    """What the new credentials take the place of: superseded, its bit set, a suspension over."""
    old = [award.supersedes for award in issued if award.supersedes_id is not None and award.supersedes is not None]
    if not old:
        return
    entries = [award.status_entry_id for award in old if award.status_entry_id is not None]
    Award.objects.filter(pk__in=[award.pk for award in old]).update(
        state=AwardState.SUPERSEDED, reason_code=Reason.SUPERSEDED, changed_at=timezone.now()
    )
    versions = status.set_revoked(institution, entries)
    changes.note(institution, old, Change.SUPERSEDED, Why(Reason.SUPERSEDED), versions)
    for award in issued:
        if award.supersedes is not None:
            target = f"award:{award.supersedes.public_id}"
            audit.record("award.superseded", target, institution=institution, facts={"by": award.public_id})
