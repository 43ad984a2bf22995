"""What the page of the log shows, gathered as values."""

from __future__ import annotations

from typing import Any

from testamur.errors import Malformed
from testamur.log import SignedCheckpoint

from . import keys, services, witnesses
from .models import Shard, WitnessState


def overview() -> dict[str, Any]:
    """Shards, newest first, each with its checkpoint, keys and witnesses; `policy_problem` where the policy file
    cannot be read."""
    problem = False
    try:
        believed = witnesses.policy()
    except (Malformed, OSError):
        believed, problem = None, True
    names = [each.name for each in believed.witnesses] if believed is not None else []
    return {"shards": [_shard(shard, names) for shard in Shard.objects.order_by("-year")], "policy_problem": problem}


def _shard(shard: Shard, names: list[str]) -> dict[str, Any]:
    content = services.folder_of(shard).read("checkpoint")
    states = {state.name: state for state in WitnessState.objects.filter(shard=shard)}
    head = SignedCheckpoint.from_bytes(content).checkpoint if content is not None else None
    return {
        "shard": shard,
        "checkpoint": content.decode() if content is not None else "",
        "size": head.size if head is not None else 0,
        "vkeys": [key.text for key in keys.verifier_keys(shard)],
        "witnesses": [{"name": name, "state": states.get(name)} for name in names],
    }
