"""The door of public bytes."""

from .answers import FOR_EVER, FOR_MINUTES, Asked, Made, PublicBytes, TheRest, etag_of, matches, preferred
from .compiled import ANOTHER_NUMBER, NUMBER, TEXT, Compiled
from .unchanged import known, one_look

__all__ = [
    "ANOTHER_NUMBER",
    "FOR_EVER",
    "FOR_MINUTES",
    "NUMBER",
    "TEXT",
    "Asked",
    "Compiled",
    "Made",
    "PublicBytes",
    "TheRest",
    "etag_of",
    "known",
    "matches",
    "one_look",
    "preferred",
]
