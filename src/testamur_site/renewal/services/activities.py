"""What a holder did: theirs, and audited to nobody until they ask for the renewal."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import transaction

from testamur_site.foundation.tenancy.api import tenant
from testamur_site.wallet.api import Deposit

from ..errors import TooMany, WrongState
from ..models import Activity, Renewal
from ..rules import MAX_ACTIVITIES, RenewalState


def _open(renewal: Renewal) -> Renewal:
    """The renewal, locked, if activities may be changed. Raises WrongState."""
    fresh = Renewal.objects.select_for_update(of=("self",)).get(pk=renewal.pk)
    if fresh.state != RenewalState.OPEN:
        raise WrongState(state=fresh.state)
    return fresh


def add_activity(
    renewal: Renewal, *, name: str, category: str, amount: Decimal, on: date, evidence: str = ""
) -> Activity:
    """Enter something in the holder's own words. Raises WrongState, TooMany."""
    with tenant(renewal.institution), transaction.atomic():
        fresh = _open(renewal)
        if fresh.activities.count() >= MAX_ACTIVITIES:
            raise TooMany(limit=MAX_ACTIVITIES)
        return Activity.objects.create(
            institution=renewal.institution,
            renewal=fresh,
            name=name,
            category=category,
            amount=amount,
            on=on,
            evidence=evidence,
        )


def count_credential(renewal: Renewal, deposit: Deposit, *, category: str, amount: Decimal) -> Activity:
    """Count a credential of the wallet, once. Its day is the day of the award. Raises WrongState, TooMany."""
    award = deposit.award
    if deposit.holder_id != renewal.holder_id or award.state != "issued":
        raise WrongState(state=award.state)
    with tenant(renewal.institution), transaction.atomic():
        fresh = _open(renewal)
        if fresh.activities.count() >= MAX_ACTIVITIES:
            raise TooMany(limit=MAX_ACTIVITIES)
        made, _ = Activity.objects.get_or_create(
            renewal=fresh,
            award=award,
            defaults={
                "institution": renewal.institution,
                "name": award.version.title[:200],
                "category": category,
                "amount": amount,
                "on": award.awarded_date,
            },
        )
        return made


def remove_activity(renewal: Renewal, public_id: str) -> bool:
    """Take an activity out again; whether there was one. Raises WrongState."""
    with tenant(renewal.institution), transaction.atomic():
        deleted, _ = Activity.objects.filter(renewal=_open(renewal), public_id=public_id).delete()
        return bool(deleted)


def set_refreshing(renewal: Renewal, refreshing: bool) -> None:
    """Whether whoever has the credential may fetch its newest copy; with it, every credential of its line, which has one address."""
    with tenant(renewal.institution):
        line = Renewal.objects.filter(holder=renewal.holder_id, award__refresh_token=renewal.award.refresh_token)
        line.update(refreshing=refreshing)
