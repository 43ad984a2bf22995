from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from testamur_site.foundation.permissions.api import Right, staff_view
from testamur_site.foundation.tenancy.api import Institution, members

from . import queries
from .models import AuditEntry
from .rules import formula_safe

PAGE = 50
COLUMNS = ("sequence", "recorded_at", "actor", "action", "target", "facts", "previous_hash", "entry_hash")


def _filtered(request: HttpRequest, institution: Institution) -> QuerySet[AuditEntry]:
    return queries.entries(
        institution,
        action=request.GET.get("action", "")[:80],
        actor=request.GET.get("person", "")[:32],
        target=request.GET.get("target", "")[:120],
    )


def _plain(value: Any) -> str:
    """A fact as a person reads it: lists separated by commas, everything else as it is."""
    if isinstance(value, list) and not any(isinstance(item, list | dict) for item in value):
        return ", ".join(str(item) for item in value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


@staff_view(Right.READ_AUDIT)
@require_safe
def entry_list(request: HttpRequest, institution: Institution) -> HttpResponse:
    people = {m.user.public_id: str(m.user) for m in members(institution)}
    page = Paginator(_filtered(request, institution), PAGE).get_page(request.GET.get("page"))
    rows = [
        {
            "entry": entry,
            "who": people.get(entry.actor) or (_("a former member") if entry.actor else _("the platform")),
            "facts": [(name, _plain(value)) for name, value in sorted(entry.facts.items()) if value not in (None, "")],
        }
        for entry in page
    ]
    context = {
        "page_obj": page,
        "rows": rows,
        "actions": queries.actions(institution),
        "people": sorted(people.items(), key=lambda item: item[1]),
        "chosen": {"action": request.GET.get("action", ""), "person": request.GET.get("person", "")},
        "crumbs": [(institution.localised_name, institution.get_absolute_url()), (_("Audit trail"), "")],
        "chain": queries.verify_chain(institution) if "check" in request.GET else None,
        "query": request.GET.urlencode(),
    }
    return render(request, "audit/entries.html", context)


class _Line:
    def write(self, line: str) -> str:
        return line


def _lines(rows: QuerySet[AuditEntry]) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield "\ufeff" + writer.writerow(COLUMNS)  # the mark tells Excel that this is UTF-8
    for row in rows.iterator(chunk_size=1000):
        facts = json.dumps(row.facts, ensure_ascii=False, sort_keys=True)
        values = (row.sequence, row.recorded_at.isoformat(), row.actor, row.action, row.target, facts)
        yield writer.writerow([formula_safe(str(value)) for value in (*values, row.previous_hash, row.entry_hash)])


@staff_view(Right.READ_AUDIT)
@require_safe
def export(request: HttpRequest, institution: Institution) -> StreamingHttpResponse:
    response = StreamingHttpResponse(_lines(_filtered(request, institution)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="audit-{institution.slug}.csv"'
    return response
