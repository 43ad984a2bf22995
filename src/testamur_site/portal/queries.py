"""What the pages that span capabilities show: each figure is asked of the door that owns it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from testamur_site.catalogue import api as catalogue
from testamur_site.foundation.audit import api as audit
from testamur_site.foundation.tenancy.api import Institution, members
from testamur_site.issuing import api as issuing
from testamur_site.wallet import api as wallet

from .words import happened


@dataclass(frozen=True, slots=True)
class Overview:
    """An institution at a glance. `issued` counts credentials that stand; `claimed` and `published` are part of them."""

    issued: int
    claimed: int
    published: int
    withdrawn: int
    drafts: int
    offered: int
    waiting: int

    @property
    def is_new(self) -> bool:
        return not (self.drafts or self.offered)


def overview(institution: Institution) -> Overview:
    awards = issuing.award_counts(institution)
    designs = catalogue.state_counts()
    deposits = wallet.deposit_counts(institution)
    return Overview(
        issued=awards.get("issued", 0),
        claimed=deposits["claimed"],
        published=deposits["published"],
        withdrawn=awards.get("revoked", 0) + awards.get("suspended", 0),
        drafts=designs.get("draft", 0),
        offered=designs.get("published", 0),
        waiting=awards.get("queued", 0) + awards.get("prepared", 0),
    )


@dataclass(frozen=True, slots=True)
class Event:
    """The same thing done `count` times in a row; `when` and `who` (a name, or nothing for the platform) are of the last time."""

    sentence: str
    count: int
    when: datetime
    who: str


def latest(institution: Institution, most: int) -> list[Event]:
    """What happened last, newest first, at most `most` events. A cohort of a thousand is one event: its entries follow each other, and
    the audit trail has no gaps, so the distance of two entries counts what lies between them."""
    names = {member.user.public_id: str(member.user) for member in members(institution)}
    rows = audit.entries(institution)
    events: list[Event] = []
    entry = rows.first()
    while entry is not None and len(events) < most:
        before = rows.filter(sequence__lt=entry.sequence).exclude(action=entry.action).first()
        count = entry.sequence - (before.sequence if before is not None else 0)
        events.append(Event(happened(entry.action), count, entry.recorded_at, names.get(entry.actor, "")))
        entry = before
    return events
