"""Whether the relay lives: it notes it every few seconds where all hosts look, and `/readyz` tells it."""

from __future__ import annotations

from typing import TypedDict

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

_KEY = "jobs.relay.seen"
KEPT_SECONDS = 24 * 60 * 60
SILENT_SECONDS = 30
"""A relay that has said nothing for so long is not there."""


class Seen(TypedDict):
    """`waiting`: messages in the broker's queue; `workers`: processes that listen to it; `seconds_ago`: when this was seen."""

    state: str
    seconds_ago: int | None
    waiting: int | None
    workers: int | None


def note(*, waiting: int, workers: int) -> None:
    cache.set(_KEY, (timezone.now().timestamp(), waiting, workers), KEPT_SECONDS)


def seen() -> Seen | None:
    """What was last heard of a relay: "ok", "silent" or "no workers"; None where none is wanted, because no broker is named."""
    if not settings.TESTAMUR_BROKER_URL:
        return None
    noted = cache.get(_KEY)
    if noted is None:
        return {"state": "silent", "seconds_ago": None, "waiting": None, "workers": None}
    at, waiting, workers = noted
    ago = max(0, round(timezone.now().timestamp() - at))
    state = "silent" if ago > SILENT_SECONDS else ("ok" if workers else "no workers")
    return {"state": state, "seconds_ago": ago, "waiting": waiting, "workers": workers}
