"""How often one visitor may ask: a fixed window of a minute, counted under a keyed hash, so that no address is stored.

1. One process counts in its memory. 2. Several share the counts (TESTAMUR_CACHE_TABLE): each adds what it has counted in steps of a
twentieth of what is allowed, and one by one where less than two steps are left: far from the limit a question writes nothing, and beyond
it nobody gets more than two steps for each further process.
"""

from __future__ import annotations

import hashlib
import threading
import time
from functools import lru_cache

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

_WINDOW = 60  # seconds
_MOST = 50_000  # visitors in a minute that are told apart; then counting begins anew: a full memory must not lock anybody out


class _Counts:
    """Of one visitor and minute: `told`, what all processes together had counted when they were last asked, and `more` since then, here."""

    __slots__ = ("more", "told")

    def __init__(self) -> None:
        self.told = self.more = 0


_lock = threading.Lock()
_minute = 0
_counts: dict[str, _Counts] = {}


def seconds_to_wait(request: HttpRequest, scope: str, per_minute: int) -> int:
    """0 if this visitor may ask now, else the seconds until they may. Counts the question.

    At most `per_minute` questions of one `scope` fall into one fixed minute.
    """
    return wait_of(request.META.get("REMOTE_ADDR", ""), scope, per_minute)


def wait_of(visitor: str, scope: str, per_minute: int) -> int:
    """The same by the visitor's network address."""
    now = int(time.time())
    minute = now // _WINDOW
    asked = f"{scope}|{visitor}|{minute}".encode()
    key = hashlib.blake2b(asked, digest_size=16, key=_key(settings.SECRET_KEY)).hexdigest()
    total = _count(key, minute, per_minute)
    return 0 if total <= per_minute else _WINDOW - now % _WINDOW


def forget() -> None:
    """Nobody has asked anything: for tests."""
    with _lock:
        _counts.clear()


@lru_cache(maxsize=2)
def _key(secret: str) -> bytes:
    encoded = secret.encode()
    return encoded if len(encoded) <= hashlib.blake2b.MAX_KEY_SIZE else hashlib.sha256(encoded).digest()


def _count(key: str, minute: int, per_minute: int) -> int:
    global _minute
    with _lock:
        if minute != _minute or len(_counts) >= _MOST:
            _counts.clear()
            _minute = minute
        counts = _counts.get(key)
        if counts is None:
            counts = _counts[key] = _Counts()
        counts.more += 1
        total, more = counts.told + counts.more, counts.more
        step = max(1, per_minute // 20)
        if (more < step and total + 2 * step <= per_minute) or _alone():
            return total
        counts.more = 0
    told = _added(f"verification:{key}", more)
    with _lock:
        counts.told = max(counts.told, told)
        return counts.told + counts.more


def _alone() -> bool:
    """Whether nobody else counts: the cache is the memory of this process."""
    return bool(settings.CACHES["default"]["BACKEND"] == "django.core.cache.backends.locmem.LocMemCache")


def _added(key: str, more: int) -> int:
    """What all processes have counted, with `more`."""
    cache.add(key, 0, timeout=2 * _WINDOW)
    try:
        return int(cache.incr(key, more))
    except ValueError:  # evicted between the two calls: a full cache must not lock anybody out
        return 0
