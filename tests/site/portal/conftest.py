"""The demonstration, told once for a module: to tell it takes seconds, and what a test changes in it is rolled back."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import override_settings
from tests.standing import standing

from testamur_site.portal.demo import api as demonstration


@pytest.fixture
@standing
def told_once(db: None) -> None:
    with override_settings(TESTAMUR_DEMO=True):
        demonstration.create()


@pytest.fixture
def demonstrated(told_once: None, settings: Any) -> None:
    """The demonstration."""
    settings.TESTAMUR_DEMO = True
