"""What the learner has, in a real browser: claim, share page in every state, wallet, portfolio, card for other pages, paper."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from playwright.sync_api import Page, expect
from tests.site.wallet.conftest import (  # noqa: F401 - the same learner as in the tests of the site
    MINA,
    award_to,
    claimed,
    deposit,
    fresh,
    long_ago,
    published,
    version,
)

from testamur.formats.baked import png as baked_png
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.foundation.tenancy.api import tenant
from testamur_site.issuing import api as issuing
from testamur_site.issuing.models import Award
from testamur_site.wallet import services
from testamur_site.wallet.models import Deposit

Look = Callable[[Page, str], None]


@pytest.fixture(autouse=True)
def _served_here(live_server: Any, settings: Any) -> None:
    settings.TESTAMUR_BASE_URL = live_server.url


@pytest.fixture
def as_holder() -> Callable[[Page, Deposit], None]:
    """Give the visitor the session of a deposit's holder, as after a claim."""

    def enter(page: Page, held: Deposit) -> None:
        client = Client()
        session = client.session
        session["wallet_holder"] = held.holder_id
        session.save()
        page.context.add_cookies(
            [{"name": "sessionid", "value": str(session.session_key), "domain": "localhost", "path": "/"}]
        )

    return enter


def address(held: Deposit) -> str:
    return f"/c/{held.award.public_id}"


def link_in_mail(path: str) -> str:
    found = re.search(rf"http://localhost:\d+({path}\S+)", str(mail.outbox[-1].body))
    assert found is not None
    return found[1]


def test_a_page_to_be_proud_of(page: Page, look: Look, published: Deposit) -> None:  # noqa: F811
    page.goto(address(published))
    look(page, "share-valid")
    assert page.locator("img.badge-frame").evaluate("image => image.naturalWidth") >= 400
    # The badge stands in the middle of its column.
    page.set_viewport_size({"width": 1280, "height": 900})
    place, picture = (page.locator(one).bounding_box() for one in (".badge-place", "img.badge-frame"))
    assert place is not None
    assert picture is not None
    assert abs((place["x"] + place["width"] / 2) - (picture["x"] + picture["width"] / 2)) < 2
    page.get_by_role("link", name="Verify", exact=True).last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Valid")
    expect(page.get_by_text("김미나", exact=True)).to_be_visible()


def test_on_paper_it_says_where_it_can_be_verified(page: Page, published: Deposit) -> None:  # noqa: F811
    page.goto(address(published))
    page.emulate_media(media="print")
    expect(page.get_by_text(published.award.url)).to_be_visible()
    expect(page.get_by_role("link", name="Add to LinkedIn")).to_be_hidden()
    expect(page.get_by_role("heading", name="Download")).to_be_hidden()


def _expire(_held: Deposit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Award, "expired", True)
    monkeypatch.setattr(Award, "valid_until", long_ago())


def _suspend(held: Deposit, _monkeypatch: pytest.MonkeyPatch) -> None:
    issuing.suspend(held.award, issuing.Reason.ADMINISTRATIVE)


def _revoke(held: Deposit, _monkeypatch: pytest.MonkeyPatch) -> None:
    issuing.revoke(held.award, issuing.Reason.ISSUED_IN_ERROR)


def _replace(held: Deposit, _monkeypatch: pytest.MonkeyPatch) -> None:
    data = issuing.AwardData(name="김민아", email=MINA.email, awarded_date=MINA.awarded_date)
    issuing.correct(held.award, data)


@pytest.mark.parametrize(
    ("change", "words", "badge"),
    [
        (_expire, "This credential has expired.", True),
        (_suspend, "This credential is suspended.", False),
        (_revoke, "This credential was revoked.", False),
        (_replace, "This credential was replaced by a newer one.", False),
    ],
)
def test_each_state_is_said(
    page: Page,
    glance: Look,
    published: Deposit,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Deposit, pytest.MonkeyPatch], None],
    words: str,
    badge: bool,
) -> None:
    with tenant(published.institution):
        change(published, monkeypatch)
    run_pending()
    page.goto(address(published))
    expect(page.get_by_text(words)).to_be_visible()
    assert page.locator("img.badge-frame").count() == badge
    assert page.get_by_role("link", name="Add to LinkedIn").count() == badge
    glance(page, f"share-{change.__name__.strip('_')}")


def test_pending_and_private_tell_a_stranger_nothing(page: Page, look: Look, deposit: Deposit) -> None:  # noqa: F811
    page.goto(address(deposit))
    expect(page.get_by_role("heading", level=1)).to_have_text("This credential was not accepted yet")
    look(page, "share-pending")
    services.claim(deposit, "ko")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("This credential is private")
    assert "미나" not in page.content()
    assert "Han River" not in page.content()


def test_claiming_by_keyboard_and_taking_the_badge(page: Page, look: Look, deposit: Deposit, tmp_path: Path) -> None:  # noqa: F811
    page.goto(link_in_mail("/claim/"))
    look(page, "claim")
    page.get_by_role("button", name="Accept and publish").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="This credential is yours")).to_be_visible()
    look(page, "share-holder")
    with page.expect_download() as download:
        page.get_by_role("link", name="Badge image (PNG)").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    held = fresh(deposit)
    assert baked_png.extract(file.read_bytes()) == issuing.credential_bytes(held.award)
    assert "미나" not in download.value.suggested_filename
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("[data-copy=share-address]").click()
    assert page.evaluate("navigator.clipboard.readText()") == held.award.url


def test_the_learners_way_without_scripts(
    page_without_scripts: Page,
    visitor: Callable[..., Page],
    deposit: Deposit,  # noqa: F811
) -> None:
    page, stranger = page_without_scripts, visitor()
    page.goto(link_in_mail("/claim/"))
    page.get_by_role("button", name="Accept", exact=True).click()
    assert stranger.goto(address(deposit)).status == 403  # type: ignore[union-attr]
    page.get_by_role("button", name="Publish").click()
    assert stranger.goto(address(deposit)).status == 200  # type: ignore[union-attr]
    page.get_by_role("link", name="My credentials").click()
    page.get_by_role("link", name="My portfolio").click()
    page.get_by_label("Name on your portfolio").fill("Mina K.")
    page.get_by_label("Show my portfolio to everybody who has its address").check()
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="See it").click()
    stranger.goto(page.url)
    expect(stranger.get_by_role("heading", level=1)).to_have_text("Mina K.")
    stranger.get_by_role("link", name="Data literacy").click()
    expect(stranger.get_by_text("Awarded to")).to_be_visible()
    page.goto("/wallet/")
    page.get_by_role("button", name="Make it private").click()
    assert stranger.reload().status == 403  # type: ignore[union-attr]
    page.get_by_role("button", name="Leave").click()
    page.goto("/wallet/")
    expect(page.get_by_label("Your e-mail address")).to_be_visible()


def test_declining(page: Page, glance: Look, deposit: Deposit) -> None:  # noqa: F811
    page.goto(link_in_mail("/claim/"))
    page.get_by_text("This is not mine, or something in it is wrong").click()
    page.get_by_role("button", name="Decline").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You declined this credential")
    glance(page, "declined")


def test_entering_by_a_mailed_link(page: Page, look: Look, glance: Look, claimed: Deposit) -> None:  # noqa: F811
    page.goto("/wallet/enter")
    look(page, "wallet-enter")
    page.get_by_label("Your e-mail address").fill("mina@example.org")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mailbox")
    glance(page, "wallet-link-sent")
    run_pending()
    path = link_in_mail("/wallet/enter/")
    page.goto(path)
    glance(page, "wallet-enter-by-link")
    page.get_by_role("button", name="Open my credentials").click()
    expect(page.get_by_role("rowheader", name=claimed.award.version.title)).to_be_visible()
    look(page, "wallet-home")
    page.get_by_role("link", name="My portfolio").click()
    look(page, "wallet-edit-portfolio")
    page.get_by_role("button", name="Save").click()
    page.goto("/wallet/forget")
    glance(page, "wallet-forget")
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your data here was deleted")
    glance(page, "wallet-forgotten")
    page.goto(path)
    page.get_by_role("button", name="Open my credentials").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This link no longer works")
    glance(page, "wallet-link-used")
    page.goto("/claim/nothing")
    glance(page, "claim-unknown")


def test_a_portfolio(page: Page, look: Look, glance: Look, published: Deposit) -> None:  # noqa: F811
    holder = published.holder
    assert holder is not None
    services.change_portfolio(holder, name="김미나", about="공공 데이터를 읽고 설명합니다.", public=True)
    page.goto(f"/p/{holder.public_id}")
    expect(page.get_by_role("heading", level=1)).to_have_text("김미나")
    look(page, "portfolio")
    services.set_public(published, False)
    page.reload()
    glance(page, "portfolio-empty")


def test_the_card_in_somebody_elses_page(page: Page, glance: Look, published: Deposit, live_server: Any) -> None:  # noqa: F811
    embed = f"{live_server.url}/embed/{published.award.public_id}"
    page.goto(embed)
    glance(page, "embed")
    blog = f"{live_server.url}/somebody-elses-page"
    page.route(blog, lambda route: route.fulfill(content_type="text/html", body="<title>A blog</title>"))
    page.goto(blog)
    page.set_content(f'<iframe src="{embed}" width="560" height="260" title="Credential"></iframe>')
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("heading", name=published.award.version.title)).to_be_visible()
    assert page.frames[1].evaluate("document.documentElement.scrollHeight") <= 260, "the card fits its frame"
    services.set_public(published, False)
    page.set_content(f'<iframe src="{embed}" width="280" height="200" title="Credential"></iframe>')
    expect(frame.get_by_text("This credential is not public.")).to_be_visible()


def test_in_korean(korean_page: Page, look: Look, deposit: Deposit, as_holder: Callable[[Page, Deposit], None]) -> None:  # noqa: F811
    korean_page.goto(link_in_mail("/claim/"))
    look(korean_page, "claim-ko")
    korean_page.get_by_role("button", name="수락하고 공개").or_(
        korean_page.locator("button[value=publish]")
    ).first.click()
    look(korean_page, "share-holder-ko")
    korean_page.goto("/wallet/")
    look(korean_page, "wallet-home-ko")
