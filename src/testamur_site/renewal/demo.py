"""What the demonstration shows of renewals: a cycle, a credential that ends soon and is half done, and one that was renewed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from testamur_site.catalogue.api import AchievementVersion
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.foundation.tenancy.api import tenant
from testamur_site.issuing.api import AwardData, award_one
from testamur_site.wallet.api import claim, deposit_of

from . import queries, services
from .errors import CycleFixed
from .models import Renewal
from .rules import OTHER, Category, RenewalState, Terms

TERMS = Terms(
    total=Decimal(30),
    unit="hours",
    categories=(Category("category-1", "Ethics", Decimal(10)),),
    reinstatement_days=180,
    extra=Decimal(10),
)
QUEUES = ("default", "mail")


DONE = (("Ethics of data", "category-1", 10, 400), ("Conference on open data", OTHER, 8, 90))
REST = ("A year as reviewer of open data", OTHER, 12, 30)


def create_demo(version: AchievementVersion, *, name: str, email: str, actor: Any = None) -> Renewal | None:
    """Give a published version that ends after a time its cycle, and award it to somebody for whom it ends in forty days: ethics are
    done, twelve hours are open, and they were reminded. Running it again changes nothing. None where the version was awarded before it
    had a cycle."""
    if queries.cycle_of(version) is not None:
        return None
    try:
        services.set_cycle(version, TERMS, actor=actor)
    except CycleFixed:
        return None
    renewal = _begun(version, name, email, actor)
    if renewal is not None:
        _enter(renewal, DONE)
        services.look_at(renewal)
    return renewal


def create_renewed_demo(version: AchievementVersion, *, name: str, email: str, actor: Any = None) -> Renewal | None:
    """Award a version that has its cycle to somebody who has done everything, asked, and holds the renewed credential; `actor` accepts
    where the lot has it looked at."""
    renewal = _begun(version, name, email, actor)
    if renewal is None:
        return None
    _enter(renewal, (*DONE, REST))
    asked = services.ask(renewal)
    if asked.state == RenewalState.AUDIT:
        asked = services.accept(asked, actor=actor)
    run_pending(QUEUES)
    return queries.renewal_by_public_id(asked.public_id)


def _begun(version: AchievementVersion, name: str, email: str, actor: Any) -> Renewal | None:
    today = timezone.localdate()
    data = AwardData(
        name=name,
        email=email,
        awarded_date=today - timedelta(days=1000),
        valid_until=today + timedelta(days=40),
    )
    with tenant(version.institution):
        award = award_one(version, data, actor=actor)
    run_pending(QUEUES)
    deposit = deposit_of(award.public_id)
    if deposit is None:
        return None
    claim(deposit, "en")
    deposit = deposit_of(award.public_id)
    return services.begin(deposit) if deposit is not None else None


def _enter(renewal: Renewal, activities: tuple[tuple[str, str, int, int], ...]) -> None:
    for what, category, amount, days in activities:
        services.add_activity(
            renewal,
            name=what,
            category=category,
            amount=Decimal(amount),
            on=timezone.localdate() - timedelta(days=days),
            evidence="https://portfolio.example/certificate",
        )
