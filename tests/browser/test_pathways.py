"""Microdegrees: the learner's map, and the audit that staff see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect
from tests.site.pathways.conftest import award_to, courses, liffey, make_microdegree, mina  # noqa: F401
from tests.site.pathways.test_pages import waiting  # noqa: F401

from testamur_site.catalogue.models import AchievementVersion
from testamur_site.foundation.accounts.api import User
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.pathways.models import Participant
from testamur_site.wallet.api import Holder

Make = Callable[..., Any]


def enter(page: Page, holder: Holder) -> None:
    client = Client()
    session = client.session
    session["wallet_holder"] = holder.pk
    session.save()
    page.goto("/healthz")
    host = page.evaluate("location.hostname")
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "domain": host, "path": "/"}]
    )


def test_a_learner_takes_part_without_scripts(
    page_without_scripts: Page,
    make_microdegree: Make,  # noqa: F811
    mina: Holder,  # noqa: F811
    award_to: Make,  # noqa: F811
    courses: list[AchievementVersion],  # noqa: F811
) -> None:
    page = page_without_scripts
    made = make_microdegree()
    enter(page, mina)
    page.goto(reverse("pathways:join", args=[made.public_id]))
    page.get_by_role("button", name="Take part").click()
    run_pending()
    page.reload()
    expect(page.get_by_role("img", name="1 of 2 requirements are met")).to_be_visible()
    award_to(courses[1])
    run_pending()
    page.reload()
    expect(page.get_by_role("link", name="Open the credential")).to_have_count(1)


def test_the_map(
    page: Page,
    look: Make,
    glance: Make,
    make_microdegree: Make,  # noqa: F811
    mina: Holder,  # noqa: F811
) -> None:
    made = make_microdegree()
    enter(page, mina)
    page.goto(reverse("pathways:join", args=[made.public_id]))
    glance(page, "microdegree-join")
    page.get_by_role("button", name="Take part").click()
    run_pending()
    page.reload()
    look(page, "microdegree-map")
    page.goto(reverse("pathways:home"))
    glance(page, "microdegrees-mine")


def test_the_audit(page: Page, look: Make, glance: Make, sign_in: Make, waiting: Participant, issuer: User) -> None:  # noqa: F811
    sign_in(page, issuer)
    page.goto(reverse("pathways:participants", args=[waiting.institution.slug]))
    glance(page, "participants")
    page.goto(reverse("pathways:participant", args=[waiting.institution.slug, waiting.public_id]))
    look(page, "participant")
    page.get_by_role("button", name="Approve and award").click()
    expect(page.get_by_text("The microdegree is awarded.")).to_be_visible()
