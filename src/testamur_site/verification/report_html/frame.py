"""What stands around a report on the verify page: the same for everybody without a session, but for a few holes.

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


def page(report: str, *, verdict: str, address: str, here: str) -> bytes:
    """The verify page with the finished `report`, for somebody without a session who asked by `address`; `verdict` is its word, `here` the
    address of the page. Raises UnicodeEncodeError for half a surrogate."""
    filling = {
        "report": report.encode(),
        "verdict": text(verdict).encode(),
        "address": text(address).encode(),
        "here": text(here).encode(),
    }
    pieces, holes = _pieces(get_language() or "en", settings.TESTAMUR_OUTBOX, settings.TESTAMUR_OPEN_REGISTRATION)
    made = list(pieces)
    for at, hole in holes:
        made[at] = filling[hole]
    return b"".join(made)


@lru_cache(maxsize=8)
def _pieces(_language: str, *_settings: bool) -> tuple[list[bytes], list[tuple[int, str]]]:
    """The markup in pieces, and which of them are holes. The marks hold nothing that HTML would write in another way."""
    secret = secrets.token_hex(8)
    marks = {name: f"hole-{secret}-{name}-" for name in ("report", "verdict", "address", "here")}
    request = HttpRequest()
    request.method, request.path = "GET", "/verify"
    request.get_full_path = lambda force_append_slash=False: marks["here"]  # type: ignore[method-assign] # noqa: ARG005
    context = {
        "form": VerifyForm(initial={"address": marks["address"]}),
        "report": {"verdictWord": marks["verdict"]},
        "report_html": marks["report"],
    }
    pieces = re.split(f"hole-{secret}-([a-z]+)-", render_to_string(_TEMPLATE, context, request))
    return [piece.encode() for piece in pieces], [(at, pieces[at]) for at in range(1, len(pieces), 2)]
