"""Mina, who has credentials of two universities, and her wallet in a browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from tests.site.pathways.conftest import (  # noqa: F401
    award_to,
    courses,
    liffey,
    make_microdegree,
    mina,
)
from tests.standing import aside, standing

from testamur_site.catalogue.models import AchievementVersion
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.records import api as records
from testamur_site.wallet.api import Holder

Make = Callable[..., Any]


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


@pytest.fixture
@standing
def learner(mina: Holder, award_to: Make, courses: list[AchievementVersion]) -> Holder:  # noqa: F811
    """Mina with foundations of Han River and practice of Liffey."""
    award_to(courses[1])
    run_pending()
    return mina


@pytest.fixture
@standing
def transcript(learner: Holder) -> records.Transcript:
    pieces, _ = records.pieces_of(learner)
    return records.make_transcript(learner, [piece.digest for piece in pieces], "For my application")
