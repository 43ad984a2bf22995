"""How outcomes, tasks and rubrics hang together: keys that last, references that lead somewhere, levels that rise.

A key is what results in credentials are named by (`…#task-essay-argument-good`), so it has no hyphen, never changes once given, and
is given by `with_keys` where a form or a file did not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from itertools import pairwise

from .elements import EVIDENCE_KINDS, Description, Rubric, RubricCriterion, Task

KEY = re.compile(r"[a-z][a-z0-9_]{0,31}", re.ASCII)

Found = tuple[str, str, str]


def is_count(value: str) -> bool:
    """A whole number from 0 to 99, without sign or leading zero."""
    return value.isascii() and value.isdigit() and len(value) <= 2 and (value == "0" or value[0] != "0")


_PERCENT = re.compile(r"100(\.0{1,2})?|\d{1,2}(\.\d{1,2})?", re.ASCII)


def is_percent(value: str) -> bool:
    """A plain decimal number from 0 to 100 with at most two decimal places."""
    return _PERCENT.fullmatch(value) is not None


def free_key(taken: Iterable[str], letter: str) -> str:
    """The first of `o1`, `o2` … that is not taken, beyond the highest number there is."""
    numbers = [int(key[1:]) for key in taken if key[:1] == letter and key[1:].isascii() and key[1:].isdigit()]
    return f"{letter}{max(numbers, default=0) + 1}"


def with_keys(description: Description) -> Description:
    """The same description in which each learning outcome has a key. One that has them all is given back as it is."""
    if all(outcome.key for outcome in description.outcomes):
        return description
    keys = [outcome.key for outcome in description.outcomes]
    for index, key in enumerate(keys):
        if not key:
            keys[index] = free_key(keys, "o")
    outcomes = zip(description.outcomes, keys, strict=True)
    return replace(description, outcomes=tuple(replace(outcome, key=key) for outcome, key in outcomes))


def with_assessments_followed(before: Description, after: Description) -> Description:
    """`after`, in which tasks are still part of the assessment they were part of in `before`, wherever it stands now.

    An assessment is recognised by being the same, else by its title, else (where none came or went) by its place. A task whose
    assessment is gone is part of none.
    """
    if before.assessments == after.assessments:
        return after
    return replace(after, tasks=tuple(_followed(task, before, after) for task in after.tasks))


def _followed(task: Task, before: Description, after: Description) -> Task:
    if not (is_count(task.assessment) and 1 <= int(task.assessment) <= len(before.assessments)):
        return task
    at = int(task.assessment) - 1
    meant = before.assessments[at]
    now = [n for n, assessment in enumerate(after.assessments) if assessment == meant]
    now += [n for n, assessment in enumerate(after.assessments) if assessment.title == meant.title]
    if not now and len(before.assessments) == len(after.assessments):
        now = [at]
    # Where several are alike, the one that stands nearest to where it stood.
    return replace(task, assessment=str(min(now, key=lambda n: abs(n - at)) + 1) if now else "")


def rubric_of_task(description: Description, task: Task) -> Rubric | None:
    """The rubric a task is judged by; None where it has none."""
    return next((rubric for rubric in description.rubrics if task.rubric and rubric.key == task.rubric), None)


def outcomes_of_task(description: Description, task: Task) -> tuple[str, ...]:
    """The keys of the outcomes that a task shows, in the order of the outcomes."""
    rubric = rubric_of_task(description, task)
    meant = {key for criterion in rubric.criteria for key in criterion.outcomes} if rubric else set()
    return tuple(outcome.key for outcome in description.outcomes if outcome.key in meant)


def task_faults(description: Description) -> Iterator[Found]:
    """(code, path, value) of what cannot be stored: `not_a_key`, `key_twice`, `no_such_outcome`, `no_such_rubric`,
    `no_such_level`, `no_such_assessment`, `not_an_evidence_kind`, `levels_not_rising`, `no_weight`, `not_one_or_two`."""
    outcomes = {outcome.key for outcome in description.outcomes if outcome.key}
    rubrics = {rubric.key for rubric in description.rubrics}
    yield from _keys("outcomes", [outcome.key for outcome in description.outcomes], blank=True)
    yield from _keys("rubrics", [rubric.key for rubric in description.rubrics])
    yield from _keys("tasks", [task.key for task in description.tasks])
    for index, rubric in enumerate(description.rubrics):
        yield from _rubric_faults(rubric, f"rubrics/{index}", outcomes)
    for index, task in enumerate(description.tasks):
        yield from _task_faults(task, f"tasks/{index}", rubrics, len(description.assessments))
    if description.tasks and not any(_above_zero(task.weight) for task in description.tasks):
        yield "no_weight", "tasks", ""


def _task_faults(task: Task, path: str, rubrics: set[str], assessments: int) -> Iterator[Found]:
    if task.rubric and task.rubric not in rubrics:
        yield "no_such_rubric", f"{path}/rubric", task.rubric[:200]
    if task.assessment and not (is_count(task.assessment) and 1 <= int(task.assessment) <= assessments):
        yield "no_such_assessment", f"{path}/assessment", task.assessment[:200]
    if task.marking.assessors not in {"1", "2"}:
        yield "not_one_or_two", f"{path}/marking/assessors", task.marking.assessors[:200]
    if task.attempts == "0":
        yield "not_a_count", f"{path}/attempts", task.attempts
    yield from (
        ("not_an_evidence_kind", f"{path}/evidence", kind[:200]) for kind in task.evidence if kind not in EVIDENCE_KINDS
    )


def _rubric_faults(rubric: Rubric, path: str, outcomes: set[str]) -> Iterator[Found]:
    yield from _keys(f"{path}/criteria", [criterion.key for criterion in rubric.criteria])
    for index, criterion in enumerate(rubric.criteria):
        yield from _criterion_faults(criterion, f"{path}/criteria/{index}", outcomes)
    if rubric.criteria and not any(_above_zero(criterion.weight) for criterion in rubric.criteria):
        yield "no_weight", path, ""


def _criterion_faults(criterion: RubricCriterion, path: str, outcomes: set[str]) -> Iterator[Found]:
    levels = [level.key for level in criterion.levels]
    yield from _keys(f"{path}/levels", levels)
    yield from (("no_such_outcome", f"{path}/outcomes", key[:200]) for key in criterion.outcomes if key not in outcomes)
    if criterion.must_pass and criterion.must_pass not in levels:
        yield "no_such_level", f"{path}/must_pass", criterion.must_pass[:200]
    points = [_number(level.points) for level in criterion.levels]
    yield from (
        ("not_a_number", f"{path}/levels/{index}/points", "")
        for index, level in enumerate(criterion.levels)
        if not level.points
    )
    if any(after <= before for before, after in pairwise(points)):
        yield "levels_not_rising", f"{path}/levels", ""


def _keys(path: str, keys: list[str], *, blank: bool = False) -> Iterator[Found]:
    for index, key in enumerate(keys):
        if blank and not key:
            continue
        if not KEY.fullmatch(key):
            yield "not_a_key", f"{path}/{index}/key", key[:200]
        elif key in keys[:index]:
            yield "key_twice", f"{path}/{index}/key", key


def _number(text: str) -> Decimal:
    """0 for what is not a number: that is another fault, said by its own name."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return Decimal(0)
    return number if number.is_finite() else Decimal(0)


def _above_zero(text: str) -> bool:
    return _number(text) > 0
