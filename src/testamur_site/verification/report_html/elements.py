"""Small pieces of HTML. Every function returns markup in which what came from outside is escaped."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from functools import lru_cache
from html import escape

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


_SECONDS = len("2026-03-05T10:00:00Z")


def date(value: object, language: str) -> str:
    """The day of `value` as a <time>; what is none as text. Reports write moments in one way, and in that it takes a tenth of the time."""
    if (read := _moment(value)) is not None and (day := _day(read, language)):
        return f'<time datetime="{read.isoformat()}">{day}</time>'
    found = design.date_element(value)  # type: ignore[arg-type] # whatever a document says
    return found if isinstance(found, SafeString) else text(found)


def moment(value: object, language: str) -> str:
    """Day, hour and minute of `value` in words."""
    if (read := _moment(value)) is not None and (day := _day(read, language)):
        return f"{day}{', ' if language == 'en' else ' '}{read.hour:02}:{read.minute:02} UTC"
    return text(design.moment(value))  # type: ignore[arg-type] # as above


def _moment(value: object) -> datetime | None:
    if type(value) is str and len(value) == _SECONDS and value[10] == "T" and value[-1] == "Z" and value.isascii():
        try:
            read = datetime.fromisoformat(value)
        except ValueError:
            return None
        return read if read.tzinfo is UTC and timezone.get_current_timezone_name() == "UTC" else None
    return None


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
