"""The cohort: who takes part and how far; enrolling one by one; the table of everybody."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from testamur_site.catalogue.api import Offering, offering_shown, own_offering
from testamur_site.foundation.permissions.api import Right, staff_view
from testamur_site.foundation.tenancy.api import Institution

from .. import sentences
from ..errors import EnrolmentError
from ..rules import EnrolmentState
from ..services import enrolling
from . import progress
from .export import cohort_csv
from .forms import InviteForm

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@staff_view(Right.LEAD)
@require_safe
def listing(request: HttpRequest, institution: Institution) -> HttpResponse:
    context = {"cohorts": progress.cohorts(institution), "crumbs": [(_("Cohorts"), "")]}
    return render(request, "enrolment/cohorts/list.html", context)


@staff_view(Right.LEAD)
@require_safe
def cohort(request: HttpRequest, institution: Institution, offering: str) -> HttpResponse:
    found = offering_or_404(offering)
    state = request.GET.get("state", "")[:20]
    text = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    page, lines = progress.page(found, state, text, request.GET.get("page", "1")[:6])
    counts = progress.state_counts(found)
    here = reverse("enrolment:cohort", args=[institution.slug, found.public_id])
    context = {
        "offering": found,
        "shown": offering_shown(found),
        "enrol_url": settings.TESTAMUR_BASE_URL + reverse("enrolment:enrol", args=[found.public_id]),
        "page": page,
        "lines": lines,
        "total": sum(counts.values()),
        "waiting": counts.get(EnrolmentState.WAITING, 0),
        "query": text,
        "state": state,
        "open": not found.refusal(timezone.localdate()) or found.refusal(timezone.localdate()) == enrolling.FULL,
        "tabs": [
            {"label": _("Everybody"), "url": here, "current": not state, "count": sum(counts.values())},
            *(
                {
                    "label": sentences.ENROLMENT_STATES[one][1],
                    "url": f"{here}?state={one}",
                    "current": state == one,
                    "count": counts[one],
                }
                for one in EnrolmentState
                if counts.get(one)
            ),
        ],
        "crumbs": [cohorts_crumb(institution), (found.version.title, "")],
    }
    return render(request, "enrolment/cohorts/cohort.html", context)


@staff_view(Right.LEAD)
@get_or_post
def invite(request: HttpRequest, institution: Institution, offering: str) -> HttpResponse:
    found = offering_or_404(offering)
    form = InviteForm(request.POST or None, initial={"language": usual_language(institution)})
    if request.method == "POST" and form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("name", "email", "language")}
        try:
            enrolment, made = enrolling.enrol(found, **said, actor=request.user)
        except EnrolmentError as error:
            form.add_error(None, sentences.of_error(error))
        else:
            messages.success(request, _invited(enrolment.state, made))
            return redirect("enrolment:cohort", institution.slug, found.public_id)
    context = {"offering": found, "form": form, "crumbs": crumbs(institution, found, _("Enrol a learner"))}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "enrolment/cohorts/invite.html", context, status=status)


def _invited(state: str, made: bool) -> str:
    if not made:
        return _("This learner is on the list already and stays as they are.")
    if state == EnrolmentState.WAITING:
        return _("All seats are taken: the learner is on the waiting list and was told.")
    return _("The learner is enrolled and gets a mail with a link.")


@staff_view(Right.LEAD)
@require_safe
def export(_request: HttpRequest, _institution: Institution, offering: str) -> HttpResponse:
    return cohort_csv(offering_or_404(offering))


def offering_or_404(public_id: str) -> Offering:
    found = own_offering(public_id)
    if found is None or found.state == Offering.State.DRAFT:
        raise Http404
    return found


def usual_language(institution: Institution) -> str:
    return "ko" if institution.languages[:1] == ["ko"] else "en"


def cohorts_crumb(institution: Institution) -> tuple[str, str]:
    return _("Cohorts"), reverse("enrolment:cohorts", args=[institution.slug])


def crumbs(institution: Institution, offering: Offering, here: Any) -> list[tuple[Any, str]]:
    cohort_address = reverse("enrolment:cohort", args=[institution.slug, offering.public_id])
    return [cohorts_crumb(institution), (offering.version.title, cohort_address), (here, "")]
