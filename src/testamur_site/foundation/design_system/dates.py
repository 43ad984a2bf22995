"""Days and moments as a reader writes them: 25 November 2026, 2026년 11월 25일."""

from __future__ import annotations

import datetime as dt
from functools import cache

from babel.dates import format_date, format_datetime, get_month_names
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

Value = dt.date | dt.datetime | str | None
# British order for English; Babel's own long form for Korean.
_DAY = {"en": "d MMMM y", "ko": "y년 M월 d일"}
_MOMENT = {"en": "d MMMM y, HH:mm z", "ko": "y년 M월 d일 HH:mm z"}


def day(value: Value) -> str:
    """The day in words of the active language; an unreadable text comes back as it is, nothing as an empty text."""
    read = _read(value)
    if read is None:
        return str(value or "")
    language, locale = _language()
    return _written(read, language) or format_date(read, _DAY.get(language, "long"), locale=locale)


def moment(value: Value) -> str:
    """Day, hour, minute and zone in words of the active language."""
    read = _read(value)
    if not isinstance(read, dt.datetime):
        return day(value)
    language, locale = _language()
    if read.tzinfo is not None and read.tzname() == "UTC" and (of_the_day := _written(read, language)):
        return f"{of_the_day}{_BEFORE_THE_HOUR[language]}{read.hour:02}:{read.minute:02} UTC"
    return format_datetime(read, _MOMENT.get(language, "long"), locale=locale, tzinfo=timezone.get_current_timezone())


def element(value: Value, *, with_time: bool = False) -> SafeString | str:
    """A <time> element: words for the reader, ISO 8601 for the machine."""
    read = _read(value)
    if read is None:
        return str(value or "")
    words = moment(read) if with_time else day(read)
    return mark_safe(f'<time datetime="{read.isoformat()}">{escape(words)}</time>')  # noqa: S308 - a date is written by us


_BEFORE_THE_HOUR = {"en": ", ", "ko": " "}


def _written(read: dt.date, language: str) -> str:
    """What Babel makes of `_DAY`, in the two languages that we have: it takes twenty times as long, and a page has many."""
    if language == "en":
        return f"{read.day} {_months()[read.month]} {read.year}"
    return f"{read.year}년 {read.month}월 {read.day}일" if language == "ko" else ""


@cache
def _months() -> dict[int, str]:
    return dict(get_month_names("wide", locale="en_GB"))


def _read(value: Value) -> dt.date | dt.datetime | None:
    if isinstance(value, dt.datetime):
        return timezone.localtime(value) if timezone.is_aware(value) else value
    if isinstance(value, dt.date):
        return value
    if isinstance(value, str):
        try:
            read = parse_datetime(value) or parse_date(value)
        except ValueError:
            return None
        return _read(read) if read is not None else None
    return None


def _language() -> tuple[str, str]:
    code = (get_language() or "en").split("-")[0]
    return code, {"en": "en_GB", "ko": "ko_KR"}.get(code, code)
