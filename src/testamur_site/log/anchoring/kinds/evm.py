"""In a chain of Ethereum's kind: the contract is asked first, and only then is a transaction ordered and paid for.

Whoever brought the digest there first, the receipt is of that transaction: the contract keeps the first time, and so do
we.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from testamur.errors import Malformed
from testamur.fetch import evm_transactions as evm
from testamur.fetch.evm import Node, collect
from testamur.log.anchors import AnchorPolicy
from testamur.log.anchors.evm import TOPIC, block_number
from testamur_site.foundation.chain.api import Chain, Transaction, account_named, node_of, order

from ..configuration import EndPoint
from ..models import Anchor
from .step import Step, Trouble, checked

ACCOUNT = "anchor"
AFTER = "testamur_site.log.anchoring.jobs.paid"
_ORDERS = 3
"""So often a transaction is ordered for one anchor, where the ones before failed for good."""


def step(anchor: Anchor, end_point: EndPoint, _moment: datetime) -> Step:
    """Raises Trouble, ResolutionError and Malformed."""
    chain = end_point.chain
    if chain is None:
        raise Trouble("anchor.not_configured")
    ordered = anchor.transaction
    if ordered is not None and ordered.state in (Transaction.State.ORDERED, Transaction.State.SENT):
        return Step(Anchor.State.SUBMITTED, timedelta(hours=1), _of(ordered))
    if ordered is not None and ordered.state == Transaction.State.MINED:
        return Step(Anchor.State.PENDING, timedelta(hours=1), _of(ordered))
    node = node_of(chain)
    if node.chain() != chain.id:
        raise Trouble("chain.other_chain", chain=chain.name)
    if not evm.has_code(node, end_point.contract):
        raise Trouble("anchor.no_contract", contract="0x" + end_point.contract.hex())
    digest = bytes(anchor.digest)
    if evm.first_seen(node, end_point.contract, digest):
        return _collected(anchor, end_point, chain, node)
    if ordered is not None and ordered.state == Transaction.State.CONFIRMED:
        raise Trouble("anchor.no_contract", contract="0x" + end_point.contract.hex())
    return _ordered(anchor, end_point, chain)


def _of(ordered: Transaction) -> dict[str, object]:
    """The transaction's own problem, so that it is said beside the anchor."""
    return {"problem": ordered.problem, "facts": ordered.facts}


def _collected(anchor: Anchor, end_point: EndPoint, chain: Chain, node: Node) -> Step:
    found = evm.anchored_in(node, end_point.contract, bytes(anchor.digest), TOPIC, since=chain.since_block)
    if found is None:
        raise Trouble("anchor.event_missing", since=chain.since_block)
    receipt = collect(node, end_point.contract, found, confirmations=chain.confirmations)
    if receipt is None:
        return Step(Anchor.State.PENDING, timedelta(minutes=1), {"problem": "", "facts": {}})
    number = block_number(receipt)
    known = node.block_hash(number) if number is not None else None
    if number is None or known is None:
        raise Malformed("The node does not have that block.", code="anchor.node")
    policy = AnchorPolicy({chain.id: frozenset({end_point.contract})}, {(chain.id, number): known})
    return checked(anchor, receipt, policy)


def _ordered(anchor: Anchor, end_point: EndPoint, chain: Chain) -> Step:
    """Order the transaction. The row points to it in the same database transaction, so it is never ordered twice."""
    account = account_named(ACCOUNT)
    with transaction.atomic():
        locked = Anchor.objects.select_for_update().get(pk=anchor.pk)
        if locked.transaction_id == anchor.transaction_id and locked.state != Anchor.State.CONFIRMED:
            number = 1 + Transaction.objects.filter(key__startswith=f"anchor:{anchor.pk}:").count()
            if number > _ORDERS:
                raise Trouble("anchor.paid_in_vain", orders=_ORDERS)
            locked.transaction = order(
                account,
                chain,
                key=f"anchor:{anchor.pk}:{number}",
                data=evm.ANCHOR + bytes(anchor.digest),
                gas=evm.ANCHOR_GAS,
                to=end_point.contract,
                after=AFTER,
            )
            locked.save(update_fields=["transaction"])
    return Step(Anchor.State.SUBMITTED, timedelta(hours=1), {"problem": "", "facts": {}})
