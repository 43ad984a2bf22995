"""How one task of an offering is marked: who marks, the sample, the peer review, the validators, and where every submission stands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from testamur_site.catalogue.api import Offering
from testamur_site.foundation.accounts.api import User
from testamur_site.foundation.permissions.api import Right, allows, staff_view
from testamur_site.foundation.tenancy.api import Institution, members

from .. import sentences
from ..designs import Design
from ..errors import AssessmentError
from ..forms import AssessorsForm, PeerReviewForm, SampleForm, ValidatorForm
from ..models import CalibrationSample, Validator
from ..queries import marking_of
from ..reading import oversight
from ..services import allocation, calibration, peers, settling, validators
from ..services.common import handed_in
from ..services.sampling import set_sample
from .common import address, attempt, design_or_404, own_mark, own_offering, queue_crumb, task_title

Step = Callable[[HttpRequest, Offering, str], None]
_A_PAGE = 40


@staff_view(Right.LEAD)
@require_http_methods(["GET", "HEAD", "POST"])
def task(request: HttpRequest, institution: Institution, offering: str, key: str) -> HttpResponse:
    one = own_offering(offering)
    design = design_or_404(one.version, key)
    marking = marking_of(one, key)
    people = _people(institution)
    chosen = [str(user) for user in oversight.appointed(one)]
    assessors = AssessorsForm(_sent(request, "assessors"), people=people, initial={"people": chosen})
    sample = SampleForm(_sent(request, "sample"), initial={"share": marking.sample_share if marking else 0})
    begin = PeerReviewForm(_sent(request, "begin"))
    if request.method == "POST":
        step = _STEPS.get(request.POST.get("step", ""))
        if step is None:
            if _form_step(request, one, key, assessors, sample, begin):
                return redirect(address("task", institution, offering=offering, key=key))
        else:
            attempt(request, "", lambda: step(request, one, key))
            return redirect(address("task", institution, offering=offering, key=key))
    rows = oversight.standings(one, design)
    context = {
        "offering": one,
        "key": key,
        "design": design,
        "task": task_title(design),
        "programme": one.version.title,
        "marking": marking,
        "phase": sentences.PEER_PHASES[marking.peer_phase] if marking else sentences.PEER_PHASES["collecting"],
        "assessors": assessors,
        "sample": sample,
        "begin": begin,
        "rows": rows,
        "page": Paginator(rows, _A_PAGE).get_page(request.GET.get("page")),
        "validators": oversight.validators(one, key),
        "samples": calibration.samples(one.pk, key),
        "candidates": oversight.sample_candidates(one, design),
        "ready": len(handed_in(one.pk, key)),
        "people": people,
        "crumbs": _crumbs(institution, one, design),
    }
    failed = any(form.is_bound and form.errors for form in (assessors, sample, begin))
    return render(request, "assessment/task.html", context, status=422 if failed else 200)


def _sent(request: HttpRequest, step: str) -> Any:
    return request.POST if request.method == "POST" and request.POST.get("step") == step else None


def _crumbs(institution: Institution, offering: Offering, design: Design) -> list[tuple[str, str]]:
    programme = f"/staff/{institution.slug}/programmes/{offering.public_id}/"
    return [queue_crumb(institution), (offering.version.title, programme), (task_title(design), "")]


def _people(institution: Institution) -> list[tuple[str, str]]:
    """Those who may mark, by primary key and name."""
    return [
        (str(member.user_id), str(member.user)) for member in members(institution) if allows(member.role, Right.ASSESS)
    ]


def _form_step(
    request: HttpRequest,
    offering: Offering,
    key: str,
    assessors: AssessorsForm,
    sample: SampleForm,
    begin: PeerReviewForm,
) -> bool:
    """The steps that have a form; whether one was taken (or refused in words)."""
    if assessors.is_bound and assessors.is_valid():
        users = list(User.objects.filter(pk__in=assessors.cleaned_data["people"]))
        attempt(request, _("Saved."), lambda: allocation.appoint(offering, users, actor=request.user))
        return True
    if sample.is_bound and sample.is_valid():
        attempt(
            request, _("Saved."), lambda: set_sample(offering, key, sample.cleaned_data["share"], actor=request.user)
        )
        return True
    if begin.is_bound and begin.is_valid():
        times = {
            "review_time": timedelta(days=begin.cleaned_data["review_days"]),
            "replacement_time": timedelta(days=begin.cleaned_data["replacement_days"]),
        }
        done = _("The peer review has begun.")
        attempt(request, done, lambda: peers.begin(offering, key, **times, actor=request.user))
        return True
    return False


def _close(request: HttpRequest, offering: Offering, key: str) -> None:
    marking = marking_of(offering, key)
    if marking is None:
        raise Http404
    peers.close(marking, actor=request.user)
    messages.success(request, _("The peer review is closed."))


def _choose(request: HttpRequest, offering: Offering, key: str) -> None:
    mark = own_mark(request.POST.get("mark", "")[:64])
    calibration.choose_sample(offering, key, mark, actor=request.user)
    messages.success(request, _("Learners try their judgement on this sample before they review."))


def _drop(request: HttpRequest, offering: Offering, key: str) -> None:
    found = CalibrationSample.objects.filter(
        public_id=request.POST.get("sample", "")[:64], offering=offering, task_key=key
    ).first()
    if found is None:
        raise Http404
    calibration.drop_sample(found, actor=request.user)


def _give(request: HttpRequest, offering: Offering, key: str) -> None:
    mark = own_mark(request.POST.get("mark", "")[:64])
    number = request.POST.get("person", "")
    user = (
        User.objects.filter(pk=int(number)).first()
        if number.isascii() and number.isdigit() and len(number) < 12
        else None
    )
    if user is None or mark.submission.enrolment.offering_id != offering.pk or mark.submission.task_key != key:
        raise Http404
    allocation.give_to(mark, user, actor=request.user)
    messages.success(request, _("The submission is given to %(person)s.") % {"person": user})


def _settle(request: HttpRequest, offering: Offering, key: str) -> None:
    """Agree now what only waits for the time in which marks can be taken back."""
    agreed = 0
    for submission in handed_in(offering.pk, key):
        result = settling.settle(submission, at_once=True)
        agreed += result is not None and result.agreed
    messages.success(request, _("%(number)s results are agreed.") % {"number": agreed})


def _own_validator(request: HttpRequest, offering: Offering, key: str) -> Validator:
    found = (
        Validator.objects.select_related("institution", "offering__version")
        .filter(public_id=request.POST.get("validator", "")[:64], offering=offering, task_key=key)
        .first()
    )
    if found is None:
        raise Http404
    return found


def _revoke(request: HttpRequest, offering: Offering, key: str) -> None:
    validators.revoke(_own_validator(request, offering, key), actor=request.user)
    messages.success(request, _("The link is closed. What was marked stays."))


def _renew(request: HttpRequest, offering: Offering, key: str) -> None:
    validators.new_link(_own_validator(request, offering, key), actor=request.user)
    messages.success(request, _("A new link is on its way by mail. The old one is closed."))


_STEPS: dict[str, Step] = {
    "close": _close,
    "choose": _choose,
    "drop": _drop,
    "give": _give,
    "settle": _settle,
    "revoke": _revoke,
    "renew": _renew,
}


@staff_view(Right.LEAD)
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest, institution: Institution, offering: str, key: str) -> HttpResponse:
    """Invite an industry validator. The link is shown once and sent by mail."""
    one = own_offering(offering)
    design = design_or_404(one.version, key)
    back = address("task", institution, offering=offering, key=key)
    initial = {"language": (get_language() or "en")[:2], "most": 5}
    form = ValidatorForm(request.POST or None, initial=initial)
    context = {
        "form": form,
        "task": task_title(design),
        "cancel_url": back,
        "crumbs": [*_crumbs(institution, one, design)[:-1], (task_title(design), back), (_("Invite a validator"), "")],
    }
    if form.is_valid():
        try:
            validator, link = validators.invite(one, key, **form.cleaned_data, actor=request.user)
        except AssessmentError as error:
            form.add_error(None, sentences.of_error(error.code, error.facts))
        else:
            return render(request, "assessment/invited.html", {**context, "validator": validator, "link": link})
    return render(request, "assessment/invite.html", context, status=422 if form.errors else 200)
