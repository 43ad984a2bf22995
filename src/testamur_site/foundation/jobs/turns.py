"""Whose turn it is: no institution waits behind the thousand jobs of another.

Before a job is chosen, the institution is: among those that have something due, the one with the most urgent job; of equals the one with
the fewest jobs running; of equals the one that was served longest ago. The platform's own jobs, which have no institution, are one more in
the circle. Looked up are a few rows of the index for each institution with work, not the queue: with a million jobs of one institution
the answer is as quick as with one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from .models import Job
from .rules import Standing

# The institutions in the index one after the other, each found by a step over the rows of the one before ("loose index scan").
_WITH_WORK = """
WITH RECURSIVE found(id) AS (
    SELECT min(institution_id) FROM {jobs} WHERE status = %(status)s
    UNION ALL
    SELECT (SELECT min(institution_id) FROM {jobs} WHERE status = %(status)s AND institution_id > found.id)
    FROM found WHERE found.id IS NOT NULL
)
SELECT id FROM found WHERE id IS NOT NULL
UNION ALL
SELECT NULL WHERE EXISTS (SELECT 1 FROM {jobs} WHERE status = %(status)s AND institution_id IS NULL)
"""


def standing(institution: int | None, now: datetime) -> Standing:
    rows = Job._base_manager.filter(institution=institution)
    running = rows.filter(status="running", lease_until__gte=now).count()
    served = rows.exclude(started_at=None).order_by("-started_at").values_list("started_at", flat=True).first()
    return Standing(institution, running, served)


def turns(queues: Sequence[str], now: datetime) -> list[int | None]:
    """The institutions with a job that is due in `queues` (all when empty), in their order."""
    found: list[tuple[tuple[Any, ...], int | None]] = []
    for institution in with_work():
        rows = Job._base_manager.filter(institution=institution)
        mine = rows.filter(queue__in=queues) if queues else rows
        due = mine.filter(status="queued", run_after__lte=now).order_by("-priority", "run_after")
        first = due.values_list("priority", "run_after").first()
        if first is None:  # one whose worker has vanished, perhaps
            lost = mine.filter(status="running", lease_until__lt=now).order_by("-priority", "run_after")
            first = lost.values_list("priority", "run_after").first()
        if first is not None:
            found.append((standing(institution, now).order(*first), institution))
    return [institution for _, institution in sorted(found, key=lambda one: one[0])]


def with_work() -> set[int | None]:
    """The institutions that have a job waiting or running."""
    return _with_work("queued") | _with_work("running")


def _with_work(status: str) -> set[int | None]:
    table = connection.ops.quote_name(Job._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(_WITH_WORK.format(jobs=table).replace("%(status)s", f"'{status}'"))
        else:
            cursor.execute(_WITH_WORK.format(jobs=table), {"status": status})
        return {institution for (institution,) in cursor.fetchall()}
