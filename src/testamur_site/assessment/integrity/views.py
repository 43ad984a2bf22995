"""Copies, for the programme lead: what was found, both texts side by side, and what to do with it. Learners stay without names."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from testamur_site.catalogue.api import Offering
from testamur_site.foundation.permissions.api import Right, staff_view
from testamur_site.foundation.tenancy.api import Institution

from ..errors import NotAllowedNow
from ..rules import code_name
from . import queries, sentences, services
from .forms import DismissForm, ReportForm
from .models import CopyFinding
from .rules import FindingState

get_or_post = require_http_methods(["GET", "HEAD", "POST"])
_ON_A_PAGE = 40


@get_or_post
@staff_view(Right.LEAD)
def listing(request: HttpRequest, institution: Institution, offering: str, key: str) -> HttpResponse:
    found = _offering(offering)
    here = _list_address(institution, found, key)
    if request.method == "POST":
        with transaction.atomic():
            services.ask_for_comparison(found, key)
        messages.success(request, _("All texts of the task are compared within ten minutes."))
        return redirect(here)
    decided = request.GET.get("list") == "decided"
    page = Paginator(queries.findings(found, key, decided=decided), _ON_A_PAGE).get_page(request.GET.get("page", 1))
    tabs = [
        {
            "label": _("To be looked at"),
            "url": here,
            "current": not decided,
            "count": queries.findings(found, key).count(),
        },
        {
            "label": _("Decided"),
            "url": f"{here}?list=decided",
            "current": decided,
            "count": queries.findings(found, key, decided=True).count(),
        },
    ]
    context = {
        "institution": institution,
        "offering": found,
        "key": key,
        "programme": found.version.title,
        "page": page,
        "rows": [_row(one) for one in page.object_list],
        "decided": decided,
        "tabs": tabs,
        "unread": [(count, sentences.UNREAD[state]) for state, count in sorted(queries.unread(found, key).items())],
        "common": queries.common_pieces(found, key),
        "crumbs": [*_crumbs(institution, found, key), (_("Copies"), "")],
    }
    return render(request, "assessment/integrity/copies.html", context)


@get_or_post
@staff_view(Right.LEAD)
def detail(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    finding = queries.finding_by_public_id(public_id)
    if finding is None:
        raise Http404
    codes = (code_name(finding.first.public_id), code_name(finding.second.public_id))
    step = request.POST.get("step", "") if request.method == "POST" else ""
    dismissal = DismissForm(request.POST if step == "dismiss" else None)
    initial = {"suspicion": sentences.suspicion(finding)}
    report = ReportForm(request.POST if step == "report" else None, codes=codes, initial=initial)
    if step and _decided(request, finding, step, dismissal, report):
        return redirect(reverse("assessment:copy", args=[institution.slug, public_id]))
    offering = finding.second.enrolment.offering
    context = {
        "institution": institution,
        "finding": finding,
        "how_much": sentences.how_much(finding),
        "state": sentences.STATES[FindingState(finding.state)],
        "sides": queries.sides(finding),
        "dismissal": dismissal,
        "report": report,
        "crumbs": [
            *_crumbs(institution, offering, finding.second.task_key),
            (_("Copies"), _list_address(institution, offering, finding.second.task_key)),
            (f"{codes[0]} · {codes[1]}", ""),
        ],
    }
    failed = dismissal.errors or report.errors
    return render(request, "assessment/integrity/copy.html", context, status=422 if failed else 200)


def _decided(request: HttpRequest, finding: CopyFinding, step: str, dismissal: DismissForm, report: ReportForm) -> bool:
    """Do what was asked; False where a form has to be mended first."""
    try:
        if step == "reopen":
            services.reopen(finding, actor=request.user)
            messages.success(request, _("It is open again."))
        elif step == "dismiss":
            if not dismissal.is_valid():
                return False
            services.dismiss(finding, dismissal.cleaned_data["reason"], actor=request.user)
            messages.success(request, _("Dismissed. The reason is kept with it."))
        elif step == "report":
            if not report.is_valid():
                return False
            about = [getattr(finding, side) for side in report.cleaned_data["about"]]
            services.report(finding, about, report.cleaned_data["suspicion"], actor=request.user)
            messages.success(
                request, _("A case is being opened. The learner is asked to answer before anybody decides.")
            )
    except NotAllowedNow:
        messages.error(request, _("Somebody has decided on it meanwhile. Here is what it is now."))
    return True


def _row(finding: CopyFinding) -> dict[str, Any]:
    return {
        "finding": finding,
        "codes": (code_name(finding.first.public_id), code_name(finding.second.public_id)),
        "how_much": sentences.how_much(finding),
        "state": sentences.STATES[FindingState(finding.state)],
    }


def _offering(public_id: str) -> Offering:
    found = (
        Offering.objects.select_related("institution", "version__micro_credential").filter(public_id=public_id).first()
    )
    if found is None:
        raise Http404
    return found


def _list_address(institution: Institution, offering: Offering, key: str) -> str:
    return reverse("assessment:copies", args=[institution.slug, offering.public_id, key])


def _crumbs(institution: Institution, offering: Offering, key: str) -> list[tuple[str, str]]:
    task = reverse("assessment:task", kwargs={"slug": institution.slug, "offering": offering.public_id, "key": key})
    return [(_("Marking"), reverse("assessment:queue", args=[institution.slug])), (offering.version.title, task)]
