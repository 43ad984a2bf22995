"""Staff pages of the offerings. Each view calls one service or query and renders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from testamur_site.foundation.permissions.api import Right, staff_view
from testamur_site.foundation.tenancy.api import Institution

from .. import queries as catalogue
from ..errors import VersionLocked
from ..models import AchievementVersion, MicroCredential, Offering
from . import queries, services
from .errors import NotOffered, TooFewSeats, UnfitTerms, WrongState
from .forms import OfferingForm
from .presentation import address_if_any, enrol_url, shown
from .texts import fault

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@staff_view(Right.VIEW)
def listing(request: HttpRequest, institution: Institution) -> HttpResponse:
    query, state = request.GET.get("q", "").replace("\x00", "").strip()[:200], request.GET.get("state", "")
    page = queries.staff_list(query, state, request.GET.get("page", 1))
    counts = queries.state_counts()
    here = reverse("catalogue:offerings", args=[institution.slug])
    labels = {"": _("All"), **{value: str(label) for value, label in Offering.State.choices}}
    tabs = [
        {
            "label": label,
            "url": f"{here}?state={key}" if key else here,
            "current": state == key,
            "count": counts.get(key, sum(counts.values())),
        }
        for key, label in labels.items()
    ]
    today = timezone.localdate()
    context = {
        "page": page,
        "rows": [shown(offering, today) for offering in page.object_list],
        "tabs": tabs,
        "query": query,
        "state": state,
    }
    return render(request, "catalogue/offerings/list.html", context)


@get_or_post
@staff_view(Right.LEAD)
def create(request: HttpRequest, institution: Institution) -> HttpResponse:
    """First which micro-credential, then when and for how much; both are one address."""
    public_id = request.GET.get("micro_credential", "")
    if not public_id:
        context = {
            "offerable": [_named(m) for m in queries.offerable()],
            "crumbs": _crumbs(institution, (_("New"), "")),
        }
        return render(request, "catalogue/offerings/choose.html", context)
    version = _offered_version(public_id)
    form = OfferingForm(request.POST or None, version=version)
    if request.method == "POST" and form.is_valid():
        try:
            offering = services.create(version, form.terms(), actor=request.user)
        except NotOffered:
            messages.error(request, _("This micro-credential is not offered any more. Choose another one."))
            return HttpResponseRedirect(reverse("catalogue:offering_new", args=[institution.slug]))
        messages.success(request, _("Saved as a draft. Learners see it when you open enrolment."))
        return HttpResponseRedirect(_address("offering", offering))
    context = {
        "form": form,
        "version": version,
        "crumbs": _crumbs(institution, (_("New"), "")),
        "cancel_url": reverse("catalogue:offerings", args=[institution.slug]),
        "save_label": _("Save as a draft"),
        "heading": _("New offering"),
    }
    return render(request, "catalogue/offerings/form.html", context, status=422 if form.errors else 200)


@require_safe
@staff_view(Right.VIEW)
def detail(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    offering = _found(public_id)
    current = catalogue.public_micro_credential(offering.version.micro_credential.public_id)
    context = {
        "offering": offering,
        "shown": shown(offering),
        "version": offering.version,
        "newer": current if current is not None and current.pk != offering.version_id else None,
        "enrol_address": settings.TESTAMUR_BASE_URL + enrol_url(offering),
        "cohort_url": address_if_any("enrolment:cohort", institution.slug, offering.public_id),
        "crumbs": _crumbs(institution, (offering.version.title, "")),
    }
    return render(request, "catalogue/offerings/detail.html", context)


@get_or_post
@staff_view(Right.LEAD)
def edit(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    offering = _found(public_id)
    if offering.state == Offering.State.CANCELLED:
        messages.info(request, _("This offering was cancelled and cannot be changed. Begin a new one."))
        return HttpResponseRedirect(_address("offering", offering))
    form = OfferingForm(request.POST or None, version=offering.version, offering=offering)
    if request.method == "POST" and form.is_valid():
        try:
            services.edit(offering, form.terms(), actor=request.user)
        except TooFewSeats as refusal:
            form.refuse(refusal.faults, taken=refusal.taken)
        except WrongState:
            return HttpResponseRedirect(_address("offering", offering))
        else:
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(_address("offering", offering))
    context = {
        "form": form,
        "version": offering.version,
        "offering": offering,
        "crumbs": _crumbs(institution, (offering.version.title, _address("offering", offering)), (_("Edit"), "")),
        "cancel_url": _address("offering", offering),
        "save_label": _("Save"),
        "heading": _("Edit the offering"),
    }
    return render(request, "catalogue/offerings/form.html", context, status=422 if form.errors else 200)


@require_POST
@staff_view(Right.LEAD)
def open_for_enrolment(request: HttpRequest, _institution: Institution, public_id: str) -> HttpResponse:
    offering = _found(public_id)
    try:
        services.open_for_enrolment(offering, actor=request.user)
    except UnfitTerms as refusal:
        messages.error(request, " ".join(fault(code) for code in refusal.faults.values()))
        return HttpResponseRedirect(_address("offering_edit", offering))
    except NotOffered:
        messages.error(request, _("The micro-credential is retired. Bring it back before you open enrolment."))
    except WrongState:
        messages.info(request, _("It is open already, or was cancelled."))
    else:
        messages.success(request, _("Enrolment is open. The offering is on the public page."))
    return HttpResponseRedirect(_address("offering", offering))


@get_or_post
@staff_view(Right.LEAD)
def close(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    sentence = _("Nobody can enrol any more; who is enrolled carries on. You can open it again.")
    return _asked(
        request, institution, public_id, services.close, _("Close enrolment"), sentence, _("Enrolment is closed.")
    )


@get_or_post
@staff_view(Right.LEAD)
def cancel(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    taken = _found(public_id).seats_taken
    sentence = _("It does not take place and cannot be opened again.")
    if taken:
        enrolled = ngettext("%(n)s learner is enrolled.", "%(n)s learners are enrolled.", taken) % {"n": taken}
        sentence = f"{enrolled} {sentence}"
    return _asked(
        request,
        institution,
        public_id,
        services.cancel,
        _("Cancel the offering"),
        sentence,
        _("The offering is cancelled."),
    )


@get_or_post
@staff_view(Right.LEAD)
def discard(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    sentence = _("The draft is deleted. Nobody but your colleagues has seen it.")
    return _asked(
        request,
        institution,
        public_id,
        services.discard,
        _("Discard the draft"),
        sentence,
        _("The draft was discarded."),
        afterwards=reverse("catalogue:offerings", args=[institution.slug]),
    )


@require_POST
@staff_view(Right.LEAD)
def use_current_version(request: HttpRequest, _institution: Institution, public_id: str) -> HttpResponse:
    offering = _found(public_id)
    try:
        services.move_to_current_version(offering, actor=request.user)
    except VersionLocked:
        messages.error(
            request, _("Learners are enrolled under the earlier version and finish under it. Begin a new offering.")
        )
    else:
        messages.success(request, _("The offering follows the published version now."))
    return HttpResponseRedirect(_address("offering", offering))


def _asked(
    request: HttpRequest,
    institution: Institution,
    public_id: str,
    service: Callable[..., Any],
    heading: str,
    sentence: str,
    done: str,
    afterwards: str = "",
) -> HttpResponse:
    """A page that asks, and the deed. What somebody else did meanwhile is said, not repeated."""
    offering = _found(public_id)
    here = _address("offering", offering)
    if request.method != "POST":
        context = {
            "heading": heading,
            "sentence": sentence,
            "confirm_label": heading,
            "cancel_url": here,
            "danger": service is not services.close,
            "institution": institution,
        }
        return render(request, "design_system/confirm.html", context)
    try:
        service(offering, actor=request.user)
    except WrongState:
        messages.info(request, _("That is not possible in its present state. Here is what it is now."))
        return HttpResponseRedirect(here)
    messages.success(request, done)
    return HttpResponseRedirect(afterwards or here)


def _found(public_id: str) -> Offering:
    offering = queries.own_offering(public_id)
    if offering is None:
        raise Http404
    return offering


def _offered_version(public_id: str) -> AchievementVersion:
    """The published version of one of the institution's micro-credentials; 404 for another's, a draft or a retired one."""
    micro_credential = catalogue.own_micro_credential(public_id)
    if micro_credential is None or micro_credential.state != MicroCredential.State.PUBLISHED:
        raise Http404
    for version in catalogue.versions(micro_credential):
        if version.state == AchievementVersion.State.PUBLISHED:
            return version
    raise Http404


def _named(micro_credential: MicroCredential) -> dict[str, str]:
    published = next(v for v in micro_credential.versions.all() if v.state == AchievementVersion.State.PUBLISHED)
    return {"public_id": micro_credential.public_id, "title": published.title}


def _address(name: str, offering: Offering) -> str:
    return reverse(f"catalogue:{name}", args=[offering.institution.slug, offering.public_id])


def _crumbs(institution: Institution, *further: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("Offerings"), reverse("catalogue:offerings", args=[institution.slug])), *further]
