"""What the signing process examines before a key of the log signs a checkpoint: never two roots at one size, never back.

It sees neither the entries nor the tiles; that a checkpoint extends the one before is for the witnesses, who ask for the proof. What it
remembers stands in its own record, so a database that was set back does not make it forget.
"""

from __future__ import annotations

import base64
from typing import Any

from django.utils import timezone

from testamur.errors import TestamurError
from testamur.log import Checkpoint as Signed
from testamur.log import VerifierKey
from testamur.log.checkpoints import SignedCheckpoint, signed_message
from testamur_site.foundation.signing.api import Item, Pen, Refused, Request

from .models import Checkpoint, LogKey, Shard

MINUTES = 10
"""So far may the time in a signature be from now."""


def sign_checkpoints(request: Request, pen: Pen) -> list[bytes | Refused]:
    """Items: `row`, `checkpoint` (its text) and `time` (seconds since 1970). Answers the signature's value in base64."""
    outcomes: list[bytes | Refused] = []
    for item in request.items:
        pen.row = item["row"]
        try:
            checkpoint = _examined(request, pen, item)
            key = VerifierKey.from_text(pen.public_multikey)
            outcomes.append(base64.b64encode(pen.sign(signed_message(checkpoint, key, item["time"]))))
            pen.remember[f"log {checkpoint.origin}"] = _words(checkpoint)
        except Refused as refused:
            outcomes.append(refused)
    return outcomes


def _examined(request: Request, pen: Pen, item: Item) -> Signed:
    if (
        set(item) != {"row", "checkpoint", "time"}
        or type(item["time"]) is not int
        or not isinstance(item["checkpoint"], str)
    ):
        raise Refused("signing.item", "This is not what is signed in this kind.", {})
    if abs(timezone.now().timestamp() - item["time"]) > MINUTES * 60:
        raise Refused("signing.date", "The time of the checkpoint is not now.", {})
    try:
        checkpoint = Signed.from_text(item["checkpoint"])
    except TestamurError as error:
        raise Refused(error.code, "This is no checkpoint.", {}) from None
    shard = Shard.objects.filter(origin=request.did).first()
    if shard is None or shard.frozen_at is not None or checkpoint.origin != shard.origin or checkpoint.extensions:
        raise Refused("log.other", "This is no checkpoint of a log that goes on here.", {"origin": checkpoint.origin})
    if not LogKey.objects.filter(shard=shard, vkey=pen.public_multikey).exists():
        raise Refused("signing.key", "This key is not the log's.", {})
    for size, root in _known(shard, pen.recall(f"log {shard.origin}")):
        facts: dict[str, Any] = {"size": checkpoint.size, "known": size}
        if checkpoint.size < size:
            raise Refused("log.rolled_back", "A longer checkpoint of this log was signed already.", facts)
        if checkpoint.size == size and checkpoint.root != root:
            raise Refused("log.fork", "Another root of this log was signed at this size.", facts)
    return checkpoint


def _known(shard: Shard, remembered: str | None) -> list[tuple[int, bytes]]:
    """Size and root that were signed last: as this process remembers it, and as the database has it."""
    found = []
    if remembered:
        size, _, root = remembered.partition(" ")
        found.append((int(size), base64.b64decode(root)))
    row = Checkpoint.objects.filter(shard=shard).order_by("-size").first()
    if row is not None and row.note:
        last = SignedCheckpoint.from_bytes(bytes(row.note)).checkpoint
        found.append((last.size, last.root))
    return found


def _words(checkpoint: Signed) -> str:
    return f"{checkpoint.size} {base64.b64encode(checkpoint.root).decode()}"
