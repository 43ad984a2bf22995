"""The two addresses of a verification, answered before there is a request (`config/before_django/without_request.py`): the same functions
as the views call, for what is asked of them most. Everything else, and every refusal, is left to the views."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import cast
from urllib.parse import quote, unquote

from django.conf import settings
from django.http import HttpResponse
from django.utils import translation

from testamur_site.foundation.public_bytes.api import Asked, Made, TheRest

from .. import rules, services, views
from ..limits import wait_of
from ..programs import responses
from ..programs import views as programs
from ..report_html import outline

_QUERY = re.compile(r"address=([A-Za-z0-9%._~-]+)")
"""Of nothing but characters that stand for themselves in an address, so that it can be given back as it is."""
_PAGE = (
    ("Content-Type", "text/html; charset=utf-8"),
    ("Cache-Control", "no-store"),
    ("Cross-Origin-Resource-Policy", "same-site"),
)
_JSON = tuple(responses.shared(HttpResponse(content_type="application/json")).items())


def endpoint(asked: Asked) -> Made | TheRest | None:
    """`POST /api/verify`."""
    if not asked.body or len(asked.body) > rules.MAXIMUM_BYTES:
        return None
    if wait := wait_of(asked.visitor, "verify", settings.TESTAMUR_VERIFICATIONS_PER_MINUTE):
        refused = programs.too_often(wait)
        return lambda _request: refused
    made = programs.answer(asked.body, asked.language)
    return Made(made, _JSON) if isinstance(made, bytes) else lambda _request: cast(HttpResponse, made)


def page(asked: Asked) -> Made | TheRest | None:
    """`GET /verify?address=…` with an address of ours."""
    found = _QUERY.fullmatch(asked.query)
    if found is None:
        return None
    address = _address(found[1])
    given = views.own_address(address)
    if given is None:
        return None
    if wait := wait_of(asked.visitor, "verify", settings.TESTAMUR_VERIFICATIONS_PER_MINUTE):
        return lambda request: views.told(request, address, wait=wait)
    answer = services.verify_input(given)
    if answer.report is None:
        return lambda request: views.told(request, address, answer)
    here = f"/verify?{asked.query}"
    made = outline.page(answer.report, source=answer.source, address=address, here=here, language=asked.language)
    if made is None:
        with translation.override(asked.language):
            made = views.part_by_part(answer, address, here)
    return Made(made, _PAGE, vary="Cookie")


def _address(quoted: str) -> str:
    """What was `quoted` in a query. Addresses of ours are mostly quoted in one way, which is recognised in less time."""
    beginning = _quoted(settings.TESTAMUR_BASE_URL)
    if quoted.startswith(beginning):
        rest = quoted[len(beginning) :].replace("%2F", "/")
        if "%" not in rest and len(rest) < _SHORT:
            return f"{settings.TESTAMUR_BASE_URL}{rest}"
    return unquote(quoted, errors="replace")[: rules.MAXIMUM_ADDRESS]


_SHORT = 200


@lru_cache(maxsize=2)
def _quoted(address: str) -> str:
    return quote(address, safe="")
