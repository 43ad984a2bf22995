"""A task: what is asked, the draft, handing in, the receipt. Every page works as plain forms."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from testamur_site.catalogue.api import NoSuchTask as NoRubric
from testamur_site.catalogue.api import Rubric, in_language, may_finish, rubric_of

from .. import queries, sentences
from ..entrance.session import learner_view
from ..entrance.views import own_enrolment
from ..errors import DraftChanged, EnrolmentError, Incomplete, NoSuchTask
from ..models import Enrolment, EvidenceItem, Learner, Submission
from ..rules import AUTHORSHIP_VERSION, TAKES_PART, EnrolmentState, SubmissionState
from ..services import submissions
from .adding import add_pieces
from .forms import DeclarationForm, DraftForm
from .uploads import receives_evidence

get_or_post = require_http_methods(["GET", "HEAD", "POST"])
_UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY


@learner_view
@require_safe
def task(request: HttpRequest, learner: Learner, public_id: str, key: str) -> HttpResponse:
    enrolment, standing = _own_task(learner, public_id, key)
    form = _form(learner, standing, taking_part=enrolment.state == EnrolmentState.ENROLLED)
    return render(request, "enrolment/work/task.html", _context(enrolment, standing, form))


@receives_evidence
@learner_view
@require_POST
def save(request: HttpRequest, learner: Learner, public_id: str, key: str) -> HttpResponse:
    """Every button of the draft's form: save, add, take out, go on."""
    enrolment, standing = _own_task(learner, public_id, key)
    here = _address(enrolment, key)
    if standing.task.item_bank:
        return redirect(here)
    begun = standing.latest is not None and standing.latest.state == SubmissionState.DRAFT
    try:
        draft = submissions.begin_draft(enrolment, key)
    except EnrolmentError as error:
        messages.error(request, sentences.of_error(error))
        return redirect(here)
    standing = queries.task_for(enrolment, key)
    form = _form(learner, standing, request.POST, draft)
    conflict: Submission | None = None
    if form.is_valid():
        conflict = _save(request, form, learner, draft, begun=begun)
    standing = queries.task_for(enrolment, key)
    if conflict is not None:
        context = {**_context(enrolment, standing, form), "stored": conflict}
        return render(request, "enrolment/work/conflict.html", context, status=HTTPStatus.CONFLICT)
    if form.errors:
        form.data = form.data.copy()
        form.data["revision"] = str(queries.revision_of(draft))
        form.files = {}
        return render(request, "enrolment/work/task.html", _context(enrolment, standing, form), status=_UNPROCESSABLE)
    if request.POST.get("do") == "go_on":
        return redirect("enrolment:submit", enrolment.public_id, key)
    messages.success(request, _("Your draft is saved. It is not handed in yet."))
    return redirect(f"{here}#work")


def _save(
    request: HttpRequest, form: DraftForm, learner: Learner, draft: Submission, *, begun: bool
) -> Submission | None:
    """Write what the form brings; the stored draft where its words were changed elsewhere in the meantime.

    `begun`: the draft was there before this request. Pieces only come and go, which does no harm to another window; words overwrite
    each other, and are guarded.
    """
    said = form.cleaned_data
    try:
        for item in [*add_pieces(request, form, learner), *queries.own_evidence(learner, said.get("again", []))]:
            submissions.add_to_draft(draft, item)
        if taken_out := queries.own_evidence(learner, [request.POST.get("remove", "").replace("\x00", "")[:64]]):
            submissions.remove_from_draft(draft, taken_out[0])
        submissions.save_draft(
            draft,
            revision=said["revision"] if begun else draft.revision,
            note=said["note"],
            help_used=said["help_used"],
        )
    except DraftChanged:
        stored = queries.submission_by_public_id(draft.public_id)
        if stored is not None and (stored.note, stored.help_used) != (said["note"], said["help_used"]):
            return stored
    except EnrolmentError as error:
        form.add_error(None, sentences.of_error(error))
    return None


@learner_view
@get_or_post
def submit(request: HttpRequest, learner: Learner, public_id: str, key: str) -> HttpResponse:
    """The last look at a draft, the statement of authorship, and the button."""
    enrolment, standing = _own_task(learner, public_id, key)
    draft = standing.latest
    if draft is None or draft.state != SubmissionState.DRAFT or standing.task.item_bank:
        handed_in = draft is not None and draft.state == SubmissionState.SUBMITTED
        return redirect("enrolment:receipt", draft.public_id) if handed_in else redirect(_address(enrolment, key))
    seen = queries.fingerprint(draft)
    statement = str(sentences.AUTHORSHIP[AUTHORSHIP_VERSION])
    form = DeclarationForm(request.POST or None, statement=statement, initial={"seen": seen})
    if request.method == "POST" and form.is_valid():
        try:
            done = submissions.submit(draft, declared=form.cleaned_data["declared"], seen=form.cleaned_data["seen"])
        except Incomplete as refusal:
            declared_only = refusal.facts["missing"] == ["not_declared"]
            form.add_error("declared" if declared_only else None, sentences.of_error(refusal))
        except DraftChanged:
            form.add_error(None, _("The draft was changed in another window. Look at it again, then hand it in."))
            form.data = {**form.data.dict(), "seen": queries.fingerprint(draft)}
        except EnrolmentError as error:
            form.add_error(None, sentences.of_error(error))
        else:
            return redirect("enrolment:receipt", done.public_id)
    draft.refresh_from_db()
    lacking = queries.missing_of(draft, standing.task)
    context = {
        **_context(enrolment, standing, form),
        "draft": draft,
        "lacking": sentences.of_missing(lacking, int(standing.task.evidence_minimum or 0)),
    }
    return render(request, "enrolment/work/submit.html", context, status=_UNPROCESSABLE if form.errors else 200)


@learner_view
@require_safe
def receipt(request: HttpRequest, learner: Learner, public_id: str) -> HttpResponse:
    """What was handed in, when, with the digest of every piece: to be kept or printed."""
    submission = own_submission(learner, public_id)
    if submission.state == SubmissionState.DRAFT:
        return redirect(_address(submission.enrolment, submission.task_key))
    enrolment = submission.enrolment
    standing = _standing(enrolment, submission.task_key)
    context = {
        **_context(enrolment, standing, None),
        "submission": submission,
        "state": sentences.SUBMISSION_STATES[submission.state],
        "pieces": queries.evidence_of(submission),
        "statement": sentences.AUTHORSHIP.get(submission.authorship_version, ""),
        "may_withdraw": standing.may_withdraw and standing.latest == submission,
    }
    return render(request, "enrolment/work/receipt.html", context)


@learner_view
@get_or_post
def withdraw(request: HttpRequest, learner: Learner, public_id: str) -> HttpResponse:
    """Take back what was handed in, while it is not due yet."""
    submission = own_submission(learner, public_id)
    enrolment = submission.enrolment
    if request.method == "POST":
        try:
            submissions.withdraw_submission(submission)
        except EnrolmentError as error:
            messages.error(request, sentences.of_error(error))
        else:
            messages.success(request, _("You took it back. Your next draft begins with the same pieces."))
        return redirect(_address(enrolment, submission.task_key))
    standing = _standing(enrolment, submission.task_key)
    context = {**_context(enrolment, standing, None), "submission": submission}
    return render(request, "enrolment/work/withdraw.html", context)


def own_submission(learner: Learner, public_id: str) -> Submission:
    """The learner's own submission. Raises Http404 for anybody else's."""
    found = queries.submission_by_public_id(public_id)
    if found is None or found.enrolment.learner_id != learner.pk:
        raise Http404
    return found


def _own_task(learner: Learner, public_id: str, key: str) -> tuple[Enrolment, queries.TaskStanding]:
    enrolment = own_enrolment(learner, public_id)
    if enrolment.state not in TAKES_PART and not queries.submissions_of(enrolment, key).exists():
        raise Http404
    return enrolment, _standing(enrolment, key)


def _standing(enrolment: Enrolment, key: str) -> queries.TaskStanding:
    try:
        return queries.task_for(enrolment, key)
    except NoSuchTask as error:
        raise Http404 from error


def _address(enrolment: Enrolment, key: str) -> str:
    return reverse("enrolment:task", args=[enrolment.public_id, key])


def _form(
    learner: Learner,
    standing: queries.TaskStanding,
    data: Any = None,
    draft: Submission | None = None,
    *,
    taking_part: bool = True,
) -> DraftForm | None:
    """The draft's form, filled with the draft, or with the attempt before where there is none yet; None where nothing can be done."""
    if not standing.may_work or standing.task.item_bank or not taking_part:
        return None
    latest = draft or standing.latest
    is_draft = latest is not None and latest.state == SubmissionState.DRAFT
    inside = {item.pk for item in _pieces(latest)} if latest else set()
    kinds = standing.task.evidence
    others = [item for item in queries.portfolio(learner) if item.kind in kinds and item.pk not in inside]
    initial = {
        "revision": latest.revision if latest and is_draft else 0,
        "note": latest.note if latest else "",
        "help_used": latest.help_used if latest else "",
    }
    return DraftForm(data, kinds=kinds, portfolio=others, initial=initial)


def _pieces(submission: Submission | None) -> list[EvidenceItem]:
    return queries.evidence_of(submission) if submission else []


def _context(enrolment: Enrolment, standing: queries.TaskStanding, form: Any) -> dict[str, Any]:
    """What every page of a task shows. `pieces` are those of the open draft, or of the attempt that the next one begins with."""
    language = get_language() or "en"
    design = standing.task
    latest = standing.latest
    tries = list(queries.submissions_of(enrolment, design.key))
    returned = next((one for one in reversed(tries) if one.state == SubmissionState.RETURNED), None)
    return {
        "enrolment": enrolment,
        "institution": enrolment.institution,
        "programme": enrolment.version.title,
        "standing": standing,
        "design": design,
        "title": in_language(design.title, language),
        "instructions": in_language(design.instructions, language),
        "template_text": in_language(design.template, language),
        "rubric": rubric_shown(_rubric(enrolment, design.key), language),
        "kinds": [sentences.KINDS[kind] for kind in design.evidence if kind in sentences.KINDS],
        "state": sentences.TASK_STATES[standing.state],
        "due": sentences.due(standing.deadline),
        "late_rule": sentences.late_rule(standing.deadline),
        "pieces": _pieces(latest) if standing.may_work else [],
        "tries": [(one, sentences.SUBMISSION_STATES[one.state]) for one in tries if one.state != SubmissionState.DRAFT],
        "returned": returned if standing.may_work else None,
        "form": form,
        "taking_part": enrolment.state == EnrolmentState.ENROLLED,
        "version_ended": standing.may_work and not may_finish(enrolment.version, timezone.localdate()),
        "crumbs": [
            (_("My learning"), "/learn/"),
            (enrolment.version.title, f"/learn/{enrolment.public_id}/"),
            (in_language(design.title, language), ""),
        ],
    }


def _rubric(enrolment: Enrolment, key: str) -> Rubric | None:
    try:
        return rubric_of(enrolment.version, key)
    except NoRubric:
        return None


def rubric_shown(rubric: Rubric | None, language: str) -> list[dict[str, Any]]:
    """A rubric in the reader's language: criteria with name, description, what is needed at least, and levels from the lowest up."""
    if rubric is None:
        return []
    return [
        {
            "name": in_language(criterion.name, language),
            "description": in_language(criterion.description, language),
            "weight": criterion.weight,
            "must_pass": next(
                (in_language(level.name, language) for level in criterion.levels if level.key == criterion.must_pass),
                "",
            ),
            "levels": [
                {
                    "name": in_language(level.name, language),
                    "points": level.points,
                    "description": in_language(level.description, language),
                }
                for level in criterion.levels
            ],
        }
        for criterion in rubric.criteria
    ]
