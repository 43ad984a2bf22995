"""What next: the way over open offerings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from testamur_site.catalogue.api import OfferingTerms, create_offering, open_for_enrolment
from testamur_site.catalogue.models import AchievementVersion
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.foundation.tenancy.api import tenant
from testamur_site.pathways import api as pathways
from testamur_site.pathways.models import Participant
from testamur_site.wallet.api import Holder

from .test_pages import wallet_of  # noqa: F401

Make = Callable[..., Any]


@pytest.fixture
def offer(db: None) -> Make:
    def make(version: AchievementVersion, price: str = "", currency: str = "EUR", weeks: int = 2, **terms: Any) -> Any:
        starts = timezone.localdate() + timedelta(weeks=weeks)
        values: dict[str, Any] = {"starts_on": starts, "ends_on": starts + timedelta(weeks=6), **terms}
        if price:
            values |= {"price_kind": "fixed", "price": Decimal(price), "currency": currency}
        with tenant(version.institution):
            made = create_offering(version, OfferingTerms(**values), actor=None)
            open_for_enrolment(made, actor=None)
        return made

    return make


@pytest.fixture
def mina_takes_part(make_microdegree: Make, mina: Holder) -> Participant:
    participant = pathways.join(mina, make_microdegree())
    run_pending()
    return participant


def ask(client: Client, participant: Participant, **question: str) -> str:
    address = reverse("pathways_planning:plan", args=[participant.public_id])
    return str(client.get(address, {"objective": "cheapest", **question}).content.decode())


def test_the_cheapest_and_the_fastest_way(
    mina_takes_part: Participant,
    mina: Holder,
    offer: Make,
    courses: list[AchievementVersion],
    wallet_of: Make,  # noqa: F811
) -> None:
    offer(courses[1], "50", weeks=9)
    offer(courses[2], "90", weeks=2)
    client = wallet_of(mina)
    assert (
        "Find the way"
        in client.get(reverse("pathways_planning:plan", args=[mina_takes_part.public_id])).content.decode()
    )
    cheap = ask(client, mina_takes_part).partition("Another way")[0]
    assert "Data in practice" in cheap
    assert "Maps in practice" not in cheap
    fast = ask(client, mina_takes_part, objective="fastest").partition("Another way")[0]
    assert "Maps in practice" in fast
    assert ask(client, mina_takes_part) == ask(client, mina_takes_part), "the same question, the same answer"


def test_what_to_loosen_where_there_is_no_way(
    mina_takes_part: Participant,
    mina: Holder,
    offer: Make,
    courses: list[AchievementVersion],
    wallet_of: Make,  # noqa: F811
) -> None:
    offer(courses[1], "50")
    page = ask(wallet_of(mina), mina_takes_part, budget="20")
    assert "There is no such way" in page
    assert "50 EUR" in page


def test_what_cannot_be_compared_is_said(
    mina_takes_part: Participant,
    mina: Holder,
    offer: Make,
    courses: list[AchievementVersion],
    wallet_of: Make,  # noqa: F811
) -> None:
    offer(courses[1], "50")
    offer(courses[0], "60")
    offer(courses[2], "20000", "KRW")
    offer(courses[2], price_kind="on_request")
    page = ask(wallet_of(mina), mina_takes_part)
    assert "another currency: 1" in page
    assert "on request: 1" in page


@pytest.mark.parametrize(
    ("name", "value"), [("by", "2001-01-01"), ("budget", "-1"), ("hours", "900"), ("objective", "best")]
)
def test_a_question_that_cannot_be_asked_comes_back(
    mina_takes_part: Participant,
    mina: Holder,
    wallet_of: Make,  # noqa: F811
    name: str,
    value: str,
) -> None:
    address = reverse("pathways_planning:plan", args=[mina_takes_part.public_id])
    assert wallet_of(mina).get(address, {"objective": "cheapest", name: value}).status_code == 422


def test_nobody_else_plans_for_them(mina_takes_part: Participant, wallet_of: Make) -> None:  # noqa: F811
    address = reverse("pathways_planning:plan", args=[mina_takes_part.public_id])
    assert wallet_of(Holder.objects.create(name="Other")).get(address).status_code == 404
