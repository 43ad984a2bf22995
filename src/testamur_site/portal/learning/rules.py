"""What comes next for a learner, from how everything stands. Pure: no Django, no database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Next(StrEnum):
    """The one thing to do, or to know, in the order in which it is looked for."""

    CONFIRM = "confirm"  # the link in the mail was not opened yet
    WAIT_FOR_SEAT = "wait_for_seat"
    LEFT = "left"
    PASSED = "passed"
    FAILED = "failed"
    ANSWER = "answer"  # a suspicion, about which the learner is heard
    HAND_IN_AGAIN = "hand_in_again"
    REVIEW = "review"  # the work of others
    HAND_IN = "hand_in"
    CARRY_ON = "carry_on"  # a draft
    MISSED = "missed"  # a task closed without anything handed in
    BEING_MARKED = "being_marked"  # nothing to do
    NOTHING = "nothing"  # no tasks


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task as it matters here: `state` of enrolment's TaskState, `due_on` its last day in time (None without one)."""

    key: str
    state: str
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Step:
    """What comes next; `task` is the key of the task it is about ('' for none), `due_on` the day by which."""

    what: Next
    task: str = ""
    due_on: date | None = None


_OF_ENROLMENT = {"applied": Next.CONFIRM, "waiting": Next.WAIT_FOR_SEAT, "withdrawn": Next.LEFT}
_OF_DECISION = {"pass": Next.PASSED, "fail": Next.FAILED, "withdrawn": Next.LEFT}
_TO_DO = {"returned": Next.HAND_IN_AGAIN, "not_started": Next.HAND_IN, "draft": Next.CARRY_ON}


def next_step(
    enrolment: str,
    tasks: Sequence[TaskView],
    *,
    decision: str = "",
    reviews: int = 0,
    reviews_due: date | None = None,
    hearing_by: date | None = None,
) -> Step:
    """The one step to show at the top.

    1. A hearing comes before everything: who is silent is not heard. 2. Who does not take part (yet, any more) is told so; then a
    decision that ends it. 3. Of what is to be done, what came back is most urgent.
    4. Then the earliest date decides between tasks and the reviews of others' work; what has no date comes last, reviews first.
    5. Otherwise there is nothing to do, and the learner is told why.
    """
    if hearing_by is not None:
        return Step(Next.ANSWER, due_on=hearing_by)
    if enrolment in _OF_ENROLMENT:
        return Step(_OF_ENROLMENT[enrolment])
    if decision in _OF_DECISION:
        return Step(_OF_DECISION[decision])
    open_tasks = [task for task in tasks if task.state in _TO_DO]
    for task in sorted(open_tasks, key=_by_day):
        if task.state == "returned":
            return Step(Next.HAND_IN_AGAIN, task.key, task.due_on)
    first = min(open_tasks, key=_by_day, default=None)
    if reviews and (first is None or _day(reviews_due) <= _day(first.due_on)):
        return Step(Next.REVIEW, due_on=reviews_due)
    if first is not None:
        return Step(_TO_DO[first.state], first.key, first.due_on)
    if any(task.state == "closed" for task in tasks):
        return Step(Next.MISSED, next(task.key for task in tasks if task.state == "closed"))
    return Step(Next.BEING_MARKED if tasks else Next.NOTHING)


def _day(day: date | None) -> date:
    return day or date.max


def _by_day(task: TaskView) -> date:
    return _day(task.due_on)
