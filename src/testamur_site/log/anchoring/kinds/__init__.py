"""How one step goes with each kind of anchor."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from ..configuration import EndPoint
from ..models import Anchor
from . import evm, opentimestamps, rfc3161
from .step import Step, Trouble

STEPS: dict[str, Callable[[Anchor, EndPoint, datetime], Step]] = {
    "evm": evm.step,
    "opentimestamps": opentimestamps.step,
    "rfc3161": rfc3161.step,
}

__all__ = ["STEPS", "Step", "Trouble"]
