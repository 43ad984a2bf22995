"""What stands around a report on the verify page: the same for everybody without a session, but for five holes.

The page around the report is made by its template once in each language, with marks where something differs, and taken apart at them.
"""

from __future__ import annotations

import re
import secrets
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import get_language

from testamur_site.verification.forms import VerifyForm

from .elements import text

_TEMPLATE = "verification/verify.html"


def page(request: HttpRequest, report: str, *, verdict: str, address: str, csrf_token: str) -> str:
    """The verify page with the finished `report`, for somebody without a session who asked by `address`; `verdict` is its word."""
    filling = {
        "report": report,
        "verdict": text(verdict),
        "address": text(address),
        "here": text(request.get_full_path()),
        "token": csrf_token,
    }
    pieces = _pieces(get_language() or "en", settings.TESTAMUR_OUTBOX, settings.TESTAMUR_OPEN_REGISTRATION)
    return "".join(filling[piece] if at % 2 else piece for at, piece in enumerate(pieces))


@lru_cache(maxsize=8)
def _pieces(_language: str, *_settings: bool) -> tuple[str, ...]:
    """Markup and names of holes in turn. The marks hold nothing that HTML would write in another way."""
    secret = secrets.token_hex(8)
    holes = {name: f"hole-{secret}-{name}-" for name in ("report", "verdict", "address", "here", "token")}
    request = HttpRequest()
    request.method, request.path = "GET", "/verify"
    request.get_full_path = lambda force_append_slash=False: holes["here"]  # type: ignore[method-assign] # noqa: ARG005
    context = {
        "form": VerifyForm(initial={"address": holes["address"]}),
        "report": {"verdictWord": holes["verdict"]},
        "report_html": holes["report"],
        "csrf_token": holes["token"],
    }
    made = render_to_string(_TEMPLATE, context, request)
    return tuple(re.split(f"hole-{secret}-([a-z]+)-", made))
