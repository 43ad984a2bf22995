"""Pure decisions about status lists."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection

FULL_SHARE = 0.5
"""A pair that is fuller than this is followed by a new one: random drawing stays cheap and an index stays meaningless."""

AT_ONCE = 5000
"""So many candidates are asked for at once."""


def room(size: int, allocated: int) -> int:
    """How many more entries a pair takes before a new one must begin."""
    return max(0, int(size * FULL_SHARE) - allocated)


def draw(size: int, count: int, taken: Callable[[Collection[int]], Collection[int]]) -> list[int]:
    """`count` different random indexes below `size` that are not taken. `taken` says which of some candidates already are.

    At most half of the indexes are taken (see `room`), so a round finds at least half of what it draws, on average.
    """
    drawn: list[int] = []
    seen: set[int] = set()
    while len(drawn) < count:
        candidates = {secrets.randbelow(size) for _ in range(min(2 * (count - len(drawn)), AT_ONCE))} - seen
        seen |= candidates
        free = list(candidates - set(taken(candidates)))
        secrets.SystemRandom().shuffle(free)
        drawn += free[: count - len(drawn)]
    return drawn


def log_subject(public_id: str) -> str:
    """What the log calls a list, in our own words."""
    return f"status:{public_id}"


def log_key(public_id: str, digest: str) -> str:
    """The key under which one published version of a list is recorded in the log, by the SHA-256 of its bytes (hexadecimal)."""
    return f"{public_id}:{digest[:32]}"
