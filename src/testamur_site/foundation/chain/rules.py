"""Decisions about transactions, without a database and without a network."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

GWEI = 10**9
REPLACE_AFTER = timedelta(minutes=30)
"""So long a transaction waits for a block before its price is raised."""
_RAISE = 1.13
"""A node takes bytes in the place of others only for at least a tenth more."""


def pause_after(tries: int) -> timedelta:
    """How long to rest after so many attempts that failed: a minute, two, four … at most six hours."""
    return timedelta(minutes=min(2 ** max(tries - 1, 0), 360))


@dataclass(frozen=True, slots=True)
class Fee:
    """What is offered, in wei a unit of gas."""

    most: int
    tip: int


def first_fee(base: int, tip: int, most_gwei: int) -> Fee | None:
    """The offer at these prices; None where already the next block would cost more than `most_gwei`. Twice the base is
    offered, so that it still holds when the base rises; what is not needed is not paid."""
    limit = most_gwei * GWEI
    if base + tip > limit:
        return None
    return Fee(min(2 * base + tip, limit), tip)


def raised_fee(earlier: Fee, base: int, tip: int, most_gwei: int) -> Fee | None:
    """A higher offer in the place of an earlier one, or None where the earlier one is good enough, or the limit is
    reached."""
    if earlier.most >= base + tip and earlier.tip >= tip:
        return None  # it would be taken at today's prices: the chain is slow, not dear
    most = max(int(earlier.most * _RAISE) + 1, 2 * base + tip)
    return Fee(most, max(int(earlier.tip * _RAISE) + 1, tip)) if most <= most_gwei * GWEI else None


def waits_long(signed_at: datetime, now: datetime) -> bool:
    return now - signed_at >= REPLACE_AFTER
