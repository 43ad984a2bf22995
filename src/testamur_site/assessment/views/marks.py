"""One submission in front of an assessor: the evidence, the rubric, and what can be done with the mark."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from testamur_site.catalogue.api import in_language
from testamur_site.foundation.permissions.api import Right, staff_view
from testamur_site.foundation.tenancy.api import Institution

from .. import forms, sentences
from ..designs import Design
from ..errors import AssessmentError
from ..forms import Filled, ReasonForm
from ..models import Mark
from ..queries import result_of
from ..reading import worklists
from ..reading.showing import shown
from ..rules import MAX_FEEDBACK, TO_DO, MarkState, Role
from ..services import allocation, marking, phrases, settling
from .common import address, attempt, design_or_404, own_mark, queue_crumb, task_title
from .evidence import serve


def _mine(request: HttpRequest, public_id: str) -> Mark:
    """A staff mark that this person has or made; others' are not found, nor what was given back or declined."""
    mark = own_mark(public_id)
    lost = (MarkState.EXPIRED, MarkState.DECLINED, MarkState.RETURNED)
    if mark.role != Role.STAFF or mark.user_id != request.user.pk or mark.state in lost:
        raise Http404
    return mark


@staff_view(Right.ASSESS)
@require_http_methods(["GET", "HEAD", "POST"])
def mark(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    """Mark a submission. Without scripts the buttons save; with them a draft is saved while one writes."""
    one = _mine(request, public_id)
    design = design_or_404(one.submission.enrolment.version, one.submission.task_key)
    if one.state not in TO_DO:
        if request.POST.get("step") == "autosave":
            return JsonResponse({"error": sentences.of_error("mark.state")}, status=409)
        return _read_only(request, institution, one, design)
    if request.method != "POST":
        return _page(request, institution, one, design, forms.of_mark(one))
    sent = forms.filled(design, request.POST)
    step = request.POST.get("step", "draft")[:200]
    if step == "autosave":
        return _autosave(request, one, sent)
    if step.startswith("phrase:"):
        _insert_phrase(request, sent, step)
    try:
        if step == "done":
            marking.finish(one, request.user, sent.levels, sent.feedback, revision=sent.revision)
        else:
            marking.save_draft(one, request.user, sent.levels, sent.feedback, revision=sent.revision)
    except AssessmentError as error:
        messages.error(request, sentences.of_error(error.code, error.facts))
        one.refresh_from_db(fields=["revision"])
        return _page(request, institution, one, design, sent, status=422, complain=step == "done")
    if step == "done":
        return _onwards(request, institution, one)
    if not step.startswith("phrase:"):
        messages.success(request, _("The draft is saved."))
    return redirect(address("mark", institution, public_id=public_id))


def _onwards(request: HttpRequest, institution: Institution, one: Mark) -> HttpResponse:
    """To the next of my queue, with a way back."""
    following = worklists.next_of(request.user)
    target = address("mark", institution, public_id=following.public_id) if following else address("queue", institution)
    request.session["assessment_last"] = one.public_id
    return redirect(target)


def _autosave(request: HttpRequest, one: Mark, sent: Filled) -> HttpResponse:
    try:
        saved = marking.save_draft(one, request.user, sent.levels, sent.feedback, revision=sent.revision)
    except AssessmentError as error:
        return JsonResponse({"error": sentences.of_error(error.code, error.facts)}, status=409)
    return JsonResponse({"revision": saved.revision, "said": _("Saved")})


def _insert_phrase(request: HttpRequest, sent: Filled, step: str) -> None:
    """Without scripts a phrase is added to its text by the server: "phrase:<criterion>:<public id>"."""
    _word, _colon, rest = step.partition(":")
    key, _colon, chosen = rest.partition(":")
    text = next((phrase.text for phrase in phrases.phrases_of(request.user) if phrase.public_id == chosen), "")
    if text and key in sent.feedback:
        sent.feedback[key] = f"{sent.feedback[key].rstrip()} {text}".strip()[:MAX_FEEDBACK]


def last_done(request: HttpRequest) -> Mark | None:
    """The mark that this person made just now, while it can still be taken back."""
    public_id = request.session.get("assessment_last", "")
    found = Mark.objects.filter(public_id=public_id, user=request.user, state=MarkState.DONE).first()
    if found is None:
        return None
    result = result_of(found.submission)
    return found if result is not None and result.state == "provisional" else None


def _page(
    request: HttpRequest,
    institution: Institution,
    one: Mark,
    design: Design,
    values: Filled,
    *,
    status: int = 200,
    complain: bool = False,
) -> HttpResponse:
    submission = one.submission
    context = {
        **_about(institution, one, design),
        "mark": one,
        "rows": forms.rows(design, values, complain=complain),
        "overall": values.feedback.get("overall", ""),
        "revision": one.revision,
        "phrases": phrases.phrases_of(request.user),
        "left": worklists.in_hand(request.user),
        "undo": last_done(request),
        "first": _first_mark(one, design),
        "complain": complain,
        "has_result": result_of(submission) is not None,
    }
    return render(request, "assessment/mark.html", context, status=status)


def _about(institution: Institution, one: Mark, design: Design) -> dict[str, Any]:
    submission = one.submission
    work = shown(
        submission,
        lambda number: address("mark_evidence", institution, public_id=one.public_id, number=number),
        anonymous=design.scheme.anonymous,
    )
    return {
        "work": work,
        "design": design,
        "task": task_title(design),
        "instructions": in_language(design.task.instructions, get_language() or "en"),
        "programme": submission.enrolment.version.title,
        "crumbs": [queue_crumb(institution), (work.name or work.code, "")],
    }


def _first_mark(one: Mark, design: Design) -> dict[str, Any] | None:
    """What the first assessor said, where the scheme lets the second see it."""
    if design.scheme.blind or one.position < 2:
        return None
    first = Mark.objects.filter(
        submission=one.submission, round=one.round, role=Role.STAFF, position=1, state=MarkState.DONE
    ).first()
    if first is None:
        return None
    return {"rows": forms.rows(design, forms.of_mark(first)), "percent": forms.percent_of(design, first.levels)}


def _read_only(request: HttpRequest, institution: Institution, one: Mark, design: Design) -> HttpResponse:
    """A mark that is made, or no longer mine: what I said, and whether it can be taken back."""
    result = result_of(one.submission)
    context = {
        **_about(institution, one, design),
        "mark": one,
        "rows": forms.rows(design, forms.of_mark(one)),
        "overall": one.feedback.get("overall", ""),
        "percent": forms.percent_of(design, one.levels),
        "state": sentences.MARK_STATES.get(MarkState(one.state), one.state),
        "result_state": sentences.RESULT_STATES.get(result.state, "") if result else "",
        "can_undo": one.state == MarkState.DONE and result is not None and result.state == "provisional",
    }
    return render(request, "assessment/marked.html", context)


@staff_view(Right.ASSESS)
@require_safe
def evidence(request: HttpRequest, _institution: Institution, public_id: str, number: int) -> HttpResponseBase:
    one = _mine(request, public_id)
    design = design_or_404(one.submission.enrolment.version, one.submission.task_key)
    return serve(one.submission, number, anonymous=design.scheme.anonymous)


@staff_view(Right.ASSESS)
@require_POST
def undo(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    one = _mine(request, public_id)
    again: list[Mark] = []
    done = _("The mark is taken back. Change what you like and save it again.")
    if attempt(request, done, lambda: again.append(marking.undo(one, request.user))):
        request.session.pop("assessment_last", None)
        return redirect(address("mark", institution, public_id=again[0].public_id))
    return redirect(address("mark", institution, public_id=public_id))


@staff_view(Right.ASSESS)
@require_POST
def give_back(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    one = _mine(request, public_id)
    attempt(request, _("The submission goes to somebody else."), lambda: allocation.give_back(one, request.user))
    return redirect(address("queue", institution))


@staff_view(Right.ASSESS)
@require_http_methods(["GET", "HEAD", "POST"])
def decline(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    """Declare a conflict of interest. Why is nobody's business here."""
    one = _mine(request, public_id)
    if request.method == "POST":
        done = _("Thank you. The submission goes to somebody else.")
        attempt(request, done, lambda: marking.decline(one, request.user))
        return redirect(address("queue", institution))
    context = {
        "heading": _("Declare a conflict of interest?"),
        "sentence": _(
            "You know the author well, work with them, or have another reason not to judge freely. The submission is given to somebody "
            "else, and you will not get it again. You need not say why."
        ),
        "confirm_label": _("Declare the conflict"),
        "cancel_url": address("mark", institution, public_id=public_id),
    }
    return render(request, "design_system/confirm.html", context)


@staff_view(Right.ASSESS)
@require_http_methods(["GET", "HEAD", "POST"])
def doubt(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    """Ask for a moderator, with a reason that the moderator reads."""
    one = _mine(request, public_id)
    result = result_of(one.submission)
    if result is None:
        raise Http404
    back = address("mark", institution, public_id=public_id)
    form = ReasonForm(
        request.POST or None, label=_("What should the moderator look at?"), help_text=_("Only moderators read this.")
    )
    if form.is_valid():
        done = _("A moderator will look at this submission when all marks are there.")
        note = form.cleaned_data["reason"]
        attempt(request, done, lambda: settling.ask_for_moderation(result, note, actor=request.user))
        return redirect(back)
    context = {
        "heading": _("Ask for a moderator?"),
        "sentence": _(
            "The result will not be agreed before somebody who has not marked this submission has looked at it."
        ),
        "confirm_label": _("Ask for a moderator"),
        "cancel_url": back,
        "form": form,
    }
    return render(request, "design_system/confirm.html", context, status=422 if form.errors else 200)
