"""`/api/verify/many`: the same for programs. Start with POST, look with GET, delete with DELETE."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from testamur_site.verification.limits import seconds_to_wait
from testamur_site.verification.presentation import reader_language
from testamur_site.verification.programs.responses import announced_length, problem, shared

from . import queries, rules, services
from .messages import bulk_refusal
from .models import BulkRun
from .views import PER_MINUTE

_NAMES = {
    "application/zip": "upload.zip",
    "application/x-ndjson": "upload.jsonl",
    "application/jsonl": "upload.jsonl",
    "text/csv": "upload.csv",
}
PER_PAGE = 500
_LONGEST = 9  # digits; of thousands no number is made


@csrf_exempt
@require_http_methods(["POST", "OPTIONS"])
def many(request: HttpRequest) -> HttpResponse:
    """Start a run over the body: a ZIP archive, JSON Lines, or CSV. 202 with the address of the run."""
    if request.method == "OPTIONS":
        return shared(HttpResponse(status=HTTPStatus.NO_CONTENT))
    if wait := seconds_to_wait(request, "many", min(PER_MINUTE, settings.TESTAMUR_VERIFICATIONS_PER_MINUTE)):
        response = problem(HTTPStatus.TOO_MANY_REQUESTS, "too-many-requests", "Too many runs from this address.")
        response["Retry-After"] = str(wait)
        return response
    name = _NAMES.get((request.content_type or "").lower())
    if name is None:
        detail = f"Send one of: {', '.join(_NAMES)}."
        return problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "media-type", detail)
    length = announced_length(request, rules.MAX_UPLOAD, "A run takes at most 64 MB.")
    if isinstance(length, HttpResponse):
        return length
    # Read from the stream: Django's bound for bodies in memory is meant for forms.
    body = request.read(length)
    language = reader_language()
    try:
        run_started = services.start(rules.read([(name, body)]), language)
    except rules.BulkRefused as refused:
        sentence = bulk_refusal(refused.code, refused.facts)
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, refused.code.replace("_", "-"), sentence)
    except services.TooManyRuns:
        response = problem(HTTPStatus.SERVICE_UNAVAILABLE, "busy", bulk_refusal("too_many_runs", {}))
        response["Retry-After"] = "900"
        return response
    response = JsonResponse(_state(run_started), status=HTTPStatus.ACCEPTED)
    response["Location"] = _address(run_started)
    return shared(response)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "DELETE", "OPTIONS"])
def run(request: HttpRequest, public_id: str) -> HttpResponse:
    """How far the run is and its results, 500 a page (`?page=2`), filtered like the table; DELETE forgets it."""
    if request.method == "OPTIONS":
        return shared(HttpResponse(status=HTTPStatus.NO_CONTENT))
    found = queries.run_by_id(public_id)
    if found is None:
        return problem(HTTPStatus.NOT_FOUND, "no-such-run", "There is no such run, or its hour is over.")
    if request.method == "DELETE":
        services.forget(found.public_id)
        return shared(HttpResponse(status=HTTPStatus.NO_CONTENT))
    page = request.GET.get("page", "1")
    if not page.isdecimal() or len(page) > _LONGEST or not 1 <= int(page) <= rules.MAX_ITEMS // PER_PAGE:
        return problem(HTTPStatus.BAD_REQUEST, "bad-member", "`page` must be a number from 1 to 20.")
    filters = {name: request.GET.get(name, "")[:300] for name in ("result", "issuer", "code")}
    rows = queries.entries(found, **filters)
    start = (int(page) - 1) * PER_PAGE
    language = reader_language()
    results = [queries.as_value(entry, language) for entry in queries.with_reports(rows[start : start + PER_PAGE])]
    answer = {**_state(found), "matching": rows.count(), "page": int(page), "results": results}
    return shared(JsonResponse(answer, json_dumps_params={"ensure_ascii": False}))


def _state(found: BulkRun) -> dict[str, Any]:
    overview = queries.overview(found)
    return {
        "address": _address(found),
        "state": "running" if overview.waiting else "done",
        "total": overview.total,
        "done": overview.done,
        "counts": {result: overview.counts.get(result, 0) for result in queries.RESULTS},
        "expiresAt": overview.expires_at.isoformat(timespec="seconds").replace("+00:00", "Z"),
    }


def _address(found: BulkRun) -> str:
    return f"{settings.TESTAMUR_BASE_URL}/api/verify/many/{found.public_id}"
