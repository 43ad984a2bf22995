"""Pages of people, keys, audit and mail in a browser, and the way in without JavaScript."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from testamur_site.foundation.accounts.api import User, invite
from testamur_site.foundation.keys.api import rotate
from testamur_site.foundation.mail.models import Message
from testamur_site.foundation.tenancy.api import Institution, unscoped

Look = Callable[[Page, str], None]
SignIn = Callable[[Page, Any], None]


def test_pages_before_signing_in(page: Page, look: Look) -> None:
    for path, name in (
        ("login/", "sign-in"),
        ("signup/", "sign-up"),
        ("password/reset/", "password-reset"),
        ("password/reset/done/", "password-reset-done"),
        ("confirm-email/", "confirm-email"),
    ):
        page.goto(f"/accounts/{path}")
        look(page, f"foundation-{name}")
    page.goto("/nowhere")
    look(page, "foundation-not-found")


def test_a_refused_sign_in_is_explained(page: Page, look: Look) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("E-mail address").fill("kim@example.org")
    page.get_by_label("Password").fill("wrong wrong wrong")
    page.get_by_role("button", name="Sign in").click()
    look(page, "foundation-sign-in-refused")


def test_signing_up_to_the_first_institution_without_scripts(
    page_without_scripts: Page, settings: Any, make_user: Callable[..., User]
) -> None:
    make_user("kim@example.org", "Kim")
    page = page_without_scripts
    page.goto("/accounts/login/")
    page.get_by_label("E-mail address").fill("kim@example.org")
    page.get_by_label("Password").fill("correct horse battery")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1, name="Your institutions")).to_be_visible()
    page.get_by_role("link", name="Set up an institution").click()
    page.get_by_label("Name of the institution").fill("Sejong College")
    page.get_by_label("Country").fill("KR")
    page.get_by_role("button", name="Set it up").click()
    page.goto("/staff/sejong-college/people")
    expect(page.get_by_role("rowheader", name="Kim")).to_be_visible()


@pytest.fixture
def busy(institution: Institution, owner: User, viewer: User, other_institution: Institution) -> Institution:
    """An institution with people, an invitation, and two keys."""
    invite(institution, "kim@example.org", "issuer", actor=owner, language="ko")
    rotate(institution, owner)
    return institution


def test_pages_of_an_owner(
    page: Page, look: Look, sign_in: SignIn, busy: Institution, owner: User, settings: Any
) -> None:
    settings.TESTAMUR_OUTBOX = True
    sign_in(page, owner)
    for path, name in (
        ("/staff/han-river/people", "people"),
        ("/staff/han-river/keys", "keys"),
        ("/staff/han-river/keys/rotate", "rotate"),
        ("/staff/han-river/audit?check", "audit"),
        ("/staff/han-river/settings/", "settings"),
        ("/accounts/", "profile"),
        ("/accounts/email/", "addresses"),
        ("/accounts/password/change/", "password"),
        ("/staff/?all", "choose"),
        ("/staff/new", "new-institution"),
        ("/outbox/", "outbox"),
    ):
        page.goto(path)
        look(page, f"foundation-{name}")
    page.locator("main table a").first.click()
    look(page, "foundation-mail")


def test_pages_of_an_owner_in_korean(
    korean_page: Page, look: Look, sign_in: SignIn, busy: Institution, owner: User
) -> None:
    sign_in(korean_page, owner)
    for name in ("people", "keys"):
        korean_page.goto(f"/staff/han-river/{name}")
        look(korean_page, f"foundation-{name}-ko")


def test_an_invitation_is_accepted_in_a_browser(page: Page, institution: Institution, owner: User) -> None:
    """A browser sends `Origin: null` with a form of a page that forbids every Referer, and the form is then refused as forged."""
    invite(institution, "kim@example.org", "issuer", actor=owner, language="en")
    with unscoped("the test reads the mail"):
        text = Message.objects.latest("pk").text
    page.goto(text[text.index("/invitations/") :].split()[0])
    page.get_by_label("Your name").fill("Kim")
    page.get_by_label("Choose a password").fill("several words in a row")
    page.get_by_role("button", name="Create the account and accept").click()
    expect(page.get_by_text("Welcome to Han River University")).to_be_visible()
