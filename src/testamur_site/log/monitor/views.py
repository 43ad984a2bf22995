"""What the staff of an institution see of the log: their own entries, who watches, and what the monitor found."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from testamur_site.foundation.audit.api import formula_safe
from testamur_site.foundation.permissions.api import Right, allows, staff_view
from testamur_site.foundation.tenancy.api import Institution

from .. import pages
from . import queries, services
from .forms import AcknowledgeForm
from .queries import Told
from .sentences import CUT_OFF, FACTS, sentence_of

COLUMNS = ("log", "index", "kind", "handle", "recorded", "subject")


@staff_view(Right.VIEW)
@require_safe
def overview(request: HttpRequest, institution: Institution) -> HttpResponse:
    context = {
        "own": queries.own(institution),
        "alarms": [_shown(told) for told in queries.alarms(institution)],
        "last_run": queries.last_run(),
        **pages.overview(),
        "crumbs": [(institution.localised_name, institution.get_absolute_url()), (_("Tamper evidence"), "")],
    }
    return render(request, "log_monitor/overview.html", context)


@staff_view(Right.VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def alarm(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    """One alarm, and the form by which somebody who may act says what they found."""
    told = queries.alarm_of(institution, public_id)
    if told is None:
        raise Http404
    back = reverse("log_monitor:overview", args=[institution.slug])
    may = allows(request.membership.role, Right.MANAGE_KEYS)  # type: ignore[attr-defined]
    form = AcknowledgeForm(request.POST or None)
    if request.method == "POST":
        if not may:
            raise PermissionDenied
        if form.is_valid():
            services.acknowledge(told.alarm, institution, form.cleaned_data["reason"], actor=request.user)
            messages.success(request, _("The alarm is acknowledged."))
            return redirect(back)
    context = {
        "one": _shown(told),
        "cut_off": may and told.alarm.code in CUT_OFF,
        "form": form if may and told.acknowledgement is None else None,
        "crumbs": [
            (institution.localised_name, institution.get_absolute_url()),
            (_("Tamper evidence"), back),
            (_("Alarm"), ""),
        ],
    }
    return render(request, "log_monitor/alarm.html", context, status=422 if form.errors else 200)


def _shown(told: Told) -> dict[str, object]:
    subject = str(told.alarm.facts.get("subject", ""))
    facts = [
        (label, _plain(told.alarm.facts[name]))
        for name, label in FACTS.items()
        if told.alarm.facts.get(name) is not None
    ]
    return {
        "alarm": told.alarm,
        "acknowledgement": told.acknowledgement,
        "sentence": sentence_of(told.alarm.code),
        "facts": facts,
        "award": subject.removeprefix("award:").partition(":")[0] if subject.startswith("award:") else "",
    }


def _plain(value: object) -> str:
    return ", ".join(str(each) for each in value) if isinstance(value, list) else str(value)


@staff_view(Right.VIEW)
@require_safe
def entries(_request: HttpRequest, institution: Institution) -> StreamingHttpResponse:
    """The institution's own list of what was recorded in its name, to be compared elsewhere (`testamur log monitor`)."""
    response = StreamingHttpResponse(_lines(institution), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="log-{institution.slug}.csv"'
    return response


class _Line:
    def write(self, line: str) -> str:
        return line


def _lines(institution: Institution) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield writer.writerow(COLUMNS)
    for row in queries.entries(institution):
        yield writer.writerow([formula_safe(cell) for cell in row])
