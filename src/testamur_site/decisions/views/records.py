"""The transcript of a learner, and pieces of evidence that belong to appeals, cases and claims."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.http.response import HttpResponseRedirectBase
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from testamur_site.catalogue.api import achievement_id, in_language
from testamur_site.enrolment.api import EvidenceGone, Learner, learner_by_public_id, learner_view, open_evidence
from testamur_site.foundation.audit.api import formula_safe
from testamur_site.foundation.permissions.api import Right, allows, staff_view
from testamur_site.foundation.tenancy.api import Institution

from .. import queries
from ..models import Decision, Exhibit
from . import common

SANDBOX = "default-src 'none'; img-src 'self'; sandbox"
_SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "text/plain"})


class Away(HttpResponseRedirectBase):
    """To an address that a learner gave."""

    status_code = 302
    allowed_schemes = ["https"]


def lines(decisions: Iterable[Decision]) -> list[dict[str, Any]]:
    """The lines of a transcript: what was passed, when, how well, for how many credits, under which number."""
    language = get_language() or "en"
    found = []
    for one in decisions:
        version = one.enrolment.version
        points = [f"{each.points} {in_language(each.system.label, language)}" for each in version.description.credits]
        offering = one.enrolment.offering
        found.append(
            {
                "number": one.transcript_line,
                "title": version.title,
                "decided_on": one.decided_at.date(),
                "percent": common.percent(one.percent),
                "credits": points,
                "starts_on": offering.starts_on,
                "ends_on": offering.ends_on,
                "achievement": achievement_id(version),
                "enrolment": one.enrolment,
            }
        )
    return found


@staff_view(Right.LEAD)
@require_safe
def transcript(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    learner = _learner(public_id)
    context = {
        "learner": learner,
        "lines": lines(queries.transcript(learner)),
        "csv": common.address("transcript_csv", institution, public_id),
        "crumbs": common.crumbs(institution, (_("Transcript"), "")),
    }
    return render(request, "decisions/transcript.html", context)


@staff_view(Right.LEAD)
@require_safe
def transcript_csv(_request: HttpRequest, _institution: Institution, public_id: str) -> HttpResponse:
    return _csv(_learner(public_id))


@learner_view
@require_safe
def own_transcript(request: HttpRequest, learner: Learner, public_id: str) -> HttpResponse:
    enrolment = common.own_enrolment(learner, public_id)
    context = {"enrolment": enrolment, "institution": learner.institution, "learner": learner}
    return render(request, "decisions/learner/transcript.html", context | {"lines": lines(queries.transcript(learner))})


@learner_view
@require_safe
def own_transcript_csv(_request: HttpRequest, learner: Learner, public_id: str) -> HttpResponse:
    common.own_enrolment(learner, public_id)
    return _csv(learner)


def _learner(public_id: str) -> Learner:
    found = learner_by_public_id(common.sound(public_id))
    if found is None:
        raise Http404
    return found


def _csv(learner: Learner) -> HttpResponse:
    """With a byte order mark, because spreadsheets read Korean wrongly without one."""
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="transcript.csv"'
    writer = csv.writer(response)
    writer.writerow(
        [_("Number"), _("Programme"), _("Decided on"), _("Per cent"), _("Credits"), _("From"), _("To"), _("Address")]
    )
    for line in lines(queries.transcript(learner)):
        row = (
            line["number"],
            line["title"],
            line["decided_on"].isoformat(),
            line["percent"],
            "; ".join(line["credits"]),
            line["starts_on"].isoformat(),
            line["ends_on"].isoformat() if line["ends_on"] else "",
            line["achievement"],
        )
        writer.writerow([formula_safe(str(cell)) for cell in row])
    return response


@staff_view(Right.ASSESS)
@require_safe
def exhibit(request: HttpRequest, _institution: Institution, public_id: str) -> HttpResponseBase:
    """A piece that a learner put forward, so that it cannot do anything: sandboxed, without sniffing. Assessors see those of claims."""
    found = Exhibit.objects.select_related("item").filter(item__public_id=common.sound(public_id))
    if not allows(request.membership.role, Right.LEAD):  # type: ignore[attr-defined]
        found = found.filter(claim__isnull=False)
    one = found.first()
    if one is None or one.item.erased_at is not None:
        raise Http404
    item = one.item
    if item.url:
        return Away(item.url)
    if item.kind == "text":
        response: HttpResponseBase = HttpResponse(item.text, content_type="text/plain; charset=utf-8")
    else:
        try:
            content = open_evidence(item)
        except EvidenceGone as error:
            raise Http404 from error
        plain = item.verdict == "accepted" and item.media_type in _SHOWN
        response = FileResponse(
            content,
            as_attachment=not plain,
            filename=item.file_name or "evidence",
            content_type=item.media_type if item.verdict == "accepted" else "application/octet-stream",
        )
    response["Content-Security-Policy"] = SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response
