"""Which learning outcome is assessed by which task and criterion, and which by none."""

from __future__ import annotations

from dataclasses import dataclass

from ..description.elements import Description, LearningOutcome, RubricCriterion, Task
from ..description.tasks import rubric_of_task


@dataclass(frozen=True)
class Cell:
    """The criteria by which a task shows an outcome; none: it does not."""

    task: Task
    criteria: tuple[RubricCriterion, ...]


@dataclass(frozen=True)
class Line:
    """An outcome, and a cell for each task."""

    outcome: LearningOutcome
    cells: tuple[Cell, ...]

    @property
    def covered(self) -> bool:
        return any(cell.criteria for cell in self.cells)


@dataclass(frozen=True)
class Coverage:
    """`loose` are criteria of the tasks' rubrics that show no outcome at all, as (task, criterion)."""

    tasks: tuple[Task, ...]
    lines: tuple[Line, ...]
    loose: tuple[tuple[Task, RubricCriterion], ...]

    @property
    def uncovered(self) -> tuple[LearningOutcome, ...]:
        return tuple(line.outcome for line in self.lines if not line.covered)


def coverage(description: Description) -> Coverage:
    """The whole table. A criterion that weighs nothing is feedback, and covers nothing."""
    criteria = {task.key: _counting(description, task) for task in description.tasks}
    known = {outcome.key for outcome in description.outcomes}
    lines = tuple(
        Line(
            outcome,
            tuple(
                Cell(task, tuple(c for c in criteria[task.key] if outcome.key and outcome.key in c.outcomes))
                for task in description.tasks
            ),
        )
        for outcome in description.outcomes
    )
    loose = tuple(
        (task, criterion)
        for task in description.tasks
        for criterion in criteria[task.key]
        if not known & set(criterion.outcomes)
    )
    return Coverage(description.tasks, lines, loose)


def _counting(description: Description, task: Task) -> tuple[RubricCriterion, ...]:
    rubric = rubric_of_task(description, task)
    return tuple(c for c in rubric.criteria if c.weight.strip("0.") or c.must_pass) if rubric else ()
