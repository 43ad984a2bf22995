"""Durations and dates as rules write them: "5 years", "P30D", "started + 2 weeks", "decision - 5 years".

A calendar duration is added as the calendar has it (31 January + 1 month = 28 or 29 February); days are days. A date is a whole
day: rules of programmes do not know the hour.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta

_WRITTEN = re.compile(r"([0-9]{1,4})\s*(days?|weeks?|months?|years?|d|w|m|y)\Z")
_ISO = re.compile(r"P(?:([0-9]{1,4})Y)?(?:([0-9]{1,4})M)?(?:([0-9]{1,4})W)?(?:([0-9]{1,4})D)?\Z")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_EXPRESSION = re.compile(r"\s*([0-9]{4}-[0-9]{2}-[0-9]{2}|[a-z][a-z0-9_]*)\s*(?:([+-])\s*(\S.*?))?\s*\Z")


class NotATime(ValueError):
    """The text is no `duration`, no `day` or no `moment`: `code` says which, `text` is it, cut."""

    def __init__(self, code: str, text: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.text = text[:40]


@dataclass(frozen=True, slots=True)
class Duration:
    """Months and days apart, because a month is not a number of days."""

    months: int = 0
    days: int = 0

    def __str__(self) -> str:
        years, months = divmod(self.months, 12)
        parts = [f"{years}Y"] * bool(years) + [f"{months}M"] * bool(months) + [f"{self.days}D"] * bool(self.days)
        return "P" + ("".join(parts) or "0D")


def duration(text: str) -> Duration:
    """The duration that `text` writes. Raises NotATime."""
    if written := _WRITTEN.match(text.strip()):
        number, unit = int(written[1]), written[2][0]
        match unit:
            case "d":
                return Duration(days=number)
            case "w":
                return Duration(days=7 * number)
            case "m":
                return Duration(months=number)
            case _:
                return Duration(months=12 * number)
    iso = _ISO.match(text.strip())
    if iso and any(iso.groups()):
        years, months, weeks, days = (int(part or 0) for part in iso.groups())
        return Duration(months=12 * years + months, days=7 * weeks + days)
    raise NotATime("duration", text, f"“{text[:40]}” is no duration; write “5 years”, “30 days” or “P5Y”")


def later(day: date, by: Duration, sign: int = 1) -> date:
    """`day` moved by `by`, forwards or (sign -1) backwards; kept within the years 1 to 9999."""
    months = day.year * 12 + day.month - 1 + sign * by.months
    year, month = divmod(months, 12)
    if year < 1:
        return date.min
    if year > date.max.year:
        return date.max
    moved = date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
    try:
        return moved + timedelta(days=sign * by.days)
    except OverflowError:
        return date.max if sign > 0 else date.min


def day(text: str) -> date:
    """The day that `text` writes (`2020-08-01`, or the day of a date-time). Raises NotATime."""
    if _DAY.match(text[:10]) and (len(text) == 10 or text[10:11] in "Tt"):
        with suppress(ValueError):  # the thirtieth of February
            return date.fromisoformat(text[:10])
    raise NotATime("day", text, f"“{text[:40]}” is no date; write it as 2026-03-01")


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, or the name of one, moved by a duration: the `started + 2 weeks` of a rule."""

    base: date | str
    moved: Duration = Duration()
    sign: int = 1

    def resolve(self, named: Callable[[str], date | None]) -> date | None:
        """The day, where `named` gives the day of a name; None if it does not know it."""
        base = named(self.base) if isinstance(self.base, str) else self.base
        return None if base is None else later(base, self.moved, self.sign)


def moment(text: str) -> Moment:
    """The moment that `text` writes. Raises NotATime."""
    parts = _EXPRESSION.match(text)
    if not parts:
        raise NotATime(
            "moment",
            text,
            f"“{text[:40]}” is no date; write 2026-03-01, the name of a date, or such a name with a duration: "
            "“decision - 5 years”",
        )
    base = day(parts[1]) if parts[1][0].isdigit() else parts[1]
    if parts[2] is None:
        return Moment(base)
    return Moment(base, duration(parts[3]), 1 if parts[2] == "+" else -1)
