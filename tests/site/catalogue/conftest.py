"""A micro-credential in each state, so that a test changes one thing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from tests.standing import aside, standing

from testamur_site.catalogue import services
from testamur_site.catalogue.demo import circular_economy, digital_credentials
from testamur_site.catalogue.demo.data_literacy import DESCRIPTION
from testamur_site.catalogue.models import AchievementVersion
from testamur_site.foundation.tenancy.api import Institution, tenant

PNG = b"\x89PNG\r\n\x1a\n not really a picture, but bytes that are kept"


@pytest.fixture
@standing
def draft(institution: Institution) -> AchievementVersion:
    """A complete draft with a picture."""
    with tenant(institution):
        return services.create(institution, DESCRIPTION, png=PNG).versions.get()


@pytest.fixture
@standing
def published(draft: AchievementVersion) -> AchievementVersion:
    with tenant(draft.institution):
        return services.publish(draft)


@pytest.fixture
@standing
def locked(published: AchievementVersion) -> AchievementVersion:
    with tenant(published.institution):
        return services.lock_version(published)


@pytest.fixture
@standing
def three_published(institution: Institution) -> list[AchievementVersion]:
    """The demonstration's three, without pictures (which take long to draw), published in this order."""
    with tenant(institution):
        made = [
            services.create(institution, d)
            for d in (circular_economy.DESCRIPTION, DESCRIPTION, digital_credentials.DESCRIPTION)
        ]
        return [services.publish(m.versions.get()) for m in made]


@pytest.fixture
@aside
def at_work(institution: Institution) -> Iterator[Institution]:
    """Work for the institution during the whole test."""
    with tenant(institution):
        yield institution


@pytest.fixture
def staff(institution: Institution, designer: Any, client_for: Callable[[Any], Client]) -> Client:
    """A designer's browser."""
    return client_for(designer)
