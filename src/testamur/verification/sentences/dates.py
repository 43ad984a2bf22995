"""Moments as readers write them: `25 November 2026, 10:00 UTC` and `2026년 11월 25일 10:00 UTC`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


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
    time = "" if (moment.hour, moment.minute) == (0, 0) else f"{moment.hour:02}:{moment.minute:02} UTC"
    if language == "ko":
        return f"{moment.year}년 {moment.month}월 {moment.day}일" + (f" {time}" if time else "")
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}" + (f", {time}" if time else "")
