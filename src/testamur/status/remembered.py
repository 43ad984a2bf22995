"""What was worked out about bytes that are met again and again: the status list of an issuer, for each of the credentials in it.

Only what follows from the bytes alone is kept, under their digest: how they read, whether they can mean only one thing, that a certain key
signed them, which bits are packed in them. Everything that can change from one question to the next is asked anew each time: whether these
are still the bytes at the address, whether the key is still the issuer's, what the dates say today.

So nothing has to be forgotten for the answer to be right; it is forgotten when there is too much of it.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, Final, TypeVar

MOST: Final = 512
"""Things that are kept."""
MOST_BYTES: Final = 64_000_000
"""Of memory for all of them, by what their makers say that they weigh."""

_T = TypeVar("_T")


class Remembered:
    """A bounded memory, shared by threads. What is kept must not be changed by those who get it."""

    def __init__(self, most: int = MOST, most_bytes: int = MOST_BYTES) -> None:
        self._most, self._most_bytes = most, most_bytes
        self._kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def of(self, key: Hashable, weigh: Callable[[_T], int], work: Callable[[], _T]) -> _T:
        """What `work` gives for `key`, or gave before. `weigh` says about how many bytes it takes. What `work` raises is not kept.

        Two threads may do the same work at the same time; each gets a right answer.
        """
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
                known: _T = found[0]
                return known
        value = work()
        weight = weigh(value)
        if weight > self._most_bytes // 4:
            return value
        with self._lock:
            if key not in self._kept:
                self._kept[key] = (value, weight)
                self._bytes += weight
                while len(self._kept) > self._most or self._bytes > self._most_bytes:
                    _, (_, lighter) = self._kept.popitem(last=False)
                    self._bytes -= lighter
        return value

    def forget(self) -> None:
        """Forget everything (tests, and measurements of what is not known yet)."""
        with self._lock:
            self._kept.clear()
            self._bytes = 0

    def __len__(self) -> int:
        return len(self._kept)


REMEMBERED: Final = Remembered()
"""What this process has worked out about status lists."""


def digest_of(content: bytes) -> bytes:
    """The name under which things about `content` are kept: its SHA-256, so that nobody can make two contents share one."""
    return hashlib.sha256(content).digest()
