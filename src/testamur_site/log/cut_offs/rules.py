"""What is decided about places in the log, over values. A place is (year, index)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
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
) -> dict[str, Any]:
    """The service `TransparencyLog`: `shards` are origin and verifier keys, the oldest first; `cut_offs` fragment → origin, index, reason.

    Each key stands in the DID document under two names, as Multikey and as JsonWebKey ("-jwk"); a cut-off names both, or a thief would use
    the other one.
    """
    endpoint: dict[str, Any] = {
        "origin": [origin for origin, _ in shards],
        "vkey": [vkey for _, vkeys in shards for vkey in vkeys],
    }
    if required_from is not None:
        endpoint["requiredFrom"] = required_from.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if cut_offs:
        endpoint["cutOffs"] = [
            notice(fragment, name, *cut_offs[fragment]) for fragment in sorted(cut_offs) for name in ("", "-jwk")
        ]
    return {"type": "TransparencyLog", "serviceEndpoint": endpoint}


def notice(fragment: str, form: str, origin: str, index: int, reason: str) -> dict[str, Any]:
    """One cut-off as it stands in the service. The key's name is written below the DID by whoever shows the document."""
    return {"key": f"#{fragment}{form}", "origin": origin, "index": index, "reason": reason}


def one_may_require(before: datetime | None, after: datetime | None, now: datetime) -> bool:
    """Whether one person alone may change the requirement from `before` to `after` (None: nothing is required).

    Requiring more of what is still to come harms nobody. Two decide where less is required than before, and where something that was issued
    already could be refused.
    """
    return after is not None and after >= now and (before is None or after <= before)
