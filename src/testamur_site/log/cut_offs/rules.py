"""What is decided about places in the log, over values. A place is (year, index)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

SERVICE = "transparency-log"
"""The fragment of the service in the DID document."""

Place = tuple[int, int]


def effective(cut_offs: Iterable[tuple[str, Place, str]]) -> dict[str, tuple[Place, str]]:
    """Of each key the earliest place and its reason: a cut-off only ever moves to an earlier place."""
    found: dict[str, tuple[Place, str]] = {}
    for fragment, place, reason in cut_offs:
        if fragment not in found or place < found[fragment][0]:
            found[fragment] = (place, reason)
    return found


def service_content(
    shards: Sequence[tuple[str, Sequence[str]]],
    required_from: datetime | None,
    cut_offs: Mapping[str, tuple[str, int, str]],
    former: Mapping[str, Sequence[Any]] = MappingProxyType({}),
) -> dict[str, Any]:
    """The service `TransparencyLog`: `shards` are origin and verifier keys, the oldest first; `cut_offs` fragment → origin, index, reason;
    `former` what is still said of the logs of another deployment (`kept.api.service_of`).

    A cut-off names the Multikey; it covers the same key under its other name ("-jwk"), too, or a thief would use that one.
    """
    endpoint: dict[str, Any] = {
        "origin": [*former.get("origin", ()), *(origin for origin, _ in shards)],
        "vkey": [*former.get("vkey", ()), *(vkey for _, vkeys in shards for vkey in vkeys)],
    }
    if required_from is not None:
        endpoint["requiredFrom"] = required_from.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    notices = [*former.get("cutOffs", ()), *(notice(f"#{one}", *cut_offs[one]) for one in sorted(cut_offs))]
    if notices:
        endpoint["cutOffs"] = notices
    return {"type": "TransparencyLog", "serviceEndpoint": endpoint}


def notice(key: str, origin: str, index: int, reason: str) -> dict[str, Any]:
    """One cut-off as it stands in the service. A key that begins with "#" is written below the DID by whoever shows the document."""
    return {"key": key, "origin": origin, "index": index, "reason": reason}


NOTICE_OF_ONE = timedelta(hours=24)
"""So long before it holds, one person alone can require the log: the others see it, and can take it back."""


def one_may_require(before: datetime | None, after: datetime | None, now: datetime) -> bool:
    """Whether one person alone may change the requirement from `before` to `after` (None: nothing is required).

    From `after` on verifiers refuse whatever is not in the log, also what was issued before. Two decide where that is to hold at once, and
    where less is required than before.
    """
    return after is not None and after >= now + NOTICE_OF_ONE and (before is None or after <= before)
