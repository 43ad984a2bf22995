"""One offering in the state in which learners enrol, so that a test changes one thing."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.standing import aside, standing

from testamur_site.catalogue.models import AchievementVersion, Offering
from testamur_site.catalogue.offerings import services
from testamur_site.catalogue.offerings.rules import Terms
from testamur_site.foundation.tenancy.api import tenant

TODAY = date(2026, 11, 26)


@pytest.fixture
@aside
def terms() -> Terms:
    """Begins in five weeks, enrolment for four; thirty seats at 120 euros."""
    return Terms(
        starts_on=TODAY + timedelta(weeks=5),
        ends_on=TODAY + timedelta(weeks=15),
        enrol_until=TODAY + timedelta(weeks=4),
        seats=30,
        price_kind="fixed",
        price=Decimal("120.00"),
        currency="EUR",
        mode="http://data.europa.eu/snb/learning-assessment/920fbb3cbe",
        language_tags=",en,ko,",
        place="Seoul",
    )


@pytest.fixture
@standing
def offering(published: AchievementVersion, terms: Terms) -> Offering:
    """A draft of an offering."""
    with tenant(published.institution):
        return services.create(published, terms)


@pytest.fixture
@standing
def open_offering(offering: Offering) -> Offering:
    with tenant(offering.institution):
        return services.open_for_enrolment(offering, today=TODAY)
