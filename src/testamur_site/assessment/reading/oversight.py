"""Where every submission of a task stands, for those who lead: what waits for whom since when, and what the marks say of each criterion."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import get_language

from testamur_site.catalogue.api import Offering, in_language
from testamur_site.enrolment.api import Submission

from .. import models
from ..designs import Design
from ..models import Appointment, Mark, TaskResult
from ..outcome import Waits
from ..rules import LIVE, TO_DO, MarkState, ResultState, Role, code_name

MOST_CANDIDATES = 30


@dataclass(frozen=True, slots=True)
class MarkStanding:
    """One mark of a submission: who has it (a name of the staff or an organisation, never a peer), and how it stands."""

    public_id: str
    role: str
    position: int
    who: str
    state: str
    due_at: datetime | None
    overdue: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a submission stands. `waits` are codes of `outcome.Waits`, "moderation", or nothing; `since` when it began to wait."""

    submission: Submission
    code: str
    result: TaskResult | None
    marks: tuple[MarkStanding, ...]
    reviews_done: int
    reviews: int
    waits: tuple[str, ...]
    since: datetime | None


def standings(offering: Offering, design: Design) -> list[Standing]:
    """The latest attempt of everybody who has handed in, those that wait longest first. Four queries, whatever the number."""
    rows = (
        Submission.objects.filter(
            enrolment__offering=offering, task_key=design.task.key, state__in=["submitted", "returned"]
        )
        .select_related("enrolment__learner")
        .order_by("attempt")
    )
    latest = list({one.enrolment_id: one for one in rows}.values())
    results = {
        result.submission_id: result for result in TaskResult.objects.filter(submission__in=latest).order_by("round")
    }
    marks: dict[int, list[Mark]] = defaultdict(list)
    for mark in (
        Mark.objects.filter(submission__in=latest, state__in=LIVE)
        .exclude(role__in=[Role.SELF, Role.CALIBRATION])
        .select_related("user", "validator")
        .order_by("role", "position", "pk")
    ):
        marks[mark.submission_id].append(mark)
    found = [_standing(one, results.get(one.pk), marks[one.pk], design) for one in latest]
    return sorted(found, key=lambda one: (one.since is None, one.since or timezone.now(), one.submission.pk))


def _standing(submission: Submission, result: TaskResult | None, marks: list[Mark], design: Design) -> Standing:
    now = timezone.now()
    round_ = result.round if result is not None else 1
    current = [mark for mark in marks if mark.round == round_]
    reviews = [mark for mark in current if mark.role == Role.PEER]
    waits: tuple[str, ...] = ()
    since: datetime | None = None
    if result is not None and result.state == ResultState.MODERATION:
        waits, since = ("moderation",), result.changed_at
    elif result is not None and not result.agreed:
        waits = _waits(current, design, round_)
        since = min((mark.created_at for mark in current if mark.state != MarkState.DONE), default=result.created_at)
    return Standing(
        submission=submission,
        code=code_name(submission.public_id),
        result=result,
        marks=tuple(
            MarkStanding(
                public_id=mark.public_id,
                role=mark.role,
                position=mark.position,
                who=_who(mark),
                state=mark.state,
                due_at=mark.due_at,
                overdue=mark.state != MarkState.DONE and mark.due_at is not None and mark.due_at < now,
            )
            for mark in current
            if mark.role != Role.PEER
        ),
        reviews_done=sum(mark.state == MarkState.DONE for mark in reviews),
        reviews=len(reviews),
        waits=waits,
        since=since,
    )


def _waits(marks: list[Mark], design: Design, round_: int) -> tuple[str, ...]:
    done = Counter(mark.role for mark in marks if mark.state == MarkState.DONE)
    found = []
    if done[Role.STAFF] < design.scheme.assessors:
        found.append(Waits.STAFF)
    if round_ == 1 and done[Role.INDUSTRY] < design.scheme.industry:
        found.append(Waits.INDUSTRY)
    if round_ == 1 and design.scheme.peers and any(mark.role == Role.PEER and not mark.done for mark in marks):
        found.append(Waits.PEERS)
    return tuple(found)


def _who(mark: Mark) -> str:
    if mark.validator is not None:
        return str(mark.validator.organisation_name)
    return str(mark.user) if mark.user is not None else ""


def appointed(offering: Offering) -> list[int]:
    """Primary keys of those who were appointed to mark in an offering."""
    return list(Appointment.objects.filter(offering=offering).order_by("user__name").values_list("user_id", flat=True))


def validators(offering: Offering, key: str) -> list[models.Validator]:
    """The validators of a task, each with `marked` and `in_hand`."""
    return list(
        models.Validator.objects.filter(offering=offering, task_key=key).annotate(
            marked=Count("marks", filter=Q(marks__state=MarkState.DONE)),
            in_hand=Count("marks", filter=Q(marks__state__in=TO_DO)),
        )
    )


def sample_candidates(offering: Offering, design: Design) -> list[Mark]:
    """Done staff marks that could be a sample for the peers of this offering, from all offerings of the same version, newest first."""
    if not design.scheme.peers:
        return []
    chosen = models.CalibrationSample.objects.filter(offering=offering, task_key=design.task.key)
    return list(
        Mark.objects.filter(
            role=Role.STAFF,
            state=MarkState.DONE,
            submission__task_key=design.task.key,
            submission__enrolment__version_id=offering.version_id,
        )
        .exclude(submission__in=chosen.values("mark__submission"))
        .select_related("submission__enrolment__offering")
        .order_by("-done_at")[:MOST_CANDIDATES]
    )


@dataclass
class Spread:
    """How often each level of a criterion was given: `levels` are (name, count), lowest first."""

    name: str
    levels: list[tuple[str, int]] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(count for _, count in self.levels)


def spreads(offering: Offering, design: Design, roles: Iterable[str] = (Role.STAFF, Role.INDUSTRY)) -> list[Spread]:
    """What the done marks of a task say of each criterion, of all submissions together."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    rows = Mark.objects.filter(
        submission__enrolment__offering=offering,
        submission__task_key=design.task.key,
        role__in=list(roles),
        state=MarkState.DONE,
    )
    for levels in rows.values_list("levels", flat=True):
        for criterion, level in levels.items():
            counts[criterion][level] += 1
    language = get_language() or "en"
    return [
        Spread(
            name=in_language(criterion.name, language) or criterion.key,
            levels=[
                (in_language(level.name, language) or level.key, counts[criterion.key][level.key])
                for level in criterion.levels
            ],
        )
        for criterion in design.rubric.criteria
    ]


def helpfulness(offering: Offering, key: str) -> dict[str, Any]:
    """What learners said to the feedback: how many found it helpful, and how many did not."""
    rows = Mark.objects.filter(
        submission__enrolment__offering=offering, submission__task_key=key, state=MarkState.DONE
    ).exclude(helpful="")
    counts = Counter(rows.values_list("helpful", flat=True))
    return {"yes": counts["yes"], "no": counts["no"]}
