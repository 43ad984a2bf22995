"""The pages of a run. Its address is what opens it; nothing here asks who somebody is."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from testamur.verification import Verdict, sentences
from testamur_site.verification.limits import seconds_to_wait
from testamur_site.verification.presentation import reader_language

from . import queries, rules, services
from .forms import ManyForm
from .messages import bulk_refusal
from .models import BulkEntry, BulkRun

PER_PAGE = 100
PER_MINUTE = 6  # runs that one visitor may start


def opens_run(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """The view with the run that its address names; 404 where it never was or is gone. Neither kept by caches nor named to others."""

    @wraps(view)
    def inner(request: HttpRequest, public_id: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        found = queries.run_by_id(public_id)
        if found is None:
            raise Http404
        response = view(request, found, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "same-origin"  # a link in a report must not carry the address away
        response["X-Robots-Tag"] = "noindex"
        return response

    return inner


@require_http_methods(["GET", "HEAD", "POST"])
def many(request: HttpRequest) -> HttpResponse:
    """The form; POST starts a run and leads to it."""
    form, refusal, status = ManyForm(), "", HTTPStatus.OK
    if request.method == "POST":
        form, status = ManyForm(request.POST, request.FILES), HTTPStatus.UNPROCESSABLE_ENTITY
        allowed = min(PER_MINUTE, settings.TESTAMUR_VERIFICATIONS_PER_MINUTE)
        if wait := seconds_to_wait(request, "many", allowed):
            refusal = _("You asked very often. Please wait %(seconds)d seconds and try again.") % {"seconds": wait}
            status = HTTPStatus.TOO_MANY_REQUESTS
        elif form.is_valid():
            try:
                started = services.start(rules.read(_contents(form.cleaned_data["files"])), reader_language())
            except rules.BulkRefused as refused:
                refusal = bulk_refusal(refused.code, refused.facts)
            except services.TooManyRuns:
                refusal, status = bulk_refusal("too_many_runs", {}), HTTPStatus.SERVICE_UNAVAILABLE
            else:
                return redirect("verification:run", started.public_id)
    crumbs = [(_("Verify"), reverse("verification:verify")), (_("Many at once"), "")]
    context = {"form": form, "refusal": refusal, "crumbs": crumbs}
    return render(request, "verification/bulk/many.html", context, status=status)


def _contents(files: list[Any]) -> list[tuple[str, bytes]]:
    if sum(file.size for file in files) > rules.MAX_UPLOAD:
        raise rules.BulkRefused("too_large", limit=rules.MAX_UPLOAD // (1024 * 1024))
    return [(file.name or "", file.read()) for file in files]


@require_safe
@opens_run
def run(request: HttpRequest, found: BulkRun) -> HttpResponse:
    """The table, as far as it is; filtered by `result`, `issuer` and `code`."""
    chosen = _filters(request)
    page = Paginator(queries.entries(found, **chosen), PER_PAGE).get_page(request.GET.get("page"))
    language = reader_language()
    rows = queries.with_reports(page.object_list)
    overview = queries.overview(found)
    context = {
        "run": found,
        "overview": overview,
        "stats": [(overview.counts.get(result, 0), result_words(result)) for result in queries.RESULTS],
        "page": page,
        "rows": [
            (entry, queries.finding(entry, language), _shown_as(entry), result_words(entry.result)) for entry in rows
        ],
        "choices": queries.choices(found, language),
        "results": [(result, result_words(result)) for result in queries.RESULTS],
        "chosen": chosen,
        "query": request.GET.urlencode(),
        "crumbs": [
            (_("Verify"), reverse("verification:verify")),
            (_("Many at once"), reverse("verification:many")),
            (_("Results"), ""),
        ],
    }
    return render(request, "verification/bulk/run.html", context)


def _shown_as(entry: BulkEntry) -> str:
    """The state that colours a row. Valid, but from somebody whom nobody known to us vouches for, is never green."""
    if entry.result == Verdict.VALID and entry.code != "proof.signature_true":
        return "quiet"
    return "unknown" if entry.result == services.REFUSED else entry.result


def result_words(result: str) -> str:
    if result == services.REFUSED:
        return _("Not read")
    return sentences.verdict(Verdict(result), reader_language())


def _filters(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET.get(name, "")[:300] for name in ("result", "issuer", "code")}


@require_safe
@opens_run
def progress(request: HttpRequest, found: BulkRun) -> HttpResponse:
    """The bar alone, for htmx; when all is done the whole page is asked for again."""
    overview = queries.overview(found)
    response = render(request, "verification/bulk/progress.html", {"run": found, "overview": overview})
    if not overview.waiting:
        response["HX-Refresh"] = "true"
    return response


@require_safe
@opens_run
def entry(request: HttpRequest, found: BulkRun, position: int) -> HttpResponse:
    """One document's report."""
    row = found.entries.filter(position=position).exclude(result="").first()
    if row is None:
        raise Http404
    language = reader_language()
    report = queries.report_page(row, language)
    context = {
        "run": found,
        "entry": row,
        "report": report,
        "source": row.name,
        "report_json": json.dumps(queries.report_of(row), ensure_ascii=False, indent=2) if report else "",
        "refusal": "" if report else queries.finding(row, language),
        "crumbs": [
            (_("Many at once"), reverse("verification:many")),
            (_("Results"), reverse("verification:run", args=[found.public_id])),
            (row.name, ""),
        ],
    }
    return render(request, "verification/bulk/entry.html", context)


@require_safe
@opens_run
def results_csv(request: HttpRequest, found: BulkRun) -> HttpResponseBase:
    lines = queries.as_csv(queries.entries(found, **_filters(request)), reader_language())
    return _attachment(lines, "text/csv; charset=utf-8", "verification-results.csv")


@require_safe
@opens_run
def results_json(request: HttpRequest, found: BulkRun) -> HttpResponseBase:
    parts = queries.as_json(found, queries.entries(found, **_filters(request)), reader_language())
    return _attachment(parts, "application/json", "verification-results.json")


def _attachment(parts: Any, media_type: str, name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse((part.encode("utf-8", "replace") for part in parts), content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_POST
@opens_run
def delete(request: HttpRequest, found: BulkRun) -> HttpResponse:
    """Deletes the run now, not only after its hour."""
    services.forget(found.public_id)
    messages.success(request, _("The results were deleted. Nothing of them is left here."))
    return redirect("verification:many")
