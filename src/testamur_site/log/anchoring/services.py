"""Beginning what is due, and taking one anchor a step further. Everything here may be killed and run again.

1. `begin`: for each end point whose time has come, a row for the newest checkpoint that witnesses have seen (where a
   policy asks for witnesses, else the newest). One row for each checkpoint and end point: a unique key says so.
2. `sweep`: a job for every row that is due.
3. `advance`: one step by its kind (`kinds/`). What was handed out is kept; a failure leaves its code, and a later
   attempt.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from django.utils import timezone

from testamur.errors import Malformed, ResolutionError
from testamur.log import SignedCheckpoint
from testamur.log.anchors import digest_of
from testamur_site.foundation.chain.api import Misconfigured, Transaction, pause_after
from testamur_site.foundation.jobs.api import enqueue
from testamur_site.foundation.keys.api import NoKeyEncryptionKey, SealBroken
from testamur_site.log import witnesses
from testamur_site.log.models import Checkpoint, Shard

from .configuration import EndPoint, end_points
from .kinds import STEPS, Trouble
from .models import Anchor

log = logging.getLogger(__name__)
QUEUE = "anchors"


def begin(now: datetime | None = None) -> int:
    """Rows for what is due; how many are new. Raises Misconfigured."""
    moment, made = now or timezone.now(), 0
    for end_point in end_points().values():
        # The shard of last year too: its last checkpoint is anchored after the year has turned.
        for shard in Shard.objects.filter(year__gte=moment.year - 1):
            made += _begun(end_point, shard, moment)
    return made


def _begun(end_point: EndPoint, shard: Shard, moment: datetime) -> bool:
    checkpoint = anchorable(shard)
    if checkpoint is None:
        return False
    of_this = Anchor.objects.filter(end_point=end_point.name, checkpoint__shard=shard)
    last = of_this.order_by("-begun_at").values_list("begun_at", flat=True).first()
    if last is not None and moment - last < end_point.every:
        return False
    digest = digest_of(SignedCheckpoint.from_bytes(bytes(checkpoint.note)).checkpoint)
    _row, made = Anchor.objects.get_or_create(
        checkpoint=checkpoint,
        end_point=end_point.name,
        defaults={"kind": end_point.kind, "digest": digest, "begun_at": moment, "next_at": moment},
    )
    return made


def anchorable(shard: Shard) -> Checkpoint | None:
    """The newest checkpoint that a proof may stand on: with a quorum of witnesses where the policy asks for one. None
    while there is none, and while the policy cannot be read."""
    try:
        asked = witnesses.policy().quorum is not None
    except (Malformed, OSError):
        return None
    rows = Checkpoint.objects.filter(shard=shard, size__gt=0)
    return (rows.exclude(quorum_at=None) if asked else rows).order_by("-size").first()


def sweep(now: datetime | None = None) -> int:
    """Begin what is due, and queue a job for every anchor that may get on; how many there are. A file that cannot
    be read stops nothing else."""
    moment = now or timezone.now()
    try:
        begin(moment)
        names = list(end_points())
    except Misconfigured as error:
        log.warning("nothing is anchored: %s in the file of TESTAMUR_ANCHORING is %s", error.place, error.problem)
        return 0
    due = Anchor.objects.filter(end_point__in=names, next_at__lte=moment).exclude(state=Anchor.State.CONFIRMED)
    for pk, next_at in due.values_list("pk", "next_at"):
        enqueue(
            "testamur_site.log.anchoring.jobs.advance",
            {"anchor": pk},
            key=f"anchor:{pk}:{int(next_at.timestamp())}",
            queue=QUEUE,
            max_attempts=1,
        )
    return due.count()


def advance(pk: int, now: datetime | None = None) -> None:
    """One step. Never raises for what an end point, a key or the file does."""
    moment = now or timezone.now()
    rows = Anchor.objects.select_related("checkpoint", "transaction").exclude(state=Anchor.State.CONFIRMED)
    anchor = rows.filter(pk=pk).first()
    if anchor is None:
        return
    try:
        end_point = end_points().get(anchor.end_point)
        if end_point is None or end_point.kind != anchor.kind:
            raise Trouble("anchor.not_configured")
        step = STEPS[anchor.kind](anchor, end_point, moment)
    except Misconfigured as error:
        _note_trouble(anchor, "anchor.misconfigured", {"place": error.place}, moment)
    except (SealBroken, NoKeyEncryptionKey):
        _note_trouble(anchor, "chain.key", {}, moment)
    except Trouble as error:
        _note_trouble(anchor, error.code, error.facts, moment)
    except (ResolutionError, Malformed) as error:
        facts = {name: error.facts[name] for name in ("host", "method", "status") if name in error.facts}
        _note_trouble(anchor, error.code, facts, moment)
    else:
        values: dict[str, Any] = {"state": step.state, "tries": 0, "next_at": moment + step.again, **step.values}
        if step.state != Anchor.State.WAITING and anchor.submitted_at is None:
            values.setdefault("submitted_at", moment)
        if step.state == Anchor.State.CONFIRMED:
            values |= {"confirmed_at": moment, "problem": "", "facts": {}, "draft": None}
        Anchor.objects.filter(pk=pk).exclude(state=Anchor.State.CONFIRMED).update(**values)


def advance_paid(key: str, now: datetime | None = None) -> None:
    """The transaction of that key has come to its end: a step for the anchor that ordered it."""
    found = Transaction.objects.filter(key=key).first()
    for pk in Anchor.objects.filter(transaction=found).values_list("pk", flat=True) if found is not None else ():
        advance(pk, now)


def _note_trouble(anchor: Anchor, code: str, facts: dict[str, Any], moment: datetime) -> None:
    log.warning("anchor %s at %s does not get on: %s", anchor.pk, anchor.end_point, code)
    tries = anchor.tries + 1
    Anchor.objects.filter(pk=anchor.pk).exclude(state=Anchor.State.CONFIRMED).update(
        problem=code, facts=facts, tries=tries, next_at=moment + pause_after(tries)
    )
