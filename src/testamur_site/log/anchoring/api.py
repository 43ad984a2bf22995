"""The door of the anchors, for the rest of the log."""

from .pages import of_shard
from .queries import Anchored, believed, expected, first_anchored, receipts_json, receipts_of

__all__ = ["Anchored", "believed", "expected", "first_anchored", "of_shard", "receipts_json", "receipts_of"]
