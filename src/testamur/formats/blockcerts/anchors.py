"""Transactions: where a public explorer of the chain tells about one, and what its answer says.

An explorer is a witness, not a proof: it is named in the report. The addresses are ours, never the document's; the document only gives the
transaction, which must look like one.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from testamur.errors import Malformed

_ESPLORA: Final = {
    "bitcoin": "https://blockstream.info/api/tx/",
    "bitcoin-testnet": "https://blockstream.info/testnet/api/tx/",
}
_BLOCKSCOUT: Final = {
    "ethereum": "https://eth.blockscout.com/api/v2/transactions/",
    "ethereum-sepolia": "https://eth-sepolia.blockscout.com/api/v2/transactions/",
}
_TRANSACTION: Final = re.compile(r"(?:0x)?[0-9a-fA-F]{64}")
_MAX_OUTPUTS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Anchor:
    """A transaction: the chain (`bitcoin`, `ethereum`, `bitcoin-testnet`, `mocknet` …) and the transaction's id there."""

    chain: str
    transaction: str

    @property
    def is_test_chain(self) -> bool:
        """Whether entries of this chain cost nothing, so that anybody may have written them."""
        return self.chain not in ("bitcoin", "ethereum")


@dataclass(frozen=True, slots=True)
class Transaction:
    """What an explorer says: the data the transaction carries (hexadecimal), who sent it, and when its block was made (aware).

    `paid` are the addresses of its outputs in their order; None stands for an output that pays to none.
    """

    carried: frozenset[str]
    senders: frozenset[str]
    at: datetime
    paid: tuple[str | None, ...] = ()


def transaction_address(anchor: Anchor) -> str | None:
    """The address of the explorer's answer about `anchor`; None for a chain without one or for what is no transaction id."""
    if not _TRANSACTION.fullmatch(anchor.transaction):
        return None
    bare = anchor.transaction.lower().removeprefix("0x")
    if anchor.chain in _ESPLORA:
        return _ESPLORA[anchor.chain] + bare
    if anchor.chain in _BLOCKSCOUT:
        return _BLOCKSCOUT[anchor.chain] + "0x" + bare
    return None


def transaction_in(answer: Any, anchor: Anchor) -> Transaction:
    """The transaction that the explorer's `answer` (a JSON value) describes.

    Raises `Malformed`: `blockcerts.transaction` for an answer of another form or about another transaction,
    `blockcerts.transaction_unconfirmed` where it is in no block yet.
    """
    if not isinstance(answer, dict):
        raise _malformed()
    try:
        found = _bitcoin(answer) if anchor.chain in _ESPLORA else _ethereum(answer)
        named = answer["txid"] if anchor.chain in _ESPLORA else answer["hash"]
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError):
        raise _malformed() from None
    if not isinstance(named, str) or _bare(named) != _bare(anchor.transaction):
        raise _malformed()
    if found is None:
        raise Malformed("This transaction is in no block yet.", code="blockcerts.transaction_unconfirmed")
    return found


def spending_address(anchor: Anchor) -> str | None:
    """Where an explorer tells which outputs of the transaction were spent; None for a chain without outputs or without an explorer."""
    if anchor.chain not in _ESPLORA or transaction_address(anchor) is None:
        return None
    return f"{transaction_address(anchor)}/outspends"


def spent_in(answer: Any, outputs: Collection[int]) -> bool:
    """Whether one of these outputs was spent, by an explorer's answer (Esplora: a list with `spent` for each output).

    Raises `Malformed`: `blockcerts.transaction`, and `blockcerts.transaction_unconfirmed` where the one that spends is in no block yet.
    """
    if not isinstance(answer, list) or len(answer) > _MAX_OUTPUTS or any(output >= len(answer) for output in outputs):
        raise _malformed()
    for output in outputs:
        entry = answer[output]
        spent = entry.get("spent") if isinstance(entry, dict) else None
        if not isinstance(spent, bool):
            raise _malformed()
        status = entry.get("status")
        if spent and isinstance(status, dict) and status.get("confirmed") is False:
            raise Malformed("This transaction is in no block yet.", code="blockcerts.transaction_unconfirmed")
        if spent:
            return True
    return False


def _bitcoin(answer: dict[str, Any]) -> Transaction | None:
    """Esplora: the root is pushed after OP_RETURN (6a) and its length (20 = 32 bytes) in an output that cannot be spent."""
    if answer["status"]["confirmed"] is not True:
        return None
    scripts = [str(output["scriptpubkey"]).lower() for output in answer["vout"][:_MAX_OUTPUTS]]
    carried = frozenset(script[4:] for script in scripts if script.startswith("6a20") and len(script) == 68)
    senders = frozenset(
        str(entry["prevout"]["scriptpubkey_address"]) for entry in answer["vin"][:_MAX_OUTPUTS] if entry.get("prevout")
    )
    paid = tuple(output.get("scriptpubkey_address") for output in answer["vout"][:_MAX_OUTPUTS])
    return Transaction(carried, senders, datetime.fromtimestamp(int(answer["status"]["block_time"]), UTC), paid)


def _ethereum(answer: dict[str, Any]) -> Transaction | None:
    """Blockscout: the root is the transaction's data."""
    if not answer.get("confirmations") or answer.get("status") != "ok":
        return None
    at = datetime.fromisoformat(answer["timestamp"])
    sender, data = str(answer["from"]["hash"]), str(answer["raw_input"])
    return Transaction(
        frozenset({_bare(data)}), frozenset({sender.lower()}), at if at.tzinfo else at.replace(tzinfo=UTC)
    )


def _bare(text: str) -> str:
    return text.lower().removeprefix("0x")


def _malformed() -> Malformed:
    return Malformed("The explorer's answer cannot be read.", code="blockcerts.transaction")
