"""Answers to programs."""

from __future__ import annotations

from http import HTTPStatus

from django.conf import settings
from django.http import HttpResponse, JsonResponse


def shared(response: HttpResponse) -> HttpResponse:
    """Any page may ask: there is no session here to be misused."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Allow-Methods"] = "GET, POST, DELETE, OPTIONS"
    response["Access-Control-Allow-Headers"] = "Content-Type, Accept-Language"
    response["Access-Control-Expose-Headers"] = "Location, Retry-After"
    response["Cache-Control"] = "no-store"
    return response


def problem(status: HTTPStatus, kind: str, detail: str) -> HttpResponse:
    """A problem document (RFC 9457)."""
    body = {
        "type": f"{settings.TESTAMUR_BASE_URL}/problems/{kind}",
        "title": status.phrase,
        "status": status.value,
        "detail": detail,
    }
    return shared(JsonResponse(body, status=status, content_type="application/problem+json"))
