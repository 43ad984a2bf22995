"""Codes and states in words. Each sentence says what was found and what to do next. Made late, never stored.

The statement of authorship is here too, by its version: a learner who declared version 1 declared these words.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from testamur_site.catalogue.api import SUPERVISION, in_language
from testamur_site.foundation.design_system.api import day
from testamur_site.foundation.tables.api import of_cell, of_file

from .errors import EnrolmentError
from .models import Enrolment
from .queries import TaskStanding
from .rules import Deadline, EnrolmentState, EvidenceKind, SubmissionState, TaskState, day_of_end

ENROLMENT_STATES: dict[str, tuple[str, Any]] = {
    EnrolmentState.APPLIED: ("pending", _("Not confirmed yet")),
    EnrolmentState.WAITING: ("queued", _("On the waiting list")),
    EnrolmentState.ENROLLED: ("active", pgettext_lazy("of a learner", "Enrolled")),
    EnrolmentState.WITHDRAWN: ("cancelled", pgettext_lazy("of a learner", "Has left")),
    EnrolmentState.COMPLETED: ("done", pgettext_lazy("of a learner", "Completed")),
}
"""State → (state of the design system, word)."""

TASK_STATES: dict[str, tuple[str, Any]] = {
    TaskState.NOT_STARTED: ("queued", _("Not begun")),
    TaskState.DRAFT: ("draft", _("Draft")),
    TaskState.SUBMITTED: ("sent", _("Handed in")),
    TaskState.RETURNED: ("required", _("To be handed in again")),
    TaskState.CLOSED: ("inactive", pgettext_lazy("of a task", "Closed")),
}

SUBMISSION_STATES: dict[str, tuple[str, Any]] = {
    SubmissionState.DRAFT: ("draft", _("Draft")),
    SubmissionState.SUBMITTED: ("sent", _("Handed in")),
    SubmissionState.RETURNED: ("replace", _("Came back to be handed in again")),
    SubmissionState.WITHDRAWN: ("undone", _("Taken back")),
}

KINDS: dict[str, Any] = {
    EvidenceKind.FILE: _("File"),
    EvidenceKind.LINK: _("Link"),
    EvidenceKind.TEXT: _("Text"),
    EvidenceKind.VIDEO: _("Video"),
    EvidenceKind.REPOSITORY: _("Repository"),
}

AUTHORSHIP: dict[str, Any] = {
    "1": _(
        "This is my own work. Where I used the work, the words or the help of others, people or programs, I say so. "
        "I have the right to hand in everything that it holds."
    ),
}
"""Version → the words that the learner agreed to. Never edit one: add the next (`rules.AUTHORSHIP_VERSION`)."""

EXTENSION_REASONS: dict[str, Any] = {
    "agreed": _("Agreed with the learner"),
    "accommodation": _("Adjustment that the learner is entitled to"),
    "technical": _("Technical trouble"),
    "late_start": _("Began later"),
    "other": _("Another reason"),
}

WITHDRAWAL_REASONS: dict[str, Any] = {
    "own_wish": _("At the learner's own wish"),
    "not_taking_part": _("Does not take part"),
    "enrolled_by_mistake": _("Was enrolled by mistake"),
    "excluded": _("Excluded by a decision"),
    "erased": _("Personal data was deleted"),
}

_REFUSED: dict[str, Any] = {
    "NotTakingPart": _("You do not take part at the moment. Ask the institution if you think that you should."),
    "NoSuchTask": _("There is no such task in your version of the programme."),
    "Closed": _("Nothing can be handed in for this task any more. Ask the institution for more time."),
    "AlreadySubmitted": _("This attempt was handed in and stays as it is."),
    "NoAttemptLeft": _("All attempts at this task are used."),
    "DraftChanged": _("The draft was saved in another window since you opened this one."),
    "EvidenceInUse": _("This piece belongs to something that you handed in, so it stays."),
    "NotAllowedNow": _("This is not possible at the moment. Load the page again to see how things stand."),
    "NotOpenForEnrolment": _("Nobody can enrol at the moment."),
}
_STATES_REFUSED: dict[str, Any] = {
    "handed_in": _(
        "Something was handed in under the old version and is judged by it. The learner stays in that version."
    ),
    "version_ended": _(
        "The version of the programme in which you enrolled has ended. Ask the institution how you can go on in the new one."
    ),
    "test": _("This task is a test: it is taken in one go, and ends by itself."),
    "excluded": _("The learner was excluded by a decision. Only an appeal can take that back."),
    "taken": _("Another learner of the institution has this address."),
    "erased": _("The personal data of this learner was deleted. Nothing can be changed any more."),
}
_EVIDENCE: dict[str, Any] = {
    "too_large": _("The file is larger than %(most)s MB. Make it smaller, or hand in a link to it."),
    "cut_off": _("The connection ended before the file was whole. Choose it again."),
    "no_space": _(
        "The file could not be kept because there is no space left. Your draft is safe. Tell the institution."
    ),
    "empty": _("There is nothing in it. Choose another file, or write something."),
    "dangerous_type": _(
        "This is a program, a script or a shortcut. Hand it in packed in a ZIP file, or as a link to a repository."
    ),
    "not_https": _("The address must begin with https://"),
    "bad_address": _("This is not a complete address. Copy it from the browser, without a user name or a password."),
    "too_long": _("It is longer than %(most)s characters. Shorten it, or hand it in as a file."),
    "too_many": _("You keep %(most)s pieces already. Delete some that you do not need."),
    "too_many_pieces": _("There can be %(most)s pieces in one work. Take some out, or pack files into one ZIP file."),
    "portfolio_full": _("You keep %(most)s MB already. Delete files that you do not need."),
    "not_yours": _("This piece is not in your portfolio any more."),
}
_MISSING: dict[str, Any] = {
    "too_few": _("Add more evidence: at least %(least)s in all."),
    "too_many": _("There are too many pieces. Take some out."),
    "kind_not_accepted": _("One of the pieces is of a kind that this task does not take. Take it out."),
    "not_declared": _("Tick the statement of authorship."),
}
NOT_OPEN: dict[str, Any] = {
    "cancelled": _("It does not take place."),
    "not_open": _("Enrolment has not begun."),
    "closed": _("Enrolment is closed."),
    "over": _("It is over."),
    "too_late": _("The last day to enrol is over."),
}
GONE: dict[str, Any] = {
    "erased": _("It was deleted together with the personal data of the learner."),
    "missing": _("The file is missing from the store. Tell the operator; its digest is kept."),
}


def state_words(enrolment: Enrolment) -> tuple[str, Any]:
    """(state of the design system, word) of an enrolment."""
    return ENROLMENT_STATES[enrolment.state]


def task_state_words(standing: TaskStanding) -> tuple[str, Any]:
    """(state of the design system, word) of a task."""
    return TASK_STATES[standing.state]


def of_error(error: EnrolmentError) -> str:
    """One sentence for a refusal."""
    facts = error.facts
    code = str(facts.get("code", ""))
    if code in _EVIDENCE:
        return str(_EVIDENCE[code]) % facts
    if code in GONE:
        return str(GONE[code])
    if "missing" in facts:
        return " ".join(of_missing(facts["missing"], int(facts.get("least", 1))))
    state = str(facts.get("state", ""))
    if state in _STATES_REFUSED:
        return str(_STATES_REFUSED[state])
    if type(error).__name__ == "NotOpenForEnrolment" and state in NOT_OPEN:
        return str(NOT_OPEN[state])
    return str(_REFUSED.get(type(error).__name__, _REFUSED["NotAllowedNow"]))


def of_missing(codes: list[str], least: int) -> list[str]:
    """What stands between a draft and handing in, a sentence for each code."""
    return [str(_MISSING[code]) % {"least": least} for code in codes]


def due(deadline: Deadline) -> str:
    """When a task is due, in one sentence; '' where it has no date."""
    if deadline.due_on is None:
        return ""
    words = {"day": day(deadline.due_on)}
    return str(_("Due on %(day)s, by the end of the day wherever you are.")) % words


def late_rule(deadline: Deadline) -> str:
    """What becomes of late work, in one sentence; '' where the task has no date."""
    if deadline.due_at is None:
        return ""
    if deadline.closes_at is None:
        return str(_("Late work is accepted and marked as late."))
    if deadline.closes_at <= deadline.due_at:
        return str(_("After that nothing is accepted."))
    words = {"day": day(day_of_end(deadline.closes_at))}
    return str(_("Late work is accepted until %(day)s and marked as late.")) % words


def identity(level: str, language: str) -> str:
    """A level of the EU list "supervision and verification" in words; '' where nobody has looked."""
    concept = SUPERVISION.get(level)
    return in_language(concept.label, language) if concept else ""


ROW_VERDICTS: dict[str, tuple[str, Any]] = {
    "ready": ("passed", pgettext_lazy("verdict on rows", "Ready")),
    "already": ("claimed", _("On the list already")),
    "refused": ("refused", pgettext_lazy("verdict on rows", "Refused")),
    "enrolled": ("active", pgettext_lazy("of a learner", "Enrolled")),
    "waiting": ("queued", _("On the waiting list")),
}

_LISTS: dict[str, Any] = {
    "list.no_column": _(
        "A column for the name and one for the e-mail address are needed. Found were: %(columns)s. Head them “Name” and “E-mail”."
    ),
    "list.two_columns": _("Two columns say the same: %(columns)s. Leave one of them."),
    "list.too_many_rows": _("The list has more than %(limit)s rows. Split it into several lists."),
}
_ROWS: dict[str, Any] = {
    "row.twice": _("The same e-mail address stands in row %(line)s already."),
    "excluded": _("The learner was excluded by a decision. Only an appeal can take that back."),
}


def of_list(code: str, facts: Mapping[str, Any]) -> str:
    """Why a whole list was refused."""
    return str(_LISTS[code]) % facts if code in _LISTS else of_file(code, facts, gettext)


def of_row(row: Mapping[str, Any]) -> str:
    """What is wrong with a row of a list; '' where nothing is."""
    problem, facts = str(row.get("problem", "")), row.get("facts", {})
    if not problem:
        return ""
    if problem in NOT_OPEN:
        return str(NOT_OPEN[problem])
    return str(_ROWS[problem]) % facts if problem in _ROWS else of_cell(problem, facts, gettext)
