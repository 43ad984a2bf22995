"""Drafts, handing in, taking back, returning. Each function is one transaction and may be repeated.

The state moves by conditional UPDATEs: of two who act at once one finds that the row is not as expected any more, and is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from testamur_site.catalogue.api import may_finish

from .. import queries
from ..errors import (
    AlreadySubmitted,
    Closed,
    DraftChanged,
    EvidenceRefused,
    Incomplete,
    NoAttemptLeft,
    NotAllowedNow,
    NotTakingPart,
)
from ..models import Enrolment, EvidenceItem, Submission, SubmissionEvidence
from ..rules import AUTHORSHIP_VERSION, MAXIMUM_NOTE, MAXIMUM_PIECES, EnrolmentState, SubmissionState, missing
from . import common, mails


@transaction.atomic
def begin_draft(enrolment: Enrolment, task_key: str, *, now: datetime | None = None) -> Submission:
    """The draft of the next attempt at a task: the open one, or a new one that begins with the pieces of the attempt before.

    Raises NotTakingPart, NoSuchTask, Closed, AlreadySubmitted, NoAttemptLeft.
    """
    _refuse_absent(enrolment)
    standing = queries.task_for(enrolment, task_key, now=now)
    latest = standing.latest
    if latest is not None and latest.state == SubmissionState.DRAFT:
        return latest
    if latest is not None and latest.state == SubmissionState.SUBMITTED:
        raise AlreadySubmitted(attempt=latest.attempt)
    _refuse_closed(standing, now)
    if not standing.attempts.left:
        raise NoAttemptLeft(allowed=standing.attempts.allowed)
    try:
        with transaction.atomic():
            draft = Submission.objects.create(
                institution=enrolment.institution,
                enrolment=enrolment,
                task_key=task_key,
                attempt=latest.attempt + 1 if latest else 1,
                note=latest.note if latest else "",
                help_used=latest.help_used if latest else "",
            )
    except IntegrityError:  # the same learner opened the task twice at once
        return Submission.objects.get(enrolment=enrolment, task_key=task_key, state=SubmissionState.DRAFT)
    if latest is not None:
        _put(draft, [piece.item for piece in latest.pieces.select_related("item").order_by("position", "pk")])
    return draft


@transaction.atomic
def save_draft(
    draft: Submission,
    *,
    revision: int,
    note: str,
    help_used: str,
    items: Sequence[EvidenceItem] | None = None,
) -> Submission:
    """Keep a draft. `revision` is the one that the writer saw; `items` the pieces in their order, None to leave them as they are.

    Raises DraftChanged where somebody saved since, AlreadySubmitted, NotTakingPart, EvidenceRefused (too_many, or not the learner's).
    """
    _refuse_absent(draft.enrolment)
    rows = Submission.objects.filter(pk=draft.pk, state=SubmissionState.DRAFT, revision=revision)
    saved = rows.update(
        note=note[:MAXIMUM_NOTE],
        help_used=help_used[:MAXIMUM_NOTE],
        revision=F("revision") + 1,
        saved_at=timezone.now(),
    )
    fresh = Submission.objects.select_related("enrolment").get(pk=draft.pk)
    if not saved:
        if fresh.state != SubmissionState.DRAFT:
            raise AlreadySubmitted(attempt=fresh.attempt)
        raise DraftChanged(revision=fresh.revision)
    if items is not None:
        _put(fresh, items)
    return fresh


@transaction.atomic
def add_to_draft(draft: Submission, item: EvidenceItem) -> Submission:
    """Put one more piece at the end. Raises AlreadySubmitted, NotTakingPart, EvidenceRefused (too_many)."""
    _refuse_absent(draft.enrolment)
    fresh = _locked_draft(draft)
    pieces = list(fresh.pieces.values_list("item_id", flat=True))
    if item.pk in pieces:
        return fresh
    _refuse_strange(fresh, [item])
    if len(pieces) >= MAXIMUM_PIECES:
        raise EvidenceRefused(code="too_many_pieces", most=MAXIMUM_PIECES)
    last = fresh.pieces.order_by("-position").values_list("position", flat=True).first()
    SubmissionEvidence.objects.create(
        institution=fresh.institution, submission=fresh, item=item, position=0 if last is None else last + 1
    )
    return fresh


@transaction.atomic
def remove_from_draft(draft: Submission, item: EvidenceItem) -> Submission:
    """Take a piece out; it stays in the portfolio. Raises AlreadySubmitted."""
    fresh = _locked_draft(draft)
    SubmissionEvidence.objects.filter(submission=fresh, item=item).delete()
    return fresh


@transaction.atomic
def submit(
    submission: Submission,
    *,
    declared: bool,
    seen: str = "",
    tested: bool = False,
    now: datetime | None = None,
) -> Submission:
    """Hand a draft in. From here on it never changes. Repeating it returns what was handed in.

    `declared`: the statement of authorship was agreed to. `seen`: the `queries.fingerprint` of the draft that was looked at. Late
    work is accepted, and marked as late, until the task closes. A task with an item bank is a test: the test hands it in (`tested`), and
    no evidence is asked for; nothing else can.

    Raises NotTakingPart, NotAllowedNow ("test"), Closed, NoAttemptLeft, DraftChanged (it is not what was seen), Incomplete (with what is
    missing).
    """
    now = now or timezone.now()
    _refuse_absent(submission.enrolment)
    fresh = Submission.objects.select_for_update(of=("self",)).select_related("enrolment").get(pk=submission.pk)
    if fresh.state == SubmissionState.SUBMITTED:
        return fresh
    if fresh.state != SubmissionState.DRAFT:
        raise NotAllowedNow(state=fresh.state)
    if seen and seen != queries.fingerprint(fresh):
        raise DraftChanged(revision=fresh.revision)
    standing = queries.task_for(fresh.enrolment, fresh.task_key, now=now)
    _refuse_closed(standing, now)
    if not standing.attempts.left:
        raise NoAttemptLeft(allowed=standing.attempts.allowed)
    if standing.task.item_bank and not tested:
        raise NotAllowedNow(state="test")
    least = 0 if standing.task.item_bank else int(standing.task.evidence_minimum or 0)
    accepted = () if standing.task.item_bank else standing.task.evidence
    kinds = list(fresh.pieces.values_list("item__kind", flat=True))
    lacking = missing(kinds, accepted=accepted, least=least, declared=declared)
    if lacking:
        raise Incomplete(missing=lacking, least=least)
    moved = Submission.objects.filter(pk=fresh.pk, state=SubmissionState.DRAFT).update(
        state=SubmissionState.SUBMITTED,
        submitted_at=now,
        due_at=standing.deadline.due_at,
        late=standing.deadline.is_late(now),
        authorship_declared_at=now,
        authorship_version=AUTHORSHIP_VERSION,
    )
    fresh.refresh_from_db()
    if moved:
        digests = list(fresh.pieces.exclude(item__sha256="").values_list("item__sha256", flat=True))
        common.about_submission("submission.submitted", fresh, late=fresh.late, sha256=digests)
        common.hand_over(common.AFTER_SUBMISSION, fresh)
    return fresh


@transaction.atomic
def withdraw_submission(submission: Submission, *, now: datetime | None = None) -> Submission:
    """Take back what was handed in, while it is not due yet; the next attempt begins with the same pieces. Does not use up an attempt.

    Raises NotAllowedNow (not submitted, or due, or without a due date; or a test, which is not taken twice).
    """
    now = now or timezone.now()
    if queries.task_design(submission.enrolment, submission.task_key).item_bank:
        raise NotAllowedNow(state="test")
    moved = Submission.objects.filter(pk=submission.pk, state=SubmissionState.SUBMITTED, due_at__gte=now).update(
        state=SubmissionState.WITHDRAWN
    )
    fresh = Submission.objects.select_related("enrolment").get(pk=submission.pk)
    if not moved:
        if fresh.state == SubmissionState.WITHDRAWN:
            return fresh
        raise NotAllowedNow(state=fresh.state, due=fresh.due_at.isoformat() if fresh.due_at else "")
    common.about_submission("submission.withdrawn", fresh)
    common.hand_over(common.AFTER_WITHDRAWAL, fresh)
    return fresh


@transaction.atomic
def return_for_resubmission(
    submission: Submission, reason: str, until: date | None, *, actor: Any = None, extra_attempt: bool = False
) -> Submission:
    """Give a submission back: the learner hands in again, by the end of `until` (None: whenever they like).

    `reason` is what the learner reads. Repeating it changes nothing. Queues the mail to the learner. Raises NotAllowedNow unless it was
    submitted, NoAttemptLeft where the design of the task allows no further attempt; `extra_attempt` grants one beyond it.
    """
    fresh = Submission.objects.select_for_update(of=("self",)).select_related("enrolment").get(pk=submission.pk)
    if fresh.state == SubmissionState.RETURNED:
        return fresh
    if fresh.state != SubmissionState.SUBMITTED:
        raise NotAllowedNow(state=fresh.state)
    standing = queries.task_for(fresh.enrolment, fresh.task_key)
    if not standing.attempts.left and not extra_attempt:
        raise NoAttemptLeft(allowed=standing.attempts.allowed)
    moved = Submission.objects.filter(pk=fresh.pk, state=SubmissionState.SUBMITTED).update(
        state=SubmissionState.RETURNED,
        returned_at=timezone.now(),
        returned_reason=reason[:2000],
        resubmit_until=until,
        extra_attempt=extra_attempt,
    )
    fresh.refresh_from_db()
    if moved:
        common.about_submission("submission.returned", fresh, actor, until=until.isoformat() if until else "")
        mails.returned(fresh)
    return fresh


def _put(draft: Submission, items: Sequence[EvidenceItem]) -> None:
    """Make `items` the pieces of a draft, in their order."""
    _refuse_strange(draft, items)
    unique = list({item.pk: item for item in items}.values())
    if len(unique) > MAXIMUM_PIECES:
        raise EvidenceRefused(code="too_many_pieces", most=MAXIMUM_PIECES)
    SubmissionEvidence.objects.filter(submission=draft).delete()
    SubmissionEvidence.objects.bulk_create(
        SubmissionEvidence(institution=draft.institution, submission=draft, item=item, position=position)
        for position, item in enumerate(unique)
    )


def _refuse_strange(draft: Submission, items: Sequence[EvidenceItem]) -> None:
    if any(item.learner_id != draft.enrolment.learner_id or item.erased_at for item in items):
        raise EvidenceRefused(code="not_yours")


def _locked_draft(draft: Submission) -> Submission:
    fresh = Submission.objects.select_for_update(of=("self",)).select_related("enrolment").get(pk=draft.pk)
    if fresh.state != SubmissionState.DRAFT:
        raise AlreadySubmitted(attempt=fresh.attempt)
    return fresh


def _refuse_absent(enrolment: Enrolment) -> None:
    fresh = Enrolment.objects.select_related("version").get(pk=enrolment.pk)
    if fresh.state != EnrolmentState.ENROLLED:
        raise NotTakingPart(state=fresh.state)
    if not may_finish(fresh.version, timezone.localdate()):
        raise NotAllowedNow(state="version_ended")


def _refuse_closed(standing: queries.TaskStanding, now: datetime | None) -> None:
    if standing.deadline.is_closed(now or timezone.now()):
        closes = standing.deadline.closes_at
        raise Closed(closes_at=closes.isoformat() if closes else "")
