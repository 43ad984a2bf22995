"""Recognition in a real browser: sending from the wallet, the desk with both sides, what is public, credentials from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect
from tests.site.recognition.conftest import (  # noqa: F401 - the same people as in the tests of the site
    agree,
    awarded,
    course,
    hers,
    mina,
    receiving,
    registrar,
    sent,
    target,
    university,
)
from tests.site.wallet.elsewhere import Neighbour

from testamur_site.recognition import services
from testamur_site.recognition.models import Agreement, Request
from testamur_site.recognition.rules import Result
from testamur_site.verification.rules import read_file
from testamur_site.wallet.api import Holder
from testamur_site.wallet.imported import api as imported

Look = Callable[[Page, str], None]


@pytest.fixture(autouse=True)
def _served_here(live_server: Any, settings: Any) -> None:
    settings.TESTAMUR_BASE_URL = live_server.url


def enter(page: Page, holder: Holder) -> None:
    client = Client()
    session = client.session
    session["wallet_holder"] = holder.pk
    session.save()
    page.context.add_cookies(
        [{"name": "sessionid", "value": str(session.session_key), "domain": "localhost", "path": "/"}]
    )


def test_the_learner_asks(
    page: Page,
    look: Look,
    university: Neighbour,  # noqa: F811
    mina: Holder,  # noqa: F811
    registrar: Any,  # noqa: F811
    target: Any,  # noqa: F811
) -> None:
    imported.add(mina, read_file(university.credential(name="Mina Kim", email=None)))
    enter(page, mina)
    page.goto("/wallet/elsewhere/")
    look(page, "wallet-elsewhere")
    page.get_by_role("link", name="Data Literacy").click()
    look(page, "wallet-elsewhere-one")
    page.goto("/wallet/recognition/")
    look(page, "recognition-home-empty")
    page.get_by_role("link", name=re.compile("Ask ?: Liffey College")).click()
    look(page, "recognition-send")
    page.get_by_label("Data literacy · Han River University").check()
    page.get_by_label("What you want them recognised as").select_option(label="Working with data")
    page.get_by_label("I agree that this institution sees").check()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Waits for a decision")).to_be_visible()
    look(page, "recognition-request")


def test_the_registrar_decides(
    page: Page,
    look: Look,
    sign_in: Callable[..., None],
    sent: Request,  # noqa: F811
    registrar: Any,  # noqa: F811
    agree: Callable[..., Agreement],  # noqa: F811
) -> None:
    agreement = agree()
    sign_in(page, registrar)
    page.goto("/staff/liffey/recognition/")
    look(page, "recognition-desk")
    page.get_by_role("link", name="Mina Kim").click()
    look(page, "recognition-sides")
    decide = page.locator("section", has=page.get_by_role("heading", name="Decide", exact=True)).last
    decide.get_by_label("Recognise", exact=True).check()
    decide.get_by_label("Reason").fill("All four outcomes agree.")
    decide.get_by_role("button", name="Decide").click()
    expect(page.get_by_text("All four outcomes agree.").first).to_be_visible()
    look(page, "recognition-decided")
    page.goto(f"/staff/liffey/recognition/agreements/{agreement.public_id}")
    look(page, "recognition-agreement")
    page.goto("/staff/liffey/recognition/agreements/new")
    look(page, "recognition-agreement-form")


def test_everybody_reads(
    page: Page,
    look: Look,
    sent: Request,  # noqa: F811
    target: Any,  # noqa: F811
    agree: Callable[..., Agreement],  # noqa: F811
) -> None:
    agree()
    decided = services.decide(sent, Result.RECOGNISED, reason="Yes.", amount=Decimal(5))
    services.publish(
        sent.institution,
        issuer="did:web:han-river.example",
        issuer_name="Han River University",
        achievement="https://han-river.example/a/1",
        name="Data literacy",
        target=target.micro_credential,
        amount=decided.credits,
    )
    page.goto("/institutions/liffey/agreements")
    look(page, "agreements-public")
    page.goto("/institutions/liffey/equivalences")
    look(page, "equivalences-public")
