"""Enrolling a class list: a dry run that only shows verdicts, then the work in pieces that may be killed and run again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from testamur_site.catalogue.api import Offering
from testamur_site.foundation.accounts.api import User
from testamur_site.foundation.entry_links.api import folded
from testamur_site.foundation.jobs.api import enqueue

from ..errors import EnrolmentError
from ..models import Enrolment, LearnerList
from ..rules import TAKES_PART, EnrolmentState, ListRow, RowVerdict, judged
from . import common
from .enrolling import enrol

AT_ONCE = 20
"""Rows in one transaction."""


@transaction.atomic
def draft_list(offering: Offering, rows: Sequence[ListRow], *, actor: Any = None) -> LearnerList:
    """Keep a list with a verdict for every row; nobody is enrolled by it. Deleted after a day."""
    there = Enrolment.objects.filter(
        offering=offering, state__in=[*sorted(TAKES_PART), EnrolmentState.WAITING]
    ).values_list("learner__email", flat=True)
    found = judged(rows, already={str(email) for email in there}, fold=folded)
    return LearnerList.objects.create(
        institution=offering.institution,
        offering=offering,
        rows=[row.as_json() for row in found],
        created_by=actor,
    )


@transaction.atomic
def start_list(listed: LearnerList, *, actor: Any = None) -> bool:
    """Enrol the rows that are ready, by a job; False where that was begun already."""
    begun = LearnerList.objects.filter(pk=listed.pk, state="draft").update(state="running")
    if begun:
        common.about_list("learner_list.started", listed, actor, rows=len(listed.rows))
        enqueue(
            "testamur_site.enrolment.jobs.enrol_list",
            {"learner_list": listed.public_id, "actor": getattr(actor, "public_id", "")},
            key=f"learner-list:{listed.public_id}",
            institution=listed.institution,
            total=len(listed.rows),
        )
    return bool(begun)


@transaction.atomic
def enrol_some(listed: LearnerList, actor: User | None) -> int:
    """Enrol the next rows of a running list; how many were looked at, 0 when it is done. Whoever is there already stays as they are."""
    fresh = (
        LearnerList.objects.select_for_update(of=("self",)).select_related("offering", "institution").get(pk=listed.pk)
    )
    if fresh.state != "running":
        return 0
    ready = [row for row in fresh.rows if row["verdict"] == RowVerdict.READY][:AT_ONCE]
    for row in ready:
        row["verdict"], row["problem"] = _enrol(fresh.offering, row, actor)
    if len(ready) < AT_ONCE:
        fresh.state = "done"
    fresh.save(update_fields=["rows", "state"])
    return len(ready)


def _enrol(offering: Offering, row: dict[str, Any], actor: User | None) -> tuple[str, str]:
    try:
        with transaction.atomic():
            enrolment, made = enrol(
                offering, name=row["name"], email=row["email"], language=row["language"], actor=actor
            )
    except EnrolmentError as refusal:
        return RowVerdict.REFUSED, str(refusal.facts.get("state") or "refused")
    if not made:
        return RowVerdict.ALREADY, ""
    return (RowVerdict.WAITING if enrolment.state == EnrolmentState.WAITING else RowVerdict.ENROLLED), ""


@transaction.atomic
def discard_list(listed: LearnerList) -> None:
    """Delete a dry run with its rows."""
    LearnerList.objects.filter(pk=listed.pk, state="draft").delete()


def forget_lists() -> int:
    """Delete lists whose day is over; how many."""
    deleted, _ = LearnerList.objects.filter(expires_at__lt=timezone.now()).exclude(state="running").delete()
    return deleted
