from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from testamur.log import Kind
from testamur_site.foundation.keys.api import SigningKey
from testamur_site.foundation.tenancy.api import Institution, tenant

from ..models import Checkpoint, Entry, Shard
from ..monitor.models import Watch
from ..monitor.queries import alarms
from .models import KeyCutOff, LogRequirement
from .rules import Place, effective


def required_from(institution: Institution) -> datetime | None:
    """From when on the institution's credentials must be in the log; None where nothing is required."""
    with tenant(institution):
        return LogRequirement.objects.values_list("required_from", flat=True).first()


def cut_offs(institution: Institution) -> list[KeyCutOff]:
    """All cut-offs, the newest first."""
    with tenant(institution):
        return list(KeyCutOff.objects.select_related("shard"))


def places(institution: Institution) -> dict[str, tuple[Place, str]]:
    """The place that holds for each key that has a cut-off, and its reason."""
    return effective((one.fragment, (one.shard.year, one.index), one.reason) for one in cut_offs(institution))


def next_place(year: int) -> Place:
    """The place that an entry gets which is recorded now: after all that is in the log, and all that waits for it."""
    shard = Shard.objects.filter(year=year).first()
    last = Entry.objects.filter(shard=shard, index__isnull=False).order_by("-index").first() if shard else None
    size = last.index + 1 if last is not None and last.index is not None else 0
    return year, size + Entry.objects.filter(index=None).count()


def place_at(moment: datetime) -> Place | None:
    """The first place that was filled after a moment, in the log of that year; None where that year has no log. Where nothing was recorded
    after it in that year, the place after the last."""
    shard = Shard.objects.filter(year=moment.year).first()
    if shard is None:
        return None
    after = Entry.objects.filter(shard=shard, sequenced_at__gt=moment).order_by("index").first()
    if after is not None and after.index is not None:
        return shard.year, after.index
    last = Entry.objects.filter(shard=shard).order_by("-index").first()
    return shard.year, last.index + 1 if last is not None and last.index is not None else 0


@dataclass(frozen=True, slots=True)
class Effect:
    """How many of the institution's awards that were signed with the key lie before a place, and after it."""

    before: int
    after: int


def effect(institution: Institution, key: SigningKey, place: Place) -> Effect:
    after = awards_after(institution, key, place).count()
    return Effect(_awards(institution, key).count() - after, after)


def awards_after(institution: Institution, key: SigningKey, place: Place) -> QuerySet[Entry]:
    """The institution's awards at or after a place, in the order of the log, also those that wait for theirs."""
    year, index = place
    later = Q(index=None) | Q(shard__year__gt=year) | Q(shard__year=year, index__gte=index)
    return _awards(institution, key).filter(later).select_related("shard").order_by("pk")


def _awards(institution: Institution, key: SigningKey) -> QuerySet[Entry]:
    """What was recorded as issued while the key signed. The log does not say which key signed; one signs at a time."""
    found = Entry.objects.filter(institution=institution, kind=Kind.ISSUE, recorded_at__gte=key.created_at)
    return found if key.retired_at is None else found.filter(recorded_at__lte=key.retired_at)


def award_of(entry: Entry) -> str:
    """The public id of the award that an entry is about, from our own words for it."""
    return entry.subject.removeprefix("award:")


def cut_off(institution: Institution, public_id: str) -> KeyCutOff | None:
    with tenant(institution):
        return KeyCutOff.objects.select_related("shard").filter(public_id=public_id).first()


def rows(entries: Any) -> list[dict[str, Any]]:
    """Entries as a list of awards: place in the log, when, and the award's public id. Nothing about a person."""
    return [
        {
            "origin": entry.shard.origin if entry.shard is not None else "",
            "index": entry.index,
            "recorded_at": entry.recorded_at,
            "award": award_of(entry),
        }
        for entry in entries
    ]


def is_place(place: Place) -> bool:
    """Whether the log of that year reaches that place, or the one after its last."""
    year, index = place
    shard = Shard.objects.filter(year=year).first()
    if shard is None:
        return False
    last = Entry.objects.filter(shard=shard).order_by("-index").first()
    return index <= (last.index + 1 if last is not None and last.index is not None else 0)


def shards(institution: Institution) -> list[Shard]:
    """The logs that the institution's DID document names, the oldest first."""
    return list(Shard.objects.filter(year__gte=institution.created_at.year).order_by("year"))


def witnessed() -> tuple[int, int, datetime] | None:
    """Year, size and time of the newest checkpoint that enough witnesses confirmed."""
    found = Checkpoint.objects.select_related("shard").exclude(quorum_at=None).order_by("-shard__year", "-size").first()
    return (found.shard.year, found.size, found.quorum_at) if found is not None and found.quorum_at else None


def last_clean(institution: Institution) -> tuple[int, int, datetime] | None:
    """Year, size and time of the last comparison of the log with the database in which nothing of the institution's was wrong; None where
    something is, or where nothing was compared yet."""
    if any(told.acknowledgement is None for told in alarms(institution)):
        return None
    watch = Watch.objects.select_related("shard").exclude(ran_at=None).order_by("-shard__year").first()
    size = watch.position.get("size") if watch is not None else None
    return (
        (watch.shard.year, size, watch.ran_at) if watch is not None and watch.ran_at and isinstance(size, int) else None
    )
