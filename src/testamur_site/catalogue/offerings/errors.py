"""What offerings refuse. The sentences are in `texts.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import CatalogueError

if TYPE_CHECKING:
    from .models import Offering


class OfferingError(CatalogueError):
    """The root."""


class NotOffered(OfferingError):
    """The micro-credential is a draft or retired: nothing can be offered. Next step: publish it, or bring it back."""


class UnfitTerms(OfferingError):
    """Dates, seats or price do not fit together; `faults` is `{member: code}` (`rules.faults`)."""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__(", ".join(f"{name}: {code}" for name, code in faults.items()))
        self.faults = faults


class TooFewSeats(UnfitTerms):
    """More learners are enrolled than there would be seats; `taken` says how many."""

    def __init__(self, taken: int) -> None:
        super().__init__({"seats": "fewer_than_taken"})
        self.taken = taken


class WrongState(OfferingError):
    """The offering cannot become that now, because of its state: `offering.state` is what it is."""

    def __init__(self, offering: Offering, after: str) -> None:
        super().__init__(f"{offering.public_id}: {offering.state} → {after}")
        self.offering = offering
        self.after = after
