"""A learner's own pages: the feedback to their work, judging it themselves, and reviewing others without knowing whose work it is."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from testamur_site.catalogue.api import in_language
from testamur_site.enrolment.api import Enrolment, Learner, enrolment_by_public_id, learner_view

from .. import forms, sentences
from ..designs import test_design
from ..errors import AssessmentError, CalibrateFirst
from ..models import Mark
from ..reading import reviews
from ..reading.showing import shown
from ..rules import TO_DO, MarkState, Role
from ..services import calibration, feedback, marking
from .common import design_or_404, own_mark, task_title
from .evidence import serve


def _own_enrolment(learner: Learner, public_id: str) -> Enrolment:
    found = enrolment_by_public_id(public_id)
    if found is None or found.learner_id != learner.pk:
        raise Http404
    return found


def _crumbs(enrolment: Enrolment, *more: tuple[str, str]) -> list[tuple[str, str]]:
    return [(enrolment.version.title, f"/learn/{enrolment.public_id}/"), *more]


@learner_view
@require_http_methods(["GET", "HEAD", "POST"])
def task_feedback(request: HttpRequest, learner: Learner, enrolment: str, key: str) -> HttpResponse:
    """The result of my latest attempt and what was said to it; before it is agreed, what it waits for."""
    mine = _own_enrolment(learner, enrolment)
    if test_design(mine.version, key) is not None:
        return redirect(f"/learn/{mine.public_id}/test/{key}")
    design = design_or_404(mine.version, key)
    if request.method == "POST":
        said = request.POST.get("helpful", "")
        mark = own_mark(request.POST.get("mark", "")[:64])
        if mark.submission.enrolment_id != mine.pk:
            raise Http404
        feedback.rate(mark, said)
        messages.success(request, _("Thank you for saying so."))
        return redirect("assessment:feedback", enrolment=enrolment, key=key)
    context = {
        "institution": mine.institution,
        "enrolment": mine,
        "key": key,
        "task": task_title(design),
        "pass_mark": design.task.pass_mark,
        **reviews.feedback_page(mine, design, key),
        "crumbs": _crumbs(mine, (task_title(design), f"/learn/{mine.public_id}/tasks/{key}/"), (_("Feedback"), "")),
    }
    return render(request, "assessment/feedback.html", context)


@learner_view
@require_http_methods(["GET", "HEAD", "POST"])
def judge_myself(request: HttpRequest, learner: Learner, enrolment: str, key: str) -> HttpResponse:
    """Judge my own work by the rubric, to learn from the difference. It counts for nothing."""
    mine = _own_enrolment(learner, enrolment)
    design = design_or_404(mine.version, key)
    mark = reviews.own_judgement(mine, key)
    if mark is None:
        raise Http404
    back = redirect("assessment:feedback", enrolment=enrolment, key=key)
    if mark.state not in TO_DO:
        return back
    return _judge(
        request,
        mark,
        learner,
        design,
        done=back,
        template="assessment/self.html",
        context={
            "institution": mine.institution,
            "enrolment": mine,
            "crumbs": _crumbs(mine, (task_title(design), ""), (_("Self-assessment"), "")),
        },
    )


@learner_view
@require_safe
def my_reviews(request: HttpRequest, learner: Learner, enrolment: str) -> HttpResponse:
    """What I have to review, by task, with the samples first."""
    mine = _own_enrolment(learner, enrolment)
    context = {
        "institution": mine.institution,
        "enrolment": mine,
        "tasks": reviews.to_review(mine),
        "crumbs": _crumbs(mine, (_("Reviews"), "")),
    }
    return render(request, "assessment/reviews.html", context)


@learner_view
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, learner: Learner, enrolment: str, mark: str) -> HttpResponse:
    """Review one work (or try a sample). Nothing on the page says whose it is."""
    mine = _own_enrolment(learner, enrolment)
    one = _my_review(learner, mine, mark)
    design = design_or_404(one.submission.enrolment.version, one.submission.task_key)
    back = redirect("assessment:reviews", enrolment=enrolment)
    if one.role == Role.PEER and one.state in TO_DO:
        try:
            calibration.may_review(one)
        except AssessmentError as error:
            level = messages.info if isinstance(error, CalibrateFirst) else messages.error
            level(request, sentences.of_error(error.code, error.facts))
            return back
    if request.method == "POST" and request.POST.get("step") == "decline" and one.role == Role.PEER:
        return _decline(request, learner, one, enrolment)
    context: dict[str, Any] = {
        "institution": mine.institution,
        "enrolment": mine,
        "mark": one,
        "sample": one.role == Role.CALIBRATION,
        "crumbs": _crumbs(
            mine, (_("Reviews"), reverse("assessment:reviews", kwargs={"enrolment": enrolment})), (_("Peer review"), "")
        ),
    }
    if one.state == MarkState.DONE:
        context |= reviews.compared(one, design)
        context |= {"task": task_title(design), "work": _work(one, enrolment)}
        return render(request, "assessment/reviewed.html", context)
    if one.state not in TO_DO:
        raise Http404
    onwards = redirect("assessment:review", enrolment=enrolment, mark=mark) if context["sample"] else back
    return _judge(request, one, learner, design, done=onwards, template="assessment/review.html", context=context)


def _decline(request: HttpRequest, learner: Learner, one: Mark, enrolment: str) -> HttpResponse:
    if "declared" not in request.POST:
        messages.error(request, _("Tick the box to declare a conflict of interest."))
        return redirect("assessment:review", enrolment=enrolment, mark=one.public_id)
    try:
        marking.decline(one, learner)
    except AssessmentError as error:
        messages.error(request, sentences.of_error(error.code, error.facts))
    else:
        messages.success(request, _("Thank you. You get another work instead, if there is one."))
    return redirect("assessment:reviews", enrolment=enrolment)


def _judge(
    request: HttpRequest,
    mark: Mark,
    learner: Learner,
    design: Any,
    *,
    done: HttpResponse,
    template: str,
    context: dict[str, Any],
) -> HttpResponse:
    """The rubric as a form: save a draft, or give the mark."""
    values, status, complain = forms.of_mark(mark), 200, False
    if request.method == "POST":
        values = forms.filled(design, request.POST)
        finished = request.POST.get("step") == "done"
        step = marking.finish if finished else marking.save_draft
        try:
            step(mark, learner, values.levels, values.feedback, revision=values.revision)
        except AssessmentError as error:
            messages.error(request, sentences.of_error(error.code, error.facts))
            status, complain = 422, error.code == "mark.incomplete"
            mark.refresh_from_db(fields=["revision"])
        else:
            messages.success(request, _("Your review is saved. Thank you.") if finished else _("The draft is saved."))
            return done if finished else redirect(request.path)
    context |= {
        "task": task_title(design),
        "instructions": in_language(design.task.instructions, get_language() or "en"),
        "work": _work(mark, context["enrolment"].public_id),
        "rows": forms.rows(design, values, complain=complain),
        "overall": values.feedback.get("overall", ""),
        "revision": mark.revision,
        "complain": complain,
    }
    return render(request, template, context, status=status)


def _work(mark: Mark, enrolment: str) -> Any:
    def address(number: int) -> str:
        keys = {"enrolment": enrolment, "mark": mark.public_id, "number": number}
        return reverse("assessment:review_evidence", kwargs=keys)

    return shown(mark.submission, address, anonymous=True)


def _my_review(learner: Learner, enrolment: Enrolment, public_id: str) -> Mark:
    """A review or a trial of this learner in this enrolment's offering."""
    one = own_mark(public_id)
    if one.learner_id != learner.pk or one.role not in (Role.PEER, Role.CALIBRATION):
        raise Http404
    if one.role == Role.PEER and one.submission.enrolment.offering_id != enrolment.offering_id:
        raise Http404
    return one


@learner_view
@require_safe
def evidence(_request: HttpRequest, learner: Learner, enrolment: str, mark: str, number: int) -> HttpResponseBase:
    """Evidence of a work that I review, or of my own that I judge."""
    mine = _own_enrolment(learner, enrolment)
    one = own_mark(mark)
    if one.learner_id != learner.pk or one.state not in (*TO_DO, MarkState.DONE):
        raise Http404
    if one.role == Role.PEER and one.submission.enrolment.offering_id != mine.offering_id:
        raise Http404
    return serve(one.submission, number, anonymous=one.role != Role.SELF)
