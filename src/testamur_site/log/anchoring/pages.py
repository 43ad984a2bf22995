"""What the pages about anchors show, gathered as values."""

from __future__ import annotations

from typing import Any

from testamur_site.foundation.chain.api import Account, Misconfigured
from testamur_site.log.models import Shard

from . import costs, queries, sentences
from .configuration import EndPoint, currency, end_points
from .forms import CostsForm
from .kinds.evm import ACCOUNT
from .models import Anchor

NEWEST = 40


def overview(asked: Any) -> dict[str, Any]:
    """End points, the newest anchors with what became of them, and the costs; `mistake` where the file cannot be read.
    `asked` is the query of the address."""
    points: dict[str, EndPoint] = {}
    mistake, money = "", "EUR"
    try:
        points, money = end_points(), currency()
    except Misconfigured as error:
        mistake = f"{error.place} {sentences.MISTAKES[error.problem]}"
    chain = next((each for each in points.values() if each.kind == Anchor.Kind.EVM), None)
    paid = costs.paid_at(chain) if chain is not None else None
    form = CostsForm(asked if "gas" in asked else None, initial=costs.usual(chain, paid))
    computed = costs.Costs(**form.initial) if not form.is_bound else None
    if form.is_bound and form.is_valid():
        computed = form.costs()
    return {
        "end_points": [_end_point(each) for each in points.values()],
        "anchors": [_row(each) for each in _newest()],
        "mistake": mistake,
        "form": form,
        "costs": computed,
        "paid": paid,
        "currency": money,
        "coin": chain.chain.currency if chain is not None and chain.chain is not None else "ETH",
        "account": Account.objects.filter(name=ACCOUNT).first() if chain is not None else None,
    }


def of_shard(shard: Shard) -> list[dict[str, Any]]:
    """For the page of the log: the newest confirmed anchor of each end point."""
    found: dict[str, dict[str, Any]] = {}
    for anchor in (
        queries.confirmed(shard)
        .select_related("checkpoint__shard", "transaction")
        .order_by("-checkpoint__size")[:NEWEST]
    ):
        found.setdefault(anchor.end_point, _row(anchor))
    return list(found.values())


def _newest() -> list[Anchor]:
    return list(Anchor.objects.select_related("checkpoint__shard", "transaction").order_by("-pk")[:NEWEST])


def _end_point(point: EndPoint) -> dict[str, Any]:
    of_this = Anchor.objects.filter(end_point=point.name)
    hours = point.every.total_seconds() / 3600
    return {
        "name": point.name,
        "kind": sentences.KINDS[point.kind],
        "hours": int(hours) if hours == int(hours) else round(hours, 1),
        "minutes": max(1, round(hours * 60)) if hours < 1 else 0,
        "contract": "0x" + point.contract.hex() if point.contract else "",
        "chain": point.chain,
        "confirmed": of_this.filter(state=Anchor.State.CONFIRMED).count(),
        "open": of_this.exclude(state=Anchor.State.CONFIRMED).count(),
    }


def _row(anchor: Anchor) -> dict[str, Any]:
    # What keeps a transaction from its block is noted there first.
    paid = anchor.transaction if anchor.state != Anchor.State.CONFIRMED else None
    problem, facts = (anchor.problem, anchor.facts) if anchor.problem or paid is None else (paid.problem, paid.facts)
    return {
        "end_point": anchor.end_point,
        "kind": sentences.KINDS[anchor.kind],
        "year": anchor.checkpoint.shard.year,
        "size": anchor.checkpoint.size,
        "state": anchor.state,
        "word": sentences.STATES[anchor.state],
        "at": anchor.at,
        "begun_at": anchor.begun_at,
        "problem": sentences.of_problem(problem, facts),
    }
