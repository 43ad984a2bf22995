"""Whom this deployment believes about anchors, for its own verify page: those of its file, and the blocks that it saw itself."""

from __future__ import annotations

import hashlib

from testamur import strict_json
from testamur.errors import Malformed, TooLarge
from testamur.formats.blockcerts.hashes import keccak_256
from testamur.log.anchors import AnchorPolicy, EvmReceipt, OpenTimestampsReceipt, read_receipts
from testamur.log.anchors.evm import block_number

from .models import Anchor
from .queries import end_points_or_none

NEWEST = 400
"""Blocks of so many confirmed anchors are known; for older ones a reader asks whom they believe."""


def believed() -> AnchorPolicy | None:
    """Contracts and authorities of the file, and the blocks of our own confirmed anchors. None where nothing is configured. From the
    database and the file only, and never raises."""
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
