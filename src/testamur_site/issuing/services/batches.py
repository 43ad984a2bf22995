"""Start a batch, carry it on, undo it."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from testamur_site.catalogue.api import lock_version
from testamur_site.foundation.audit import api as audit
from testamur_site.foundation.jobs.api import enqueue
from testamur_site.foundation.tables.api import same_person_key
from testamur_site.foundation.tenancy.api import new_public_id, tenant

from ..errors import NotAllowedNow
from ..models import Award, Batch, BatchRow, Revocation
from ..revocations.rules import RevocationState
from ..rules import UNSIGNED, AwardData, AwardState, BatchState, Reason, Verdict, Why, before
from . import changes, common
from .awards import revoke_many

CHUNK = 200
"""Awards of one job: a killed worker's lease holds up so many, and no more."""


def start_batch(batch: Batch, *, actor: Any = None) -> Batch:
    """Award every ready row. Starting twice awards once: only one caller finds the draft.

    In one transaction:
    1. The draft becomes "issuing"; version and key are pinned, the version is locked.
    2. One award for each ready row. The unique key decides: whoever was awarded since the dry run is set aside, not doubled.
    3. A job for each chunk of the awards that were created.

    Raises NotAllowedNow (no draft), NotOffered (retired, or a newer version was published).
    """
    institution = batch.institution
    with tenant(institution), transaction.atomic():
        common.lock(institution)
        pinned = common.pinned(batch.version)
        now = timezone.now()
        if not Batch.objects.filter(pk=batch.pk, state=BatchState.DRAFT).update(
            state=BatchState.ISSUING, started_at=now, **pinned
        ):
            raise NotAllowedNow(state=batch.state)
        common.offered(batch.version)
        version = lock_version(batch.version, actor=actor)
        ready = list(BatchRow.objects.filter(batch=batch, verdict=Verdict.READY).order_by("line"))
        refreshed = common.can_be_renewed(version)
        awards = []
        for row in ready:
            key = common.again(row.email, batch.public_id) if batch.award_again else same_person_key(row.email)
            data = AwardData(
                row.name, row.email, row.awarded_date, row.valid_until, row.language, row.results, row.evidence
            )
            awards.append(
                common.new_award(
                    version,
                    data,
                    award_key=key,
                    actor=actor,
                    refreshed=refreshed,
                    batch=batch,
                    line=row.line,
                    **pinned,
                )
            )
        Award.objects.bulk_create(awards, batch_size=500, ignore_conflicts=True)
        created = list(Award.objects.filter(batch=batch).order_by("pk").values_list("pk", "line"))
        _set_aside(batch, {line for _, line in created}, ready)
        facts = {"awards": len(created), "version": version.public_id, "contentHash": pinned["content_hash"]}
        audit.record("batch.started", f"batch:{batch.public_id}", institution=institution, actor=actor, facts=facts)
        _queue_chunks(batch, [pk for pk, _ in created])
        if not created:
            Batch.objects.filter(pk=batch.pk).update(state=BatchState.FINISHED, finished_at=now)
    return _fresh(batch)


def _set_aside(batch: Batch, created: set[int], ready: list[BatchRow]) -> None:
    problem = [{"code": "already.meanwhile", "facts": {}, "field": ""}]
    lines = [row.line for row in ready if row.line not in created]
    for start in range(0, len(lines), 400):
        BatchRow.objects.filter(batch=batch, line__in=lines[start : start + 400]).update(
            verdict=Verdict.ALREADY, problems=problem
        )


def _queue_chunks(batch: Batch, awards: list[int], nonce: str = "") -> None:
    for number, start in enumerate(range(0, len(awards), CHUNK)):
        chunk = awards[start : start + CHUNK]
        enqueue(
            "testamur_site.issuing.jobs.issue_chunk",
            {"batch": batch.public_id, "first": chunk[0], "last": chunk[-1]},
            key=f"issue-chunk:{batch.public_id}:{nonce}{number}",
            institution=batch.institution,
            total=len(chunk),
            # Every attempt carries the chunk a slice further, so many killed workers in a row are no reason to give up.
            max_attempts=50,
        )


def carry_on(batch: Batch, *, actor: Any = None) -> None:
    """Queue again what is left, after its jobs gave up (the key file was missing, the disk was full …). Harmless at any time."""
    with tenant(batch.institution), transaction.atomic():
        common.lock(batch.institution)
        fresh = Batch.objects.get(pk=batch.pk)
        if fresh.state == BatchState.ISSUING:
            left = Award.objects.filter(batch=batch, state__in=UNSIGNED).order_by("pk").values_list("pk", flat=True)
            _queue_chunks(batch, list(left), nonce=f"{new_public_id()}:")
        elif fresh.state == BatchState.UNDOING:
            _queue_undo(fresh)
        else:
            raise NotAllowedNow(state=fresh.state)
        target = f"batch:{batch.public_id}"
        audit.record("batch.carried_on", target, institution=batch.institution, actor=actor)


def finish_if_done(batch: Batch) -> bool:
    """Close a batch of which nothing is left to sign. Of two chunks that end together, both may ask; one closes it."""
    with tenant(batch.institution), transaction.atomic():
        common.lock(batch.institution)
        if Award.objects.filter(batch=batch, state__in=UNSIGNED).exists():
            return False
        changed = Batch.objects.filter(pk=batch.pk, state=BatchState.ISSUING).update(
            state=BatchState.FINISHED, finished_at=timezone.now()
        )
        if changed:
            target = f"batch:{batch.public_id}"
            audit.record("batch.finished", target, institution=batch.institution)
        return bool(changed)


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
        waiting = list(
            Award.objects.filter(batch=batch, state__in=UNSIGNED).select_for_update(of=("self",)).order_by("pk")
        )
        Award.objects.filter(batch=batch, state__in=UNSIGNED).update(
            state=AwardState.CANCELLED, award_key=None, changed_at=now
        )
        facts = {"reason": reason.value, "cancelled": len(waiting)}
        audit.record("batch.undo", f"batch:{batch.public_id}", institution=institution, actor=actor, facts=facts)
        common.record("award.cancelled", waiting, institution=institution, actor=actor)
        _queue_undo(batch, actor)


def _queue_undo(batch: Batch, actor: Any = None) -> None:
    enqueue(
        "testamur_site.issuing.jobs.undo_chunks",
        {"batch": batch.public_id, "actor": getattr(actor, "pk", None)},
        institution=batch.institution,
        key=f"undo-batch:{batch.public_id}:{new_public_id()}",
    )


def revoke_some(batch: Batch, *, actor: Any = None, at_most: int = CHUNK) -> int:
    """One step of undoing, in the caller's transaction: revoke up to `at_most` awards and say how many. At 0 the batch is
    undone."""
    common.lock(batch.institution)
    left = Award.objects.filter(batch=batch, state__in=before(AwardState.REVOKED), superseded_by=None)
    some = list(left.order_by("pk").values_list("pk", flat=True)[:at_most])
    order = Revocation.objects.filter(batch=batch, state=RevocationState.RUNNING).first()
    if some:
        why = Why(Reason(batch.undo_reason), batch.undo_note, order.evidence if order is not None else "")
        return revoke_many(batch.institution, some, why, actor=actor, release=True, revocation=order)
    Revocation.objects.filter(batch=batch, state=RevocationState.RUNNING).update(
        state=RevocationState.DONE, finished_at=timezone.now()
    )
    changed = Batch.objects.filter(pk=batch.pk, state=BatchState.UNDOING).update(
        state=BatchState.UNDONE, finished_at=timezone.now()
    )
    if changed:
        audit.record("batch.undone", f"batch:{batch.public_id}", institution=batch.institution)
    return 0


def _fresh(batch: Batch) -> Batch:
    with tenant(batch.institution):
        return Batch.objects.select_related("institution", "version", "micro_credential").get(pk=batch.pk)
