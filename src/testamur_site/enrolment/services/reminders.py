"""The reminder before something is due: once for each learner, task and day, however often it runs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from .. import queries
from ..models import Enrolment
from ..rules import EnrolmentState, TaskState
from . import mails

BEFORE = timedelta(days=3)
_AT_ONCE = 100
_TO_DO = (TaskState.NOT_STARTED, TaskState.DRAFT, TaskState.RETURNED)


def remind_all(now: datetime | None = None) -> Iterator[int]:
    """Queue the reminders of all enrolments, some at a time; yields how many enrolments were looked at. In an `unscoped` block.

    What was reminded of is not remembered here: the mail's own key keeps it single.
    """
    now = now or timezone.now()
    last, done = 0, 0
    while True:
        some = list(
            Enrolment.objects.filter(state=EnrolmentState.ENROLLED, pk__gt=last)
            .select_related("institution", "learner", "offering", "version")
            .order_by("pk")[:_AT_ONCE]
        )
        if not some:
            return
        last = some[-1].pk
        with transaction.atomic():
            _remind(some, now)
        done += len(some)
        yield done


def _remind(some: list[Enrolment], now: datetime) -> None:
    found = queries.standings(some, now=now)
    for enrolment in some:
        for standing in found[enrolment.pk]:
            due = standing.deadline
            if due.due_at is None or due.due_on is None or standing.state not in _TO_DO:
                continue
            if now < due.due_at <= now + BEFORE:
                mails.due_soon(enrolment, standing.task.key, standing.task.title, due.due_on)
