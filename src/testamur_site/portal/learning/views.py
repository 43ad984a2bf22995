"""The learner's overview of all programmes, and of one."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from testamur_site.enrolment.api import Learner, enrolment_by_public_id, enrolments_of, learner_view, learners_of
from testamur_site.foundation.tenancy.api import tenant

from .composing import Overview, overview


@learner_view
@require_safe
def home(request: HttpRequest, learner: Learner) -> HttpResponse:
    """Every programme of the mailbox, at every institution; with a single one, that one."""
    language = get_language() or "en"
    found: list[Overview] = []
    for one in learners_of(request):
        with tenant(one.institution):
            found += [overview(enrolment, language) for enrolment in enrolments_of(one)]
    if len(found) == 1:
        return redirect("portal:programme", found[0].enrolment.public_id)
    found.sort(
        key=lambda one: (not one.urgent, one.step.due_on is None, one.step.due_on or one.enrolment.created_at.date())
    )
    return render(request, "portal/learning/home.html", {"learner": learner, "programmes": found})


@learner_view
@require_safe
def programme(request: HttpRequest, learner: Learner, public_id: str) -> HttpResponse:
    enrolment = enrolment_by_public_id(public_id)
    if enrolment is None or enrolment.learner_id != learner.pk:
        raise Http404
    shown = overview(enrolment, get_language() or "en")
    context = {
        "institution": enrolment.institution,
        "enrolment": enrolment,
        "shown": shown,
        "learning": enrolment.state == "enrolled",
        "may_leave": enrolment.state in ("applied", "waiting", "enrolled"),
        "several": enrolments_of(learner).count() > 1 or len(learners_of(request)) > 1,
    }
    return render(request, "portal/learning/programme.html", context)
