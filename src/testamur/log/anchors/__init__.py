"""Anchors: that a checkpoint existed at a time is told to somebody whom nobody here controls. Per checkpoint, never per
credential.

What is anchored is the SHA-256 of the checkpoint's text. Every anchor leaves a receipt that is checked offline, by
hashes: it still holds when every signature of the log has been broken.
"""

from __future__ import annotations

import hashlib

from testamur.log.checkpoints import Checkpoint

from .evm import EvmReceipt
from .policy import AnchorPolicy, check
from .receipts import (
    OpenTimestampsReceipt,
    Receipt,
    TimeStampReceipt,
    kind_of,
    read_receipts,
    write_receipts,
)
from .result import AnchorOutcome, AnchorResult

__all__ = [
    "AnchorOutcome",
    "AnchorPolicy",
    "AnchorResult",
    "EvmReceipt",
    "OpenTimestampsReceipt",
    "Receipt",
    "TimeStampReceipt",
    "check",
    "digest_of",
    "kind_of",
    "read_receipts",
    "write_receipts",
]


def digest_of(checkpoint: Checkpoint) -> bytes:
    """What is anchored of a checkpoint: the SHA-256 of its text, without the signatures."""
    return hashlib.sha256(checkpoint.text.encode()).digest()
