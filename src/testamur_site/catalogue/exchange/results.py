"""The results that tasks and rubrics can have, as Open Badges 3.0 result descriptions, and how each is addressed.

    <achievement>#task-<task>                        the result of a task, in per cent
    <achievement>#task-<task>-<criterion>            the level reached in a criterion
    <achievement>#task-<task>-<criterion>-<level>    that level
    <achievement>#outcome-<outcome>                  a learning outcome, which tasks and criteria are aligned to

Keys have no hyphen, so no two of these can be the same. The alignments are how a reader follows outcome → task → criterion in the signed
file. Source: Open Badges 3.0, ResultDescription, RubricCriterionLevel and Alignment (`ext:` is its way of extending a vocabulary).
"""

from __future__ import annotations

from collections.abc import Iterator

from testamur import model

from ..description.elements import Description, Rubric, RubricCriterion, Task
from ..description.tasks import outcomes_of_task, rubric_of_task
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
            alignment=_outcomes(outcomes_of_task(description, task), description, achievement_id, language),
        )
        rubric = rubric_of_task(description, task)
        for criterion in rubric.criteria if rubric else ():
            if criterion.levels:
                shows = _outcomes(criterion.outcomes, description, achievement_id, language)
                yield _criterion(criterion, task, name, achievement_id, language, shows)


def _outcomes(
    keys: tuple[str, ...], description: Description, achievement_id: str, language: str
) -> tuple[model.Alignment, ...]:
    """An alignment to each of these outcomes, in the order of the outcomes."""
    return tuple(
        model.Alignment(
            target_name=_said(outcome.title, language, outcome.key),
            target_url=f"{achievement_id}#outcome-{outcome.key}",
            target_type="ext:LearningOutcome",
        )
        for outcome in description.outcomes
        if outcome.key and outcome.key in keys
    )


def _criterion(
    criterion: RubricCriterion,
    task: Task,
    task_name: str,
    achievement_id: str,
    language: str,
    shows: tuple[model.Alignment, ...],
) -> model.ResultDescription:
    return model.ResultDescription(
        id=result_id(achievement_id, task.key, criterion.key),
        name=f"{task_name}: {_said(criterion.name, language, criterion.key)}",
        result_type=model.ResultType.RUBRIC_CRITERION_LEVEL,
        alignment=shows,
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
