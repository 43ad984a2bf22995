"""Keys in a browser: proposals, the ceremony of the update keys, and a copied key, also without scripts and in Korean."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from testamur_site.foundation.accounts.api import User, add_member
from testamur_site.foundation.keys.api import rotate
from testamur_site.foundation.keys.identifiers import histories, update_keys
from testamur_site.foundation.keys.proposals import carrying_out
from testamur_site.foundation.tenancy.api import Institution
from testamur_site.log import services as log
from testamur_site.log.api import Kind, Record, record
from testamur_site.log.cut_offs import actions, queries
from testamur_site.log.models import Entry

Look = Callable[[Page, str], None]
SignIn = Callable[[Page, Any], None]
BASE = "/staff/han-river/keys"


@pytest.fixture
def second(institution: Institution, make_user: Callable[..., User]) -> User:
    user = make_user("second@han-river.example", "Sam Second")
    add_member(institution, user, "owner", actor=None)
    return user


@pytest.fixture
def awarded(institution: Institution) -> Institution:
    """Four awards in the log."""
    award = [
        Record(Kind.ISSUE, f"urn:uuid:{n}", b"{}", f"award:{n}:issued", f"award:sample-award-{n}") for n in range(4)
    ]
    record(award, institution)
    log.sequence()
    return institution


def test_the_ceremony_without_scripts(
    page_without_scripts: Page, sign_in: SignIn, institution: Institution, owner: User, tmp_path: Path
) -> None:
    """From no history to two versions, as an administrator does it: prepare, save, write down, give back."""
    page = page_without_scripts
    sign_in(page, owner)

    def prepared(name: str) -> tuple[Path, str]:
        page.goto(f"{BASE}/history/prepare")
        page.get_by_role("button", name="Prepare the key").click()
        words = re.search(r"(?:[A-Z0-9]{4}-){5}[A-Z0-9]{4}", page.locator("main").inner_text())
        assert words is not None
        with page.expect_download() as saved:
            page.get_by_role("link", name="Save the file").click()
        saved.value.save_as(tmp_path / name)
        return tmp_path / name, words[0]

    page.goto(f"{BASE}/history")
    first, words = prepared("first.pem")
    page.goto(f"{BASE}/history/write")
    page.get_by_label("The new update key").set_input_files(first)
    page.get_by_label("Its passphrase").fill(words.lower().replace("-", " "))
    # A quick browser comes to the second version within this second, and it would be refused.
    a_minute_ago = (timezone.now() - timedelta(minutes=1)).replace(microsecond=0)
    with mock.patch.object(histories, "_second", return_value=a_minute_ago):
        page.get_by_role("button", name="Write").click()
        expect(page.get_by_text("The version is written.")).to_be_visible()

    rotate(institution, owner)
    second, next_words = prepared("second.pem")
    page.goto(f"{BASE}/history/write")
    page.get_by_label("The present update key").set_input_files(first)
    page.get_by_label("Its passphrase").first.fill(words)
    page.get_by_label("The new update key").set_input_files(second)
    page.get_by_label("Its passphrase").last.fill("WRONG")
    page.get_by_role("button", name="Write").click()
    expect(page.get_by_text("The passphrase does not open this file.").first).to_be_visible()
    page.get_by_label("The present update key").set_input_files(first)
    page.get_by_label("Its passphrase").first.fill(words)
    page.get_by_label("The new update key").set_input_files(second)
    page.get_by_label("Its passphrase").last.fill(next_words)
    page.get_by_role("button", name="Write").click()
    expect(page.get_by_role("rowheader", name="2")).to_be_visible()


@pytest.mark.parametrize("language", ["en-GB", "ko-KR"])
def test_the_pages_of_a_history(
    visitor: Callable[..., Page], glance: Look, sign_in: SignIn, institution: Institution, owner: User, language: str
) -> None:
    page, short = visitor(language), language[:2]
    sign_in(page, owner)
    for path, name in (("", "none"), ("/prepare", "prepare"), ("/write", "unprepared")):
        page.goto(f"{BASE}/history{path}")
        glance(page, f"keys-history-{name}-{short}")
    page.goto(f"{BASE}/history/prepare")
    page.locator("main button").click()
    glance(page, f"keys-history-prepared-{short}")
    made = histories.prepare(institution, owner)
    page.goto(f"{BASE}/history/write")
    glance(page, f"keys-history-first-{short}")
    key = update_keys.read(made.sealed.encode(), made.passphrase)
    histories.start(institution, key, owner, now=timezone.now() - timedelta(hours=1))
    histories.choose(institution, True, owner)
    rotate(institution, owner)
    histories.prepare(institution, owner)
    proposal = carrying_out.propose_end_of_history(institution, owner, reason="–")
    for path, name in (
        ("/history", "behind"),
        ("/history/write", "next"),
        ("/history/choose", "choose"),
        ("/history/end", "end"),
        ("/history/abandon", "abandon"),
        (f"/proposals/{proposal.public_id}", "end-proposed"),
    ):
        page.goto(f"{BASE}{path}")
        glance(page, f"keys-history-{name}-{short}")


def test_one_proposes_and_another_carries_out(
    page: Page, look: Look, glance: Look, sign_in: SignIn, institution: Institution, owner: User, second: User
) -> None:
    sign_in(page, owner)
    page.goto(f"{BASE}/rotate")
    look(page, "keys-propose")
    page.get_by_label("Why?").fill("Once a year.")
    page.get_by_role("button", name="Make the proposal").click()
    look(page, "keys-proposal-own")
    address = page.url
    sign_in(page, second)
    page.goto(BASE)
    look(page, "keys-open")
    page.goto(address)
    look(page, "keys-proposal")
    page.get_by_role("button", name="Make a new key").click()
    expect(page.get_by_text("Carried out: Make a new signing key.")).to_be_visible()
    glance(page, "keys-proposal-done")


def test_a_copied_key(page: Page, look: Look, sign_in: SignIn, awarded: Institution, owner: User, second: User) -> None:
    sign_in(page, owner)
    page.goto(f"{BASE}/copied")
    look(page, "keys-copied")
    index = Entry.objects.get(subject="award:sample-award-2").index
    page.get_by_label("The log shows from which place on:").check()
    page.get_by_label("Log of the year").fill(str(Entry.objects.get(subject="award:sample-award-2").shard.year))
    page.get_by_label("Place in it").fill(str(index))
    page.get_by_role("button", name="Show what that means").click()
    look(page, "keys-copied-meaning")
    page.get_by_label("Why?").fill("Two awards are not ours.")
    page.get_by_role("button", name="Propose the cut-off").click()
    look(page, "keys-cut-off-proposal")
    carrying_out.carry_out(awarded, _open(awarded), second)
    (cut,) = queries.cut_offs(awarded)
    page.goto(f"{BASE}/cut-offs/{cut.public_id}")
    look(page, "keys-cut-off")
    page.goto(f"{BASE}/public-log")
    look(page, "keys-public-log")


def test_in_korean(
    korean_page: Page, glance: Look, sign_in: SignIn, awarded: Institution, owner: User, second: User
) -> None:
    page = korean_page
    sign_in(page, owner)
    actions.propose_cut_off(awarded, "key-1", None, second, reason="저장 장치를 잃어버렸습니다.")
    for path, name in (
        ("", "list"),
        ("/rotate", "propose"),
        ("/copied", "copied"),
        ("/public-log", "public-log"),
        ("/history", "history"),
        (f"/proposals/{_open(awarded).public_id}", "proposal"),
    ):
        page.goto(f"{BASE}{path}")
        glance(page, f"keys-korean-{name}")


def _open(institution: Institution) -> Any:
    from testamur_site.foundation.keys.proposals.queries import proposals

    return proposals(institution)[0]
