"""The life of a transaction: ordered → sent → mined → confirmed.

`advance` goes one step, and may be killed anywhere and run again, by several workers:

  1. Is one of the bytes that were signed for it in a block? Then it is noted, and when it is deep enough somebody is
     told.
  2. Nothing signed yet: price, balance and nonce are asked for, the transaction is signed, and *kept before it is
     sent*.
  3. It waits for long: bytes with a higher price and the same nonce are kept, and sent in its place.
  4. The newest bytes are handed to the node; that it knows them already is no error.

A failure leaves its code and facts, and a later attempt.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from testamur.errors import Malformed, ResolutionError
from testamur.fetch import evm_transactions as evm
from testamur.fetch.evm import Node
from testamur_site.foundation.jobs.api import enqueue
from testamur_site.foundation.keys.api import NoKeyEncryptionKey, SealBroken

from . import accounts, rules
from .configuration import Chain, Misconfigured, chain_named
from .models import Account, Transaction

log = logging.getLogger(__name__)
State = Transaction.State
OPEN = (State.ORDERED, State.SENT, State.MINED)
QUEUE = "chain"
_LOOK_AGAIN = timedelta(seconds=50)


class Trouble(Exception):
    """Why a transaction does not get on; `code` and `facts` go to its row."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


def node_of(chain: Chain) -> Node:
    return Node(chain.node, allowed_origins=settings.TESTAMUR_ALLOWED_ORIGINS)


def order(
    account: Account, chain: Chain, *, key: str, data: bytes, gas: int, to: bytes | None, after: str = ""
) -> Transaction:
    """A transaction that shall stand in the chain, in the caller's transaction; under a key that was used before, the
    one of that time.

    `to` is an address (20 bytes), None to make a contract. `after` is the path of a job, called with `key` when the
    transaction is confirmed or has failed for good.
    """
    made, fresh = Transaction.objects.get_or_create(
        key=key,
        defaults={
            "account": account,
            "chain": chain.name,
            "chain_id": chain.id,
            "to": "0x" + to.hex() if to is not None else "",
            "data": data,
            "gas": gas,
            "after": after,
        },
    )
    if fresh:
        enqueue("testamur_site.foundation.chain.jobs.advance", {"transaction": made.pk}, queue=QUEUE, max_attempts=1)
    return made


def advance(pk: int, now: datetime | None = None) -> None:
    """One step of a transaction (see above). Never raises for what a node, a key or the configuration does."""
    moment = now or timezone.now()
    row = Transaction.objects.select_related("account").filter(pk=pk, state__in=OPEN).first()
    if row is None:
        return
    try:
        chain = chain_named(row.chain)
        if chain is None or chain.id != row.chain_id:
            raise Trouble("chain.not_configured", chain=row.chain)
        node = node_of(chain)
        if node.chain() != chain.id:
            raise Trouble("chain.other_chain", chain=row.chain)
        _step(row, chain, node, moment)
    except Misconfigured as error:
        _note_trouble(row, "chain.misconfigured", {"place": error.place}, moment)
    except (SealBroken, NoKeyEncryptionKey):
        _note_trouble(row, "chain.key", {}, moment)
    except Trouble as error:
        _note_trouble(row, error.code, error.facts, moment)
    except (ResolutionError, Malformed) as error:
        facts = {name: error.facts[name] for name in ("host", "method", "status") if name in error.facts}
        _note_trouble(row, error.code, facts, moment)


def _step(row: Transaction, chain: Chain, node: Node, moment: datetime) -> None:
    found = _in_a_block(row, node)
    if found is not None:
        _note_mined(row, chain, found, moment)
        return
    if not row.signed:
        if not _sign_first(row, chain, node, moment):
            return
    elif evm.used_nonces(node, accounts.raw_address(row.account), depth=2 * chain.confirmations) > (row.nonce or 0):
        # Deep in the chain stands another transaction with this nonce: the key is used elsewhere, or a copy of the
        # database was put back. To sign anew could pay twice; so whoever ordered it decides.
        row.refresh_from_db(fields=["signed"])  # another worker may have raised the price meanwhile
        if _in_a_block(row, node) is None:
            _close(row, State.FAILED, problem="chain.nonce_taken", facts={"nonce": row.nonce})
        return
    elif rules.waits_long(datetime.fromisoformat(row.signed[-1]["at"]), moment):
        _raise_price(row, chain, node, moment)
    _send(row, node, moment)


def _in_a_block(row: Transaction, node: Node) -> evm.Mined | None:
    for each in reversed(row.signed):
        found = evm.mined(node, bytes.fromhex(each["hash"][2:]))
        if found is not None:
            return found
    return None


def _sign_first(row: Transaction, chain: Chain, node: Node, moment: datetime) -> bool:
    """Step 2. False when another worker was quicker."""
    address = accounts.raw_address(row.account)
    price = evm.prices(node)
    fee = rules.first_fee(price.base, price.tip, chain.most_gwei)
    if fee is None:
        raise Trouble("chain.too_dear", gwei=round((price.base + price.tip) / rules.GWEI, 1), most=chain.most_gwei)
    there = evm.balance(node, address)
    row.account.balances[chain.name] = str(there)
    Account.objects.filter(pk=row.account.pk).update(balances=row.account.balances)
    if there < row.gas * fee.most:
        raise Trouble("chain.funds", address=row.account.address, needed=str(row.gas * fee.most), balance=str(there))
    given = Transaction.objects.filter(account=row.account, chain_id=chain.id, nonce__isnull=False)
    last = given.order_by("-nonce").values_list("nonce", flat=True).first()
    nonce = max(evm.next_nonce(node, address), 0 if last is None else last + 1)
    entry = _signed(row, chain, nonce, fee, moment)
    try:
        with transaction.atomic():
            kept = Transaction.objects.filter(pk=row.pk, nonce=None, state=State.ORDERED).update(
                nonce=nonce, signed=[entry], state=State.SENT, problem="", facts={}
            )
    except IntegrityError:  # another transaction of the account took the nonce a moment ago
        return False
    row.nonce, row.signed, row.state = nonce, [entry], State.SENT
    return bool(kept)


def _raise_price(row: Transaction, chain: Chain, node: Node, moment: datetime) -> None:
    """Step 3; nothing where the price is good enough, or at its limit."""
    price = evm.prices(node)
    earlier = rules.Fee(int(row.signed[-1]["max_fee"]), int(row.signed[-1]["tip"]))
    fee = rules.raised_fee(earlier, price.base, price.tip, chain.most_gwei)
    if fee is None or row.nonce is None:
        return
    longer = [*row.signed, _signed(row, chain, row.nonce, fee, moment)]
    with transaction.atomic():
        locked = Transaction.objects.select_for_update().get(pk=row.pk)
        if len(locked.signed) != len(row.signed):
            return
        Transaction.objects.filter(pk=row.pk).update(signed=longer)
    row.signed = longer


def _signed(row: Transaction, chain: Chain, nonce: int, fee: rules.Fee, moment: datetime) -> dict[str, Any]:
    to = bytes.fromhex(row.to[2:]) if row.to else None
    draft = evm.Draft(chain.id, nonce, to, bytes(row.data), row.gas, fee.most, fee.tip)
    made = accounts.sign_transaction(row.account, draft)
    return {
        "hash": "0x" + made.hash.hex(),
        "raw": made.raw.hex(),
        "max_fee": str(fee.most),
        "tip": str(fee.tip),
        "at": moment.isoformat(),
    }


def _send(row: Transaction, node: Node, moment: datetime) -> None:
    """Step 4. A refusal may mean that the node knows it: what counts is whether it comes into a block, and the next
    step looks."""
    newest = row.signed[-1]
    signed = evm.SignedTransaction(bytes.fromhex(newest["hash"][2:]), bytes.fromhex(newest["raw"]))
    problem = ""
    try:
        evm.broadcast(node, signed)
    except ResolutionError as error:
        if error.code != "anchor.node_refused":
            raise
        problem = "" if node.ask("eth_getTransactionByHash", newest["hash"]) else "chain.refused"
    Transaction.objects.filter(pk=row.pk, state__in=OPEN).update(
        state=State.SENT, hash=newest["hash"], problem=problem, facts={}, tries=0, next_at=moment + _LOOK_AGAIN
    )


def _note_mined(row: Transaction, chain: Chain, found: evm.Mined, moment: datetime) -> None:
    values: dict[str, Any] = {
        "hash": "0x" + found.hash.hex(),
        "block": found.block,
        "block_hash": "0x" + found.block_hash.hex(),
        "contract": "0x" + found.contract.hex() if found.contract else "",
        "gas_used": found.gas_used,
        "gas_price": found.price,
        "mined_at": found.at,
    }
    if found.confirmations < chain.confirmations:
        values |= {"state": State.MINED, "problem": "", "facts": {"confirmations": found.confirmations}, "tries": 0}
        Transaction.objects.filter(pk=row.pk, state__in=OPEN).update(**values, next_at=moment + _LOOK_AGAIN)
    elif found.succeeded:
        _close(row, State.CONFIRMED, problem="", facts={}, confirmed_at=moment, **values)
    else:
        _close(row, State.FAILED, problem="chain.reverted", facts={}, **values)


def _close(row: Transaction, state: Transaction.State, **values: Any) -> None:
    """The end, and the job that is told of it, in one transaction."""
    with transaction.atomic():
        closed = Transaction.objects.filter(pk=row.pk, state__in=OPEN).update(state=state, **values)
        if closed and row.after:
            enqueue(
                row.after,
                {"key": row.key},
                key=f"chain:{row.pk}:end",
                queue=QUEUE,
                institution=row.account.institution,
            )


def _note_trouble(row: Transaction, code: str, facts: dict[str, Any], moment: datetime) -> None:
    log.warning("transaction %s does not get on: %s", row.pk, code)
    tries = row.tries + 1
    Transaction.objects.filter(pk=row.pk, state__in=OPEN).update(
        problem=code, facts=facts, tries=tries, next_at=moment + rules.pause_after(tries)
    )
