"""The results that tasks and rubrics can have, as Open Badges 3.0 result descriptions, and how each is addressed.

    <achievement>#task-<task>                        the result of a task, in per cent
    <achievement>#task-<task>-<criterion>            the level reached in a criterion
    <achievement>#task-<task>-<criterion>-<level>    that level

Keys have no hyphen, so no two of these can be the same. Source: Open Badges 3.0, ResultDescription and RubricCriterionLevel.
"""

from __future__ import annotations

from collections.abc import Iterator

from testamur import model

from ..description.elements import Description, Rubric, RubricCriterion, Task
from ..description.tasks import rubric_of_task
from ..description.vocabulary import Text, in_language


def result_id(achievement_id: str, *keys: str) -> str:
    """The address of a result (one or two keys) or of a level (three)."""
    return f"{achievement_id}#task-{'-'.join(keys)}"


def task_results(description: Description, achievement_id: str, language: str) -> Iterator[model.ResultDescription]:
    """For every task its per cent, then the criteria of its rubric; in the order of the description."""
    for task in description.tasks:
        name = _said(task.title, language, task.key)
        yield model.ResultDescription(
            id=result_id(achievement_id, task.key),
            name=name,
            result_type=model.ResultType.PERCENT,
            value_min="0",
            value_max="100",
            required_value=task.pass_mark,
        )
        rubric = rubric_of_task(description, task)
        if rubric is not None:
            yield from (_criterion(c, task, name, achievement_id, language) for c in rubric.criteria if c.levels)


def _criterion(
    criterion: RubricCriterion, task: Task, task_name: str, achievement_id: str, language: str
) -> model.ResultDescription:
    return model.ResultDescription(
        id=result_id(achievement_id, task.key, criterion.key),
        name=f"{task_name}: {_said(criterion.name, language, criterion.key)}",
        result_type=model.ResultType.RUBRIC_CRITERION_LEVEL,
        rubric_criterion_level=tuple(
            model.RubricCriterionLevel(
                id=result_id(achievement_id, task.key, criterion.key, level.key),
                name=_said(level.name, language, level.key),
                points=level.points,
                description=in_language(level.description, language) or None,
            )
            for level in criterion.levels
        ),
        required_level=result_id(achievement_id, task.key, criterion.key, criterion.must_pass)
        if criterion.must_pass
        else None,
    )


def criterion_of(rubric: Rubric, key: str) -> RubricCriterion | None:
    """The criterion with that key; None when the rubric has none."""
    return next((criterion for criterion in rubric.criteria if criterion.key == key), None)


def _said(text: Text, language: str, key: str) -> str:
    """A name must not be empty in a credential: a draft's nameless things are called by their keys."""
    return in_language(text, language) or key
