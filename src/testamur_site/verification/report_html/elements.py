"""Small pieces of HTML. Every function returns markup in which what came from outside is escaped."""

from __future__ import annotations

import json
import re
from functools import lru_cache

from django.template.defaultfilters import truncatechars
from django.utils.html import escape

from testamur_site.foundation.design_system import api as design
from testamur_site.verification.presentation import safe_link

_SPECIAL = re.compile("[&<>\"']")


def text(value: object) -> str:
    """`value` as text of a page, or of an attribute in quotation marks."""
    plain = value if type(value) is str else str(value)
    return str(escape(plain)) if _SPECIAL.search(plain) else plain


def shortened(value: object, longest: int) -> str:
    """The same, at most so many characters long, as the filter `truncatechars` counts them."""
    plain = value if type(value) is str else str(value)
    return text(plain if len(plain) <= longest and plain.isascii() else truncatechars(plain, longest))


def fact(value: object, longest: int) -> str:
    """A fact of a check: words as they are, everything else as JSON."""
    return shortened(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False), longest)


def linked(address: object, label: str) -> str:
    """`label`, which is markup, as a link to `address` where that may be followed."""
    if not (safe := safe_link(address)):
        return label
    return f'<a href="{text(safe)}" rel="noopener nofollow">{label}</a>'


def soft(markup: str) -> str:
    return f'<span class="soft">{markup}</span>'


def icon(name: str) -> str:
    return str(design.icon(name))


def mark(outcome: str, language: str) -> str:
    """The icon of an outcome, or of what merely informs (`info`), named for those who do not see it."""
    return _mark(outcome, language)


@lru_cache(maxsize=64)
def _mark(outcome: str, _language: str) -> str:
    from .words import words

    if outcome == "info":
        return f'<span class="outcome quiet">{design.icon("info", words().for_information)}</span>'
    return str(design.outcome_icon(outcome))
