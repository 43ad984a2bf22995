"""Who marks what: the places that a submission needs, and the assessors who are given them or take them.

A new submission opens as many places as its scheme asks for. Each goes at once to the assessor with the least to do; where nobody can be
found it stays open, for whoever takes it from the queue. What was taken from the queue is leased: without a word for some hours it is open
again. What was given by load has no lease, it is somebody's own until they give it back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.utils import timezone

from testamur_site.catalogue.api import Offering
from testamur_site.enrolment.api import Submission
from testamur_site.foundation.permissions.api import Right, allows
from testamur_site.foundation.tenancy.api import Institution, Role, members

from ..designs import Design, design_of
from ..errors import AlreadyTaken, MayNotMark, NotAllowedNow, NothingToTake
from ..models import Appointment, Mark, TaskResult, Validator
from ..rules import LEASE, LIVE, MARKING_TIME, TO_DO, MarkState, in_sample, next_assessor
from ..rules import Role as As
from .common import current_result, due_after, fresh, lock, marking_of, record


@transaction.atomic
def open_submission(submission: Submission) -> TaskResult | None:
    """Begin the marking of a submission: its result, provisional, and the places of its marks. Doing it twice is doing it once.

    None where the submission is not handed in (any more), or its task has no rubric.
    """
    institution = submission.institution
    lock(institution)
    submission = Submission.objects.select_related("enrolment__version", "enrolment__learner").get(pk=submission.pk)
    if submission.state != "submitted":
        return None
    if existing := current_result(submission):
        return existing
    design = design_of(submission.enrolment.version, submission.task_key)
    marking = marking_of(institution, submission.enrolment.offering_id, submission.task_key)
    result = TaskResult(institution=institution, submission=submission, round=1)
    if marking.sample_share and in_sample(result.public_id, marking.sample_share):
        result.reasons = ["sample"]
    result.save(force_insert=True)
    open_places(submission, design, result)
    if design.scheme.self_assessment:
        Mark.objects.create(
            institution=institution,
            submission=submission,
            role=As.SELF,
            learner=submission.enrolment.learner,
            state=MarkState.ALLOCATED,
        )
    record("result.opened", result, facts={"submission": submission.public_id, "round": result.round})
    return result


def open_places(submission: Submission, design: Design, result: TaskResult) -> None:
    """The staff's places of one round, given by load, and (in the first round) the validators'. Call it holding the lock."""
    for position in range(1, design.scheme.assessors + 1):
        open_place(submission, result.round, position)
    if result.round == 1:
        give_to_validators(submission, design.scheme.industry)


def open_place(submission: Submission, round_: int, position: int) -> Mark:
    """One staff mark, given to the assessor with the least to do who may have it; open where there is none."""
    chosen = next_assessor(loads(submission.enrolment.offering_id), barred(submission))
    mark: Mark = Mark.objects.create(
        institution=submission.institution,
        submission=submission,
        round=round_,
        role=As.STAFF,
        position=position,
        user_id=chosen,
        state=MarkState.ALLOCATED if chosen else MarkState.OPEN,
        due_at=due_after(MARKING_TIME),
    )
    return mark


def assessors_of(institution: Institution, offering_id: int) -> list[int]:
    """Primary keys of those among whom an offering's work is shared: those appointed, else all with the role of an assessor."""
    able = {member.user_id: member.role for member in members(institution) if allows(member.role, Right.ASSESS)}
    appointed = Appointment.objects.filter(offering_id=offering_id).values_list("user_id", flat=True)
    chosen = [user for user in appointed if user in able]
    return sorted(chosen or [user for user, role in able.items() if role == Role.ASSESSOR])


def loads(offering_id: int) -> dict[int, int]:
    """How many staff marks each assessor of an offering has, done ones included: who was quick is not punished with more."""
    offering = Offering.objects.select_related("institution").get(pk=offering_id)
    people = assessors_of(offering.institution, offering_id)
    counts = Counter(
        Mark.objects.filter(
            submission__enrolment__offering_id=offering_id, role=As.STAFF, user__in=people, state__in=LIVE
        ).values_list("user_id", flat=True)
    )
    return {person: counts[person] for person in people}


def barred(submission: Submission) -> set[int]:
    """Primary keys of the people who may not mark a submission: its author, who had a mark of it in any round or declared a conflict,
    and whom an appeal excluded."""
    people = set(
        Mark.objects.filter(submission=submission, role__in=[As.STAFF, As.MODERATOR], user__isnull=False)
        .exclude(state__in=[MarkState.EXPIRED, MarkState.SUPERSEDED])
        .values_list("user_id", flat=True)
    )
    for excluded in TaskResult.objects.filter(submission=submission).values_list("excluded", flat=True):
        people.update(excluded)
    author = submission.enrolment.learner.user_id
    return people | ({author} if author else set())


def barred_from(user: Any) -> set[int]:
    """Primary keys of the submissions that one person may not mark: `barred`, seen from the other side, with three queries."""
    had = Mark.objects.filter(user=user, role__in=[As.STAFF, As.MODERATOR]).exclude(
        state__in=[MarkState.EXPIRED, MarkState.SUPERSEDED]
    )
    own = Submission.objects.filter(enrolment__learner__user=user)
    excluded = {
        submission
        for submission, people in TaskResult.objects.exclude(excluded=[]).values_list("submission_id", "excluded")
        if user.pk in people
    }
    return {*had.values_list("submission_id", flat=True), *own.values_list("pk", flat=True), *excluded}


@transaction.atomic
def drop_submission(submission: Submission) -> None:
    """A learner took their submission back: what stood open for it ends. Doing it twice is doing it once."""
    lock(submission.institution)
    submission = Submission.objects.select_related("institution").get(pk=submission.pk)
    if submission.state == "withdrawn":
        Mark.objects.filter(submission=submission, state__in=[MarkState.OPEN, *TO_DO]).update(state=MarkState.RETURNED)


@transaction.atomic
def claim(mark: Mark, user: Any) -> Mark:
    """Take an open mark from the queue, for the time of a lease. Of two at once one gets it. Raises AlreadyTaken, MayNotMark."""
    lock(mark.institution)
    mark = fresh(mark)
    if mark.user_id == user.pk and mark.state in TO_DO:
        return mark
    if mark.role != As.STAFF or user.pk in barred(mark.submission):
        raise MayNotMark(mark=mark.public_id)
    taken = Mark.objects.filter(pk=mark.pk, state=MarkState.OPEN, user=None).update(
        user=user, state=MarkState.ALLOCATED, lease_until=timezone.now() + LEASE
    )
    if not taken:
        raise AlreadyTaken(mark=mark.public_id)
    mark.refresh_from_db()
    record("mark.taken", mark, actor=user)
    return mark


@transaction.atomic
def claim_next(institution: Institution, user: Any) -> Mark:
    """Take the open mark that is due first among those this person may have. Raises NothingToTake."""
    lock(institution)
    expire_leases()
    waiting = Mark.objects.filter(state=MarkState.OPEN, role=As.STAFF, submission__state="submitted").exclude(
        submission__in=barred_from(user)
    )
    mark = waiting.select_related("institution").order_by("due_at", "pk").first()
    if mark is not None:
        return claim(mark, user)
    raise NothingToTake


@transaction.atomic
def give_back(mark: Mark, user: Any) -> None:
    """Hand a mark back unmarked: it is given to somebody else. Raises NotAllowedNow."""
    lock(mark.institution)
    mark = fresh(mark)
    if mark.state not in TO_DO or mark.user_id != user.pk:
        raise NotAllowedNow(state=mark.state)
    vacate(mark, MarkState.RETURNED)
    record("mark.returned", mark, actor=user)


@transaction.atomic
def give_to(mark: Mark, user: Any, *, actor: Any) -> Mark:
    """The lead gives a mark that is not done to somebody of their choice. Raises NotAllowedNow, MayNotMark."""
    lock(mark.institution)
    mark = fresh(mark)
    if mark.role != As.STAFF or mark.state not in (MarkState.OPEN, *TO_DO):
        raise NotAllowedNow(state=mark.state)
    able = {member.user_id for member in members(mark.institution) if allows(member.role, Right.ASSESS)}
    if user.pk not in able or user.pk in barred(mark.submission):
        raise MayNotMark(mark=mark.public_id)
    # Taken away, not given back: a lead who erred can give it to the same person again.
    Mark.objects.filter(pk=mark.pk).update(state=MarkState.EXPIRED, lease_until=None)
    given: Mark = Mark.objects.create(
        institution=mark.institution,
        submission=mark.submission,
        round=mark.round,
        role=mark.role,
        position=mark.position,
        user=user,
        state=MarkState.ALLOCATED,
        due_at=mark.due_at,
    )
    record("mark.given", given, actor=actor, facts={"instead_of": mark.public_id})
    return given


def vacate(mark: Mark, state: MarkState, *, conflict: bool = False) -> Mark | None:
    """End a mark without a judgement, and give its place to somebody else. The new place, or None for a validator's."""
    Mark.objects.filter(pk=mark.pk).update(state=state, conflict_declared=conflict, lease_until=None)
    if mark.role == As.STAFF:
        return open_place(mark.submission, mark.round, mark.position)
    if mark.role == As.INDUSTRY:
        design = design_of(mark.submission.enrolment.version, mark.submission.task_key)
        give_to_validators(mark.submission, design.scheme.industry)
    return None


def expire(mark: Mark) -> bool:
    """End a lease that has run out; the place is open again, for everybody. Whether it was so. Call it holding the lock."""
    now = timezone.now()
    ended = Mark.objects.filter(
        pk=mark.pk, role=As.STAFF, state__in=TO_DO, lease_until__isnull=False, lease_until__lte=now
    ).update(state=MarkState.EXPIRED)
    if not ended:
        return False
    mark.state = MarkState.EXPIRED
    Mark.objects.create(
        institution=mark.institution,
        submission=mark.submission,
        round=mark.round,
        role=mark.role,
        position=mark.position,
        state=MarkState.OPEN,
        due_at=mark.due_at,
    )
    record("mark.expired", mark)
    return True


def expire_leases() -> int:
    """End every lease of the active institution that has run out; how many. Call it holding the lock."""
    late = Mark.objects.filter(role=As.STAFF, state__in=TO_DO, lease_until__lte=timezone.now())
    return sum(expire(mark) for mark in late.select_related("institution", "submission"))


def reclaim_from_leavers(institution: Institution) -> int:
    """Give to others what people have in hand who may not mark here any more: they left, or have another role. How many. Holds the lock."""
    able = [member.user_id for member in members(institution) if allows(member.role, Right.ASSESS)]
    left = Mark.objects.filter(role=As.STAFF, state__in=TO_DO, submission__state="submitted").exclude(user__in=able)
    lost = list(left.select_related("institution", "submission__enrolment__learner"))
    for mark in lost:
        vacate(mark, MarkState.EXPIRED)
        record("mark.expired", mark)
    return len(lost)


def give_to_validators(submission: Submission, wanted: int) -> int:
    """Give a submission to validators of its task until `wanted` have it, the least busy first; how many were given. Holds the lock."""
    if not wanted:
        return 0
    present = Mark.objects.filter(submission=submission, role=As.INDUSTRY, state__in=LIVE).count()
    had = set(Mark.objects.filter(submission=submission, role=As.INDUSTRY).values_list("validator_id", flat=True))
    open_ones = Validator.objects.filter(
        offering_id=submission.enrolment.offering_id,
        task_key=submission.task_key,
        revoked_at=None,
        expires_at__gt=timezone.now(),
    )
    counts = Counter(
        Mark.objects.filter(validator__in=open_ones, state__in=LIVE).values_list("validator_id", flat=True)
    )
    free = [one for one in open_ones if one.pk not in had and counts[one.pk] < one.most]
    free.sort(key=lambda one: (counts[one.pk], one.pk))
    given = free[: max(0, wanted - present)]
    for validator in given:
        Mark.objects.create(
            institution=submission.institution,
            submission=submission,
            role=As.INDUSTRY,
            validator=validator,
            state=MarkState.ALLOCATED,
            due_at=due_after(MARKING_TIME),
        )
    return len(given)


@transaction.atomic
def appoint(offering: Offering, users: Collection[Any], *, actor: Any) -> None:
    """Say who marks in an offering; nobody means all assessors. What is allocated already stays where it is."""
    lock(offering.institution)
    able = {member.user_id for member in members(offering.institution) if allows(member.role, Right.ASSESS)}
    chosen = {user.pk for user in users if user.pk in able}
    Appointment.objects.filter(offering=offering).exclude(user__in=chosen).delete()
    present = set(Appointment.objects.filter(offering=offering).values_list("user_id", flat=True))
    for person in sorted(chosen - present):
        Appointment.objects.create(institution=offering.institution, offering=offering, user_id=person)
    record("assessors.appointed", offering, actor=actor, facts={"count": len(chosen)})
    _allocate_open(offering)


def _allocate_open(offering: Offering) -> None:
    """Give what is open to those who were appointed."""
    waiting = Mark.objects.filter(
        submission__enrolment__offering=offering, role=As.STAFF, state=MarkState.OPEN
    ).select_related("submission__enrolment__learner")
    for mark in waiting.order_by("due_at", "pk"):
        chosen = next_assessor(loads(offering.pk), barred(mark.submission))
        if chosen is not None:
            Mark.objects.filter(pk=mark.pk, state=MarkState.OPEN).update(user_id=chosen, state=MarkState.ALLOCATED)
