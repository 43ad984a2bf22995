"""Dates as people write them, as long as they can mean only one day.

Taken: ISO 8601 (2026-03-05, also with a time), 2026/3/5, 2026.3.5, 2026. 3. 5., 2026년 3월 5일, 20260305,
5 March 2026, March 5, 2026, and day and month in either order where one of them is above twelve or both are equal.
Refused: 03/05/2026 (the third of May or the fifth of March?), years of two digits, and days that do not exist.
Arabic-Indic and full-width digits are digits.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from .problems import CellRefused

_MONTHS = {
    month: number
    for number, names in enumerate(
        (
            "january jan janvier janv januar enero يناير",
            "february feb fevrier fevr februar febrero فبراير",
            "march mar mars marz maerz marzo مارس",
            "april apr avril avr abril أبريل ابريل",
            "may mai mayo مايو",
            "june jun juin juni junio يونيو",
            "july jul juillet juil juli julio يوليو",
            "august aug aout agosto أغسطس اغسطس",
            "september sep sept septembre septiembre سبتمبر",
            "october oct octobre oktober okt octubre أكتوبر اكتوبر",
            "november nov novembre noviembre نوفمبر",
            "december dec decembre dezember dez diciembre ديسمبر",
        ),
        start=1,
    )
    for month in names.split()
}
_YEAR_FIRST = re.compile(r"^(\d{4})\s*[-/.년]\s*(\d{1,2})\s*[-/.월]\s*(\d{1,2})\s*[일.]?(?:[T\s]+\d{1,2}:\d{2}.*)?$")
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})$")
_YEAR_LAST = re.compile(r"^(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{4})(?:\s+\d{1,2}:\d{2}.*)?$")
_SHORT_YEAR = re.compile(r"^\d{1,2}\s*[-/.]\s*\d{1,2}\s*[-/.]\s*\d{2}$")
_DAY_MONTH_NAME = re.compile(r"^(\d{1,2})(?:st|nd|rd|th)?[\s.\-]+([^\W\d_]+)\.?,?[\s\-]+(\d{4})$")
_MONTH_NAME_DAY = re.compile(r"^([^\W\d_]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})$")


def parse_date(text: str) -> date:
    """The day that `text` means.

    Raises `CellRefused`: `date.ambiguous` (facts: value, first, second as ISO dates), `date.short_year`,
    `date.impossible`, `date.unreadable` (facts: value).
    """
    value = _digits(unicodedata.normalize("NFKC", text)).strip()
    value = re.sub("[\u200e\u200f\u061c]", "", value)
    shown = value[:40]
    if found := _YEAR_FIRST.match(value) or _COMPACT.match(value):
        return _day(int(found[1]), int(found[2]), int(found[3]), shown)
    if found := _YEAR_LAST.match(value):
        first, second, year = int(found[1]), int(found[2]), int(found[3])
        if first > 12 or first == second:
            return _day(year, second, first, shown)
        if second > 12:
            return _day(year, first, second, shown)
        readings = (_day(year, second, first, shown), _day(year, first, second, shown))
        raise CellRefused("date.ambiguous", value=shown, first=readings[0].isoformat(), second=readings[1].isoformat())
    if found := _DAY_MONTH_NAME.match(value):
        return _day(int(found[3]), _month(found[2], shown), int(found[1]), shown)
    if found := _MONTH_NAME_DAY.match(value):
        return _day(int(found[3]), _month(found[1], shown), int(found[2]), shown)
    if _SHORT_YEAR.match(value):
        raise CellRefused("date.short_year", value=shown)
    raise CellRefused("date.unreadable", value=shown)


def _digits(text: str) -> str:
    """Decimal digits of any script as ASCII digits."""
    return "".join(str(unicodedata.decimal(c)) if unicodedata.category(c) == "Nd" else c for c in text)


def _month(word: str, shown: str) -> int:
    plain = word.casefold()
    plain = "".join(c for c in unicodedata.normalize("NFD", plain) if not "\u0300" <= c <= "\u036f")
    for candidate in (unicodedata.normalize("NFC", plain), unicodedata.normalize("NFC", word.casefold())):
        if candidate in _MONTHS:
            return _MONTHS[candidate]
    raise CellRefused("date.unreadable", value=shown)


def _day(year: int, month: int, day: int, shown: str) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise CellRefused("date.impossible", value=shown) from error
