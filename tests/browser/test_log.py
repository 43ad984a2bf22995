"""The public log in a real browser: what a stranger sees of it, what staff see of the monitor, and what stands on a share page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from tests.site.wallet.conftest import (  # noqa: F401 - the same learner as in the tests of the site
    award_to,
    claimed,
    deposit,
    published,
    version,
)

from testamur.log import Entry as Recorded
from testamur.log import KeyType, Kind, SecretKey, Sequencer
from testamur_site.log import keys, services
from testamur_site.log.api import Record, monitor, record
from testamur_site.log.models import Checkpoint, Shard, WitnessState
from testamur_site.wallet.models import Deposit

Look = Callable[[Page, str], None]
STAFF = "/staff/han-river/tamper-evidence/"


@pytest.fixture(autouse=True)
def _served_here(live_server: Any, settings: Any) -> None:
    settings.TESTAMUR_BASE_URL = live_server.url


@pytest.fixture
def witnessed(published: Deposit, settings: Any, tmp_path: Path) -> Deposit:  # noqa: F811
    """A published credential in the log, confirmed by two witnesses of three."""
    names = ("partner", "library", "ministry")
    made = [
        SecretKey(f"witness.{name}.example/w1", KeyType.ED25519_COSIGNATURE, name.encode().ljust(32, b"."))
        for name in names
    ]
    lines = [f"witness {name} {key.key.text}" for name, key in zip(names, made, strict=True)]
    settings.TESTAMUR_LOG_POLICY = tmp_path / "policy"
    settings.TESTAMUR_LOG_POLICY.write_text("\n".join([*lines, f"group any2 2 {' '.join(names)}", "quorum any2", ""]))
    now, shard = timezone.now(), Shard.objects.get()
    size = Checkpoint.objects.order_by("-size").first().size
    for name in names[:2]:
        WitnessState.objects.create(shard=shard, name=name, size=size, asked_at=now, answered_at=now)
    WitnessState.objects.create(shard=shard, name="ministry", asked_at=now, problem="resolution.timeout")
    Checkpoint.objects.update(quorum_at=now, witnessed_at=now, cosigned_by=2, asked=3)
    assert monitor() == []
    return published


def test_a_stranger_sees_the_log_and_how_to_check_it(page: Page, look: Look, witnessed: Deposit) -> None:
    page.goto("/log/")
    expect(page.get_by_role("heading", level=1)).to_have_text("The public log")
    expect(page.get_by_text("2 of 3 witnesses")).to_be_visible()
    expect(page.get_by_text("everything agrees")).to_be_visible()
    look(page, "log-overview")


def test_the_log_in_korean(korean_page: Page, glance: Look, witnessed: Deposit) -> None:
    korean_page.goto("/log/")
    expect(korean_page.get_by_role("heading", level=1)).to_have_text("공개 로그")
    glance(korean_page, "log-overview-korean")


def test_from_a_credential_to_its_proof(page: Page, glance: Look, witnessed: Deposit) -> None:
    page.goto(f"/c/{witnessed.award.public_id}")
    expect(page.get_by_text("confirmed by 2 of 3 witnesses")).to_be_visible()
    glance(page, "share-recorded")
    proof = page.request.get(str(page.get_by_role("link", name="Proof from the public log").get_attribute("href")))
    assert proof.body().startswith(b"c2sp.org/tlog-proof@v1\n")
    page.get_by_role("link", name="How can I check this?").click()
    expect(page.get_by_role("heading", name="How to check it yourself")).to_be_in_viewport()


def test_staff_look_into_an_alarm(
    page: Page,
    look: Look,
    glance: Look,
    sign_in: Any,
    owner: Any,
    institution: Any,
    witnessed: Deposit,
) -> None:
    sign_in(page, owner)
    page.goto(STAFF)
    expect(page.get_by_text("Everything agrees")).to_be_visible()
    glance(page, "tamper-evidence-calm")
    shard = Shard.objects.get()
    record([Record(Kind.ISSUE, "urn:uuid:x", b"{}", "x", f"award:{witnessed.award.public_id}")], institution)
    services.sequence()
    sequencer = Sequencer.open(services.folder_of(shard), shard.origin, keys.signers(shard))
    sequencer.append([Recorded(Kind.ISSUE, bytes(32), bytes(32)).to_bytes()], 1_800_000_000)
    monitor(timezone.now() + timedelta(minutes=10))
    page.reload()
    look(page, "tamper-evidence-alarms")
    page.get_by_role("link", name="What was recorded is another credential").click()
    look(page, "tamper-evidence-alarm")
    page.get_by_label("What did you find, and what was done?").fill("A drill, announced by the operator.")
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.get_by_text("The alarm is acknowledged.")).to_be_visible()
    expect(page.get_by_text("Looked into")).to_be_visible()
