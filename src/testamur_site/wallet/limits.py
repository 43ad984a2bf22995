"""How often entry links may be asked for: a mailbox must not be flooded, and addresses not tried out."""

from __future__ import annotations

import hmac
from hashlib import sha256

from django.conf import settings
from django.core.cache import cache

_HOUR = 60 * 60
_PER_MAILBOX = 5
_PER_VISITOR = 20


def may_ask_for_link(email: str, address: str) -> bool:
    """Whether a further link may be sent to this mailbox, and at this visitor's word, within the hour. Counts the question."""
    return all([_count("mailbox", email.casefold()) <= _PER_MAILBOX, _count("visitor", address) <= _PER_VISITOR])


def _count(kind: str, value: str) -> int:
    key = "wallet:link:" + hmac.new(settings.SECRET_KEY.encode(), f"{kind}|{value}".encode(), sha256).hexdigest()[:32]
    cache.add(key, 0, timeout=_HOUR)
    try:
        return int(cache.incr(key))
    except ValueError:
        return 1
