"""Pure decisions of the relay: which ids are next, and which messages count as lost."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from ..rules import Standing

LOST_AFTER = 5.0
"""Seconds after which a published id whose job is still due is lost, when the broker's queue is empty: a worker that has taken a message
claims the job at once. If it was not lost after all, it is there twice, which does no harm."""


@dataclass(frozen=True)
class Due:
    """A job that can be claimed. `begun` is when it was last begun: a job that was put back is another one than before."""

    id: str
    begun: datetime | None
    priority: int
    waits_since: datetime

    @property
    def name(self) -> tuple[str, datetime | None]:
        return (self.id, self.begun)


@dataclass(frozen=True)
class Line:
    """The due jobs of one institution that are not published yet, the next one first, and how many are published and not begun."""

    standing: Standing
    ahead: int
    due: tuple[Due, ...]


def in_turn(lines: Iterable[Line], room: int) -> list[tuple[Due, int | None]]:
    """The next `room` jobs with their institutions, in the order in which workers would claim them if each ran on."""

    def place(line: Line, taken: int) -> tuple[object, ...]:
        first = line.due[taken]
        return line.standing.order(first.priority, first.waits_since, ahead=line.ahead + taken)

    # The number makes places distinct, so that lines are never compared.
    waiting = [(place(line, 0), number, 0, line) for number, line in enumerate(lines) if line.due]
    heapq.heapify(waiting)
    chosen: list[tuple[Due, int | None]] = []
    while waiting and len(chosen) < room:
        _, number, taken, line = heapq.heappop(waiting)
        chosen.append((line.due[taken], line.standing.institution))
        if taken + 1 < len(line.due):
            heapq.heappush(waiting, (place(line, taken + 1), number, taken + 1, line))
    return chosen


def lost(
    published: Mapping[tuple[str, datetime | None], float], now: float, *, waiting: int
) -> set[tuple[str, datetime | None]]:
    """Of what was published (name → when, in seconds of one clock) and is still due: what has to be published again, while so many
    messages wait in the queue of the broker."""
    if waiting:
        return set()
    return {name for name, at in published.items() if now - at > LOST_AFTER}
