"""What the pages that span capabilities show: each figure is asked of the door that owns it."""

from __future__ import annotations

from dataclasses import dataclass

from testamur_site.catalogue import api as catalogue
from testamur_site.foundation.tenancy.api import Institution
from testamur_site.issuing import api as issuing
from testamur_site.wallet import api as wallet


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
