"""What everybody reads of a microdegree."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from testamur.pathways import read_programme
from testamur_site.catalogue import services as catalogue
from testamur_site.catalogue.models import AchievementVersion
from testamur_site.foundation.tenancy.api import tenant
from testamur_site.pathways import api as pathways
from testamur_site.pathways.public.naming import Component
from testamur_site.pathways.public.presentation import hours_of

Make = Callable[..., Any]


def test_the_page_says_what_is_asked_and_of_whom(make_microdegree: Make) -> None:
    made = make_microdegree()
    page = Client().get(reverse("pathways_public:detail", args=[made.public_id])).content.decode()
    for words in ("Take part", "Foundations of data", "Maps in practice", "Liffey College", "By itself", "30 days"):
        assert words in page
    rule = pathways.open_rule(made)
    assert rule is not None
    assert rule.digest in page
    assert "/achievements/" not in page.partition("What it asks")[2], "titles are read, not addresses"
    korean = (
        Client()
        .get(reverse("pathways_public:detail", args=[made.public_id]), headers={"accept-language": "ko"})
        .content.decode()
    )
    assert "참여" in korean


def test_the_rule_is_given_byte_for_byte(make_microdegree: Make) -> None:
    made = make_microdegree()
    rule = pathways.open_rule(made)
    assert rule is not None
    answer = Client().get(reverse("pathways_public:rule_yaml", args=[made.public_id]))
    assert hashlib.sha256(answer.content).hexdigest() == rule.digest
    as_json = Client().get(reverse("pathways_public:rule_json", args=[made.public_id])).content
    json.loads(as_json)
    assert read_programme(as_json).document == rule.programme().document


def test_a_part_says_what_it_counts_towards_and_is_found_by_it(
    make_microdegree: Make, courses: list[AchievementVersion], liffey: Any
) -> None:
    """Also of another institution, also in its next version; and no longer when the microdegree is retired."""
    first, second, third = (version.micro_credential.public_id for version in courses)
    parts = {first, second, third}

    def found(value: str) -> set[str]:
        page = Client().get("/catalogue", {"stackable": value}).content.decode()
        return {part for part in parts if f"/m/{part}" in page}

    part_page = f"/m/{third}"
    before = Client().get(part_page)
    assert "Data for the city" not in before.content.decode()
    made = make_microdegree()
    into = f"into:{made.public_id}"
    assert found(into) == parts
    assert found("into:unknown") == set()
    answer = Client().get(part_page)
    assert f'<a href="/m/{made.public_id}" rel="noopener">Data for the city</a>' in answer.content.decode()
    assert answer["ETag"] != before["ETag"]
    side_by_side = Client().get("/catalogue/compare", {"compare": [first, third]}).content.decode()
    assert "Data for the city" in side_by_side
    choices = Client().get("/catalogue").content.decode()
    assert f'value="{into}"' in choices
    assert "Counts towards “Data for the city”" in Client().get("/catalogue", {"stackable": into}).content.decode()

    with tenant(liffey):
        catalogue.lock_version(courses[2])
        catalogue.publish(catalogue.begin_version(courses[2].micro_credential, "More practice."))
    assert found(into) == parts
    with tenant(made.institution):
        catalogue.retire(made)
    assert found(into) == set()
    assert "Data for the city" not in Client().get(part_page).content.decode()


def test_the_list(make_microdegree: Make) -> None:
    empty = Client().get(reverse("pathways_public:list")).content.decode()
    assert "No microdegree is open" in empty
    made = make_microdegree()
    page = Client().get(reverse("pathways_public:list")).content.decode()
    assert "Data for the city" in page
    assert reverse("pathways_public:detail", args=[made.public_id]) in page


@pytest.mark.parametrize("name", ["detail", "rule_yaml", "rule_json"])
def test_what_is_no_microdegree_has_no_page(name: str, courses: list[AchievementVersion]) -> None:
    for public_id in (courses[0].micro_credential.public_id, "nothing"):
        assert Client().get(reverse(f"pathways_public:{name}", args=[public_id])).status_code == 404


@pytest.mark.parametrize(
    ("requires", "least", "most"),
    [
        ("{name: r, all_of: [A, B]}", 30, 30),
        ("{name: r, from: {achievement: [A, B, C]}, count: 2}", 30, 70),
        (
            "{name: r, all: [{name: a, all_of: [A]}, {name: b, any: [{name: c, all_of: [B]}, {name: d, all_of: [C]}]}]}",
            30,
            60,
        ),
        ("{name: r, from: {category: data}, count: 1}", None, None),
        ("{name: r, from: {achievement: [A, X]}, count: 1}", 10, 10),
    ],
)
def test_hours_are_summed_where_they_are_known(requires: str, least: int | None, most: int | None) -> None:
    text = f"language: testamur-programme/1\nid: x\nversion: '1'\ntitle: X\nrequires: {requires}\n"
    hours = {"A": 10, "B": 20, "C": 50}
    components: dict[str, Component] = {
        name: Component(name, name, None, "", 1, True, None, "", Decimal(number))  # type: ignore[arg-type]
        for name, number in hours.items()
    }
    found = hours_of(read_programme(text.encode()).default.awards[0].requires, components)
    assert (found and found.least, found and found.most) == (least, most)


def test_the_programme_page_leads_here_and_that_of_no_microdegree_does_not(
    make_microdegree: Make, courses: list[AchievementVersion]
) -> None:
    made = make_microdegree()
    address = reverse("pathways_public:detail", args=[made.public_id])
    assert address in Client().get(reverse("catalogue:public_detail", args=[made.public_id])).content.decode()
    other = courses[0].micro_credential.public_id
    page = Client().get(reverse("catalogue:public_detail", args=[other])).content.decode()
    assert "/microdegrees/" not in page
