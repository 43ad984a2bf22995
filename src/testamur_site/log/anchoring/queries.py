from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from testamur import strict_json
from testamur.errors import Malformed, TooLarge
from testamur.formats.blockcerts.hashes import keccak_256
from testamur.log.anchors import AnchorPolicy, EvmReceipt, OpenTimestampsReceipt, read_receipts
from testamur.log.anchors.evm import block_number
from testamur_site.foundation.chain.api import Misconfigured
from testamur_site.foundation.public_bytes.api import ANOTHER_NUMBER, NUMBER, Compiled
from testamur_site.log.models import Shard

from .configuration import EndPoint, end_points
from .models import Anchor

NEWEST = 400
"""Blocks of so many confirmed anchors are known; for older ones a reader asks whom they believe."""


@dataclass(frozen=True, slots=True)
class Anchored:
    """The checkpoint of `size` was anchored at `at`, by an anchor of that kind (`evm`, `opentimestamps`, `rfc3161`)."""

    size: int
    at: datetime
    kind: str


def confirmed(shard: Shard) -> QuerySet[Anchor]:
    return Anchor.objects.filter(checkpoint__shard=shard, state=Anchor.State.CONFIRMED)


_FIRST = Compiled(
    lambda shard, size: (
        Anchor.objects.filter(checkpoint__shard=shard, checkpoint__size__gte=size, state=Anchor.State.CONFIRMED)
        .order_by("checkpoint__size", "at", "pk")
        .values_list("checkpoint__size", "at", "kind")[:1]
    ),
    "the log is one for the whole deployment",
    NUMBER,
    ANOTHER_NUMBER,
)


def first_anchored(shard: Shard | int, size: int) -> Anchored | None:
    """The earliest confirmed anchor over a checkpoint of the shard (or of that primary key) with at least `size` entries; None where there
    is none (yet)."""
    found = _FIRST.first(shard if isinstance(shard, int) else shard.pk, size)
    return Anchored(*found) if found is not None else None


def end_points_or_none() -> dict[str, EndPoint] | None:
    """The end points; None where the file cannot be read."""
    try:
        return end_points()
    except Misconfigured:
        return None


def expected() -> bool:
    """Whether checkpoints are anchored at all here: where they are, a proof without an anchor only waits for one."""
    return bool(end_points_or_none())


def receipts_json(shard: Shard, size: int) -> bytes | None:
    """The receipts of all confirmed anchors of the checkpoint of that size, as `testamur.log.anchors.read_receipts`
    reads them; None where there are none."""
    found = confirmed(shard).filter(checkpoint__size=size).order_by("at", "pk").values_list("receipt", flat=True)
    entries = [receipt for receipt in found if receipt is not None]
    return json.dumps(entries, separators=(",", ":")).encode() + b"\n" if entries else None


def receipts_of(shard: Shard) -> Iterator[tuple[int, bytes]]:
    """For every checkpoint of the shard with confirmed anchors: its size, and the receipts as they are hosted."""
    sizes = confirmed(shard).order_by("checkpoint__size").values_list("checkpoint__size", flat=True).distinct()
    for size in sizes:
        found = receipts_json(shard, size)
        if found is not None:
            yield size, found


def believed() -> AnchorPolicy | None:
    """Whom this deployment believes about anchors, for its own verify page: contracts and authorities of the file, and
    the blocks of our own confirmed anchors. None where nothing is configured. From the database and the file only, and
    never raises."""
    points = end_points_or_none()
    if not points:
        return None
    contracts: dict[int, frozenset[bytes]] = {}
    for point in points.values():
        if point.chain is not None:
            contracts[point.chain.id] = contracts.get(point.chain.id, frozenset()) | {point.contract}
    blocks: dict[tuple[int, int], bytes] = {}
    bitcoin: dict[int, bytes] = {}
    rows = Anchor.objects.filter(state=Anchor.State.CONFIRMED).order_by("-pk")
    for value in rows.values_list("receipt", flat=True)[:NEWEST]:
        try:
            receipts = read_receipts(strict_json.dumps(value))
        except (Malformed, TooLarge):
            continue
        for receipt in receipts:
            number = block_number(receipt) if isinstance(receipt, EvmReceipt) else None
            if isinstance(receipt, EvmReceipt) and number is not None:
                blocks[receipt.chain, number] = keccak_256(receipt.header)
            elif isinstance(receipt, OpenTimestampsReceipt):
                for height, header in receipt.headers.items():
                    bitcoin[height] = hashlib.sha256(hashlib.sha256(header).digest()).digest()[::-1]
    authorities = tuple(dict.fromkeys(each for point in points.values() for each in point.certificates))
    return AnchorPolicy(contracts, blocks, bitcoin=bitcoin, authorities=authorities)
