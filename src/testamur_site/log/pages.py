"""What the pages of the log show, gathered as values. A log whose files cannot be read has a page all the same."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from testamur.errors import Malformed
from testamur.log import Policy, SignedCheckpoint
from testamur.log.checkpoints import signature_time

from . import keys, services, witnesses
from .anchoring.api import of_shard
from .models import Checkpoint, Shard, WitnessState
from .monitor import queries as monitor

log = logging.getLogger(__name__)

RECENT = timedelta(days=30)


def overview() -> dict[str, Any]:
    """Shards, newest first, each with its checkpoint, keys and witnesses; `policy_problem` where the policy file cannot be
    read; `policy`, a tlog-policy for whoever checks; when the monitor looked last, how many alarms of the whole
    deployment there were in the last 30 days (`recent_alarms`), and whether there was none at all (`agrees`): what was found about a
    single institution is not told to strangers, but nor is it said that all is well."""
    believed: Policy | None
    try:
        believed = witnesses.policy()
    except (Malformed, OSError):
        believed = None
    recent, any_alarm = monitor.raised_since(timezone.now() - RECENT)
    shards = [_shard(shard, believed) for shard in Shard.objects.order_by("-year")]
    return {
        "shards": shards,
        "newest": shards[0] if shards else None,
        "policy_problem": believed is None,
        "policy": witnesses.public_policy() if believed is not None else "",
        "base_url": settings.TESTAMUR_BASE_URL,
        "last_run": monitor.last_run(),
        "recent_alarms": recent,
        "agrees": not any_alarm,
    }


def _shard(shard: Shard, believed: Policy | None) -> dict[str, Any]:
    names = [each.name for each in believed.witnesses] if believed is not None else []
    states = {state.name: state for state in WitnessState.objects.filter(shard=shard)}
    newest = Checkpoint.objects.filter(shard=shard).order_by("-size").defer("note").first()
    content, signed = _published(shard)
    return {
        "shard": shard,
        "year": shard.year,
        "broken": signed is None and newest is not None,
        "checkpoint": content,
        "size": signed.checkpoint.size if signed is not None else newest.size if newest is not None else 0,
        "signed_at": _last_signed(shard, signed) or (newest.signed_at if newest is not None else None),
        "newest": newest,
        "anchors": of_shard(shard),
        "vkeys": [key.text for key in keys.verifier_keys(shard)],
        "witnesses": [{"name": name, "state": states.get(name)} for name in names],
    }


def _published(shard: Shard) -> tuple[str, SignedCheckpoint | None]:
    try:
        content = services.folder_of(shard).read("checkpoint")
        signed = SignedCheckpoint.from_bytes(content) if content is not None else None
    except (Malformed, OSError) as error:
        log.warning("the checkpoint of %s cannot be read: %s", shard.year, type(error).__name__)
        return "", None
    return (content or b"").decode("utf-8", "replace"), signed


def _last_signed(shard: Shard, signed: SignedCheckpoint | None) -> datetime | None:
    """When the log signed its head last, by the time in its own signature."""
    if signed is None:
        return None
    times = [
        time
        for key in keys.verifier_keys(shard)
        for line in signed.note.by(key)
        if (time := signature_time(line, key.type)) is not None
    ]
    return datetime.fromtimestamp(max(times), tz=UTC) if times else None
