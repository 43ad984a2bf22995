"""Pure decisions about jobs."""

from __future__ import annotations

import errno
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=1)
LONGEST_WAIT = timedelta(minutes=5)
UNATTENDED = timedelta(seconds=20)
"""A job that is due for so long, while no other is worked on, waits for a worker that does not run: an idle one looks every second."""

FROM_THE_FUTURE = timedelta(minutes=5)
"""A time so far ahead of now was stamped by a clock that was wrong."""

LOST_AGAIN = timedelta(hours=1)
LOST_UNTIL = timedelta(days=7)
"""A job that was given up because its workers died is tried once more every hour for a week: more often the machine was at fault than the
job, and a job that kills its worker does so once an hour and not at once again."""

ROOM = 32 * 1024 * 1024
"""Bytes that must be free on the disk of the embedded database before a job is begun: for its work, and to note how it ended."""

MACHINE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EMFILE, errno.ENFILE, errno.ENOMEM})
"""What OSError says where the machine, and not the work, is at fault."""


def pause_after(attempt: int) -> timedelta:
    """How long to wait after the given failed attempt (1, 2, …): 5 s, 20 s, 80 s … but never more than an hour."""
    return min(FIRST_PAUSE * 4 ** min(attempt - 1, 8), LONGEST_PAUSE)


def wait_for_machine(times: int) -> timedelta:
    """How long to wait after the machine has failed for the given time in a row (1, 2, …): as after an attempt, but at most five minutes,
    because nobody says when there is room again."""
    return min(pause_after(times), LONGEST_WAIT)


@dataclass(frozen=True)
class Standing:
    """Where an institution (primary key; None for the platform) stands: how many of its jobs run, and when one was last begun."""

    institution: int | None
    running: int
    served: datetime | None

    def order(self, priority: int, waits_since: datetime, *, ahead: int = 0) -> tuple[Any, ...]:
        """The smaller, the sooner it is its turn with a job of this priority, when `ahead` more are about to run."""
        served = self.served.timestamp() if self.served else 0.0
        return (-priority, self.running + ahead, served, waits_since, self.institution or 0)
