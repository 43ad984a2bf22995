"""What next: asked, waited for, read, asked otherwise, given up; with scripts and without."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from playwright.sync_api import Page, expect
from tests.site.pathways.conftest import award_to, courses, liffey, make_microdegree, mina  # noqa: F401
from tests.site.pathways.test_planning import mina_takes_part, offer, two_ways  # noqa: F401

from testamur_site.foundation.jobs.api import run_pending
from testamur_site.pathways.models import Participant

from .test_pathways import enter

Make = Callable[..., Any]


def test_the_plan(page: Page, look: Make, glance: Make, mina_takes_part: Participant, two_ways: None) -> None:  # noqa: F811
    enter(page, mina_takes_part.holder)
    page.goto(reverse("pathways_planning:plan", args=[mina_takes_part.public_id]))
    look(page, "plan-ask")
    page.get_by_role("button", name="Find the way").click()
    expect(page.get_by_role("button", name="Give up")).to_be_visible()
    glance(page, "plan-waiting")
    run_pending()
    expect(page.get_by_role("heading", name="The best way")).to_be_visible()  # the page asks by itself
    look(page, "plan")
    page.get_by_text("What if …? Ask otherwise").click()
    page.get_by_label("Data in practice").check()
    glance(page, "plan-otherwise")
    page.get_by_role("button", name="Ask so").click()
    run_pending()
    expect(page.get_by_role("heading", name="What this changes")).to_be_visible()
    look(page, "plan-changed")
    page.get_by_role("link", name="All plans").click()
    glance(page, "plans")


def test_the_plan_without_scripts(
    page_without_scripts: Page,
    mina_takes_part: Participant,  # noqa: F811
    two_ways: None,  # noqa: F811
) -> None:
    page = page_without_scripts
    enter(page, mina_takes_part.holder)
    page.goto(reverse("pathways_planning:plan", args=[mina_takes_part.public_id]))
    page.get_by_label("It may cost at most").fill("10")
    page.get_by_role("button", name="Find the way").click()
    expect(page.get_by_text("Being worked out")).to_be_visible()
    run_pending()
    expect(page.get_by_text("There is no such way")).to_be_visible()  # the page reloads itself
    page.get_by_role("link", name="Delete this plan").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("The plan is deleted.")).to_be_visible()


def test_the_plan_in_korean(
    korean_page: Page,
    look: Make,
    glance: Make,
    mina_takes_part: Participant,  # noqa: F811
    two_ways: None,  # noqa: F811
) -> None:
    page = korean_page
    enter(page, mina_takes_part.holder)
    page.goto(reverse("pathways_planning:plan", args=[mina_takes_part.public_id]))
    page.get_by_role("button", name="길 찾기").click()
    glance(page, "plan-waiting-ko")
    run_pending()
    expect(page.get_by_role("heading", name="가장 좋은 길")).to_be_visible()
    look(page, "plan-ko")
    page.get_by_role("link", name="모든 계획").click()
    page.get_by_label("최대 비용").fill("10")
    page.get_by_role("button", name="길 찾기").click()
    run_pending()
    expect(page.get_by_text("그런 길이 없습니다")).to_be_visible()
    glance(page, "plan-none-ko")
