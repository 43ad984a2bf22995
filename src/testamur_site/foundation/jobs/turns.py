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


def turns(queues: Sequence[str], now: datetime) -> list[int | None]:
    """The institutions (primary keys; None for the platform) with a job that is due in `queues` (all when empty), in their order."""
    found: list[tuple[int, int, datetime | None, datetime, int | None]] = []
    for institution in _with_work("queued") | _with_work("running"):
        rows = Job._base_manager.filter(institution=institution)
        mine = rows.filter(queue__in=queues) if queues else rows
        due = mine.filter(status="queued", run_after__lte=now).order_by("-priority", "run_after")
        first = due.values_list("priority", "run_after").first()
        if first is None:  # one whose worker has vanished, perhaps
            lost = mine.filter(status="running", lease_until__lt=now).order_by("-priority", "run_after")
            first = lost.values_list("priority", "run_after").first()
        if first is None:
            continue
        running = rows.filter(status="running", lease_until__gte=now).count()
        served = rows.exclude(started_at=None).order_by("-started_at").values_list("started_at", flat=True).first()
        found.append((first[0], running, served, first[1], institution))
    return [one[-1] for one in sorted(found, key=_order)]


def _order(one: tuple[int, int, datetime | None, datetime, int | None]) -> tuple[Any, ...]:
    priority, running, served, waits_since, institution = one
    return (-priority, running, served.timestamp() if served else 0.0, waits_since, institution or 0)


def _with_work(status: str) -> set[int | None]:
    table = connection.ops.quote_name(Job._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(_WITH_WORK.format(jobs=table).replace("%(status)s", f"'{status}'"))
        else:
            cursor.execute(_WITH_WORK.format(jobs=table), {"status": status})
        return {institution for (institution,) in cursor.fetchall()}
