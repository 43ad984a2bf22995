"""A renewal: what is done is entered, and the credential renewed; staff look at what was drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from playwright.sync_api import Page, expect
from tests.site.renewal.conftest import held_until, renewing, version  # noqa: F401

from testamur_site.catalogue.models import AchievementVersion
from testamur_site.foundation.accounts.api import User
from testamur_site.foundation.tenancy.api import tenant
from testamur_site.renewal import api as renewal
from testamur_site.renewal.models import Cycle

from .test_pathways import enter

Make = Callable[..., Any]


def test_a_holder_renews_without_scripts(page_without_scripts: Page, renewing: Make) -> None:  # noqa: F811
    page = page_without_scripts
    one = renewing(60, ("category-1", 10))
    enter(page, one.holder)
    page.goto(reverse("renewal:home"))
    page.get_by_role("link", name="Safety at work").click()
    page.get_by_text("Enter something that you did").click()
    page.get_by_role("textbox", name="What you did").fill("Conference")
    page.get_by_label("Category").select_option("other")
    page.get_by_label("How much").fill("20")
    page.get_by_label("Day on which it ended").fill("2025-05-05")
    page.get_by_role("button", name="Enter", exact=True).click()
    page.get_by_role("button", name="Renew", exact=True).click()
    expect(page.get_by_text("Your credential is renewed.")).to_be_visible()


def test_the_holders_pages(page: Page, look: Make, glance: Make, renewing: Make) -> None:  # noqa: F811
    one = renewing(60, ("category-1", 10), ("other", 8))
    enter(page, one.holder)
    page.goto(reverse("renewal:home"))
    glance(page, "renewals-mine")
    page.goto(reverse("renewal:renewal", args=[one.public_id]))
    look(page, "renewal")


def test_staff(
    page: Page,
    look: Make,
    glance: Make,
    sign_in: Make,
    owner: User,
    renewing: Make,  # noqa: F811
    version: AchievementVersion,  # noqa: F811
) -> None:
    with tenant(version.institution):
        Cycle.objects.update(audit_share=100)
    one = renewing(60, ("category-1", 10), ("other", 20))
    renewal.ask(one)
    sign_in(page, owner)
    slug = version.institution.slug
    page.goto(reverse("renewal:cycles", args=[slug]))
    glance(page, "renewal-cycles")
    page.goto(reverse("renewal:asked", args=[slug]))
    glance(page, "renewals-asked")
    page.goto(reverse("renewal:asked_one", args=[slug, one.public_id]))
    look(page, "renewal-asked")
    page.get_by_role("button", name="Accept and renew").click()
    expect(page.get_by_text("The credential is renewed.")).to_be_visible()
