"""The editor of a rule without scripts, and the public page of a microdegree."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from playwright.sync_api import Page, expect
from tests.site.pathways.conftest import award_to, courses, liffey, make_microdegree, mina  # noqa: F401
from tests.site.pathways.test_editor import version  # noqa: F401

from testamur_site.catalogue.models import AchievementVersion
from testamur_site.foundation.accounts.api import User

Make = Callable[..., Any]


def test_a_rule_is_built_without_scripts(
    page_without_scripts: Page,
    sign_in: Make,
    glance: Make,
    designer: User,
    version: AchievementVersion,  # noqa: F811
    courses: list[AchievementVersion],  # noqa: F811
) -> None:
    page = page_without_scripts
    sign_in(page, designer)
    page.goto(reverse("pathways_editor:rule", args=[version.institution.slug, version.micro_credential.public_id]))
    page.get_by_role("button", name="Begin with a set").click()
    page.get_by_role("button", name="Edit Required micro-credentials").click()
    page.get_by_label("Words of the title or the content").fill("practice")
    page.get_by_role("button", name="Search").click()
    page.get_by_label("Maps in practice (Liffey College)").check()
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_text("Kept in the draft.")).to_be_visible()
    expect(page.get_by_role("link", name="Maps in practice")).to_be_visible()
    page.get_by_label("The rule as text").fill("requires: [")
    page.get_by_role("button", name="Use this rule").click()
    expect(page.get_by_text("The rule cannot be used yet.")).to_be_visible()
    expect(page.get_by_label("The rule as text")).to_have_value("requires: [")
    page.get_by_role("button", name="Save and check").last.click()


def test_the_editor(
    page: Page,
    sign_in: Make,
    look: Make,
    designer: User,
    version: AchievementVersion,  # noqa: F811
) -> None:
    sign_in(page, designer)
    page.goto(reverse("pathways_editor:rule", args=[version.institution.slug, version.micro_credential.public_id]))
    page.get_by_role("button", name="Begin with specialisations").click()
    look(page, "rule-editor")
    page.get_by_role("button", name="Edit Foundations").click()
    look(page, "rule-requirement")


def test_the_public_page(page: Page, look: Make, make_microdegree: Make) -> None:  # noqa: F811
    page.goto(reverse("pathways_public:detail", args=[make_microdegree().public_id]))
    look(page, "microdegree-public")
