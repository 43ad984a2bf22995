"""What can be refused here. Each carries a stable `code` and facts; the words are made by the pages."""

from __future__ import annotations

from typing import Any


class RenewalError(Exception):
    """Something that may not be done now. `facts` are JSON values for the sentence."""

    code = "renewal.refused"

    def __init__(self, **facts: Any) -> None:
        super().__init__(self.code)
        self.facts = facts


class NeverEnds(RenewalError):
    """The version has no validity: what never ends need not be renewed."""

    code = "renewal.never_ends"


class CycleFixed(RenewalError):
    """Something was awarded by the version; its cycle is not changed any more."""

    code = "renewal.cycle_fixed"


class NotDone(RenewalError):
    """Not everything that the cycle asks for is done."""

    code = "renewal.not_done"


class WrongState(RenewalError):
    """The renewal is in another state, or another phase, than the action needs. Facts: `state`."""

    code = "renewal.wrong_state"


class TooMany(RenewalError):
    """So many activities one renewal holds. Facts: `limit`."""

    code = "renewal.too_many"
