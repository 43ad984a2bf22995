"""One page: how far the marks of a task can be relied on."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from testamur.assessment.reliability import Interval, gate
from testamur_site.catalogue.api import Offering, in_language
from testamur_site.foundation.permissions.api import Right, staff_view
from testamur_site.foundation.tenancy.api import Institution

from ..designs import Design, design_of
from ..errors import NoSuchTask
from . import sentences
from .figures import NOTHING, Agreement, Figures, figures


@require_safe
@staff_view(Right.LEAD)
def reliability(request: HttpRequest, institution: Institution, offering: str, key: str) -> HttpResponse:
    found = (
        Offering.objects.select_related("institution", "version__micro_credential").filter(public_id=offering).first()
    )
    if found is None:
        raise Http404
    try:
        design = design_of(found.version, key)
    except NoSuchTask as error:
        raise Http404 from error
    language = get_language() or "en"
    said = figures(found.version, design)
    names = {one.key: in_language(one.name, language) or one.key for one in design.rubric.criteria}
    title = design.title(language)
    task = reverse("assessment:task", kwargs={"slug": institution.slug, "offering": offering, "key": key})
    context = {
        "institution": institution,
        "offering": found,
        "key": key,
        "programme": found.version.title,
        "version": found.version.number,
        "task": title,
        "figures": said,
        "overall": _agreement(said.agreements[0], title) if said.agreements else None,
        "agreements": [_agreement(one, names[one.criterion]) for one in said.agreements[1:]],
        "any_kappa": any(one.kappa.value is not None for one in said.agreements),
        "severities": [
            {
                "name": said.names.get(one.assessor, ""),
                "count": one.severity.count,
                "range": _range(one.severity, sign=True),
                "sentence": sentences.severity(one),
                "differs": bool(one.differs),
            }
            for one in said.severities
        ],
        "criteria": _criteria(said, design, names, language),
        "peers": _agreement(Agreement("", said.peers, NOTHING), _("Peers")) if said.peer_works else None,
        "crumbs": [
            (_("Marking"), reverse("assessment:queue", args=[institution.slug])),
            (found.version.title, task),
            (_("Reliability"), ""),
        ],
    }
    return render(request, "assessment/reliability/reliability.html", context)


def _agreement(one: Agreement, name: str) -> dict[str, Any]:
    reached, _certain = gate(one.alpha)
    return {
        "name": name,
        "alpha": _range(one.alpha),
        "kappa": _range(one.kappa),
        "works": one.alpha.count,
        "state": sentences.GATE_STATES[reached],
        "word": sentences.GATE_WORDS[reached],
        "sentence": sentences.agreement(one.alpha),
    }


def _criteria(said: Figures, design: Design, names: dict[str, str], language: str) -> list[dict[str, Any]]:
    rows = []
    for report, criterion in zip(said.criteria, design.rubric.criteria, strict=True):
        levels = {level.key: in_language(level.name, language) or level.key for level in criterion.levels}
        rows.append(
            {
                "name": names[report.criterion],
                "correlation": _range(report.correlation),
                "counts": [(levels[key], count) for key, count in report.counts.items()],
                "total": sum(report.counts.values()),
                "sentences": sentences.criterion(report, levels),
                "fine": not report.findings,
            }
        )
    return rows


def _range(interval: Interval, *, sign: bool = False) -> dict[str, str] | None:
    """A figure and its range, rounded; None where there is no figure."""
    if interval.value is None:
        return None
    form = "{:+.1f}" if sign else "{:.2f}"
    shown = {"value": form.format(interval.value)}
    if interval.low is not None and interval.high is not None:
        shown |= {"low": form.format(interval.low), "high": form.format(interval.high)}
    return shown
