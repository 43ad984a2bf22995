"""ISO 8601 durations: how workload and maximum duration are written in the European Learning Model (`PT60H`, `P1M`)."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

_PATTERN = re.compile(
    r"P(?:(?P<years>\d{1,4})Y)?(?:(?P<months>\d{1,4})M)?(?:(?P<weeks>\d{1,4})W)?(?:(?P<days>\d{1,5})D)?"
    r"(?:T(?:(?P<hours>\d{1,6}(?:\.\d{1,2})?)H)?(?:(?P<minutes>\d{1,6})M)?)?",
    re.ASCII,
)


@dataclass(frozen=True)
class Duration:
    years: int = 0
    months: int = 0
    weeks: int = 0
    days: int = 0
    hours: Decimal = Decimal(0)
    minutes: int = 0

    @property
    def calendar(self) -> bool:
        """True when it counts years, months, weeks or days, which say nothing about hours of work."""
        return bool(self.years or self.months or self.weeks or self.days)


def parse_duration(text: str) -> Duration | None:
    """The duration, or None when `text` is not one (empty durations like `P` and `PT` are none)."""
    match = _PATTERN.fullmatch(text)
    if match is None or not any(match.groupdict().values()):
        return None
    part = {name: value or "0" for name, value in match.groupdict().items()}
    return Duration(
        int(part["years"]),
        int(part["months"]),
        int(part["weeks"]),
        int(part["days"]),
        Decimal(part["hours"]),
        int(part["minutes"]),
    )


def duration_in_hours(text: str) -> Decimal | None:
    """Hours of work; None when it is not a duration or counts in calendar units (`P60M` is sixty *months*)."""
    duration = parse_duration(text)
    if duration is None or duration.calendar:
        return None
    return duration.hours + Decimal(duration.minutes) / 60


def hours_as_duration(text: str) -> str:
    """A number of hours, or an ISO 8601 duration, as ISO 8601. Raises ValueError when it is neither.

    >>> hours_as_duration("60"), hours_as_duration("7,5"), hours_as_duration("PT60H"), hours_as_duration("P60M")
    ('PT60H', 'PT7.5H', 'PT60H', 'P60M')
    """
    text = text.strip()
    if parse_duration(text.upper()):
        return text.upper()
    try:
        hours = Decimal(text.replace(",", "."))
    except InvalidOperation as error:
        raise ValueError(text) from error
    if not hours.is_finite() or not Decimal("0.01") <= hours < 100_000:
        raise ValueError(text)
    written = f"PT{format(hours.quantize(Decimal('0.01')).normalize(), 'f')}H"
    if parse_duration(written) is None:
        raise ValueError(text)
    return written


def expires_on(awarded: date, validity: str) -> date | None:
    """The day on which an award of that day ends, or None when there is no validity (it never ends).

    Years and months go by the calendar; a day that the month does not have becomes its last (29 February → 28 February).
    """
    duration = parse_duration(validity) if validity else None
    if duration is None:
        return None
    months = awarded.month - 1 + duration.months + 12 * duration.years
    year, month = awarded.year + months // 12, months % 12 + 1
    if year > 9999:
        return None
    day = min(awarded.day, calendar.monthrange(year, month)[1])
    hours = int(duration.hours) + duration.minutes // 60
    return date(year, month, day) + timedelta(days=duration.days + 7 * duration.weeks + hours // 24)
