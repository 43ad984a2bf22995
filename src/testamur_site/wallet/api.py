"""The door of the wallet."""

from .imported.api import HeldDocument, Identity, own_document
from .imported.api import add as add_document
from .imported.api import imported as imported_documents
from .imported.rules import storable
from .imported.rules import verdict as verdict_on_document
from .models import Deposit, Holder
from .queries import deposit_counts, deposit_of, deposits_of, holder_by_public_id, portfolio
from .rules import DepositState
from .services import change_portfolio, claim, claim_path, decline, deposit, set_public, tell_of_change
from .session import holder_of, holders_view
from .taking_along.archive import (
    adopt_deposit,
    archived_deposits,
    holder_names,
    holders_named,
    public_awards,
    still_public,
)

__all__ = [
    "Deposit",
    "DepositState",
    "HeldDocument",
    "Holder",
    "Identity",
    "add_document",
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
    "holder_names",
    "holder_of",
    "holders_named",
    "holders_view",
    "imported_documents",
    "own_document",
    "portfolio",
    "public_awards",
    "set_public",
    "still_public",
    "storable",
    "tell_of_change",
    "verdict_on_document",
]
