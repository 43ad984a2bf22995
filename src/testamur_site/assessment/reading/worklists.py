"""The queues of whoever marks: what is mine, what can be taken, what waits for others, what a moderator has to decide."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import get_language

from testamur_site.catalogue.api import AchievementVersion
from testamur_site.enrolment.api import Submission, day_of_end

from ..designs import Design, design_of
from ..errors import NoSuchTask
from ..models import Mark, TaskResult
from ..rules import TO_DO, MarkState, ResultState, Role, code_name
from ..services.allocation import barred_from
from ..services.settling import marked_by

MOST = 200
"""So many rows a list shows at most; who has more sees them when these are done."""


@dataclass(frozen=True, slots=True)
class Item:
    """A line of a queue. `name` is '' where the work is anonymous; `target` the public id of the mark or the result."""

    target: str
    code: str
    name: str
    programme: str
    task: str
    attempt: int
    due_on: date | None
    overdue: bool
    state: str
    second: bool = False
    reasons: tuple[str, ...] = ()
    waits: tuple[str, ...] = ()
    since: datetime | None = None
    mine: bool = True


class _Designs:
    """The designs of the tasks on one page, each read once."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, str], Design | None] = {}

    def of(self, submission: Submission) -> Design | None:
        version: AchievementVersion = submission.enrolment.version
        key = (version.pk, submission.task_key)
        if key not in self._known:
            try:
                self._known[key] = design_of(version, submission.task_key)
            except NoSuchTask:
                self._known[key] = None
        return self._known[key]


def mine(user: Any) -> list[Item]:
    """What the person has in hand, what is due first first."""
    rows = _marks().filter(user=user, role=Role.STAFF, state__in=TO_DO).order_by("due_at", "pk")[:MOST]
    return _of_marks(rows)


def to_take(user: Any) -> list[Item]:
    """What anybody may take, without what this person may not have."""
    return _of_marks(_to_take(user).order_by("due_at", "pk")[:MOST])


def _to_take(user: Any) -> QuerySet[Mark]:
    return _marks().filter(role=Role.STAFF, state=MarkState.OPEN).exclude(submission__in=barred_from(user))


def waiting(user: Any) -> list[Item]:
    """What the person has marked and whose result still waits for somebody else, or can still be taken back."""
    rows = _marks().filter(user=user, role=Role.STAFF, state=MarkState.DONE).order_by("-done_at")[:MOST]
    marks = list(rows)
    results = {
        (result.submission_id, result.round): result
        for result in TaskResult.objects.filter(
            submission__in=[mark.submission_id for mark in marks], state=ResultState.PROVISIONAL
        )
    }
    open_marks = [mark for mark in marks if (mark.submission_id, mark.round) in results]
    return _of_marks(open_marks, results)


def done(user: Any) -> QuerySet[Mark]:
    """What the person has marked, newest first."""
    return _marks(every_state=True).filter(user=user, role=Role.STAFF, state=MarkState.DONE).order_by("-done_at", "-pk")


def for_moderation(user: Any) -> list[Item]:
    """What a moderator has to decide, the oldest first; `mine` is False where this person has marked it and may not."""
    rows = (
        TaskResult.objects.filter(state=ResultState.MODERATION, submission__state="submitted")
        .select_related("submission__enrolment__learner", "submission__enrolment__version__micro_credential")
        .order_by("changed_at", "pk")[:MOST]
    )
    designs, found, not_mine = _Designs(), [], marked_by(user)
    for result in rows:
        item = _item(result.public_id, result.submission, designs, None, result.state)
        if item is not None:
            found.append(
                replace(
                    item,
                    reasons=tuple(result.reasons),
                    mine=result.submission_id not in not_mine,
                    since=result.changed_at,
                )
            )
    return found


def in_hand(user: Any) -> int:
    """How many submissions the person has in hand."""
    return _marks().filter(user=user, role=Role.STAFF, state__in=TO_DO).count()


def next_of(user: Any) -> Mark | None:
    """What the person should mark next: what they have in hand and is due first; None when there is nothing."""
    return _marks().filter(user=user, role=Role.STAFF, state__in=TO_DO).order_by("due_at", "pk").first()


def counts(user: Any, *, moderator: bool) -> dict[str, int]:
    """How long the queues are, for tabs."""
    return {
        "mine": in_hand(user),
        "take": _to_take(user).count(),
        "waiting": len(waiting(user)),
        "moderation": TaskResult.objects.filter(state=ResultState.MODERATION, submission__state="submitted").count()
        if moderator
        else 0,
    }


def items_of(marks: Iterable[Mark]) -> list[Item]:
    """Marks as lines of a queue, in their order."""
    return _of_marks(marks)


def _marks(*, every_state: bool = False) -> QuerySet[Mark]:
    rows = Mark.objects.select_related(
        "submission__enrolment__learner", "submission__enrolment__version__micro_credential"
    )
    return rows if every_state else rows.filter(submission__state="submitted")


def _of_marks(marks: Iterable[Mark], results: dict[tuple[int, int], TaskResult] | None = None) -> list[Item]:
    designs, found = _Designs(), []
    for mark in marks:
        item = _item(mark.public_id, mark.submission, designs, mark.due_at, mark.state)
        if item is None:
            continue
        result = (results or {}).get((mark.submission_id, mark.round))
        waits = tuple(result.method.get("waits", ())) if result is not None else ()
        found.append(replace(item, second=mark.position > 1, waits=waits))
    return found


def _item(target: str, submission: Submission, designs: _Designs, due_at: datetime | None, state: str) -> Item | None:
    design = designs.of(submission)
    if design is None:
        return None
    return Item(
        target=target,
        code=code_name(submission.public_id),
        name="" if design.scheme.anonymous else submission.enrolment.learner.name,
        programme=submission.enrolment.version.title,
        task=design.title(get_language() or "en"),
        attempt=submission.attempt,
        due_on=day_of_end(due_at) if due_at is not None else None,
        overdue=due_at is not None and due_at < timezone.now() and state in (*TO_DO, MarkState.OPEN),
        state=state,
    )
