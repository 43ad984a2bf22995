"""Small pieces of HTML. Every function returns markup in which what came from outside is escaped."""

from __future__ import annotations

import json
import re
from datetime import datetime, tzinfo
from functools import lru_cache
from html import escape
from typing import TypeGuard

from django.template.defaultfilters import truncatechars
from django.utils import timezone
from django.utils.safestring import SafeString

from testamur_site.foundation.design_system import api as design
from testamur_site.verification.presentation import safe_link

_SPECIAL = re.compile("[&<>\"']").search
_as_json = json.JSONEncoder(ensure_ascii=False).encode


def text(value: object) -> str:
    """`value` as text of a page, or of an attribute in quotation marks."""
    plain = value if type(value) is str else str(value)
    return escape(plain) if _SPECIAL(plain) else plain


def texts(values: list[str]) -> list[str]:
    """Every one as `text`: looked through together, because hardly any has anything to be escaped."""
    return [text(value) for value in values] if _SPECIAL("".join(values)) else values


def shortened(value: object, longest: int) -> str:
    """The same, at most so many characters long, as the filter `truncatechars` counts them."""
    plain = value if type(value) is str else str(value)
    return text(plain if len(plain) <= longest and plain.isascii() else truncatechars(plain, longest))


def fact(value: object, longest: int) -> str:
    """A fact of a check, not yet escaped: words as they are, everything else as JSON."""
    plain = value if isinstance(value, str) else _as_json(value)
    return plain if len(plain) <= longest and plain.isascii() else truncatechars(plain, longest)


def linked(address: object, label: str) -> str:
    """`label`, which is markup, as a link to `address` where that may be followed."""
    if not (safe := safe_link(address)):
        return label
    return f'<a href="{text(safe)}" rel="noopener nofollow">{label}</a>'


def title(value: object, longest: int) -> str:
    """A title of at most so many characters, in which words with a hyphen stay on one line."""
    if type(value) is str and "-" not in value and len(value) <= longest and value.isascii():
        return text(value)
    return str(design.unbroken(truncatechars(value, longest)))


def date(value: object, language: str, *, utc: bool = False) -> str:
    """The day of `value` as a <time>; what is none as text. Reports write moments in one way, and in that it takes a tenth of the time.
    `utc`: that is known to be the reader's zone (`in_utc`)."""
    if _is_moment(value) and (utc or in_utc()) and (found := date_in_utc(value, language)):
        return found
    made = design.date_element(value)  # type: ignore[arg-type] # whatever a document says
    return made if isinstance(made, SafeString) else text(made)


def moment(value: object, language: str) -> str:
    """Day, hour and minute of `value` in words."""
    if _is_moment(value) and in_utc() and (found := moment_in_utc(value, language)):
        return found
    return text(design.moment(value))  # type: ignore[arg-type] # as above


def date_in_utc(value: str, language: str) -> str:
    """As `date`, where that is known to be UTC (`in_utc`), of a moment written as reports write them; empty for every other language."""
    day = _day(datetime.fromisoformat(value), language)
    return f'<time datetime="{value[:-1]}+00:00">{day}</time>' if day else ""


def moment_in_utc(value: str, language: str) -> str:
    """As `moment`, likewise."""
    day = _day(datetime.fromisoformat(value), language)
    return f"{day}{', ' if language == 'en' else ' '}{value[11:16]} UTC" if day else ""


def in_utc() -> bool:
    """Whether days are those of UTC for whoever reads the page."""
    return _is_utc(timezone.get_current_timezone())


@lru_cache(maxsize=8)
def _is_utc(zone: tzinfo) -> bool:
    return (zone.tzname(None) or str(zone)) == "UTC"


_WRITTEN = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII).fullmatch


def _is_moment(value: object) -> TypeGuard[str]:
    if type(value) is str and _WRITTEN(value):
        try:
            datetime.fromisoformat(value)
        except ValueError:
            return False
        return True
    return False


def _day(read: datetime, language: str) -> str:
    if language == "en":
        return f"{read.day} {_MONTHS[read.month]} {read.year}"
    return f"{read.year}년 {read.month}월 {read.day}일" if language == "ko" else ""


_MONTHS = (
    *("", "January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


def soft(markup: str) -> str:
    return f'<span class="soft">{markup}</span>'


def icon(name: str) -> str:
    return str(design.icon(name))


def mark(outcome: str, language: str) -> str:
    """The icon of an outcome, or of what merely informs (`info`), named for those who do not see it."""
    return _mark(outcome, language)


@lru_cache(maxsize=64)
def heading(verdict: str, word: str, tone: str) -> str:
    """The heading of a report, of which there are few."""
    return str(design.verdict_heading(verdict, word, tone))


@lru_cache(maxsize=64)
def _mark(outcome: str, _language: str) -> str:
    from .words import words

    if outcome == "info":
        return f'<span class="outcome quiet">{design.icon("info", words().for_information)}</span>'
    return str(design.outcome_icon(outcome))
