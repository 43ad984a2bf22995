"""What was made of texts that institutions have published stays in memory for a while: many pages show the same.

What people write about one person, or show to us, is not given to this. What an institution no longer shows to anybody is forgotten within
the hour with everything else, when the next page is asked for; until then it is found only by who shows the same text.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")

MOST = 128
SECONDS = 3_600


class Published(Generic[Key, Value]):
    """At most so many values, none of them older than an hour."""

    __slots__ = ("_kept", "_until")

    def __init__(self) -> None:
        self._kept: dict[Key, Value] = {}
        self._until = 0.0

    def get(self, key: Key) -> Value | None:
        if time.monotonic() >= self._until:
            self.forget()
        return self._kept.get(key)

    def keep(self, key: Key, value: Value) -> None:
        if time.monotonic() >= self._until or len(self._kept) >= MOST:
            self.forget()
        self._kept[key] = value

    def forget(self) -> None:
        self._kept, self._until = {}, time.monotonic() + SECONDS

    def __iter__(self) -> Iterator[Key]:
        return iter([*self._kept])

    def __len__(self) -> int:
        return len(self._kept)
