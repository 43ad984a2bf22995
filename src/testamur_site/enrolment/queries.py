"""What is read. Inside a tenant, as every table here asks; a learner's own pages are (see `entrance/session.py`)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from testamur_site.catalogue.api import NoSuchTask as NoSuchTaskDesigned
from testamur_site.catalogue.api import Offering, Task, expires_on, task_of

from .errors import NoSuchTask
from .models import Enrolment, EvidenceItem, Extension, Learner, Submission
from .rules import (
    HANDED_IN,
    Attempts,
    Deadline,
    SubmissionState,
    TaskState,
    attempts,
    deadline,
    deadline_of_return,
    missing,
    task_state,
)


@dataclass(frozen=True)
class TaskStanding:
    """How one task stands for one learner: the design, the state, the deadline, the attempts, and the latest attempt (or None)."""

    task: Task
    state: TaskState
    deadline: Deadline
    attempts: Attempts
    latest: Submission | None

    @property
    def may_withdraw(self) -> bool:
        """Whether what was handed in can still be taken back: it is not due yet."""
        return (
            self.latest is not None
            and not self.task.item_bank
            and self.latest.state == SubmissionState.SUBMITTED
            and self.latest.due_at is not None
            and timezone.now() <= self.latest.due_at
        )

    @property
    def may_work(self) -> bool:
        """Whether a draft can be begun or carried on."""
        return self.state in (TaskState.NOT_STARTED, TaskState.DRAFT, TaskState.RETURNED) and (
            self.state == TaskState.DRAFT or self.attempts.left > 0
        )


def learner_by_public_id(public_id: str) -> Learner | None:
    return Learner.objects.select_related("institution").filter(public_id=public_id).first()


def enrolment_by_public_id(public_id: str) -> Enrolment | None:
    return _enrolments().filter(public_id=public_id).first()


def enrolments_of(learner: Learner) -> QuerySet[Enrolment]:
    """The learner's enrolments, newest first."""
    return _enrolments().filter(learner=learner).order_by("-created_at", "-pk")


def enrolments(offering: Offering) -> QuerySet[Enrolment]:
    """Everybody in an offering, whatever their state, in the order in which they came."""
    return _enrolments().filter(offering=offering)


def _enrolments() -> QuerySet[Enrolment]:
    return Enrolment.objects.select_related(
        "institution", "offering", "version", "version__institution", "version__micro_credential", "learner"
    )


def submission_by_public_id(public_id: str) -> Submission | None:
    return _submissions().filter(public_id=public_id).first()


def submissions(offering: Offering, task_key: str) -> QuerySet[Submission]:
    """What was handed in for a task of an offering and counts: submitted or returned, in the order of handing in."""
    return (
        _submissions()
        .filter(enrolment__offering=offering, task_key=task_key, state__in=sorted(HANDED_IN))
        .order_by("submitted_at", "pk")
    )


def submissions_of(enrolment: Enrolment, task_key: str = "") -> QuerySet[Submission]:
    """All attempts of one learner at one task (or at all), whatever their state, the newest last."""
    rows = _submissions().filter(enrolment=enrolment)
    return (rows.filter(task_key=task_key) if task_key else rows).order_by("created_at", "pk")


def _submissions() -> QuerySet[Submission]:
    return Submission.objects.select_related(
        "institution",
        "enrolment",
        "enrolment__learner",
        "enrolment__offering",
        "enrolment__version",
        "enrolment__version__institution",
    )


def evidence_of(submission: Submission) -> list[EvidenceItem]:
    """The pieces of a submission, in the learner's order."""
    return [piece.item for piece in submission.pieces.select_related("item").order_by("position", "pk")]


def portfolio(learner: Learner) -> QuerySet[EvidenceItem]:
    """All evidence of a learner, newest first, each with `times_used`: in how many submissions that were handed in it stands."""
    return (
        EvidenceItem.objects.filter(learner=learner, erased_at=None)
        .annotate(times_used=Count("uses", filter=~Q(uses__submission__state=SubmissionState.DRAFT)))
        .order_by("-created_at", "-pk")
    )


def own_evidence(learner: Learner, public_ids: Iterable[str]) -> list[EvidenceItem]:
    """Those pieces of the learner's own portfolio that are named, in the order of the names; strange names are left out."""
    wanted = list(public_ids)
    found = {item.public_id: item for item in portfolio(learner).filter(public_id__in=wanted)}
    return [found[public_id] for public_id in dict.fromkeys(wanted) if public_id in found]


def evidence_by_public_id(public_id: str) -> EvidenceItem | None:
    return EvidenceItem.objects.select_related("institution", "learner").filter(public_id=public_id).first()


def task_design(enrolment: Enrolment, task_key: str) -> Task:
    """The task as the pinned version has it. Raises NoSuchTask."""
    try:
        return task_of(enrolment.version, task_key)
    except NoSuchTaskDesigned as error:
        raise NoSuchTask(task=task_key) from error


def task_for(enrolment: Enrolment, task_key: str, *, now: datetime | None = None) -> TaskStanding:
    """One task of one learner. Raises NoSuchTask."""
    task_design(enrolment, task_key)
    return next(standing for standing in tasks_for(enrolment, now=now) if standing.task.key == task_key)


def tasks_for(enrolment: Enrolment, *, now: datetime | None = None) -> tuple[TaskStanding, ...]:
    """Every task of the pinned version, in its order, as it stands for the learner."""
    return standings([enrolment], now=now)[enrolment.pk]


def standings(enrolled: Iterable[Enrolment], *, now: datetime | None = None) -> Mapping[int, tuple[TaskStanding, ...]]:
    """`tasks_for` of many enrolments, by their primary keys, with two queries in all."""
    now = now or timezone.now()
    listed = list(enrolled)
    keys = [enrolment.pk for enrolment in listed]
    handed: dict[tuple[int, str], list[Submission]] = {}
    for submission in Submission.objects.filter(enrolment__in=keys).order_by("attempt"):
        handed.setdefault((submission.enrolment_id, submission.task_key), []).append(submission)
    extended: dict[int, list[Extension]] = {}
    for extension in Extension.objects.filter(enrolment__in=keys):
        extended.setdefault(extension.enrolment_id, []).append(extension)
    designs: dict[int, tuple[Task, ...]] = {}  # a description is read once for each version, not for each learner
    for enrolment in listed:
        if enrolment.version_id not in designs:
            designs[enrolment.version_id] = enrolment.tasks
    return {
        enrolment.pk: tuple(
            _standing(
                enrolment,
                task,
                handed.get((enrolment.pk, task.key), []),
                [e for e in extended.get(enrolment.pk, []) if e.task_key in ("", task.key)],
                now,
            )
            for task in designs[enrolment.version_id]
        )
        for enrolment in listed
    }


def _standing(
    enrolment: Enrolment, task: Task, tries: Sequence[Submission], extensions: Sequence[Extension], now: datetime
) -> TaskStanding:
    offering = enrolment.offering
    begins = offering.starts_on
    # Where everybody begins when they like, deadlines count from the learner's own first day.
    if offering.self_paced and enrolment.enrolled_at is not None:
        begins = max(begins, enrolment.enrolled_at.date())
    limit = deadline(
        expires_on(begins, task.due_after) if task.due_after else None,
        offering.ends_on,
        extension_days=sum(e.days for e in extensions),
    )
    returned = next((s for s in reversed(tries) if s.state == SubmissionState.RETURNED), None)
    if returned is not None and returned.returned_at is not None:
        since = sum(e.days for e in extensions if e.granted_at > returned.returned_at)
        limit = deadline_of_return(limit, returned.resubmit_until, extension_days=since)
    account = attempts(
        [s.state for s in tries], int(task.attempts or 1), extra=sum(1 for s in tries if s.extra_attempt)
    )
    state = task_state(account.state, closed=limit.is_closed(now))
    return TaskStanding(task, state, limit, account, tries[-1] if tries else None)


def revision_of(draft: Submission) -> int:
    """The revision as it is stored now."""
    return int(Submission.objects.values_list("revision", flat=True).get(pk=draft.pk))


def fingerprint(draft: Submission) -> str:
    """What stands for a draft as it is now, words and pieces: whoever hands in says what they saw."""
    pieces = draft.pieces.order_by("position", "pk").values_list("item__public_id", flat=True)
    return hashlib.sha256("|".join([str(revision_of(draft)), *pieces]).encode()).hexdigest()[:32]


def missing_of(draft: Submission, task: Task) -> list[str]:
    """What stands between a draft and handing in, but for the declaration: codes of `rules.missing`."""
    kinds = draft.pieces.values_list("item__kind", flat=True)
    return missing(kinds, accepted=task.evidence, least=int(task.evidence_minimum or 0), declared=True)
