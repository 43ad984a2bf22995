"""Start a batch, carry it on, undo it."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.db import transaction
from django.db.models import Count, Max, Min
from django.utils import timezone

from testamur_site.catalogue.api import lock_version
from testamur_site.foundation.audit import api as audit
from testamur_site.foundation.jobs.api import enqueue, enqueue_many
from testamur_site.foundation.tenancy.api import new_public_id, tenant
from testamur_site.log import api as log

from ..errors import NotAllowedNow
from ..models import Award, Batch, BatchRow, Revocation
from ..revocations.rules import RevocationState
from ..rules import UNSIGNED, AwardState, BatchState, Reason, Verdict, Why, before
from . import changes, common
from .awards import revoke_many
from .cohort.deciding import decide
from .drafts import read_again

CHUNK = 1000
"""Rows of one job. It works for a second at most before others have their turn (`JobHandle.yield_turn`)."""

AT_ONCE = 50
"""A list with so many ready rows is decided when it is started, by the process that answers pages; of a longer one the workers decide."""

REVOKED_AT_ONCE = 200

LATER = -1
"""The priority of the jobs of a batch: what one person waits for comes first."""


def as_shown(batch: Batch, ready: int) -> str:
    """What a person who looks at the dry run decides about, in some letters: how its rows were judged, and how many are `ready`."""
    chosen = [batch.columns, str(batch.default_date), batch.award_again, ready]
    return hashlib.sha256(json.dumps(chosen).encode()).hexdigest()[:20]


def start_batch(batch: Batch, *, actor: Any = None, shown: str = "") -> Batch:
    """Award every ready row. Starting twice awards once: only one caller finds the draft. `shown` is what `as_shown` gave of the dry run
    that was looked at, where somebody did.

    In one transaction:
    1. The draft becomes "issuing"; version and key are pinned, the version is locked.
    2. One award for each ready row, or, where there are many, their number (`deciding`).
    3. A job for each chunk of the list.

    Raises NotAllowedNow (no draft, or judged otherwise than was shown), NotOffered (retired, or a newer version was published).
    """
    institution = batch.institution
    with tenant(institution), transaction.atomic():
        common.lock(institution)
        pinned = common.pinned(batch.version)
        now = timezone.now()
        ready = BatchRow.objects.filter(batch=batch, verdict=Verdict.READY)
        found = ready.aggregate(number=Count("pk"), first=Min("line"), last=Max("line"))
        if not Batch.objects.filter(pk=batch.pk, state=BatchState.DRAFT).update(
            state=BatchState.ISSUING, started_at=now, undecided=found["number"], **pinned
        ):
            raise NotAllowedNow(state=batch.state)
        fresh = _fresh(batch)
        if shown and shown != as_shown(fresh, found["number"]):
            raise NotAllowedNow(state=batch.state)
        common.offered(batch.version)
        version = lock_version(batch.version, actor=actor)
        few = found["number"] <= AT_ONCE
        decided, _ = decide(fresh, found["first"] or 0, found["last"] or 0, actor=actor) if few else ([], [])
        awards = len(decided) if few else found["number"]
        facts = {"awards": awards, "version": version.public_id, "contentHash": pinned["content_hash"]}
        audit.record("batch.started", f"batch:{batch.public_id}", institution=institution, actor=actor, facts=facts)
        if awards:
            _queue_chunks(fresh, found["first"], found["last"], actor)
        else:
            Batch.objects.filter(pk=batch.pk).update(state=BatchState.FINISHED, finished_at=now)
    return _fresh(batch)


def _queue_chunks(batch: Batch, first: int, last: int, actor: Any, nonce: str = "") -> None:
    starts = range(first, last + 1, CHUNK)
    enqueue_many(
        "testamur_site.issuing.jobs.issue_lines",
        [
            (
                {
                    "batch": batch.public_id,
                    "first": start,
                    "last": min(start + CHUNK - 1, last),
                    "actor": getattr(actor, "pk", None),
                },
                f"issue-lines:{batch.public_id}:{nonce}{number}",
                min(CHUNK, last + 1 - start),
            )
            for number, start in enumerate(starts)
        ],
        institution=batch.institution,
        priority=LATER,
        # Every attempt carries the chunk a slice further, so many killed workers in a row are no reason to give up.
        max_attempts=50,
    )


def carry_on(batch: Batch, *, actor: Any = None) -> None:
    """Queue again what is left, after its jobs gave up (the key file was missing, the disk was full …). Harmless at any time."""
    with tenant(batch.institution), transaction.atomic():
        common.lock(batch.institution)
        fresh = Batch.objects.get(pk=batch.pk)
        if fresh.state == BatchState.ISSUING:
            lines = BatchRow.objects.filter(batch=batch).aggregate(first=Min("line"), last=Max("line"))
            _queue_chunks(fresh, lines["first"] or 0, lines["last"] or 0, actor, nonce=f"{new_public_id()}:")
        elif fresh.state == BatchState.UNDOING:
            _queue_undo(fresh)
        elif fresh.state == BatchState.READING:
            read_again(fresh)
        else:
            raise NotAllowedNow(state=fresh.state)
        target = f"batch:{batch.public_id}"
        audit.record("batch.carried_on", target, institution=batch.institution, actor=actor)


def finish_if_done(batch: Batch) -> bool:
    """Close a batch of which nothing is left to sign. Of two chunks that end together, both may ask; one closes it."""
    with tenant(batch.institution):
        if _unfinished(batch):
            return False
    with tenant(batch.institution), transaction.atomic():
        common.lock(batch.institution)
        if _unfinished(batch):
            return False
        log.sequence_soon()
        changed = Batch.objects.filter(pk=batch.pk, state=BatchState.ISSUING).update(
            state=BatchState.FINISHED, finished_at=timezone.now()
        )
        if changed:
            target = f"batch:{batch.public_id}"
            audit.record("batch.finished", target, institution=batch.institution)
        return bool(changed)


def _unfinished(batch: Batch) -> bool:
    if Batch.objects.filter(pk=batch.pk, undecided__gt=0).exists():
        return True
    return bool(Award.objects.filter(batch=batch, state__in=UNSIGNED).exists())


def undo_batch(
    batch: Batch, reason: Reason, *, note: str = "", actor: Any = None, revocation: Revocation | None = None
) -> None:
    """Take a whole batch back: what is not signed yet is cancelled at once (and no mail goes out for it), what was issued is
    revoked by a job.

    The keys are freed, so that a mended list can award the same people. Awards that were corrected since, revoked or superseded are left
    as they are. Raises NotAllowedNow unless the batch is issuing or finished, NeedsSecondPerson where revoking many is to be proposed.
    """
    institution = batch.institution
    with tenant(institution), transaction.atomic():
        common.lock(institution)
        changes.refuse_alone(institution, revocation, cohort=True)
        now = timezone.now()
        if not Batch.objects.filter(pk=batch.pk, state__in=(BatchState.ISSUING, BatchState.FINISHED)).update(
            state=BatchState.UNDOING, undo_reason=reason, undo_note=note
        ):
            raise NotAllowedNow(state=batch.state)
        unsigned = Award.objects.filter(batch=batch, state__in=UNSIGNED)
        # Only what names them: where nobody could sign for a while, they may be a hundred thousand.
        waiting = list(unsigned.select_for_update(of=("self",)).order_by("pk").values_list("public_id", flat=True))
        Award.objects.filter(batch=batch, state__in=UNSIGNED).update(
            state=AwardState.CANCELLED, award_key=None, changed_at=now
        )
        facts = {"reason": reason.value, "cancelled": len(waiting)}
        audit.record("batch.undo", f"batch:{batch.public_id}", institution=institution, actor=actor, facts=facts)
        if waiting:
            targets = [f"award:{public_id}" for public_id in waiting]
            audit.record_many("award.cancelled", targets, institution=institution, actor=actor, facts={})
        _queue_undo(batch, actor)


def _queue_undo(batch: Batch, actor: Any = None) -> None:
    enqueue(
        "testamur_site.issuing.jobs.undo_chunks",
        {"batch": batch.public_id, "actor": getattr(actor, "pk", None)},
        institution=batch.institution,
        key=f"undo-batch:{batch.public_id}:{new_public_id()}",
        # Every attempt goes on where the last one was killed, so many in a row are no reason to give up.
        max_attempts=50,
    )


def revoke_some(batch: Batch, *, actor: Any = None, at_most: int = REVOKED_AT_ONCE) -> int:
    """One step of undoing, in the caller's transaction: revoke up to `at_most` awards and say how many. At 0 the batch is
    undone."""
    common.lock(batch.institution)
    left = Award.objects.filter(batch=batch, state__in=before(AwardState.REVOKED), superseded_by=None)
    some = list(left.order_by("pk").values_list("pk", flat=True)[:at_most])
    order = Revocation.objects.filter(batch=batch, state=RevocationState.RUNNING).first()
    if some:
        why = Why(Reason(batch.undo_reason), batch.undo_note, order.evidence if order is not None else "")
        return revoke_many(batch.institution, some, why, actor=actor, release=True, revocation=order)
    if order is not None:
        Revocation.objects.filter(pk=order.pk).update(state=RevocationState.DONE, finished_at=timezone.now())
        audit.record("revocation.finished", f"revocation:{order.public_id}", institution=batch.institution)
    changed = Batch.objects.filter(pk=batch.pk, state=BatchState.UNDOING).update(
        state=BatchState.UNDONE, finished_at=timezone.now()
    )
    if changed:
        audit.record("batch.undone", f"batch:{batch.public_id}", institution=batch.institution)
    return 0


def _fresh(batch: Batch) -> Batch:
    with tenant(batch.institution):
        return Batch.objects.select_related("institution", "version", "micro_credential").get(pk=batch.pk)
