"""What a learner's pages show: the feedback that is released, the reviews to write, and how a trial compares. No names of others, ever."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from testamur_site.enrolment.api import Enrolment, day_of_end

from .. import forms, sentences
from ..designs import Design, tasks
from ..forms import Filled
from ..models import CalibrationSample, Mark, TaskMarking
from ..queries import latest_submissions, marks_of, result_of
from ..rules import TO_DO, MarkState, PeerPhase, Role, code_name, without_names
from ..services import calibration
from ..services.common import handed_in

_RELEASED = (Role.STAFF, Role.INDUSTRY, Role.PEER, Role.MODERATOR)


def feedback_page(enrolment: Enrolment, design: Design, key: str) -> dict[str, Any]:
    """The latest attempt: its result and every word said to it once it is agreed; before that only what it waits for."""
    submission = latest_submissions(enrolment).get(key)
    if submission is None:
        return {"submission": None}
    result = result_of(submission)
    own = own_judgement(enrolment, key)
    page: dict[str, Any] = {
        "submission": submission,
        "result": result,
        "own": own,
        "own_rows": forms.rows(design, forms.of_mark(own)) if own is not None and own.state == MarkState.DONE else None,
        "own_open": own is not None and own.state in TO_DO,
        "waits": [],
    }
    if result is None or not result.agreed:
        waits = result.method.get("waits", []) if result is not None else []
        page["waits"] = [sentences.WAITS[code] for code in waits if code in sentences.WAITS]
        return page
    page["rows"] = forms.rows(design, Filled(dict(result.levels), dict(result.feedback)))
    page["voices"] = _voices(submission, design)
    page["moderated"] = "moderated" in result.method
    return page


def _voices(submission: Any, design: Design) -> list[dict[str, Any]]:
    """What each of those who marked wrote, without names: "Assessor", "Peer 2", an organisation. Those who wrote nothing are left out."""
    found: list[dict[str, Any]] = []
    numbers: dict[str, int] = {}
    for mark in marks_of(submission):
        if mark.role not in _RELEASED or mark.role == Role.MODERATOR:
            continue  # a moderator's words stand with the result
        numbers[mark.role] = numbers.get(mark.role, 0) + 1
        if not mark.feedback:
            continue
        who = str(sentences.ROLES[Role(mark.role)])
        if mark.role == Role.INDUSTRY and mark.validator is not None:
            who = f"{who}, {mark.validator.organisation_name}"
        elif mark.role == Role.PEER:
            who = _("Peer %(number)s") % {"number": numbers[mark.role]}
        words = dict(mark.feedback)
        if mark.role == Role.PEER and mark.learner is not None:
            # Whoever signs their review out of habit stays unknown nevertheless.
            words = _without(words, mark.learner.name, mark.learner.email)
        rows = [row for row in forms.rows(design, Filled({}, words)) if row.feedback]
        found.append({"who": who, "mark": mark, "rows": rows, "overall": words.get("overall", "")})
    order = {str(Role.STAFF): 0, str(Role.INDUSTRY): 1, str(Role.PEER): 2}
    return sorted(found, key=lambda voice: order[voice["mark"].role])


def _without(words: dict[str, str], *names: str) -> dict[str, str]:
    return {key: without_names(text, names) for key, text in words.items()}


def own_judgement(enrolment: Enrolment, key: str) -> Mark | None:
    """The learner's judgement of their own latest attempt; None where the scheme knows none."""
    submission = latest_submissions(enrolment).get(key)
    if submission is None:
        return None
    return (
        Mark.objects.filter(submission=submission, role=Role.SELF, state__in=[*TO_DO, MarkState.DONE])
        .select_related("submission__enrolment__version", "submission__enrolment__learner", "institution")
        .first()
    )


@dataclass(frozen=True, slots=True)
class ReviewLine:
    public_id: str
    code: str
    state: str
    due_on: date | None
    sample: bool


@dataclass(frozen=True, slots=True)
class ReviewTask:
    """The reviews of one task. `phase` is collecting, reviewing or closed; `handed_in` whether I may review at all."""

    key: str
    title: str
    each: int
    phase: str
    due_on: date | None
    handed_in: bool
    samples: tuple[ReviewLine, ...]
    reviews: tuple[ReviewLine, ...]

    @property
    def samples_left(self) -> int:
        return sum(line.state != MarkState.DONE for line in self.samples)


def to_review(enrolment: Enrolment) -> list[ReviewTask]:
    """The reviews that a learner has to write, task by task."""
    found = []
    for design in tasks(enrolment.version):
        if not design.scheme.peers or design.is_test:
            continue
        key = design.task.key
        marking = TaskMarking.objects.filter(offering_id=enrolment.offering_id, task_key=key).first()
        phase = marking.peer_phase if marking is not None else PeerPhase.COLLECTING
        mine = any(one.enrolment_id == enrolment.pk for one in handed_in(enrolment.offering_id, key))
        trials = calibration.trials_of(enrolment.learner_id, enrolment.offering_id, key)
        reviews = Mark.objects.filter(
            learner_id=enrolment.learner_id,
            role=Role.PEER,
            submission__enrolment__offering_id=enrolment.offering_id,
            submission__task_key=key,
            state__in=[*TO_DO, MarkState.DONE, MarkState.EXPIRED],
        ).select_related("submission")
        found.append(
            ReviewTask(
                key=key,
                title=design.title(get_language() or "en"),
                each=design.scheme.peers,
                phase=phase,
                due_on=marking.reviews_due_on if marking is not None else None,
                handed_in=mine,
                samples=tuple(_line(mark, sample=True) for mark in trials),
                reviews=tuple(_line(mark, sample=False) for mark in reviews.order_by("pk")),
            )
        )
    return found


def reviews_waiting(enrolment: Enrolment) -> tuple[int, date | None]:
    """How many reviews of others' work a learner has still to write in an offering, and the first of their last days."""
    rows = Mark.objects.filter(
        learner_id=enrolment.learner_id,
        role=Role.PEER,
        state__in=TO_DO,
        submission__enrolment__offering_id=enrolment.offering_id,
    )
    days = [day_of_end(due) for due in rows.values_list("due_at", flat=True) if due is not None]
    return rows.count(), min(days, default=None)


def self_assessment_open(enrolment: Enrolment, key: str) -> bool:
    """Whether the learner can still judge their own work of a task."""
    mark = own_judgement(enrolment, key)
    return mark is not None and mark.state in TO_DO


def _line(mark: Mark, *, sample: bool) -> ReviewLine:
    return ReviewLine(mark.public_id, code_name(mark.submission.public_id), mark.state, mark.due_on, sample)


def compared(mark: Mark, design: Design) -> dict[str, Any]:
    """A review that is written; for a trial beside what staff said, criterion by criterion."""
    rows = forms.rows(design, forms.of_mark(mark))
    page: dict[str, Any] = {"rows": rows, "overall": mark.feedback.get("overall", ""), "lines": None}
    if mark.role != Role.CALIBRATION:
        return page
    sample = CalibrationSample.objects.filter(mark__submission_id=mark.submission_id).select_related("mark").first()
    if sample is not None:
        author = mark.submission.enrolment.learner
        words = _without(dict(sample.mark.feedback), author.name, author.email)
        staff = forms.rows(design, Filled(dict(sample.mark.levels), words))
        page["lines"] = [
            {"mine": one, "staff": other, "same": one.chosen is not None and other.chosen == one.chosen}
            for one, other in zip(rows, staff, strict=True)
        ]
        page["staff_overall"] = words.get("overall", "")
    return page
