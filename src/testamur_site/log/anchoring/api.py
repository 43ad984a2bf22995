"""The door of the anchors, for the rest of the log."""

from .queries import Anchored, expected, first_anchored, receipts_json, receipts_of

__all__ = ["Anchored", "expected", "first_anchored", "receipts_json", "receipts_of"]
