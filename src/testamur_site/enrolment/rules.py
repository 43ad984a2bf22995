"""The decisions of enrolment, without a database: states, deadlines, attempts, and what may follow what.

An enrolment
  applied → enrolled → completed            applied: asked for, the mailbox is not yet shown to be theirs
     └────→ waiting ──→ enrolled            waiting: every seat is taken; in the order of arrival
     any open state → withdrawn             completed ⇄ enrolled: by a decision, and by one that is taken back

A submission (one attempt at one task)
  draft → submitted → returned              returned: the work is to be handed in again; a new attempt begins
              └─────→ withdrawn             withdrawn: by the learner, before the due date, to be replaced by a new attempt
  What was submitted never changes: every new attempt is a new row.

Deadlines are days. A day ends when it has ended everywhere on Earth (UTC−12), so that one date in one sentence is true for a learner in
Seoul, in Dublin and on the way: nobody is late by a time zone (docs/decisions/0025).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

MAXIMUM_NAME = 200
MAXIMUM_TITLE = 200
MAXIMUM_URL = 2000
MAXIMUM_TEXT = 50_000
"""Characters of a text that is handed in as evidence."""
MAXIMUM_NOTE = 5_000
MAXIMUM_PIECES = 20
"""Pieces of evidence in one submission."""
MAXIMUM_PORTFOLIO = 200
"""Pieces of evidence that one learner keeps."""
AUTHORSHIP_VERSION = "1"
"""The version of the statement of authorship (its words are in `sentences.py`); a changed statement gets a new number."""


class EnrolmentState(StrEnum):
    APPLIED = "applied"
    WAITING = "waiting"
    ENROLLED = "enrolled"
    WITHDRAWN = "withdrawn"
    COMPLETED = "completed"


TAKES_PART = frozenset({EnrolmentState.ENROLLED, EnrolmentState.COMPLETED})
OPEN = frozenset({EnrolmentState.APPLIED, EnrolmentState.WAITING, EnrolmentState.ENROLLED})


class SubmissionState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


HANDED_IN = frozenset({SubmissionState.SUBMITTED, SubmissionState.RETURNED})
"""The states that use up an attempt."""


class EvidenceKind(StrEnum):
    FILE = "file"
    LINK = "link"
    TEXT = "text"
    VIDEO = "video"
    REPOSITORY = "repository"


ADDRESSES = frozenset({EvidenceKind.LINK, EvidenceKind.VIDEO, EvidenceKind.REPOSITORY})
"""The kinds that are an address: kept, shown, never fetched."""


class TaskState(StrEnum):
    """How a task stands for one learner."""

    NOT_STARTED = "not_started"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"  # to be handed in again
    CLOSED = "closed"  # nothing can be handed in any more


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a task is due for one learner.

    `due_on` the last day that is in time, `due_at` the moment at which it has ended everywhere; both None where the task has no date.
    `closes_at` the moment after which nothing is accepted, None where late work is always accepted. `extension_days` are included.
    """

    due_on: date | None
    due_at: datetime | None
    closes_at: datetime | None
    extension_days: int = 0

    def is_late(self, now: datetime) -> bool:
        return self.due_at is not None and now > self.due_at

    def is_closed(self, now: datetime) -> bool:
        return self.closes_at is not None and now > self.closes_at


def end_of_day(day: date) -> datetime:
    """The moment at which `day` is over everywhere on Earth: noon UTC of the day after (UTC−12 is the last zone to end it)."""
    return datetime.combine(day + timedelta(days=1), time(12), UTC)


def day_of_end(moment: datetime) -> date:
    """The day whose end (see `end_of_day`) is at, or next before, `moment`."""
    return (moment.astimezone(UTC) - timedelta(hours=12)).date() - timedelta(days=1)


def deadline(task_due: date | None, offering_ends: date | None, *, extension_days: int = 0) -> Deadline:
    """The deadline of a task: `task_due` by the design of the task, the end of the offering where the task names none.

    Late work is accepted until the offering ends, or until the extended due date where that comes later.
    """
    extra = timedelta(days=extension_days)
    due = task_due or offering_ends
    due = due + extra if due else None
    ends = [day for day in (offering_ends + extra if offering_ends else None, due if offering_ends else None) if day]
    return Deadline(
        due_on=due,
        due_at=end_of_day(due) if due else None,
        closes_at=end_of_day(max(ends)) if ends else None,
        extension_days=extension_days,
    )


def deadline_of_return(base: Deadline, until: date | None, *, extension_days: int = 0) -> Deadline:
    """The deadline of an attempt after work was returned: `until` with the days granted since; None leaves it without a date.

    `base` is the deadline of the first attempt: it never closes a second one earlier, and what never closed stays so.
    """
    if until is None:
        return Deadline(None, None, None, base.extension_days)
    due = end_of_day(until + timedelta(days=extension_days))
    closes = max(base.closes_at, due) if base.closes_at else None
    return Deadline(day_of_end(due), due, closes, base.extension_days)


@dataclass(frozen=True, slots=True)
class Attempts:
    """`used` attempts were handed in and count; `allowed` in all; `state` of the latest attempt ('' when there is none)."""

    used: int
    allowed: int
    state: str = ""

    @property
    def left(self) -> int:
        return max(0, self.allowed - self.used)


def attempts(states: Iterable[str], allowed: int, *, extra: int = 0) -> Attempts:
    """The account of attempts; `states` in the order of the attempts, `extra` attempts granted beyond the design of the task."""
    listed = list(states)
    used = sum(1 for state in listed if state in HANDED_IN)
    return Attempts(used, max(1, allowed) + extra, listed[-1] if listed else "")


def task_state(latest: str, *, closed: bool) -> TaskState:
    """How a task stands, from the state of the latest attempt ('' for none) and whether it is closed for this learner."""
    if latest == SubmissionState.SUBMITTED:
        return TaskState.SUBMITTED
    if closed:
        return TaskState.CLOSED
    if latest == SubmissionState.DRAFT:
        return TaskState.DRAFT
    return TaskState.RETURNED if latest == SubmissionState.RETURNED else TaskState.NOT_STARTED


def missing(kinds: Iterable[str], *, accepted: Iterable[str], least: int, declared: bool) -> list[str]:
    """What stands between a draft and handing in, as codes: "too_few", "kind_not_accepted", "too_many", "not_declared"."""
    listed, allowed = list(kinds), set(accepted)
    found = []
    if len(listed) < least:
        found.append("too_few")
    if len(listed) > MAXIMUM_PIECES:
        found.append("too_many")
    if allowed and any(kind not in allowed for kind in listed):
        found.append("kind_not_accepted")
    if not declared:
        found.append("not_declared")
    return found


class RowVerdict(StrEnum):
    """What becomes of a row of a class list."""

    READY = "ready"  # will be enrolled
    ALREADY = "already"  # takes part, or waits, already
    REFUSED = "refused"  # must be mended first
    ENROLLED = "enrolled"
    WAITING = "waiting"  # enrolled onto the waiting list


@dataclass(frozen=True, slots=True)
class ListRow:
    """A row as it was read: its number as a spreadsheet shows it, clean values, and the code of what is wrong ('' for nothing)."""

    line: int
    name: str
    email: str
    language: str
    verdict: str = RowVerdict.READY
    problem: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "verdict": str(self.verdict), "facts": dict(self.facts)}


def judged(rows: Iterable[ListRow], *, already: Collection[str], fold: Callable[[str], str]) -> list[ListRow]:
    """Each row with its verdict: refused where something is wrong or the mailbox stands there twice, `already` where it takes part."""
    seen: dict[str, int] = {}
    found = []
    for row in rows:
        mailbox = fold(row.email)
        if row.problem:
            found.append(replace(row, verdict=RowVerdict.REFUSED))
        elif mailbox in seen:
            problem = {"problem": "row.twice", "facts": {"line": seen[mailbox]}}
            found.append(replace(row, verdict=RowVerdict.REFUSED, **problem))
        else:
            seen[mailbox] = row.line
            found.append(replace(row, verdict=RowVerdict.ALREADY if mailbox in already else RowVerdict.READY))
    return found
