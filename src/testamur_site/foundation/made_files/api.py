"""The door of made files."""

from .keeping import forget, kept

__all__ = ["forget", "kept"]
