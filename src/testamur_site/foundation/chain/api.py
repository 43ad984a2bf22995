"""The door of the chain."""

from .accounts import account_named, raw_address
from .configuration import Chain, Misconfigured, amount, anchoring_file, chain_named, chains, taken
from .models import Account, Transaction
from .rules import pause_after
from .services import advance, node_of, order

__all__ = [
    "Account",
    "Chain",
    "Misconfigured",
    "Transaction",
    "account_named",
    "advance",
    "amount",
    "anchoring_file",
    "chain_named",
    "chains",
    "node_of",
    "order",
    "pause_after",
    "raw_address",
    "taken",
]
