"""What a description and its offerings can be filtered by."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from testamur_site.catalogue.demo.data_literacy import DESCRIPTION
from testamur_site.catalogue.description.elements import CreditPoints, Description
from testamur_site.catalogue.description.vocabulary import Concept
from testamur_site.catalogue.finding import facets
from testamur_site.catalogue.finding.facets import Run

TODAY = date(2026, 11, 26)
RUN = Run(
    starts_on=TODAY + timedelta(days=20),
    self_paced=False,
    ends_on=TODAY + timedelta(days=90),
    enrol_until=TODAY + timedelta(days=10),
    price_kind="fixed",
    price=Decimal(250),
    currency="EUR",
    mode="",
    languages=("fr",),
)


def test_the_demonstration_s_values() -> None:
    found = facets.of_description(DESCRIPTION)
    assert list(found["level"]) == ["6"]
    assert list(found["length"]) == ["75-150"]
    assert list(found["credits"]) == ["ects:2-5"]
    assert list(found["language"]) == ["en", "ko"]
    assert list(found["stackable"]) == ["yes"]
    assert list(found["type"]) == ["MicroCredential"]
    assert all(len(code) == 2 for code in found["subject"])
    assert any("/esco/skill/" in value for value in found["skill"])


def test_an_empty_description_has_no_value_that_was_not_said() -> None:
    found = facets.of_description(Description())
    assert {facet for facet, values in found.items() if values} == {"length", "type"}
    assert list(found["length"]) == ["unknown"]


@pytest.mark.parametrize(
    ("points", "band"), [("0.5", "0-2"), ("2", "0-2"), ("2.5", "2-5"), ("5", "2-5"), ("15", "10-15"), ("15.01", "15-")]
)
def test_points_lie_in_one_band_of_their_own_unit(points: str, band: str) -> None:
    ours = Concept("", {"en": "New Zealand credit (NZQCF)"})
    described = replace(
        DESCRIPTION, credits=(CreditPoints(points, ours), CreditPoints("5", DESCRIPTION.credits[0].system))
    )
    assert list(facets.of_description(described)["credits"]) == [f"new-zealand-credit-nzqcf:{band}", "ects:2-5"]


@pytest.mark.parametrize(
    ("change", "prices"),
    [
        ({}, {"EUR:100-300"}),
        ({"price": Decimal(100)}, {"EUR:0-100"}),
        ({"price": Decimal(250_000), "currency": "KRW"}, {"KRW:100000-300000"}),
        ({"price_kind": "sliding"}, {"sliding", "EUR:100-300"}),
        ({"price_kind": "free", "price": None, "currency": ""}, {"free"}),
        ({"price_kind": "on_request", "price": None, "currency": ""}, {"on_request"}),
    ],
)
def test_prices_stay_in_their_currency(change: dict[str, object], prices: set[str]) -> None:
    assert facets.of_runs([replace(RUN, **change)], TODAY)["price"] == prices


@pytest.mark.parametrize(
    ("change", "starts"),
    [
        ({}, {"open", "month", "quarter", "half_year"}),
        ({"starts_on": TODAY + timedelta(days=60)}, {"open", "quarter", "half_year"}),
        ({"starts_on": TODAY + timedelta(days=400), "ends_on": None}, {"open"}),
        ({"enrol_until": TODAY}, {"open", "month", "quarter", "half_year"}),
        ({"enrol_until": TODAY - timedelta(days=1)}, {"none"}),
        ({"ends_on": TODAY - timedelta(days=1)}, {"none"}),
        ({"starts_on": TODAY - timedelta(days=5)}, {"open"}),
        (
            {"starts_on": TODAY - timedelta(days=5), "self_paced": True, "enrol_until": None},
            {"open", "any_time", "month", "quarter", "half_year"},
        ),
    ],
)
def test_when_one_can_begin(change: dict[str, object], starts: set[str]) -> None:
    assert facets.of_runs([replace(RUN, **change)], TODAY)["start"] == starts


def test_without_an_offering_there_is_no_date() -> None:
    assert facets.of_runs([], TODAY) == {"start": {"none"}, "price": set(), "mode": set(), "language": set()}
    assert facets.next_start([], TODAY) == date.max


def test_runs_come_back_from_the_database_as_they_were() -> None:
    free = replace(RUN, price=None, ends_on=None, enrol_until=None, price_kind="free", currency="")
    assert facets.runs_from_json(facets.runs_to_json([RUN, free])) == [RUN, free]
