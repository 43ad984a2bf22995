"""The door of public bytes."""

from .answers import FOR_EVER, PublicBytes, etag_of, matches, preferred
from .compiled import Compiled

__all__ = ["FOR_EVER", "Compiled", "PublicBytes", "etag_of", "matches", "preferred"]
