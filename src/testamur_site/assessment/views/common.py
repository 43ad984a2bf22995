from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from testamur_site.catalogue.api import Offering
from testamur_site.foundation.tenancy.api import Institution

from .. import sentences
from ..designs import Design, design_of
from ..errors import AssessmentError, NoSuchTask
from ..models import Mark, TaskResult


def own_mark(public_id: str) -> Mark:
    """A mark of the active institution, with what its pages need. Raises Http404."""
    found = (
        Mark.objects.select_related(
            "institution",
            "user",
            "learner",
            "validator",
            "submission__institution",
            "submission__enrolment__learner",
            "submission__enrolment__offering",
            "submission__enrolment__version__micro_credential",
        )
        .filter(public_id=public_id)
        .first()
    )
    if found is None:
        raise Http404
    return found


def own_result(public_id: str) -> TaskResult:
    found = (
        TaskResult.objects.select_related(
            "institution",
            "submission__institution",
            "submission__enrolment__learner",
            "submission__enrolment__offering",
            "submission__enrolment__version",
        )
        .filter(public_id=public_id)
        .first()
    )
    if found is None:
        raise Http404
    return found


def own_offering(public_id: str) -> Offering:
    found = Offering.objects.select_related("institution", "version").filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


def design_or_404(version: Any, task_key: str) -> Design:
    try:
        return design_of(version, task_key)
    except NoSuchTask as error:
        raise Http404 from error


def task_title(design: Design) -> str:
    return design.title(get_language() or "en")


def address(name: str, institution: Institution, **arguments: Any) -> str:
    return reverse(f"assessment:{name}", kwargs={"slug": institution.slug, **arguments})


def attempt(request: HttpRequest, done: str, step: Callable[[], Any]) -> bool:
    """Do one step and say what came of it on the next page; False when it was refused."""
    try:
        step()
    except AssessmentError as error:
        messages.error(request, sentences.of_error(error.code, error.facts))
        return False
    if done:
        messages.success(request, done)
    return True


def queue_crumb(institution: Institution) -> tuple[str, str]:
    return _("Marking"), address("queue", institution)
