"""The page of the anchors, and those of Blockcerts editions, in a real browser. The chain is told about, not run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from tests.site.issuing.conftest import ADA, publish_one

from testamur_site.foundation.chain.api import Transaction, account_named
from testamur_site.foundation.tenancy.api import Institution, tenant
from testamur_site.issuing import api as issuing
from testamur_site.issuing.blockcerts import services
from testamur_site.issuing.blockcerts.models import EditionRequest
from testamur_site.log import services as log
from testamur_site.log.anchoring.models import Anchor
from testamur_site.log.api import Kind, Record, record
from testamur_site.log.models import Checkpoint

Look = Callable[[Page, str], None]
SignIn = Callable[[Page, Any], None]
FILE = """
[chain.sepolia]
id = 11155111
node = "https://node.example"
worth = 3000
blockcerts = true
[[anchor]]
kind = "evm"
name = "sepolia"
chain = "sepolia"
contract = "0x5fbdb2315678afecb367f032d93f642f64180aa3"
[[anchor]]
kind = "opentimestamps"
name = "alice"
address = "https://alice.example"
explorer = "https://explorer.example"
"""


@pytest.fixture
def configured(settings: Any, tmp_path: Path) -> None:
    settings.TESTAMUR_ANCHORING = tmp_path / "anchoring.toml"
    settings.TESTAMUR_ANCHORING.write_text(FILE)


@pytest.fixture
def anchors(configured: None, institution: Institution) -> None:
    now = timezone.now()
    for number in range(3):
        one = Record(Kind.ISSUE, f"urn:uuid:{number}", b"{}", f"award:{number}", f"award:{number}")
        record([one], institution)
        log.sequence(now)
    paid = Transaction.objects.create(
        account=account_named("anchor"), chain="sepolia", chain_id=11155111, key="anchor:1:1", data=b"", gas=80_000,
        state=Transaction.State.CONFIRMED, gas_used=45_767, gas_price=Decimal(1_203_000_000),
    )  # fmt: skip
    first, second, third = Checkpoint.objects.order_by("size")
    told = {"digest": bytes(32), "begun_at": now}
    Anchor.objects.create(
        checkpoint=first,
        end_point="sepolia",
        kind="evm",
        state="confirmed",
        at=now,
        receipt={},
        transaction=paid,
        **told,
    )
    Anchor.objects.create(checkpoint=second, end_point="alice", kind="opentimestamps", state="pending", **told)
    facts = {"address": paid.account.address, "needed": str(4 * 10**15), "balance": "0"}
    Anchor.objects.create(
        checkpoint=third,
        end_point="sepolia",
        kind="evm",
        state="waiting",
        problem="chain.funds",
        facts=facts,
        tries=2,
        **told,
    )


@pytest.mark.usefixtures("anchors")
def test_where_the_log_is_anchored_and_what_it_costs(page: Page, look: Look, glance: Look, korean_page: Page) -> None:
    page.goto("/log/anchors/")
    expect(page.get_by_text("Send some to", exact=False)).to_be_visible()
    look(page, "anchors")
    page.get_by_label("Anchors a year").fill("8760")
    page.get_by_role("button", name="Compute").click()
    expect(page.get_by_text("8760 anchors", exact=False)).to_be_visible()
    page.goto("/log/anchors/?gas=1&gwei=x&anchors=0&worth=")
    expect(page.get_by_role("alert").first).to_be_visible()
    glance(page, "anchors-refused")
    page.goto("/log/")
    expect(page.get_by_role("link", name="Receipts (JSON)")).to_be_visible()
    korean_page.goto("/log/anchors/")
    look(korean_page, "anchors-korean")


def test_where_nothing_is_anchored(page: Page, glance: Look) -> None:
    page.goto("/log/anchors/")
    expect(page.get_by_text("anchors its log nowhere", exact=False)).to_be_visible()
    glance(page, "anchors-none")


@pytest.mark.usefixtures("configured")
def test_editions(
    page: Page, look: Look, glance: Look, sign_in: SignIn, institution: Institution, owner: Any, korean_page: Page
) -> None:
    version = publish_one(institution)
    with tenant(institution):
        award = issuing.award_one(version, ADA)
        second = issuing.award_one(version, issuing.AwardData("Bo", "bo@example.org", ADA.awarded_date))
    sign_in(page, owner)
    page.goto("/staff/han-river/blockcerts/")
    glance(page, "blockcerts-off")
    page.get_by_role("button", name="Propose to switch on").click()
    expect(page.get_by_role("heading", name="Switch Blockcerts editions on")).to_be_visible()
    glance(page, "blockcerts-proposal")
    services.switch_on(institution)
    page.goto("/staff/han-river/blockcerts/")
    expect(page.get_by_text("No editions yet")).to_be_visible()
    glance(page, "blockcerts-on")
    page.goto(f"/staff/han-river/awards/{award.public_id}/")
    page.get_by_role("link", name="Blockcerts edition").click()
    glance(page, "blockcerts-ask")
    page.get_by_role("button", name="Make it").click()
    with tenant(institution):
        EditionRequest.objects.update(created_at=timezone.now() - timedelta(hours=1))
        made = services.request(institution, [second])
        EditionRequest.objects.filter(pk=made.pk).update(state="failed", problem="chain.reverted")
    page.reload()
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    look(page, "blockcerts-requests")
    sign_in(korean_page, owner)
    korean_page.goto("/staff/han-river/blockcerts/")
    glance(korean_page, "blockcerts-korean")
