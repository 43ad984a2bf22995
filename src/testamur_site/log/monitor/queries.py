"""What is read of alarms and of an institution's own entries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from testamur.log import Kind
from testamur_site.foundation.tenancy.api import Institution, unscoped

from ..models import Entry
from .models import Acknowledgement, Alarm, Watch

LISTED = 100
_ALL = "an alarm of the whole deployment concerns every institution"


@dataclass(frozen=True, slots=True)
class Told:
    """An alarm as an institution sees it: with its own acknowledgement, or None."""

    alarm: Alarm
    acknowledgement: Acknowledgement | None


def alarms(institution: Institution) -> list[Told]:
    """The newest alarms that concern the institution: its own, and those of the whole deployment. Open ones first."""
    with unscoped(_ALL):
        rows = list(Alarm.objects.filter(Q(institution=institution) | Q(institution=None))[:LISTED])
        done = {one.alarm_id: one for one in Acknowledgement.objects.filter(institution=institution, alarm__in=rows)}
    told = [Told(alarm, done.get(alarm.pk)) for alarm in rows]
    return sorted(told, key=lambda one: one.acknowledgement is not None)


def alarm_of(institution: Institution, public_id: str) -> Told | None:
    with unscoped(_ALL):
        rows = Alarm.objects.filter(Q(institution=institution) | Q(institution=None))
        alarm = rows.filter(public_id=public_id).first()
        if alarm is None:
            return None
        return Told(alarm, Acknowledgement.objects.filter(institution=institution, alarm=alarm).first())


def raised_since(moment: datetime) -> tuple[int, bool]:
    """How many alarms that concern everybody were raised since then, and whether there was any alarm at all."""
    with unscoped(_ALL):
        rows = Alarm.objects.filter(raised_at__gte=moment)
        return rows.filter(institution=None).count(), rows.exists()


def last_run() -> datetime | None:
    """When the monitor looked last; None before its first time."""
    return Watch.objects.order_by("-ran_at").exclude(ran_at=None).values_list("ran_at", flat=True).first()


@dataclass(frozen=True, slots=True)
class Own:
    """An institution's own credentials in the log: how many there are, in the last day and week, and how many wait."""

    recorded: int
    day: int
    week: int
    waiting: int


def own(institution: Institution) -> Own:
    now = timezone.now()
    rows = Entry.objects.filter(institution=institution, kind=Kind.ISSUE)
    recorded = rows.filter(index__isnull=False)
    return Own(
        recorded.count(),
        recorded.filter(sequenced_at__gte=now - timedelta(days=1)).count(),
        recorded.filter(sequenced_at__gte=now - timedelta(days=7)).count(),
        rows.filter(index=None).count(),
    )


def entries(institution: Institution) -> Iterator[tuple[str, ...]]:
    """Everything that was recorded in the institution's name, in its order: shard, number, kind, handle, when, what about."""
    rows = Entry.objects.filter(institution=institution).select_related("shard").order_by("pk")
    for row in rows.iterator(chunk_size=1000):
        yield (
            row.shard.origin if row.shard is not None else "",
            str(row.index) if row.index is not None else "",
            Kind(row.kind).name.lower(),
            bytes(row.handle).hex(),
            (row.sequenced_at or row.recorded_at).isoformat(timespec="seconds"),
            row.subject,
        )
