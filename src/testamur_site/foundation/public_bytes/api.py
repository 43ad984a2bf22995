"""The door of public bytes."""

from .answers import FOR_EVER, FOR_MINUTES, PublicBytes, etag_of, matches, preferred
from .compiled import ANOTHER_NUMBER, NUMBER, TEXT, Compiled
from .unchanged import known, one_look

__all__ = [
    "ANOTHER_NUMBER",
    "FOR_EVER",
    "FOR_MINUTES",
    "NUMBER",
    "TEXT",
    "Compiled",
    "PublicBytes",
    "etag_of",
    "known",
    "matches",
    "one_look",
    "preferred",
]
