"""The jobs of a run. Their arguments name it by its random id, which opens nothing once it is deleted."""

from __future__ import annotations

import time
from typing import Any

from django.db import transaction
from django.db.models import F

from testamur_site.foundation.jobs.api import JobHandle
from testamur_site.verification import services as verification

from . import services
from .models import BulkEntry, BulkRun
from .outside import Remembering

SECONDS = 10.0  # of work before the next job in the queue gets its turn
AT_ONCE = 10  # results in one transaction
_FIELDS = (
    "result", "refusal", "source_host", "title", "holder", "issuer", "issuer_name", "code", "codes", "report", "content", "address",
)  # fmt: skip


def verify_some(job: JobHandle, *, run: str, part: int, lane: int = 0, lanes: int = 1) -> dict[str, Any]:
    """Verify entries of a lane that have no result yet, for a few seconds; queue the next part where some are left.

    Every `lanes`-th entry is of one lane, so that as many workers go on with one run at once and none waits for another.
    A second attempt notes every result by itself, so that a third one knows which document its two predecessors died of.
    """
    found = BulkRun.objects.filter(pk=run).first()
    if found is None:
        return {"verified": 0}
    waiting = found.entries.annotate(lane=F("position") % lanes).filter(lane=lane, result="")
    outside = Remembering(verification.Everywhere())
    begun, verified = time.monotonic(), 0
    at_once = AT_ONCE if job.attempt == 1 else 1
    if job.attempt > 2 and (suspect := waiting.first()):
        with job.transaction():
            BulkEntry.objects.bulk_update([services.give_up(suspect, found.language)], _FIELDS)
    while time.monotonic() - begun < SECONDS:
        entries = list(waiting[:at_once])
        if not entries:
            return {"verified": verified}
        done = []
        for entry in entries:
            outside.next_document()
            done.append(services.result_of(entry, outside, found.language))
            if time.monotonic() - begun >= SECONDS:
                break
        with job.transaction():
            BulkEntry.objects.bulk_update(done, _FIELDS)
        verified += len(done)
        job.progress(verified)
    with transaction.atomic():
        if waiting.exists():
            services.queue_part(run, part + 1, lane, lanes)
    return {"verified": verified}


def forget(job: JobHandle, *, run: str) -> dict[str, int]:  # noqa: ARG001
    """The hour is over. Also takes along whatever an earlier job failed to delete."""
    return {"deleted": services.forget(run) + services.forget_overdue()}
