"""Moments as readers write them: `25 November 2026, 10:00 UTC` and `2026년 11월 25일 10:00 UTC`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_TWO_DIGITS = tuple(f"{number:02}" for number in range(60))


def written(moment: Any, language: str) -> str:
    """`moment` (an ISO 8601 text or an aware datetime) for people who read `language`; midnight UTC is written as a day.

    What cannot be read as a moment is returned as an em dash: a date is decoration here, the decision was taken elsewhere.
    """
    if not isinstance(moment, datetime):
        try:
            moment = datetime.fromisoformat(str(moment))
        except ValueError:
            return "—"
    if moment.tzinfo is not None and moment.tzinfo is not UTC:
        try:
            moment = moment.astimezone(UTC)
        except OverflowError:  # within a day of the first or last year
            return "—"
    hour, minute = moment.hour, moment.minute
    if language == "ko":
        day = f"{moment.year}년 {moment.month}월 {moment.day}일"
        return f"{day} {_TWO_DIGITS[hour]}:{_TWO_DIGITS[minute]} UTC" if hour or minute else day
    day = f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"
    return f"{day}, {_TWO_DIGITS[hour]}:{_TWO_DIGITS[minute]} UTC" if hour or minute else day
