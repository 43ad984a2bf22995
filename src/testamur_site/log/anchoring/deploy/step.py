"""One step of putting the contract into a chain: see the package."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from django.db import transaction

from testamur_site.foundation.chain.api import Transaction, account_named, advance, chain_named, order

from ..kinds.evm import ACCOUNT

GAS = 1_000_000
"""More than the creation uses (measured in the tests)."""


@dataclass(frozen=True, slots=True)
class Deployed:
    """How far it is: `contract` is the address (0x…) when it is confirmed; `problem` and `facts` say what is in the way."""

    account: str
    contract: str
    state: str
    problem: str
    facts: dict[str, Any]


def deploy(name: str) -> Deployed | None:
    """One step for the chain of that name; None where the file names none. Raises Misconfigured."""
    chain = chain_named(name)
    if chain is None:
        return None
    built = json.loads((files("testamur.log.anchors") / "contract" / "checkpoint_anchor.json").read_bytes())
    code = bytes.fromhex(built["bytecode"].removeprefix("0x"))
    key = f"contract:{chain.id}:{hashlib.sha256(code).hexdigest()[:16]}"
    with transaction.atomic():
        account = account_named(ACCOUNT)
        made = order(account, chain, key=key, data=code, gas=GAS, to=None)
    advance(made.pk)
    now = Transaction.objects.get(pk=made.pk)
    contract = now.contract if now.state == Transaction.State.CONFIRMED else ""
    return Deployed(account.address, contract, now.state, now.problem, now.facts)
