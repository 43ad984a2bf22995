from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from testamur_site.catalogue.api import Offering
from testamur_site.enrolment.api import Enrolment, EvidenceItem, Learner, enrolment_by_public_id, portfolio
from testamur_site.foundation.tenancy.api import Institution

from .. import queries, rules, texts
from ..errors import DecisionError
from ..models import Appeal, Decision, MisconductCase, PriorLearningClaim, Proposal
from ..rules import Outcome, TaskStanding

get_or_post = require_http_methods(["GET", "HEAD", "POST"])
Row = Appeal | MisconductCase | PriorLearningClaim


def sound(text: str) -> str:
    """`text`, or "" where it holds a NUL: PostgreSQL refuses that in any text, and nothing here is named so."""
    return "" if "\x00" in text else text


def enrolment_or_404(public_id: str) -> Enrolment:
    found = enrolment_by_public_id(sound(public_id))
    if found is None:
        raise Http404
    return found


def own_enrolment(learner: Learner, public_id: str) -> Enrolment:
    """An enrolment of the learner themself. Raises Http404 for everybody else's."""
    found = enrolment_or_404(public_id)
    if found.learner_id != learner.pk:
        raise Http404
    return found


def own_offering(public_id: str) -> Offering:
    found = Offering.objects.select_related("version__institution").filter(public_id=sound(public_id)).first()
    if found is None:
        raise Http404
    return found


def row_or_404(model: type[Any], public_id: str, *related: str) -> Any:
    """A row of the active institution by its public id."""
    found = model.objects.select_related(*related).filter(public_id=sound(public_id)).first()
    if found is None:
        raise Http404
    return found


def address(name: str, institution: Institution, *arguments: str) -> str:
    return reverse(f"decisions:{name}", args=[institution.slug, *arguments])


def attempt(request: HttpRequest, done: str, step: Callable[[], Any]) -> bool:
    """Do one step and say what came of it on the next page; False when it was refused."""
    try:
        step()
    except DecisionError as error:
        messages.error(request, texts.of_error(error))
        return False
    messages.success(request, done)
    return True


def pieces_to_choose(learner: Learner) -> list[EvidenceItem]:
    return [item for item in portfolio(learner) if item.erased_at is None]


@dataclass(frozen=True, slots=True)
class TaskShown:
    """A task as a page shows it: its title and state, what it reached, and its criteria with the levels reached."""

    title: str
    standing: TaskStanding
    percent: str
    needed: str
    points: str  # taken off, '' for none
    levels: tuple[tuple[str, str, bool], ...]  # criterion, level, whether the level that is needed was missed
    state: str
    word: str
    submission: str = ""


def tasks_shown(enrolment: Enrolment, tasks: Iterable[TaskStanding]) -> list[TaskShown]:
    version = enrolment.version
    return [
        TaskShown(
            title=texts.task_title(version, task.task),
            standing=task,
            percent=rules.text_of(task.counted),
            needed=rules.text_of(task.pass_mark),
            points=rules.text_of(task.deduction) if task.deduction else "",
            levels=tuple(
                (
                    texts.criterion_name(version, task.task, criterion),
                    texts.level_name(version, task.task, criterion, level),
                    criterion in task.failed,
                )
                for criterion, level in task.levels.items()
            ),
            state=_state(task),
            word=_word(task),
            submission=task.submission,
        )
        for task in tasks
    ]


def _state(task: TaskStanding) -> str:
    if task.standing == "open":
        return "pending"
    return "passed" if task.passed else "failed"


def _word(task: TaskStanding) -> str:
    if task.standing == "open":
        return _("No result yet")
    if task.standing == "missing":
        return _("Not handed in")
    if task.void:
        return _("Void")
    return _("Reached") if task.passed else _("Not reached")


def shown(made: Decision) -> dict[str, Any]:
    """A decision for a page."""
    return {
        "decision": made,
        "word": texts.outcome(made.outcome),
        "state": texts.OUTCOME_STATES[Outcome(made.outcome)],
        "percent": percent(made.percent),
        "reasons": texts.reasons(made.reasons, made.enrolment.version),
        "tasks": tasks_shown(made.enrolment, made.tasks),
        "resubmit": [texts.task_title(made.enrolment.version, key) for key in made.resubmit],
    }


def proposal_shown(row: Proposal) -> dict[str, Any]:
    """A proposal for a page."""
    outcome = Outcome(row.outcome)
    return {
        "row": row,
        "word": texts.OUTCOMES[outcome],
        "state": texts.OUTCOME_STATES[outcome],
        "percent": percent(row.percent),
        "exceptions": [texts.EXCEPTIONS[code] for code in row.exceptions],
    }


def percent(number: Decimal | None) -> str:
    """Without needless zeros; '' for none."""
    return "" if number is None else rules.text_of(number)


def exhibits(row: Row) -> list[EvidenceItem]:
    return [one.item for one in row.exhibits.select_related("item")]


def tabs(institution: Institution, current: str) -> list[dict[str, Any]]:
    """The parts of this capability, each with how much waits there."""
    counts = queries.open_counts()
    parts = (
        ("overview", _("Results"), "proposals"),
        ("appeals", _("Appeals"), "appeals"),
        ("cases", _("Misconduct"), "cases"),
        ("claims", _("Prior learning"), "claims"),
    )
    return [
        {"label": label, "url": address(name, institution), "current": name == current, "count": counts[counted]}
        for name, label, counted in parts
    ]


def crumbs(institution: Institution, *further: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("Decisions"), address("overview", institution)), *further]
