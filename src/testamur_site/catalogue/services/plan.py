"""Single tasks and rubrics of a version: each saved on its own, guarded by the token of what its editor saw.

Two people may write two rubrics at the same time; two in the same one meet, and the second is told (`Conflict`). All raise as
`versions.save_section` does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar

from django.db import transaction

from testamur import strict_json

from ..description import codec
from ..description.elements import Description, Rubric, Task
from ..description.tasks import free_key
from ..models import AchievementVersion
from .versions import change_section

Element = TypeVar("Element", Task, Rubric)


def element_token(element: Task | Rubric | None) -> str:
    """A short name for what a task or rubric says; '' for one that is not there."""
    if element is None:
        return ""
    return hashlib.sha256(strict_json.jcs(codec.to_json(element))).hexdigest()[:24]


def save_task(version: AchievementVersion, task: Task, *, base: str, actor: Any = None) -> AchievementVersion:
    """Write one task. One without a key is new, and gets one. `base` is the `element_token` of what the editor saw."""

    def changed(before: Description) -> Description:
        return replace(before, tasks=_with(before.tasks, task, "t"))

    return change_section(version, "tasks", changed, seen=lambda d: _seen(d.tasks, task.key, base), actor=actor)


def save_rubric(version: AchievementVersion, rubric: Rubric, *, base: str, actor: Any = None) -> AchievementVersion:
    """Write one rubric. One without a key is new, and gets one. `base` is the `element_token` of what the editor saw."""

    def changed(before: Description) -> Description:
        return replace(before, rubrics=_with(before.rubrics, rubric, "r"))

    return change_section(version, "rubrics", changed, seen=lambda d: _seen(d.rubrics, rubric.key, base), actor=actor)


def add_rubrics(version: AchievementVersion, rubrics: Sequence[Rubric], *, actor: Any = None) -> AchievementVersion:
    """Add some rubrics at once, each under a new key; all or none. Outcomes that this description does not have are left out."""

    def changed(before: Description) -> Description:
        known = {outcome.key for outcome in before.outcomes if outcome.key}
        stored = before.rubrics
        for rubric in rubrics:
            criteria = (replace(c, outcomes=tuple(key for key in c.outcomes if key in known)) for c in rubric.criteria)
            stored = _with(stored, replace(rubric, key="", criteria=tuple(criteria)), "r")
        return replace(before, rubrics=stored)

    return change_section(version, "rubrics", changed, seen=lambda _d: True, actor=actor)


def remove_task(version: AchievementVersion, key: str, *, actor: Any = None) -> AchievementVersion:
    """Take a task out. One that is not there is gone already."""

    def changed(before: Description) -> Description:
        return replace(before, tasks=tuple(task for task in before.tasks if task.key != key))

    return change_section(version, "tasks", changed, seen=lambda _d: True, actor=actor)


def remove_rubric(version: AchievementVersion, key: str, *, actor: Any = None) -> AchievementVersion:
    """Take a rubric out. Raises ValueError (`no_such_rubric`) while a task is judged by it."""

    def changed(before: Description) -> Description:
        return replace(before, rubrics=tuple(rubric for rubric in before.rubrics if rubric.key != key))

    return change_section(version, "rubrics", changed, seen=lambda _d: True, actor=actor)


def move_task(version: AchievementVersion, key: str, by: int, *, actor: Any = None) -> AchievementVersion:
    """Move a task up (-1) or down (1) in the order in which learners see them; at the end it stays where it is."""

    def changed(before: Description) -> Description:
        tasks = list(before.tasks)
        at = next((index for index, task in enumerate(tasks) if task.key == key), None)
        if at is None or not 0 <= at + by < len(tasks):
            return before
        tasks.insert(at + by, tasks.pop(at))
        return replace(before, tasks=tuple(tasks))

    return change_section(version, "tasks", changed, seen=lambda _d: True, actor=actor)


@transaction.atomic
def set_assessed_award(version: AchievementVersion, assessed: bool, *, actor: Any = None) -> AchievementVersion:
    """Say whether an award needs a decision on the tasks, or is made by form and table."""
    return change_section(
        version, "tasks", lambda before: replace(before, assessed_award=assessed), seen=lambda _d: True, actor=actor
    )


def _with(elements: tuple[Element, ...], element: Element, letter: str) -> tuple[Element, ...]:
    if not element.key:
        return (*elements, replace(element, key=free_key((e.key for e in elements), letter)))
    if all(stored.key != element.key for stored in elements):
        return (*elements, element)
    return tuple(element if stored.key == element.key else stored for stored in elements)


def _seen(elements: Sequence[Task | Rubric], key: str, base: str) -> bool:
    return not key or element_token(next((e for e in elements if e.key == key), None)) == base
