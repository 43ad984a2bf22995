"""The door of the wallet."""

from .archive import adopt_deposit, archived_deposits, public_awards, still_public
from .models import Deposit, Holder
from .queries import deposit_counts, deposit_of, deposits_of, holder_by_public_id, portfolio
from .rules import DepositState
from .services import change_portfolio, claim, claim_path, decline, deposit, set_public, tell_of_change
from .session import holder_of, holders_view

__all__ = [
    "Deposit",
    "DepositState",
    "Holder",
    "adopt_deposit",
    "archived_deposits",
    "change_portfolio",
    "claim",
    "claim_path",
    "decline",
    "deposit",
    "deposit_counts",
    "deposit_of",
    "deposits_of",
    "holder_by_public_id",
    "holder_of",
    "holders_view",
    "portfolio",
    "public_awards",
    "set_public",
    "still_public",
    "tell_of_change",
]
