"""Answers to programs."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

try:
    import orjson
except ImportError:  # an extra: what it writes here is what the other writes, without the spaces
    orjson = None  # type: ignore[assignment]


def as_json(value: Any, *, indented: bool = False) -> bytes:
    """A report as JSON. Half a surrogate, and a number beyond 64 bits, are for the careful way, which knows them."""
    if orjson is not None:
        try:
            return orjson.dumps(value, option=orjson.OPT_INDENT_2 if indented else None)
        except TypeError:
            pass
    return json.dumps(value, ensure_ascii=False, indent=2 if indented else None).encode("utf-8", "surrogatepass")


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
