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
from functools import lru_cache
from threading import Lock
from typing import Any, Final, TypeVar, cast

MOST: Final = 512
"""Things that are kept."""
MOST_BYTES: Final = 64_000_000
"""Of memory for all of them, by what their makers say that they weigh."""

_NOTHING: Final = object()
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
        known: _T | object = self.get(key, _NOTHING)
        if known is not _NOTHING:
            return cast(_T, known)
        value = work()
        self.keep(key, value, weigh(value))
        return value

    def get(self, key: Hashable, default: Any = None) -> Any:
        """What is kept under `key`, or `default`."""
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return default
            self._kept.move_to_end(key)
            return found[0]

    def keep(self, key: Hashable, value: Any, weight: int) -> None:
        """Keep `value`, which takes about `weight` bytes, unless that is much of what there is room for."""
        if weight > self._most_bytes // 4:
            return
        with self._lock:
            if key not in self._kept:
                self._kept[key] = (value, weight)
                self._bytes += weight
                while len(self._kept) > self._most or self._bytes > self._most_bytes:
                    _, (_, lighter) = self._kept.popitem(last=False)
                    self._bytes -= lighter

    def forget(self) -> None:
        """Forget everything (tests, and measurements of what is not known yet)."""
        with self._lock:
            self._kept.clear()
            self._bytes = 0

    def __len__(self) -> int:
        return len(self._kept)


REMEMBERED: Final = Remembered()
"""What this process has worked out about status lists."""


_SMALL: Final = 100_000  # bytes: the digests of a few contents of this size are remembered with them


def weight_of(content: bytes) -> int:
    """About how many bytes the JSON in `content` takes with what is read of it, in which the shortest value is an object of Python."""
    return 4 * len(content) + 64 * (content.count(b",") + content.count(b"[") + 2 * content.count(b"{"))


def digest_of(content: bytes) -> bytes:
    """The name under which things about `content`, which is public, are kept: its SHA-256, so that nobody can make two contents share
    one."""
    return hashlib.sha256(content).digest() if len(content) > _SMALL else _digest_of_small(bytes(content))


@lru_cache(maxsize=32)
def _digest_of_small(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()
