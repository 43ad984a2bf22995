"""A validator's one page: the task, the evidence, the rubric, a word, and a way to declare a conflict. The link is the permission."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from testamur_site.catalogue.api import in_language
from testamur_site.foundation.tenancy.api import tenant

from .. import forms, sentences
from ..errors import AssessmentError, LinkClosed
from ..models import Mark, Validator
from ..queries import result_of
from ..reading.showing import shown
from ..rules import TO_DO, MarkState
from ..services import marking, validators
from .common import design_or_404, own_mark, task_title
from .evidence import serve


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def validate(request: HttpRequest, token: str) -> HttpResponse:
    try:
        validator = validators.by_token(token)
    except LinkClosed:
        return render(request, "assessment/validate_closed.html", status=404)
    with tenant(validator.institution):
        response = _post(request, token, validator) if request.method == "POST" else _page(request, token, validator)
    # The token is a secret: it goes into no other site's Referer and no cache.
    response["Referrer-Policy"] = "same-origin"
    patch_cache_control(response, private=True)
    return response


def _post(request: HttpRequest, token: str, validator: Validator) -> HttpResponse:
    mark = _own(validator, request.POST.get("mark", "")[:64])
    here = redirect("assessment:validate", token=token)
    step = request.POST.get("step", "")
    try:
        if step == "decline":
            if "declared" not in request.POST:
                messages.error(request, _("Tick the box to declare a conflict of interest."))
                return here
            marking.decline(mark, validator)
            messages.success(request, _("Thank you. The submission goes to somebody else."))
            return here
        if step == "undo":
            marking.undo(mark, validator)
            messages.success(request, _("The mark is taken back. Change what you like and save it again."))
            return here
        sent = forms.filled(design_or_404(validator.offering.version, validator.task_key), request.POST)
        if step == "done":
            marking.finish(mark, validator, sent.levels, sent.feedback)
            messages.success(request, _("Your mark is saved. Thank you."))
        else:
            marking.save_draft(mark, validator, sent.levels, sent.feedback)
            messages.success(request, _("The draft is saved."))
    except AssessmentError as error:
        messages.error(request, sentences.of_error(error.code, error.facts))
        if error.code == "mark.incomplete":
            return _page(request, token, validator, values=sent, complain=True, status=422)
    return here


def _own(validator: Validator, public_id: str) -> Mark:
    mark = own_mark(public_id)
    if mark.validator_id != validator.pk:
        raise Http404
    return mark


def _page(
    request: HttpRequest,
    token: str,
    validator: Validator,
    *,
    values: forms.Filled | None = None,
    complain: bool = False,
    status: int = 200,
) -> HttpResponse:
    design = design_or_404(validator.offering.version, validator.task_key)
    waiting = validators.marks_in_hand(validator)
    finished = Mark.objects.filter(validator=validator, state=MarkState.DONE).order_by("-done_at")
    context: dict[str, Any] = {
        "institution": validator.institution,
        "validator": validator,
        "token": token,
        "task": task_title(design),
        "programme": validator.offering.version.title,
        "instructions": in_language(design.task.instructions, get_language() or "en"),
        "left": len(waiting),
        "finished": finished.count(),
        "complain": complain,
        "undo": next((mark for mark in finished[:1] if _can_undo(mark)), None),
    }
    if waiting:
        mark = own_mark(waiting[0].public_id)
        filled = values or forms.of_mark(mark)
        context |= {
            "mark": mark,
            "work": shown(
                mark.submission, lambda number: _evidence(token, mark, number), anonymous=design.scheme.anonymous
            ),
            "rows": forms.rows(design, filled, complain=complain),
            "overall": filled.feedback.get("overall", ""),
        }
    return render(request, "assessment/validate.html", context, status=status)


def _can_undo(mark: Mark) -> bool:
    result = result_of(mark.submission)
    return result is not None and result.state == "provisional"


def _evidence(token: str, mark: Mark, number: int) -> str:
    return reverse(
        "assessment:validate_evidence", kwargs={"token": token, "public_id": mark.public_id, "number": number}
    )


@never_cache
@require_safe
def evidence(_request: HttpRequest, token: str, public_id: str, number: int) -> HttpResponseBase:
    """Evidence of a submission that the validator has in hand."""
    try:
        validator = validators.by_token(token)
    except LinkClosed as error:
        raise Http404 from error
    with tenant(validator.institution):
        mark = _own(validator, public_id)
        if mark.state not in (*TO_DO, MarkState.DONE):
            raise Http404
        design = design_or_404(validator.offering.version, validator.task_key)
        return serve(mark.submission, number, anonymous=design.scheme.anonymous)
