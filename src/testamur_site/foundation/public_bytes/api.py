"""The door of public bytes."""

from .answers import FOR_EVER, FOR_MINUTES, Asked, Made, PublicBytes, TheRest, etag_of, matches, preferred
from .compiled import ANOTHER_NUMBER, NUMBER, TEXT, Beside, Compiled
from .unchanged import forget_read_ahead, known, one_look, read_ahead
from .worked_out import holding, is_noted

__all__ = [
    "ANOTHER_NUMBER",
    "FOR_EVER",
    "FOR_MINUTES",
    "NUMBER",
    "TEXT",
    "Asked",
    "Beside",
    "Compiled",
    "Made",
    "PublicBytes",
    "TheRest",
    "etag_of",
    "forget_read_ahead",
    "holding",
    "is_noted",
    "known",
    "matches",
    "one_look",
    "preferred",
    "read_ahead",
]
