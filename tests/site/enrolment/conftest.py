"""A programme of Han River University with two tasks, and Mina, who takes part."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from tests.standing import aside, standing

from testamur_site.catalogue.api import AchievementVersion, Offering
from testamur_site.enrolment.models import Enrolment
from testamur_site.foundation.tenancy.api import Institution, tenant

from . import examples


@pytest.fixture
@standing
def version(institution: Institution) -> AchievementVersion:
    return examples.assessed_version(institution)


@pytest.fixture
@standing
def offering(version: AchievementVersion) -> Offering:
    return examples.open_offering(version)


@pytest.fixture
@standing
def mina(offering: Offering) -> Enrolment:
    return examples.enrolled(offering)


@pytest.fixture
@aside
def at_work(institution: Institution) -> Iterator[Institution]:
    """Work for the institution during the whole test."""
    with tenant(institution):
        yield institution


@pytest.fixture
def her_browser(mina: Enrolment) -> Client:
    return examples.browser_of(mina)
