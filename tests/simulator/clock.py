"""A clock that stands still until a test moves it (implements `ports.Clock`)."""

from __future__ import annotations

from datetime import datetime, timedelta


class FixedClock:
    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def advance(self, **by: float) -> None:
        self.moment += timedelta(**by)
