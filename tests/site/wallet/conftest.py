"""A learner who was awarded something by Han River University, and their browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.test import Client
from tests.standing import aside, standing

from testamur_site.catalogue import services as catalogue
from testamur_site.catalogue.demo.data_literacy import DESCRIPTION
from testamur_site.catalogue.models import AchievementVersion
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.foundation.tenancy.api import Institution, tenant
from testamur_site.issuing import api as issuing
from testamur_site.wallet import services
from testamur_site.wallet.models import Deposit

MINA = issuing.AwardData(name="김미나", email="Mina@Example.org", awarded_date=date(2026, 3, 5))


@pytest.fixture
@standing
def version(institution: Institution) -> AchievementVersion:
    with tenant(institution):
        micro_credential = catalogue.create(institution, DESCRIPTION)
        catalogue.publish(micro_credential.versions.get())
        return AchievementVersion.objects.select_related("institution", "micro_credential", "image").get(
            micro_credential=micro_credential
        )


@pytest.fixture
@aside
def award_to(institution: Institution, version: AchievementVersion) -> Callable[..., Deposit]:
    """Award to somebody, and do all work that follows (deposit, mail)."""

    def award(data: issuing.AwardData = MINA, *, again: str = "") -> Deposit:
        with tenant(institution):
            made = issuing.award_one(version, data, actor=None, again=again)
        run_pending()
        with tenant(institution):
            return Deposit.objects.select_related("award").get(award=made)

    return award


@pytest.fixture
@standing
def deposit(award_to: Callable[..., Deposit]) -> Deposit:
    return award_to()


@pytest.fixture
@standing
def claimed(deposit: Deposit) -> Deposit:
    services.claim(deposit, "ko")
    return fresh(deposit)


@pytest.fixture
@standing
def published(claimed: Deposit) -> Deposit:
    services.set_public(claimed, True)
    return fresh(claimed)


@pytest.fixture
def holder_client(claimed: Deposit) -> Client:
    """The browser of the holder, let in as after a claim."""
    client = Client()
    session = client.session
    session["wallet_holder"] = claimed.holder_id
    session.save()
    return client


def fresh(deposit: Deposit) -> Deposit:
    with tenant(deposit.institution):
        return Deposit.objects.select_related("award", "award__institution", "holder").get(pk=deposit.pk)


def long_ago() -> datetime:
    return datetime(2020, 1, 1, tzinfo=UTC)
