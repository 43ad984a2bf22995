"""What marks disagree about, side by side, and the moderator's decision."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from testamur_site.catalogue.api import in_language
from testamur_site.foundation.permissions.api import Right, staff_view
from testamur_site.foundation.tenancy.api import Institution

from .. import forms, sentences
from ..designs import Design
from ..errors import AssessmentError
from ..forms import Filled
from ..models import Mark, TaskResult
from ..queries import marks_of
from ..reading.showing import shown
from ..rules import MAX_REASON, ResultState, Role
from ..services import settling
from .common import address, design_or_404, own_result, queue_crumb, task_title
from .evidence import serve


@staff_view(Right.LEAD)
@require_http_methods(["GET", "HEAD", "POST"])
def moderate(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    """See the marks side by side and decide with a reason; or, decided, see what was decided."""
    result = own_result(public_id)
    submission = result.submission
    design = design_or_404(submission.enrolment.version, submission.task_key)
    allowed = settling.can_moderate(submission, request.user)
    deciding = result.state == ResultState.MODERATION and allowed
    values = Filled(dict(result.levels), dict(result.feedback))
    reason, status, complain = "", 200, False
    if request.method == "POST" and deciding:
        values = forms.filled(design, request.POST)
        reason = request.POST.get("reason", "")[:MAX_REASON]
        try:
            settling.moderate(result, values.levels, reason, feedback=values.feedback, actor=request.user)
        except AssessmentError as error:
            messages.error(request, sentences.of_error(error.code, error.facts))
            status, complain = 422, error.code == "mark.incomplete"
        else:
            messages.success(request, _("The result is decided."))
            return redirect(address("queue", institution) + "?list=moderation")
    marks = _counting(result)
    work = shown(
        submission,
        lambda number: address("moderation_evidence", institution, public_id=public_id, number=number),
        anonymous=design.scheme.anonymous,
    )
    context = {
        "result": result,
        "work": work,
        "task": task_title(design),
        "programme": submission.enrolment.version.title,
        "instructions": in_language(design.task.instructions, get_language() or "en"),
        "pass_mark": design.task.pass_mark,
        "columns": _columns(design, marks),
        "lines": _lines(design, marks),
        "rows": forms.rows(design, values, complain=complain),
        "overall": values.feedback.get("overall", ""),
        "reason": reason,
        "complain": complain,
        "reasons": [sentences.REASONS[code] for code in result.reasons if code in sentences.REASONS],
        "peers": result.method.get("peers") or result.method.get("moderated", {}).get("peers"),
        "deciding": deciding,
        "allowed": allowed,
        "state": sentences.RESULT_STATES[ResultState(result.state)],
        "crumbs": [
            queue_crumb(institution),
            (_("Moderation"), address("queue", institution) + "?list=moderation"),
            (work.name or work.code, ""),
        ],
    }
    return render(request, "assessment/moderation.html", context, status=status)


def _counting(result: TaskResult) -> list[Mark]:
    """The marks that are compared: those of staff, validators and peers, in this order."""
    order = {Role.STAFF: 0, Role.INDUSTRY: 1, Role.PEER: 2, Role.MODERATOR: 3}
    found = [mark for mark in marks_of(result.submission) if mark.role in order and mark.round == result.round]
    return sorted(found, key=lambda mark: (order[Role(mark.role)], mark.position, mark.pk))


def _columns(design: Design, marks: list[Mark]) -> list[dict[str, Any]]:
    """Who marked, and what it came to. Assessors are named to the moderator; peers never are."""
    found: list[dict[str, Any]] = []
    for number, mark in enumerate(marks, 1):
        who = ""
        if mark.role == Role.INDUSTRY and mark.validator is not None:
            who = mark.validator.organisation_name
        elif mark.role in (Role.STAFF, Role.MODERATOR) and mark.user is not None:
            who = str(mark.user)
        found.append(
            {
                "number": number,
                "role": sentences.ROLES[Role(mark.role)],
                "who": who,
                "percent": forms.percent_of(design, mark.levels),
                "overall": mark.feedback.get("overall", ""),
            }
        )
    return found


def _lines(design: Design, marks: list[Mark]) -> list[dict[str, Any]]:
    """For every criterion what each mark says; `apart` where they do not say the same."""
    read = [forms.rows(design, forms.of_mark(mark)) for mark in marks]
    found = []
    for number, criterion in enumerate(forms.rows(design, Filled({}, {}))):
        cells = [
            {"level": rows[number].chosen, "feedback": rows[number].feedback, "column": column}
            for column, rows in enumerate(read, 1)
        ]
        names = {cell["level"].key if cell["level"] else "" for cell in cells}
        found.append({"criterion": criterion, "cells": cells, "apart": len(names) > 1})
    return found


@staff_view(Right.LEAD)
@require_safe
def evidence(_request: HttpRequest, _institution: Institution, public_id: str, number: int) -> HttpResponseBase:
    submission = own_result(public_id).submission
    design = design_or_404(submission.enrolment.version, submission.task_key)
    return serve(submission, number, anonymous=design.scheme.anonymous)
