"""Safety at work: valid for three years, renewed by thirty hours, of which ten in ethics. Mina holds it until soon."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.site.pathways.conftest import publish
from tests.standing import aside, standing

from testamur_site.catalogue.models import AchievementVersion
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.foundation.tenancy.api import Institution, tenant
from testamur_site.issuing import api as issuing
from testamur_site.renewal import api as renewal
from testamur_site.wallet import services as wallet
from testamur_site.wallet.api import Holder
from testamur_site.wallet.models import Deposit

Make = Callable[..., Any]
TERMS = renewal.Terms(
    total=Decimal(30),
    unit="hours",
    categories=(renewal.Category("category-1", "Ethics", Decimal(10)),),
    window_days=180,
    grace_days=30,
    reinstatement_days=60,
    extra=Decimal(5),
    audit_share=0,
)


def in_days(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


@pytest.fixture
@standing
def version(institution: Institution) -> AchievementVersion:
    made = publish(institution, "Safety at work", validity="P3Y")
    renewal.set_cycle(made, TERMS)
    return made


@pytest.fixture
@aside
def held_until(version: AchievementVersion) -> Callable[..., Deposit]:
    """Award safety at work to Mina, valid until a day, and have it claimed."""

    def award(until: date, email: str = "mina@example.org") -> Deposit:
        begun = date(2024, 2, 1)
        data = issuing.AwardData(name="김미나", email=email, awarded_date=begun, valid_until=until, language="en")
        with tenant(version.institution):
            made = issuing.award_one(version, data)
        run_pending()
        with tenant(version.institution):
            deposit = Deposit.objects.select_related("award").get(award=made)
        wallet.claim(deposit, "en")
        with tenant(version.institution):
            return Deposit.objects.select_related(
                "holder", "award", "award__institution", "award__version", "institution"
            ).get(pk=deposit.pk)

    return award


@pytest.fixture
@aside
def renewing(held_until: Make) -> Callable[..., renewal.Renewal]:
    """The renewal of Mina's credential that ends in so many days, with what she did (category, amount)."""

    def begin(days: int = 60, *done: tuple[str, int]) -> renewal.Renewal:
        found = renewal.begin(held_until(in_days(days)))
        assert found is not None
        for category, amount in done:
            renewal.add_activity(
                found, name=f"Course of {amount}", category=category, amount=Decimal(amount), on=date(2025, 5, 5)
            )
        return found

    return begin


@pytest.fixture
@aside
def wallet_of() -> Callable[[Holder], Client]:
    def enter(holder: Holder) -> Client:
        client = Client()
        session = client.session
        session["wallet_holder"] = holder.pk
        session.save()
        return client

    return enter
