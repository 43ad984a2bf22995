from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from testamur_site.foundation.chain.api import Misconfigured
from testamur_site.log.models import Shard

from .configuration import EndPoint, end_points
from .models import Anchor


@dataclass(frozen=True, slots=True)
class Anchored:
    """The checkpoint of `size` was anchored at `at`, by an anchor of that kind (`evm`, `opentimestamps`, `rfc3161`)."""

    size: int
    at: datetime
    kind: str


def confirmed(shard: Shard) -> QuerySet[Anchor]:
    return Anchor.objects.filter(checkpoint__shard=shard, state=Anchor.State.CONFIRMED)


def first_anchored(shard: Shard, size: int) -> Anchored | None:
    """The earliest confirmed anchor over a checkpoint of the shard with at least `size` entries; None where there
    is none (yet)."""
    found = (
        confirmed(shard)
        .filter(checkpoint__size__gte=size)
        .order_by("checkpoint__size", "at", "pk")
        .values_list("checkpoint__size", "at", "kind")
        .first()
    )
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
