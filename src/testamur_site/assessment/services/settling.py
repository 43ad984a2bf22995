"""From marks to results: settling, moderation, and reopening for an appeal.

    settle      looks at the done marks of a submission: waits, or hands it to a moderator, or agrees the result
    moderate    a moderator decides what marks disagree about, with a reason
    reopen      an appeal begins a new round, with other people

Every agreed result goes through `_agree`, which is the only place that writes that state; a trigger of the database lets an agreed result
never change again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from testamur.assessment.rubrics import score
from testamur.errors import TestamurError
from testamur_site.enrolment.api import Submission
from testamur_site.item_bank.api import test_outcome

from .. import outcome
from ..designs import Design, design_of
from ..errors import Incomplete, MayNotModerate, NotAllowedNow, ReasonNeeded, ResultAgreed, UnknownLevel
from ..models import Mark, TaskMarking, TaskResult
from ..outcome import Given, Outcome, PeerScore, Why
from ..rules import LIVE, MAX_FEEDBACK, MAX_REASON, MarkState, PeerPhase, ResultState, Role, may_moderate
from . import allocation
from .common import current_result, lock, record, tell_decisions


@transaction.atomic
def settle(submission: Submission, *, at_once: bool = False) -> TaskResult | None:
    """Look whether the result of a submission can be agreed, or needs a moderator. Harmless at any time, by anybody.

    Within the time in which the last mark can be taken back nothing is agreed, unless `at_once`. None before marking began.
    """
    lock(submission.institution)
    return settle_holding_lock(submission, at_once=at_once)


def settle_holding_lock(submission: Submission, *, at_once: bool = False) -> TaskResult | None:
    submission = Submission.objects.select_related("enrolment__version", "enrolment__learner").get(pk=submission.pk)
    result = current_result(submission)
    if result is None or result.agreed or submission.state != "submitted":
        return result
    design = design_of(submission.enrolment.version, submission.task_key)
    now = timezone.now()
    judged = judge(submission, result, design)
    undoable = not at_once and result.settles_at is not None and result.settles_at > now
    if not judged.complete or undoable:
        _keep(result, ResultState.PROVISIONAL, judged, now)
    elif judged.reasons:
        became = result.state != ResultState.MODERATION
        _keep(result, ResultState.MODERATION, judged, now)
        if became:
            record("result.to_moderation", result, facts={"reasons": list(judged.reasons)})
    else:
        _agree(result, judged, now)
    result.refresh_from_db()
    return result


def judge(submission: Submission, result: TaskResult, design: Design) -> Outcome:
    """What the done marks of a round come to. Reads only; the same rows always give the same outcome."""
    scheme = design.scheme
    if result.round > 1:
        # An appeal is decided by other people of the staff alone: peers and validators have said what they had to say.
        scheme = replace(scheme, peers=0, peer_weight=Decimal(0), industry=0)
    marking = TaskMarking.objects.filter(
        offering_id=submission.enrolment.offering_id, task_key=submission.task_key
    ).first()
    over = marking is not None and marking.peer_phase == PeerPhase.CLOSED
    return outcome.judge(
        design.model,
        scheme,
        design.pass_mark,
        given(submission, result.round, with_peers=bool(scheme.peers)),
        peers_over=over,
        peers=peer_score(marking, submission) if over and scheme.peers else None,
        sampled=Why.SAMPLE in result.reasons,
        requested=Why.REQUESTED in result.reasons,
    )


def given(submission: Submission, round_: int, *, with_peers: bool = True) -> list[Given]:
    """The done marks that can count in a round, the oldest first."""
    roles = [Role.STAFF, Role.INDUSTRY] + ([Role.PEER] if with_peers else [])
    rows = Mark.objects.filter(submission=submission, round=round_, role__in=roles, state=MarkState.DONE)
    return [Given(mark.public_id, mark.role, marker_of(mark), mark.levels) for mark in rows.order_by("pk")]


def marker_of(mark: Mark) -> str:
    """A text that tells markers apart, without saying who they are."""
    return f"u{mark.user_id}" if mark.user_id else f"l{mark.learner_id}" if mark.learner_id else f"v{mark.validator_id}"


def peer_score(marking: TaskMarking | None, submission: Submission) -> PeerScore | None:
    """What the cohort's reviews came to for one submission, from what was written down when the peer review was closed."""
    if marking is None:
        return None
    found = marking.combination.get("scores", {}).get(submission.public_id)
    if found is None:
        return None
    weights = {key: Decimal(one["reliability"]) for key, one in marking.combination.get("markers", {}).items()}
    return PeerScore(mean=Decimal(found["mean"]), se=Decimal(found["standardError"]), weights=weights)


def _keep(result: TaskResult, state: ResultState, judged: Outcome, now: datetime) -> None:
    """Write what is known so far; an agreed result is never touched."""
    wished = [code for code in result.reasons if code in (Why.SAMPLE, Why.REQUESTED)]
    reasons = list(judged.reasons) if judged.complete and state == ResultState.MODERATION else wished
    TaskResult.objects.filter(pk=result.pk).exclude(state=ResultState.AGREED).update(
        state=state,
        percent=judged.percent,
        levels=dict(judged.levels),
        passed=judged.passed,
        reasons=reasons,
        method=dict(judged.facts) or {"waits": list(judged.missing)},
        changed_at=result.changed_at if state == result.state else now,  # since when it waits for a moderator
    )


def _agree(result: TaskResult, judged: Outcome, now: datetime, **values: Any) -> None:
    version = result.submission.enrolment.version.public_id  # whose rubric it was
    agreed = (
        TaskResult.objects.filter(pk=result.pk)
        .exclude(state=ResultState.AGREED)
        .update(
            state=ResultState.AGREED,
            percent=judged.percent,
            levels=dict(judged.levels),
            passed=judged.passed,
            method={**judged.facts, "version": version, "task": result.submission.task_key},
            settles_at=None,
            changed_at=now,
            agreed_at=now,
            **values,
        )
    )
    if agreed:
        facts = {"round": result.round, "percent": str(judged.percent), "passed": judged.passed}
        record("result.agreed", result, actor=values.get("decided_by"), facts=facts)
        tell_decisions(result.submission, result)


@transaction.atomic
def agree_test(submission: Submission) -> TaskResult | None:
    """The result of a short adaptive test, agreed at once: nobody marks it. None while the test is not ended. Safe to repeat."""
    lock(submission.institution)
    existing = current_result(submission)
    tested = test_outcome(submission)
    if existing is not None or tested is None:
        return existing
    result: TaskResult = TaskResult.objects.create(institution=submission.institution, submission=submission)
    judged = Outcome(percent=tested.percent, passed=tested.passed, facts={"formula": "adaptive test", **tested.method})
    _agree(result, judged, timezone.now())
    result.refresh_from_db()
    return result


@transaction.atomic
def ask_for_moderation(result: TaskResult, note: str, *, actor: Any) -> TaskResult:
    """Send a result that is not agreed yet to a moderator, because somebody has a doubt. Raises ResultAgreed, ReasonNeeded."""
    lock(result.institution)
    result = _locked(result)
    if result.agreed:
        raise ResultAgreed(result=result.public_id)
    if not note.strip():
        raise ReasonNeeded
    reasons = [*(code for code in result.reasons if code != Why.REQUESTED), Why.REQUESTED]
    TaskResult.objects.filter(pk=result.pk).update(reasons=reasons, request_note=note.strip()[:MAX_REASON])
    record("result.moderation_asked", result, actor=actor)
    settled = settle_holding_lock(result.submission)
    return settled or result


@transaction.atomic
def moderate(
    result: TaskResult, levels: Mapping[str, str], reason: str, *, feedback: Mapping[str, str] | None = None, actor: Any
) -> TaskResult:
    """A moderator decides: the levels are the result. Raises NotAllowedNow unless it is for a moderator to decide, MayNotModerate,
    ReasonNeeded, Incomplete, UnknownLevel.
    """
    lock(result.institution)
    result = _locked(result)
    if result.state != ResultState.MODERATION:
        raise NotAllowedNow(state=result.state)
    submission = result.submission
    if not can_moderate(submission, actor):
        raise MayNotModerate(result=result.public_id)
    if not reason.strip():
        raise ReasonNeeded
    design = design_of(submission.enrolment.version, submission.task_key)
    chosen = {key: level for key, level in levels.items() if level}
    try:
        missing = score(design.model, chosen).missing
    except TestamurError as error:
        raise UnknownLevel(**error.facts) from error
    if missing:
        raise Incomplete(missing=list(missing))
    now = timezone.now()
    keys = {criterion.key for criterion in design.model.criteria} | {"overall"}
    texts = {k: v.strip()[:MAX_FEEDBACK] for k, v in (feedback or {}).items() if k in keys and v.strip()}
    mark = Mark.objects.create(
        institution=result.institution,
        submission=submission,
        round=result.round,
        role=Role.MODERATOR,
        user=actor,
        state=MarkState.DONE,
        levels=chosen,
        feedback=texts,
        started_at=now,
        done_at=now,
    )
    judged = outcome.moderated(design.model, design.pass_mark, chosen, mark.public_id, result.method)
    record("result.moderated", result, actor=actor, facts={"mark": mark.public_id, "reasons": list(result.reasons)})
    _agree(result, judged, now, decided_by=actor, decided_reason=reason.strip()[:MAX_REASON], feedback=texts)
    result.refresh_from_db()
    return result


def can_moderate(submission: Submission, person: Any) -> bool:
    """Whether this person may decide what the marks of a submission disagree about."""
    marked = Mark.objects.filter(submission=submission, user__isnull=False, state__in=LIVE)
    excluded = TaskResult.objects.filter(submission=submission).values_list("excluded", flat=True)
    own = submission.enrolment.learner.user_id
    everybody = [one for some in excluded for one in some] + ([own] if own else [])
    return may_moderate(person.pk, marked.values_list("user_id", flat=True), everybody)


def marked_by(person: Any) -> set[int]:
    """Primary keys of the submissions that one person may not moderate: `can_moderate`, seen from the other side."""
    marked = Mark.objects.filter(user=person, state__in=LIVE).values_list("submission_id", flat=True)
    own = Submission.objects.filter(enrolment__learner__user=person).values_list("pk", flat=True)
    excluded = {
        submission
        for submission, people in TaskResult.objects.exclude(excluded=[]).values_list("submission_id", "excluded")
        if person.pk in people
    }
    return {*marked, *own, *excluded}


@transaction.atomic
def reopen(
    submission: Submission, reason: str, excluding_assessors: Collection[Any] = (), *, actor: Any = None
) -> TaskResult:
    """Begin a new round of marking, for an appeal: by people who have not marked this submission and are not excluded.

    `excluding_assessors` are Users or their primary keys. The earlier result stays as it was, and counts no longer. Where the new round
    stands open already nothing happens. Raises NotAllowedNow where there is no agreed result, NoSuchTask for an adaptive test, which nobody
    can mark again: the learner takes another one.
    """
    lock(submission.institution)
    submission = Submission.objects.select_related("enrolment__version", "enrolment__learner").get(pk=submission.pk)
    result = current_result(submission)
    if result is None or (not result.agreed and result.round == 1):
        raise NotAllowedNow(state=result.state if result else "")
    if not result.agreed:
        return result
    design = design_of(submission.enrolment.version, submission.task_key)
    earlier = Mark.objects.filter(submission=submission, user__isnull=False).values_list("user_id", flat=True)
    named = {getattr(one, "pk", one) for one in excluding_assessors}
    again: TaskResult = TaskResult.objects.create(
        institution=submission.institution,
        submission=submission,
        round=result.round + 1,
        excluded=sorted(named | set(earlier)),
        reopened_because=reason.strip()[:MAX_REASON],
    )
    record("result.reopened", again, actor=actor, facts={"round": again.round, "earlier": result.public_id})
    allocation.open_places(submission, design, again)
    return again


def _locked(result: TaskResult) -> TaskResult:
    return (
        TaskResult.objects.select_for_update(of=("self",))
        .select_related("submission__enrolment__version", "submission__enrolment__learner")
        .get(pk=result.pk)
    )
