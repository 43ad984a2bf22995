"""Pure decisions about status lists."""

from __future__ import annotations

import secrets
import struct
from collections.abc import Callable, Collection

from testamur import strict_json
from testamur.proofs.data_integrity import proofs_of

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
        candidates = [one for one in _random(size, min(2 * (count - len(drawn)), AT_ONCE)) if one not in seen]
        seen.update(candidates)
        not_free = set(taken(candidates))
        drawn += [one for one in candidates if one not in not_free][: count - len(drawn)]
    return drawn


def _random(size: int, count: int) -> list[int]:
    """At most `count` different numbers below `size`, in the order in which chance gave them: from one question to the operating system, of
    which whatever would favour some numbers is left out."""
    mask = (1 << (size - 1).bit_length()) - 1
    drawn = (number & mask for (number,) in struct.iter_unpack("<I", secrets.token_bytes(4 * count)))
    return list(dict.fromkeys(number for number in drawn if number < size))


def key_of(content: bytes) -> str:
    """The name ("key-1") of the key that signed a published list."""
    return str(proofs_of(strict_json.loads(content))[0]["verificationMethod"]).rpartition("#")[2]


def log_subject(public_id: str) -> str:
    """What the log calls a list, in our own words."""
    return f"status:{public_id}"


def log_key(public_id: str, digest: str) -> str:
    """The key under which one published version of a list is recorded in the log, by the SHA-256 of its bytes (hexadecimal)."""
    return f"{public_id}:{digest[:32]}"
