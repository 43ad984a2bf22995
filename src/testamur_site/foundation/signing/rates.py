"""How many signatures somebody had in the last hour. Pure: the time is given."""

from __future__ import annotations

from collections import deque

HOUR = 3600.0


class HourlyRate:
    """Counts for each name what happened in the last hour, exactly. Not for several threads at a time."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._counted: dict[str, deque[tuple[float, int]]] = {}

    def room(self, name: str, now: float) -> int:
        """How many more there may be at `now` (seconds)."""
        found = self._counted.get(name)
        if found is None:
            return self._limit
        while found and found[0][0] <= now - HOUR:
            found.popleft()
        if not found:
            del self._counted[name]
            return self._limit
        return max(0, self._limit - sum(count for _, count in found))

    def count(self, name: str, now: float, how_many: int) -> None:
        """Note that there were `how_many` at `now`."""
        if how_many <= 0:
            return
        found = self._counted.setdefault(name, deque())
        # One entry a second is exact enough, and keeps the queue short.
        if found and now - found[-1][0] < 1:
            found[-1] = (found[-1][0], found[-1][1] + how_many)
        else:
            found.append((now, how_many))
