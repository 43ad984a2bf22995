"""Pure decisions about jobs."""

from __future__ import annotations

from datetime import timedelta

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=1)


def pause_after(attempt: int) -> timedelta:
    """How long to wait after the given failed attempt (1, 2, …): 5 s, 20 s, 80 s … but never more than an hour."""
    return min(FIRST_PAUSE * 4 ** min(attempt - 1, 8), LONGEST_PAUSE)
