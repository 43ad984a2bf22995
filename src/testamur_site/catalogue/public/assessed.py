"""How a programme is assessed, in the reader's language: each task, who marks it, its rubric, and which outcome it shows."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ..description.elements import Description, MarkingScheme, RubricCriterion, Task
from ..description.tasks import outcomes_of_task, rubric_of_task
from ..description.vocabulary import in_language
from .presentation import duration_words, term

EVIDENCE = {
    "file": gettext_lazy("file"),
    "link": gettext_lazy("link"),
    "text": gettext_lazy("text written here"),
    "video": gettext_lazy("video"),
    "repository": gettext_lazy("repository"),
}


@dataclass(frozen=True)
class LevelShown:
    name: str
    points: str
    description: str


@dataclass(frozen=True)
class CriterionShown:
    name: str
    description: str
    weight: str
    must_pass: str
    levels: tuple[LevelShown, ...]


@dataclass(frozen=True)
class TaskShown:
    """`share` is its part in the whole in per cent, '' for the only one. `outcomes` are numbers of outcomes, from 1."""

    key: str
    title: str
    instructions: str
    hand_in: str
    marked_by: tuple[str, ...]
    pass_mark: str
    share: str
    attempts: str
    due: str
    supervision: str
    group: bool
    test: bool
    outcomes: tuple[int, ...]
    rubric: str
    criteria: tuple[CriterionShown, ...]


@dataclass(frozen=True)
class ShownIn:
    """Where an outcome is shown: a task and the criteria that look at it."""

    task: str
    anchor: str
    criteria: str


def tasks_shown(description: Description, language: str) -> tuple[TaskShown, ...]:
    whole = sum(_number(task.weight) for task in description.tasks)
    return tuple(_task(description, task, whole, language) for task in description.tasks)


def outcome_proofs(description: Description, language: str) -> list[tuple[ShownIn, ...]]:
    """For each outcome, in order, where it is shown."""
    return [
        tuple(
            ShownIn(in_language(task.title, language), f"task-{task.key}", ", ".join(named))
            for task in description.tasks
            if (named := _criteria_for(description, task, outcome.key, language))
        )
        for outcome in description.outcomes
    ]


def marked_by(marking: MarkingScheme, *, test: bool = False) -> tuple[str, ...]:
    """Who marks, one sentence part each."""
    if test:
        return (_("scored by the test itself"),)
    staff = int(marking.assessors or 0)
    found = []
    if staff:
        found.append(ngettext("%(n)s assessor of the staff", "%(n)s assessors of the staff", staff) % {"n": staff})
    if staff > 1 and marking.blind:
        found[-1] = _("%(who)s, neither sees the other's mark") % {"who": found[-1]}
    if peers := _count(marking.peers):
        said = ngettext("%(n)s fellow learner", "%(n)s fellow learners", peers) % {"n": peers}
        weight = _number(marking.peer_weight)
        counts = _("%(who)s (%(share)s %% of the mark)") if weight else _("%(who)s (for learning, without a mark)")
        found.append(counts % {"who": said, "share": f"{weight.normalize():f}"})
    if industry := _count(marking.industry):
        found.append(
            ngettext("%(n)s validator from industry", "%(n)s validators from industry", industry) % {"n": industry}
        )
    if marking.self_assessment:
        found.append(_("oneself, for learning"))
    if marking.anonymous and found:
        found.append(_("names are hidden while marking"))
    return tuple(found)


def _task(d: Description, task: Task, whole: Decimal, language: str) -> TaskShown:
    rubric = rubric_of_task(d, task)
    numbers = {outcome.key: number for number, outcome in enumerate(d.outcomes, 1)}
    share = _number(task.weight) * 100 / whole if whole else Decimal(0)
    return TaskShown(
        key=task.key,
        title=in_language(task.title, language) or task.key,
        instructions=in_language(task.instructions, language),
        hand_in=_hand_in(task),
        marked_by=marked_by(task.marking, test=bool(task.item_bank)),
        pass_mark=task.pass_mark,
        share=f"{share:.0f}" if len(d.tasks) > 1 else "",
        attempts=task.attempts if task.attempts not in {"", "1"} else "",
        due=duration_words(task.due_after),
        supervision=term(task.supervision, language),
        group=task.group,
        test=bool(task.item_bank),
        outcomes=tuple(numbers[key] for key in outcomes_of_task(d, task)),
        rubric=in_language(rubric.title, language) if rubric else "",
        criteria=tuple(_criterion(criterion, language) for criterion in rubric.criteria) if rubric else (),
    )


def _criterion(criterion: RubricCriterion, language: str) -> CriterionShown:
    names = {level.key: in_language(level.name, language) or level.key for level in criterion.levels}
    return CriterionShown(
        name=in_language(criterion.name, language) or criterion.key,
        description=in_language(criterion.description, language),
        weight=criterion.weight if criterion.weight != "1" else "",
        must_pass=names.get(criterion.must_pass, ""),
        levels=tuple(
            LevelShown(names[level.key], level.points, in_language(level.description, language))
            for level in criterion.levels
        ),
    )


def _criteria_for(d: Description, task: Task, outcome: str, language: str) -> list[str]:
    rubric = rubric_of_task(d, task)
    return [
        in_language(criterion.name, language) or criterion.key
        for criterion in (rubric.criteria if rubric else ())
        if outcome and outcome in criterion.outcomes
    ]


def _hand_in(task: Task) -> str:
    """`2 or more: file, repository`, in words."""
    if task.item_bank:
        return _("a short test that adapts to your answers")
    kinds = ", ".join(str(EVIDENCE[kind]) for kind in task.evidence if kind in EVIDENCE)
    least = _count(task.evidence_minimum)
    return _("at least %(n)s: %(kinds)s") % {"n": least, "kinds": kinds} if least > 1 else kinds


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text or "0")
    except InvalidOperation:
        return Decimal(0)
    return number if number.is_finite() else Decimal(0)


def _count(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0
