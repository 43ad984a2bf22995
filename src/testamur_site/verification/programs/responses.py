"""Answers to programs."""

from __future__ import annotations

from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse


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


def announced_length(request: HttpRequest, most: int, words: str) -> int | HttpResponse:
    """How many bytes the body has, as the request says before it is read; or the refusal of more than `most` (in `words`), and of a body
    in pieces, whose length nobody knows."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length and request.META.get("HTTP_TRANSFER_ENCODING"):
        detail = "Send the body in one piece, with Content-Length."
        return problem(HTTPStatus.LENGTH_REQUIRED, "length-required", detail)
    size = int(length) if length.isdecimal() else 0 if not length else most + 1
    return size if size <= most else problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-large", words)
