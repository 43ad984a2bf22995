"""Points in time in documents: `xsd:dateTimeStamp`, read once for all checks and written once for all facts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from testamur.errors import Malformed
from testamur.proofs.date_time import parse_date_time_stamp, usual_stamp

_TO_THE_SECOND = 19  # characters
_USUAL = 20


def moment(text: Any) -> datetime | None:
    """The point in time that `text` names (an aware datetime), or None if it is no `dateTimeStamp`."""
    try:
        return parse_date_time_stamp(text)
    except Malformed:
        return None


def told(text: str) -> tuple[datetime, str] | None:
    """`moment` of `text` and `iso` of that, where it is one."""
    if len(text) == _USUAL and (usual := usual_stamp(text)) is not None:
        return usual, text
    value = moment(text)
    return None if value is None else (value, iso(value))


def iso(value: datetime) -> str:
    """`value` (aware) as facts carry it: ISO 8601 in UTC to the second; in its own zone where UTC would leave the calendar."""
    if value.tzinfo is UTC:  # as most are, which is quicker
        return value.isoformat("T", "seconds")[:_TO_THE_SECOND] + "Z"
    try:
        value = value.astimezone(UTC)
    except OverflowError:
        return value.isoformat(timespec="seconds")
    return value.replace(microsecond=0, tzinfo=None).isoformat() + "Z"
