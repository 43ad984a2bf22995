"""A mark in the making: its draft, its end, taking it back, and declining it for a conflict of interest.

The same steps for everybody who marks; `holder` is who they are: a User, a Learner or a Validator.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from testamur.assessment.rubrics import score
from testamur.errors import TestamurError
from testamur_site.enrolment.api import Learner

from ..designs import Design, design_of
from ..errors import DraftChanged, Incomplete, NotAllowedNow, NotYours, ResultAgreed, UnknownLevel
from ..models import Mark, Validator
from ..rules import LEASE, MAX_FEEDBACK, TO_DO, MarkState, ResultState, Role
from . import allocation, calibration, peers
from .common import current_result, fresh, lock, record, settle_later, undo_time
from .settling import settle_holding_lock

COUNTS = (Role.STAFF, Role.INDUSTRY, Role.PEER)


def holds(mark: Mark, holder: Any) -> bool:
    """Whether the mark is in that person's hand."""
    if isinstance(holder, Learner):
        return mark.learner_id == holder.pk
    if isinstance(holder, Validator):
        return mark.validator_id == holder.pk
    return mark.user_id is not None and mark.user_id == getattr(holder, "pk", None)


@transaction.atomic
def save_draft(
    mark: Mark, holder: Any, levels: Mapping[str, str], feedback: Mapping[str, str], *, revision: int | None = None
) -> Mark:
    """Keep what is there so far. `revision` is that of the draft which the editor saw; None overwrites.

    Raises NotYours, NotAllowedNow, UnknownLevel, DraftChanged, ResultAgreed; for a peer also PeersClosed, NotHandedIn, CalibrateFirst.
    """
    lock(mark.institution)
    mark = _in_hand(mark, holder)
    return _write(mark, levels, feedback, revision)


@transaction.atomic
def finish(
    mark: Mark, holder: Any, levels: Mapping[str, str], feedback: Mapping[str, str], *, revision: int | None = None
) -> Mark:
    """Give the mark: a level for every criterion. It counts from now on, and the submission's result is settled when every mark of its
    scheme is there. Raises Incomplete, and what `save_draft` raises.
    """
    lock(mark.institution)
    mark = _in_hand(mark, holder)
    design = design_of(mark.submission.enrolment.version, mark.submission.task_key)
    mark = _write(mark, levels, feedback, revision)
    missing = score(design.model, mark.levels).missing
    if missing:
        raise Incomplete(missing=list(missing))
    now = timezone.now()
    Mark.objects.filter(pk=mark.pk).update(state=MarkState.DONE, done_at=now, lease_until=None)
    mark.refresh_from_db()
    record("mark.done", mark, actor=_actor(holder), facts={"role": mark.role, "round": mark.round})
    if mark.role in COUNTS:
        result = current_result(mark.submission)
        if result is not None and not result.agreed:
            type(result).objects.filter(pk=result.pk).update(settles_at=now + undo_time())
            if undo_time():
                settle_later(mark.submission, now + undo_time())
            else:
                settle_holding_lock(mark.submission)
    if mark.role == Role.PEER:
        peers.close_when_all_are_in(mark.submission)
    return mark


@transaction.atomic
def undo(mark: Mark, holder: Any) -> Mark:
    """Take a done mark back while its result is not agreed: a draft with the same content takes its place. The new mark.

    Raises NotYours, NotAllowedNow, ResultAgreed, PeersClosed.
    """
    lock(mark.institution)
    mark = fresh(mark)
    if not holds(mark, holder):
        raise NotYours(mark=mark.public_id)
    if mark.state != MarkState.DONE:
        raise NotAllowedNow(state=mark.state)
    _refuse_when_settled(mark)
    result = current_result(mark.submission)
    if result is not None and result.state == ResultState.MODERATION and mark.role in COUNTS:
        # What a moderator is to compare must not be made to agree meanwhile.
        raise NotAllowedNow(state=result.state)
    Mark.objects.filter(pk=mark.pk).update(state=MarkState.SUPERSEDED)
    again: Mark = Mark.objects.create(
        institution=mark.institution,
        submission=mark.submission,
        round=mark.round,
        role=mark.role,
        position=mark.position,
        user_id=mark.user_id,
        learner_id=mark.learner_id,
        validator_id=mark.validator_id,
        state=MarkState.DRAFT,
        levels=mark.levels,
        feedback=mark.feedback,
        replacement=mark.replacement,
        due_at=mark.due_at,
        started_at=mark.started_at,
        supersedes=mark,
    )
    record("mark.undone", again, actor=_actor(holder), facts={"supersedes": mark.public_id})
    settle_holding_lock(mark.submission)  # the result waits for a mark again
    return again


@transaction.atomic
def decline(mark: Mark, holder: Any) -> None:
    """Declare a conflict of interest: the submission goes to somebody else. Raises NotYours, NotAllowedNow."""
    lock(mark.institution)
    mark = fresh(mark)
    if not holds(mark, holder):
        raise NotYours(mark=mark.public_id)
    if mark.state not in TO_DO or mark.role in (Role.SELF, Role.CALIBRATION, Role.MODERATOR):
        raise NotAllowedNow(state=mark.state)
    allocation.vacate(mark, MarkState.DECLINED, conflict=True)
    if mark.role == Role.PEER:
        peers.replace_declined(mark)
    record("mark.declined", mark, actor=_actor(holder), facts={"role": mark.role})


def _in_hand(mark: Mark, holder: Any) -> Mark:
    """The mark as it is now, if it is in this person's hand and can be written."""
    mark = fresh(mark)
    if not holds(mark, holder):
        raise NotYours(mark=mark.public_id)
    if mark.state not in TO_DO:
        raise NotYours(mark=mark.public_id) if mark.state == MarkState.EXPIRED else NotAllowedNow(state=mark.state)
    if mark.submission.state != "submitted" and mark.role != Role.CALIBRATION:
        raise NotAllowedNow(state=mark.submission.state)
    _refuse_when_settled(mark)
    return mark


def _refuse_when_settled(mark: Mark) -> None:
    if mark.role not in COUNTS:
        return
    result = current_result(mark.submission)
    if result is not None and (result.agreed or result.round != mark.round):
        raise ResultAgreed(result=result.public_id)
    if mark.role == Role.PEER:
        calibration.may_review(mark)


def _write(mark: Mark, levels: Mapping[str, str], feedback: Mapping[str, str], revision: int | None) -> Mark:
    design = design_of(mark.submission.enrolment.version, mark.submission.task_key)
    chosen = {key: level for key, level in levels.items() if level}
    try:
        score(design.model, chosen)
    except TestamurError as error:
        raise UnknownLevel(**error.facts) from error
    if revision is not None and revision != mark.revision:
        raise DraftChanged(mark=mark.public_id)
    now = timezone.now()
    Mark.objects.filter(pk=mark.pk).update(
        state=MarkState.DRAFT,
        levels=chosen,
        feedback=_feedback(design, feedback),
        revision=mark.revision + 1,
        started_at=mark.started_at or now,
        lease_until=now + LEASE if mark.lease_until else None,
    )
    mark.refresh_from_db()
    return mark


def _feedback(design: Design, feedback: Mapping[str, str]) -> dict[str, str]:
    """The texts that belong to a criterion of the rubric or to the whole, without the empty ones, at most MAX_FEEDBACK characters each."""
    keys = {criterion.key for criterion in design.model.criteria} | {"overall"}
    return {key: text.strip()[:MAX_FEEDBACK] for key, text in feedback.items() if key in keys and text.strip()}


def _actor(holder: Any) -> Any:
    """Who stands in the audit trail: staff, and nobody else (a peer's name for marking must not be found by their colleagues' marks)."""
    return None if isinstance(holder, Learner | Validator) else holder
