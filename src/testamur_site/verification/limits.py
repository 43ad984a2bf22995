"""How often one visitor may ask: a fixed window of a minute, counted in the cache under a keyed hash, so that no address is stored."""

from __future__ import annotations

import hmac
import time
from hashlib import sha256

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

_WINDOW = 60  # seconds


def seconds_to_wait(request: HttpRequest, scope: str, per_minute: int) -> int:
    """0 if this visitor may ask now, else the seconds until they may. Counts the question.

    At most `per_minute` questions of one `scope` fall into one fixed minute.
    """
    address = request.META.get("REMOTE_ADDR", "")
    now = int(time.time())
    visitor = hmac.new(settings.SECRET_KEY.encode(), f"{address}|{now // _WINDOW}".encode(), sha256).hexdigest()
    key = f"verification:{scope}:{visitor[:32]}"
    cache.add(key, 0, timeout=2 * _WINDOW)
    try:
        asked = cache.incr(key)
    except ValueError:  # evicted between the two calls: a full cache must not lock anybody out
        return 0
    return 0 if asked <= per_minute else _WINDOW - now % _WINDOW
