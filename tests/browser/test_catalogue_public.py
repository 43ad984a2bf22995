"""The public catalogue in a browser: accessible in both languages and sizes, and whole without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from tests.site.conftest import programme_lead  # noqa: F401 - as in the tests of the site

from testamur_site.catalogue.api import create_demo
from testamur_site.catalogue.models import AchievementVersion, MicroCredential
from testamur_site.catalogue.offerings import services
from testamur_site.catalogue.offerings.rules import Terms
from testamur_site.foundation.tenancy.api import Institution, tenant

Look = Callable[[Page, str], None]
SignIn = Callable[[Page, Any], None]


@pytest.fixture
def offered(institution: Institution) -> list[MicroCredential]:
    """The demonstration's, the first with an offering of each kind of price."""
    made = create_demo(institution)
    today = timezone.localdate()
    with tenant(institution):
        version = AchievementVersion.objects.get(micro_credential=made[0], state="published")
        for terms in (
            Terms(starts_on=today + timedelta(days=40), seats=12, place="Seoul", note="Thursdays, 18:00"),
            Terms(
                starts_on=today + timedelta(days=80),
                price_kind="sliding",
                price=Decimal(20),
                price_to=Decimal(90),
                currency="EUR",
            ),
            Terms(starts_on=today, self_paced=True, price_kind="on_request"),
        ):
            services.open_for_enrolment(services.create(version, terms))
    return made


def test_the_public_pages(page: Page, look: Look, offered: list[MicroCredential]) -> None:
    page.goto("/catalogue")
    look(page, "catalogue")
    page.get_by_role("link", name="Digital micro-credential creation").click()
    expect(page.get_by_role("heading", name="What will I learn?")).to_be_visible()
    look(page, "programme")
    page.get_by_role("link", name="Han River University").first.click()
    expect(page.get_by_role("heading", level=1, name="Han River University")).to_be_visible()
    look(page, "institution")
    page.goto("/catalogue/compare?" + "&".join(f"compare={m.public_id}" for m in offered))
    expect(page.get_by_role("columnheader")).to_have_count(3)
    look(page, "compare")
    page.goto("/catalogue?q=astronomy&level=6")
    look(page, "catalogue-nothing")


def test_the_public_pages_in_korean(korean_page: Page, look: Look, offered: list[MicroCredential]) -> None:
    korean_page.goto("/catalogue?q=디지털&level=6")
    expect(korean_page.get_by_role("heading", level=1)).to_have_text("마이크로크리덴셜 목록")
    look(korean_page, "catalogue-ko")
    korean_page.get_by_role("link", name="디지털 마이크로크리덴셜 제작").click()
    expect(korean_page.get_by_role("heading", name="무엇을 배웁니까?")).to_be_visible()
    look(korean_page, "programme-ko")
    korean_page.goto("/catalogue/compare?" + "&".join(f"compare={m.public_id}" for m in offered[:2]))
    look(korean_page, "compare-ko")


def test_searching_narrowing_and_comparing_without_scripts(
    page_without_scripts: Page, offered: list[MicroCredential]
) -> None:
    page = page_without_scripts
    page.goto("/catalogue")
    page.get_by_label("Search", exact=True).fill("경제")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("article")).to_have_count(1)
    page.get_by_role("link", name="“경제”").click()
    expect(page.get_by_role("article")).to_have_count(3)
    page.get_by_role("checkbox", name="EQF level 6").check()
    page.get_by_role("checkbox", name="One can enrol now").check()
    page.get_by_role("button", name="Show results").click()
    expect(page.get_by_role("article")).to_have_count(1)
    address = page.url
    assert "level=6" in address
    assert "start=open" in address
    page.goto("/catalogue")
    page.goto(address)  # the address alone brings it back
    expect(page.get_by_role("checkbox", name="EQF level 6")).to_be_checked()
    page.get_by_role("link", name="Show all").click()
    page.get_by_role("checkbox", name=re.compile("Compare.*Circular economy")).check()
    page.get_by_role("checkbox", name=re.compile("Compare.*Data literacy")).check()
    page.get_by_role("button", name="Compare the chosen ones").click()
    expect(page.get_by_role("columnheader")).to_have_count(2)
    page.get_by_role("link", name=re.compile("Take out.*Circular economy")).click()
    expect(page.get_by_role("columnheader")).to_have_count(1)
    page.get_by_role("link", name="Add one from the catalogue").click()
    expect(page.get_by_text("To be compared:")).to_be_visible()


def test_filters_fold_away_on_a_phone(page: Page, offered: list[MicroCredential]) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/catalogue")
    level = page.get_by_role("checkbox", name="EQF level 6")
    expect(level).to_be_hidden()
    page.get_by_text("Filters", exact=True).click()
    expect(level).to_be_visible()


def test_a_comparison_is_printed_whole(page: Page, offered: list[MicroCredential]) -> None:
    page.goto("/catalogue/compare?" + "&".join(f"compare={m.public_id}" for m in offered))
    page.emulate_media(media="print")
    expect(page.get_by_role("link", name=re.compile("Take out.*Circular economy"))).to_be_hidden()
    region = page.get_by_role("region", name="Compare micro-credentials")
    assert region.evaluate("element => element.scrollWidth <= element.clientWidth + 1")


def test_a_lead_s_pages(
    page: Page,
    look: Look,
    sign_in: SignIn,
    programme_lead: Any,  # noqa: F811
    offered: list[MicroCredential],
) -> None:
    sign_in(page, programme_lead)
    base = f"/staff/{offered[0].institution.slug}/offerings/"
    page.goto(base)
    look(page, "offerings")
    page.get_by_role("link", name="Digital micro-credential creation").first.click()
    look(page, "offering")
    page.get_by_role("link", name="Edit").click()
    look(page, "offering-edit")
    page.goto(f"{base}new")
    look(page, "offering-choose")


def test_an_offering_is_planned_without_scripts(
    page_without_scripts: Page,
    sign_in: SignIn,
    programme_lead: Any,  # noqa: F811
    offered: list[MicroCredential],
) -> None:
    page = page_without_scripts
    sign_in(page, programme_lead)
    page.goto(f"/staff/{offered[0].institution.slug}/offerings/new")
    page.get_by_label("Micro-credential").select_option(label="Circular economy in practice")
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("First day").fill("2031-03-03")
    page.get_by_label("Last day (optional)").fill("2031-01-01")
    page.get_by_role("button", name="Save as a draft").click()
    expect(page.get_by_role("link", name="The last day is before the first")).to_be_visible()
    page.get_by_label("Last day (optional)").fill("2031-06-01")
    page.get_by_role("button", name="Save as a draft").click()
    page.get_by_role("button", name="Open enrolment").click()
    expect(page.get_by_text("Enrolment is open.")).to_be_visible()
    page.get_by_role("link", name="Public page").click()
    expect(page.get_by_text("3 March 2031 – 1 June 2031", exact=True)).to_be_visible()
