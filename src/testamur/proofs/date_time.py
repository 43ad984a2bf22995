"""`xsd:dateTimeStamp`, the only form of a date that a proof may carry (XML Schema 1.1 part 2 §3.4.28)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from testamur.errors import Malformed

# Python's own reader takes dates without a zone and refuses 24:00:00 and long fractions, so the form is stated here.
# Years before 1 and after 9999 are of the standard too, but no clock that we compare with can hold them.
_STAMP = re.compile(
    r"(?P<date>\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))"
    r"T(?P<time>(?:(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)|24:00:00(?=(?:\.0+)?[Z+-]))(?:\.(?P<fraction>\d{1,30}))?"
    r"(?P<zone>Z|[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00))",
    re.ASCII,
)


def parse_date_time_stamp(text: object) -> datetime:
    """The aware datetime that `text` means; digits beyond microseconds are cut off.

    Raises `Malformed` (`input.date_time`) for every other form, a missing time zone and days that do not exist.
    """
    if isinstance(text, str) and len(text) == 20 and (usual := usual_stamp(text)) is not None:
        return usual
    found = _STAMP.fullmatch(text) if isinstance(text, str) else None
    if found is not None:
        try:
            return _moment(found)
        except (ValueError, OverflowError):
            pass
    raise Malformed(
        "This is not a date and time with a time zone, such as 2026-02-24T09:30:00Z.", code="input.date_time"
    )


def usual_stamp(text: str) -> datetime | None:
    """The moment of a text such as `2026-02-24T09:30:00Z`, as nearly everybody writes it; None for everything else. Python's reader takes
    other forms too, none of which has these characters in these places."""
    if text[4] + text[7] + text[10] + text[13] + text[16] + text[19] != "--T::Z":
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def format_date_time_stamp(moment: datetime) -> str:
    """`moment` (aware) in UTC with whole seconds, such as `2026-02-24T09:30:00Z`. Raises `Malformed` without a time zone."""
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise Malformed("A moment without a time zone is ambiguous.", code="input.date_time")
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def _moment(found: re.Match[str]) -> datetime:
    zone = found["zone"]
    offset = timedelta()
    if zone != "Z":
        offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[4:6])) * (1 if zone[0] == "+" else -1)
    midnight_after = found["time"].startswith("24")
    moment = datetime.fromisoformat(f"{found['date']}T{'00:00:00' if midnight_after else found['time']}")
    moment = moment.replace(microsecond=int((found["fraction"] or "0").ljust(6, "0")[:6]), tzinfo=timezone(offset))
    return moment + timedelta(days=1) if midnight_after else moment
