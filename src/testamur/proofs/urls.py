"""What counts as an absolute address, for every sort of proof."""

from __future__ import annotations

import re
from functools import lru_cache

# An absolute URL in the sense of the standard: a scheme and something after it, without what no URL may contain.
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20\x7f]+")


def is_url(value: object) -> bool:
    return isinstance(value, str) and len(value) <= 2048 and _URL.fullmatch(value) is not None


@lru_cache(maxsize=256)
def names_key(kid: str) -> bool:
    """`is_url` for the name of a key: one key makes many tokens."""
    return is_url(kid)
