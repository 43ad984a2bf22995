"""One learner of a cohort, as those who lead see them, and what can be done for them."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from testamur_site.catalogue.api import in_language, rule_for
from testamur_site.foundation.permissions.api import Right, staff_view
from testamur_site.foundation.tenancy.api import Institution

from .. import queries, sentences
from ..errors import EnrolmentError
from ..evidence.responses import evidence_response
from ..models import Enrolment
from ..rules import OPEN, EnrolmentState, SubmissionState
from ..services import enrolling, erasure, learners
from .forms import ExtensionForm, IdentityForm, LearnerForm, WithdrawForm
from .views import cohorts_crumb

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@staff_view(Right.LEAD)
@require_safe
def learner(request: HttpRequest, institution: Institution, offering: str, public_id: str) -> HttpResponse:
    enrolment = enrolment_or_404(offering, public_id)
    language = get_language() or "en"
    submitted = [s for s in queries.submissions_of(enrolment) if s.state != SubmissionState.DRAFT]
    context = {
        **_frame(institution, enrolment, ""),
        "state": sentences.ENROLMENT_STATES[enrolment.state],
        "withdrawn_reason": sentences.WITHDRAWAL_REASONS.get(enrolment.withdrawn_reason, ""),
        "identity": sentences.identity(enrolment.learner.identity_level, language),
        "checks": [
            (check, sentences.identity(check.level, language))
            for check in enrolment.learner.identity_checks.select_related("checked_by")[:5]
        ],
        "tasks": [
            {
                "title": in_language(standing.task.title, language),
                "standing": standing,
                "state": sentences.TASK_STATES[standing.state],
                "due": sentences.due(standing.deadline),
                "tries": [
                    (one, sentences.SUBMISSION_STATES[one.state], queries.evidence_of(one))
                    for one in submitted
                    if one.task_key == standing.task.key
                ],
            }
            for standing in queries.tasks_for(enrolment)
        ],
        "extensions": [
            (extension, sentences.EXTENSION_REASONS.get(extension.reason, ""))
            for extension in enrolment.extensions.select_related("granted_by")
        ],
        "can_move": enrolment.state == EnrolmentState.ENROLLED and rule_for(enrolment.version) is not None,
        "can_leave": enrolment.state in OPEN,
        "can_extend": enrolment.state == EnrolmentState.ENROLLED,
    }
    return render(request, "enrolment/cohorts/learner.html", context)


@staff_view(Right.LEAD)
@get_or_post
def extend(request: HttpRequest, institution: Institution, offering: str, public_id: str) -> HttpResponse:
    enrolment = enrolment_or_404(offering, public_id)
    form = ExtensionForm(request.POST or None, standings=queries.tasks_for(enrolment), language=get_language() or "en")

    def step(said: dict[str, Any]) -> None:
        enrolling.extend(enrolment, task_key=said["task"], days=said["days"], reason=said["reason"], actor=request.user)

    return _ask(
        request, institution, enrolment, form, step, heading=_("Grant more time"), done=_("The time is granted.")
    )


@staff_view(Right.LEAD)
@get_or_post
def identity(request: HttpRequest, institution: Institution, offering: str, public_id: str) -> HttpResponse:
    enrolment = enrolment_or_404(offering, public_id)
    form = IdentityForm(
        request.POST or None, language=get_language() or "en", initial={"level": enrolment.learner.identity_level}
    )

    def step(said: dict[str, Any]) -> None:
        learners.record_identity(enrolment.learner, said["level"], actor=request.user)

    return _ask(
        request,
        institution,
        enrolment,
        form,
        step,
        heading=_("Record the identity check"),
        sentence=_("What you record stands in the credential, with the supervision of each assessment."),
        done=_("The check is recorded."),
    )


@staff_view(Right.LEAD)
@get_or_post
def change(request: HttpRequest, institution: Institution, offering: str, public_id: str) -> HttpResponse:
    enrolment = enrolment_or_404(offering, public_id)
    person = enrolment.learner
    form = LearnerForm(
        request.POST or None, initial={"name": person.name, "email": person.email, "language": person.language}
    )

    def step(said: dict[str, Any]) -> None:
        learners.change_learner(person, **said, actor=request.user)

    return _ask(
        request, institution, enrolment, form, step, heading=_("Change name or address"), done=_("It is changed.")
    )


@staff_view(Right.LEAD)
@get_or_post
def move(request: HttpRequest, institution: Institution, offering: str, public_id: str) -> HttpResponse:
    enrolment = enrolment_or_404(offering, public_id)

    def step(_said: dict[str, Any]) -> None:
        enrolling.move_to_current(enrolment, actor=request.user)

    return _ask(
        request,
        institution,
        enrolment,
        forms.Form(request.POST if request.method == "POST" else None),
        step,
        heading=_("Move to the current version?"),
        sentence=_("The learner goes on with the tasks and rubrics of the published version. Drafts come along."),
        done=_("The learner goes on in the current version."),
    )


@staff_view(Right.LEAD)
@get_or_post
def withdraw(request: HttpRequest, institution: Institution, offering: str, public_id: str) -> HttpResponse:
    enrolment = enrolment_or_404(offering, public_id)
    form = WithdrawForm(request.POST or None)

    def step(said: dict[str, Any]) -> None:
        enrolling.withdraw(enrolment, reason=said["reason"], actor=request.user)

    return _ask(
        request,
        institution,
        enrolment,
        form,
        step,
        heading=_("End this enrolment?"),
        sentence=_("The learner is told by mail. What was handed in is kept. The seat goes to the first who waits."),
        done=_("The enrolment is ended."),
        danger=True,
    )


@staff_view(Right.LEAD)
@get_or_post
def erase(request: HttpRequest, institution: Institution, offering: str, public_id: str) -> HttpResponse:
    enrolment = enrolment_or_404(offering, public_id)

    def step(_said: dict[str, Any]) -> None:
        erasure.erase(enrolment.learner, actor=request.user)

    return _ask(
        request,
        institution,
        enrolment,
        forms.Form(request.POST if request.method == "POST" else None),
        step,
        heading=_("Delete the personal data?"),
        sentence=_(
            "Name, address, evidence and everything that the learner wrote are deleted, in all programmes of the institution. "
            "Decisions stay without a name, of evidence the digests stay, awards stay by their own rules. This cannot be undone."
        ),
        done=_("The personal data is deleted."),
        danger=True,
    )


@staff_view(Right.LEAD)
@require_safe
def evidence(request: HttpRequest, _institution: Institution, public_id: str) -> HttpResponseBase:
    """A piece that was handed in. What a learner keeps for themselves is nobody's business here."""
    item = queries.evidence_by_public_id(public_id)
    if item is None or not item.uses.exclude(submission__state=SubmissionState.DRAFT).exists():
        raise Http404
    return evidence_response(request, item)


def enrolment_or_404(offering: str, public_id: str) -> Enrolment:
    found = queries.enrolment_by_public_id(public_id)
    if found is None or found.offering.public_id != offering:
        raise Http404
    return found


def _ask(
    request: HttpRequest,
    institution: Institution,
    enrolment: Enrolment,
    form: forms.Form,
    step: Callable[[dict[str, Any]], None],
    *,
    heading: str,
    done: str,
    sentence: str = "",
    danger: bool = False,
) -> HttpResponse:
    """A page with a form and a button; the step, and what came of it on the learner's page."""
    back = _address(institution, enrolment)
    if request.method == "POST" and form.is_valid():
        try:
            step(form.cleaned_data)
        except EnrolmentError as error:
            form.add_error(None, sentences.of_error(error))
        else:
            messages.success(request, done)
            return redirect(back)
    context = {
        **_frame(institution, enrolment, heading),
        "form": form,
        "heading": heading,
        "sentence": sentence,
        "confirm_label": heading.rstrip("?"),
        "cancel_url": back,
        "danger": danger,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "enrolment/cohorts/ask.html", context, status=status)


def _address(institution: Institution, enrolment: Enrolment) -> str:
    return reverse("enrolment:learner", args=[institution.slug, enrolment.offering.public_id, enrolment.public_id])


def _frame(institution: Institution, enrolment: Enrolment, here: str) -> dict[str, Any]:
    cohort = reverse("enrolment:cohort", args=[institution.slug, enrolment.offering.public_id])
    name = enrolment.learner.name or _("Deleted person")
    trail: list[tuple[str, str]] = [cohorts_crumb(institution), (enrolment.version.title, cohort)]
    trail += [(name, _address(institution, enrolment)), (here, "")] if here else [(name, "")]
    return {"enrolment": enrolment, "offering": enrolment.offering, "name": name, "crumbs": trail}
