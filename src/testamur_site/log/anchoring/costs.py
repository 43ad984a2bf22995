"""What a year of anchors costs: a calculation with four inputs, none of them the number of credentials."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from testamur_site.foundation.chain.api import Transaction

from .configuration import EndPoint
from .models import Anchor

FIRST_GAS = 45_767
"""Gas that the contract uses to keep a digest for the first time (measured on a node)."""
_GWEI = Decimal(10) ** 9
_WEI = Decimal(10) ** 18


@dataclass(frozen=True, slots=True)
class Costs:
    """`gas` of one anchor, `gwei` for a unit of gas, `anchors` a year, `worth` of one coin of the chain."""

    gas: int
    gwei: Decimal
    anchors: int
    worth: Decimal

    @property
    def coins(self) -> Decimal:
        """Of the chain's own money, a year."""
        return self.gas * self.gwei * self.anchors / _GWEI

    @property
    def money(self) -> Decimal:
        """A year, in the currency of `worth`."""
        return self.coins * self.worth

    @property
    def each(self) -> Decimal:
        """One anchor, in the currency of `worth`."""
        return self.money / self.anchors if self.anchors else Decimal(0)


@dataclass(frozen=True, slots=True)
class Paid:
    """What was really paid last, by the transaction's receipt."""

    gas: int
    gwei: Decimal
    coins: Decimal
    count: int
    total: Decimal


def paid_at(end_point: EndPoint) -> Paid | None:
    """What the transactions of an end point cost; None before the first."""
    found = Transaction.objects.filter(
        pk__in=Anchor.objects.filter(end_point=end_point.name, transaction__isnull=False).values("transaction"),
        gas_used__isnull=False,
        gas_price__isnull=False,
    )
    spent = [
        (used or 0, price or Decimal(0)) for used, price in found.order_by("-pk").values_list("gas_used", "gas_price")
    ]
    if not spent:
        return None
    gas, price = spent[0]
    total = sum((used * each for used, each in spent), Decimal(0)) / _WEI
    return Paid(gas, price / _GWEI, gas * price / _WEI, len(spent), total)


def usual(end_point: EndPoint | None, paid: Paid | None) -> dict[str, Any]:
    """The inputs to begin with: what was paid last, what the file says, and round numbers where nobody says
    anything."""
    every = end_point.every if end_point is not None else None
    worth = end_point.chain.worth if end_point is not None and end_point.chain is not None else None
    return {
        "gas": paid.gas if paid is not None else FIRST_GAS,
        "gwei": round(paid.gwei, 3).normalize() if paid is not None else Decimal(1),
        "anchors": round(365 * 86_400 / every.total_seconds()) if every is not None else 365,
        "worth": worth if worth is not None else Decimal(3000),
    }
