"""The start page and the dashboard in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.site.issuing.conftest import class_list, publish_one

from testamur_site.foundation.jobs.api import run_pending
from testamur_site.foundation.tenancy.api import Institution, tenant
from testamur_site.issuing import api as issuing
from testamur_site.portal.demo import api as demonstration
from testamur_site.portal.demo.people import REGISTRAR

Look = Callable[[Page, str], None]
SignIn = Callable[[Page, Any], None]
DASHBOARD = "/staff/han-river/"


@pytest.fixture
def _demonstration(live_server: Any, settings: Any) -> None:
    settings.TESTAMUR_BASE_URL = live_server.url
    settings.TESTAMUR_DEMO = settings.TESTAMUR_OUTBOX = True
    demonstration.create()


@pytest.mark.usefixtures("_demonstration")
def test_the_start_page_of_the_demonstration(page: Page, look: Look, glance: Look) -> None:
    page.goto("/")
    look(page, "home-demo")
    for name, heading in (
        ("A credential", "Digital micro-credential creation"),
        ("A portfolio", "Ana Andromeda"),
        ("A programme", "Digital micro-credential creation"),
        ("The university", "University of Zed"),
        ("Outbox: the mails that learners get", "Outbox"),
    ):
        page.goto("/")
        page.get_by_role("link", name=name, exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    glance(page, "outbox")
    page.goto("/")
    page.locator("main").get_by_role("link", name="Sign in").click()
    page.get_by_label("E-mail address").fill(REGISTRAR["email"])
    page.get_by_label("Password", exact=True).fill(REGISTRAR["password"])
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("University of Zed")
    look(page, "dashboard")


def test_the_start_page(page: Page, look: Look, institution: Institution) -> None:
    publish_one(institution)
    page.goto("/")
    look(page, "home")
    # By keyboard: the first stop leads past the navigation.
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Verify a credential").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Verify a credential")


def test_the_start_page_in_korean_without_scripts(visitor: Callable[..., Page], look: Look) -> None:
    page = visitor("ko-KR")
    page.goto("/")
    look(page, "home-ko")
    plain = visitor("ko-KR", scripts=False)
    plain.goto("/")
    plain.get_by_role("button", name="English").click()
    expect(plain.locator("html")).to_have_attribute("lang", "en")
    expect(plain.get_by_role("heading", level=1)).to_have_text("What somebody can do, proven.")


def test_the_dashboard_of_a_new_institution(page: Page, glance: Look, sign_in: SignIn, owner: Any) -> None:
    sign_in(page, owner)
    page.goto(DASHBOARD)
    expect(page.get_by_role("heading", name="Three steps to the first credential")).to_be_visible()
    glance(page, "dashboard-new")


def test_the_dashboard_says_what_happened_in_words(
    korean_page: Page, page: Page, look: Look, sign_in: SignIn, institution: Institution, issuer: Any
) -> None:
    version = publish_one(institution)
    with tenant(institution):
        rows = class_list(*(f"Learner {n},learner{n}@example.org,2026-03-05" for n in range(12)))
        issuing.start_batch(issuing.draft_batch(version, rows, file_name="class.csv", actor=issuer), actor=issuer)
    sign_in(page, issuer)
    page.goto(DASHBOARD)
    expect(page.get_by_text("12 credentials are being signed.")).to_be_visible()
    run_pending()
    page.reload()
    events = page.locator("section[aria-labelledby=latest] li")
    expect(events.filter(has_text="Credential signed and issued × 12")).to_have_count(1)
    assert [text for text in events.all_inner_texts() if "." in text.split("\n")[0]] == [], "no code among the words"
    sign_in(korean_page, issuer)
    korean_page.goto(DASHBOARD)
    look(korean_page, "dashboard-ko")
