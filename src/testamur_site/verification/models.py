"""The tables of verification: those of its part `bulk`. A verification itself is never stored."""

from .bulk.models import BulkEntry, BulkRun

__all__ = ["BulkEntry", "BulkRun"]
