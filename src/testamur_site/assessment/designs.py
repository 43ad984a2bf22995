"""What a submission is marked by: its task, its rubric and its scheme, as the version of the programme designed them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from testamur.assessment import rubrics
from testamur.errors import TestamurError
from testamur_site.catalogue import api as catalogue
from testamur_site.catalogue.api import in_language

from .errors import NoSuchTask
from .rules import Scheme, number


@dataclass(frozen=True, slots=True)
class Design:
    """`rubric` is the design with its words, `model` the same for the library, which scores it. A short adaptive test has neither:
    its rubric is empty and its model None."""

    task: catalogue.Task
    rubric: catalogue.Rubric
    model: Any
    scheme: Scheme
    pass_mark: Decimal

    @property
    def is_test(self) -> bool:
        return self.model is None

    def title(self, language: str) -> str:
        return in_language(self.task.title, language) or self.task.key


def design_of(version: catalogue.AchievementVersion, task_key: str) -> Design:
    """The design of one task of a version. Raises NoSuchTask where there is no such task, or one without a rubric that can be scored."""
    try:
        task = catalogue.task_of(version, task_key)
        if task.item_bank:
            raise NoSuchTask(task=task_key[:40])
        rubric = catalogue.rubric_of(version, task_key)
        return Design(
            task=task,
            rubric=rubric,
            model=model_of(rubric),
            scheme=Scheme.of(task.marking),
            pass_mark=number(task.pass_mark, Decimal(50)),
        )
    except (catalogue.NoSuchTask, TestamurError) as error:
        raise NoSuchTask(task=task_key[:40]) from error


def model_of(rubric: catalogue.Rubric) -> rubrics.Rubric:
    """The rubric as the library scores it. Raises InputError where it cannot be scored (no levels, no weight)."""
    return rubrics.Rubric(
        key=rubric.key,
        title=dict(rubric.title),
        description=dict(rubric.description),
        criteria=tuple(
            rubrics.Criterion(
                key=criterion.key,
                weight=number(criterion.weight, Decimal(1)),
                must_pass=criterion.must_pass,
                name=dict(criterion.name),
                description=dict(criterion.description),
                outcomes=tuple(criterion.outcomes),
                levels=tuple(
                    rubrics.Level(
                        key=level.key,
                        points=number(level.points, Decimal(0)),
                        name=dict(level.name),
                        description=dict(level.description),
                    )
                    for level in criterion.levels
                ),
            )
            for criterion in rubric.criteria
        ),
    )


def test_design(version: catalogue.AchievementVersion, task_key: str) -> Design | None:
    """The design of a task that is a short adaptive test; None for every other task."""
    for task in catalogue.tasks_of(version):
        if task.key == task_key and task.item_bank:
            mark = number(task.pass_mark, Decimal(50))
            return Design(task, catalogue.Rubric(key=""), None, Scheme.of(task.marking), mark)
    return None


def tasks(version: catalogue.AchievementVersion) -> list[Design]:
    """The tasks of a version that come to a result, in their order: marked by a rubric, or short adaptive tests."""
    found = []
    for task in catalogue.tasks_of(version):
        test = test_design(version, task.key)
        if test is not None:
            found.append(test)
            continue
        try:
            found.append(design_of(version, task.key))
        except NoSuchTask:
            continue
    return found
