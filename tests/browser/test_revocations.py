"""Revocations in a real browser: the cohort, the second person, the objection; in both sizes and schemes, in Korean, without scripts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.site.issuing.conftest import ADA, publish_one

from testamur_site.foundation.accounts.api import add_member
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.foundation.tenancy.api import tenant
from testamur_site.issuing import api
from testamur_site.issuing.models import Award, StatusChange
from testamur_site.issuing.revocations import services
from testamur_site.issuing.revocations.rules import Objection

Visit = Callable[[Page, Any], None]
Look = Callable[[Page, str], None]
HERE = "/staff/han-river/revocations/"


@pytest.fixture(autouse=True)
def _nobody_is_told(settings: Any) -> None:
    settings.TESTAMUR_AFTER_ISSUE = None


@pytest.fixture
def awards(institution: Any) -> list[Award]:
    version = publish_one(institution)
    names = ("Ada Lovelace", "김민준", "فاطمة الزهراء", "Zoë Müller")
    with tenant(institution):
        return [
            api.award_one(version, replace(ADA, name=name, email=f"learner{n}@example.org"))
            for n, name in enumerate(names)
        ]


@pytest.fixture
def second(institution: Any, make_user: Any) -> Any:
    user = make_user("second@han-river.example", "Sora Second")
    add_member(institution, user, "issuer", actor=None)
    return user


def fill_in(page: Page) -> None:
    page.goto(f"{HERE}new")
    page.get_by_label("Signed with the key").select_option("key-1")
    page.get_by_label("Reason").select_option("key_compromise")
    page.get_by_label("Where the evidence lies").fill("Incident 2026/7")


def test_two_people_revoke_a_cohort(
    page: Page, sign_in: Visit, look: Look, issuer: Any, owner: Any, second: Any, institution: Any, awards: list[Award]
) -> None:
    sign_in(page, owner)
    page.goto(HERE)
    look(page, "revocations-none")
    page.goto(f"{HERE}rules")
    look(page, "revocation-rules")
    page.get_by_label("A second person approves the revocation of many").check()
    page.get_by_role("button", name="Save").click()
    sign_in(page, issuer)
    fill_in(page)
    look(page, "revocation-new")
    page.get_by_role("button", name="Look at what it concerns").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("4 credentials would be revoked")
    look(page, "revocation-preview")
    page.get_by_label("How many credentials is that?").fill("4")
    page.get_by_role("button", name="Propose").click()
    look(page, "revocation-proposed")
    here = page.url
    sign_in(page, second)
    page.goto(here)
    look(page, "revocation-to-approve")
    page.get_by_role("button", name="Approve: revoke 4 credentials").click()
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    look(page, "revocation-running")
    run_pending()
    expect(page.get_by_role("button", name="Stop")).to_have_count(0, timeout=20_000)  # the page noticed by itself
    page.goto(HERE)
    look(page, "revocations")
    page.goto(f"/staff/han-river/awards/{awards[0].public_id}/")
    expect(page.get_by_text("Sora Second").first).to_be_visible()
    look(page, "award-revoked")


def test_an_objection(
    page: Page, sign_in: Visit, look: Look, issuer: Any, second: Any, institution: Any, awards: list[Award]
) -> None:
    with tenant(institution):
        api.revoke(awards[0], api.Reason.ACADEMIC_MISCONDUCT, note="See the report.", actor=issuer)
        change = StatusChange.objects.get()
    sign_in(page, issuer)
    here = f"/staff/han-river/awards/{awards[0].public_id}/changes/{change.public_id}"
    page.goto(here)
    look(page, "objection-new")
    page.get_by_label("What the holder says").fill("The report is about another learner.")
    page.get_by_role("button", name="Save").click()
    sign_in(page, second)
    page.goto(here)
    look(page, "objection-open")
    services.answer(change, Objection.UPHELD, note="The report is about another learner.", actor=second)
    page.goto(here)
    look(page, "objection-upheld")


def test_in_korean_and_without_scripts(
    visitor: Callable[..., Page], sign_in: Visit, look: Look, issuer: Any, institution: Any, awards: list[Award]
) -> None:
    page = visitor("ko-KR", scripts=False)
    sign_in(page, issuer)
    page.goto(f"{HERE}new")
    page.get_by_label("서명한 키").select_option("key-1")
    page.get_by_label("사유").select_option("key_compromise")
    page.get_by_role("button", name="해당하는 자격증명 보기").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("자격증명 4건이 취소됩니다")
    page.get_by_label("자격증명이 몇 건입니까?").fill("4")
    page.get_by_role("button", name="자격증명 4건 취소").click()
    expect(page.get_by_text("진행 중").first).to_be_visible()
    run_pending()
    with tenant(institution):
        assert set(Award.objects.values_list("state", flat=True)) == {"revoked"}
