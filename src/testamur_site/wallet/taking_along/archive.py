"""What of the deposits goes along when an institution leaves: whether the learner accepted, and whether they show it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from testamur_site.foundation.entry_links import api as links
from testamur_site.foundation.tenancy.api import Institution, as_json, from_json, tenant
from testamur_site.issuing.api import Award

from .. import services
from ..models import Deposit
from ..rules import DepositState

AT_ONCE = 200
_DEPOSIT = ("state", "public", "created_at", "told_at", "claimed_at", "published_at")


def archived_deposits(institution: Institution, awards: list[str]) -> dict[str, dict[str, Any]]:
    """The deposits of some awards, by the award's public identifier."""
    with tenant(institution):
        rows = Deposit.objects.filter(award__public_id__in=awards).select_related("award")
        return {row.award.public_id: as_json(row, _DEPOSIT) for row in rows}


def public_awards(institution: Institution, after: int = 0) -> Iterator[tuple[int, str]]:
    """The awards whose holders show them, those whose deposit's primary key is above `after`: that key, and the public identifier."""
    while True:
        with tenant(institution):
            rows = list(
                Deposit.objects.filter(pk__gt=after, public=True)
                .order_by("pk")
                .values_list("pk", "award__public_id")[:AT_ONCE]
            )
        if not rows:
            return
        yield from rows
        after = rows[-1][0]


def still_public(institution: Institution, awards: list[str]) -> set[str]:
    """Which of these awards their holders show now."""
    with tenant(institution):
        rows = Deposit.objects.filter(award__public_id__in=awards, public=True)
        return set(rows.values_list("award__public_id", flat=True))


def holder_names(institution: Institution, holders: Sequence[int]) -> dict[int, str]:
    """What the institution calls some learners (primary keys of holders): the first of its credentials that they hold. Whoever holds none
    is missing: the institution does not know their address, and nothing else may lead from one deployment to another."""
    with tenant(institution):
        rows = Deposit.objects.filter(holder__in=holders, state=DepositState.CLAIMED).order_by("-pk")
        return dict(rows.values_list("holder_id", "award__public_id"))


def holders_named(institution: Institution, awards: Sequence[str]) -> dict[str, int]:
    """The holders (primary keys) of some awards (public identifiers)."""
    with tenant(institution):
        rows = Deposit.objects.filter(award__public_id__in=awards, state=DepositState.CLAIMED).exclude(holder=None)
        return dict(rows.values_list("award__public_id", "holder_id"))


def adopt_deposit(award: Award, values: Mapping[str, Any]) -> None:
    """Give an adopted award back to its learner, in the caller's transaction. Nobody is written to; who accepted it before finds it again
    through the mailbox that it was awarded to. Raises NotAnArchive."""
    stated = from_json(Deposit, values, _DEPOSIT)
    holder = None
    email = links.folded(award.recipient_email)
    if stated["state"] == DepositState.CLAIMED and email:
        holder = services.holder_of(email, award.recipient_name, award.language)
    with tenant(award.institution):
        Deposit.objects.get_or_create(
            award=award, defaults={**stated, "institution": award.institution, "holder": holder}
        )
