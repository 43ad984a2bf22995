"""Awards and batches in a real browser: accessible in both sizes and schemes, in Korean, by keyboard, and without scripts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from tests.site.issuing.conftest import ADA, class_list, cohort_list, publish_one

from testamur_site.catalogue.models import AchievementVersion
from testamur_site.foundation.jobs.api import Job, run_pending
from testamur_site.foundation.jobs.rules import UNATTENDED
from testamur_site.foundation.tenancy.api import tenant, unscoped
from testamur_site.issuing import api
from testamur_site.issuing.rules import Reason
from testamur_site.issuing.services import drafts

AWARDS = "/staff/han-river/awards/"
BATCHES = "/staff/han-river/batches/"
MIXED = class_list(
    "김민준,minjun@example.org,2026-03-05,96",
    "Ada Lovelace,ada.lovelace@example.org,03/05/2026,88",
    "فاطمة الزهراء,fatima@example.org,2026-03-05,72",
    "Zoë Müller,zoe,2026-03-05,12",
    "Siobhán O'Neill,siobhan@example.org,2026-03-05,61",
    "Ada,ada@example.org,2026-03-05,75",
    header="Name,Email,Award date,Examination",
)

BROKEN = """selector => [...document.querySelectorAll(selector)].filter((cell) => {
    const all = document.createRange();
    all.selectNodeContents(cell);
    return new Set([...all.getClientRects()].map((line) => Math.round(line.bottom))).size > 1;
}).map((cell) => cell.textContent)"""
"""The cells whose text stands on more than one line."""
BESIDE_ITS_LABEL = """() => [...document.querySelectorAll(".table.cards td[data-label]")].filter((cell) =>
    [...cell.childNodes].filter((node) => node.textContent.trim()).length > 1).map((cell) => cell.textContent)"""

Visit = Callable[[Page, Any], None]
Look = Callable[[Page, str], None]


@pytest.fixture(autouse=True)
def _nobody_is_told(settings: Any) -> None:
    settings.TESTAMUR_AFTER_ISSUE = None


@pytest.fixture
def version(institution: Any) -> AchievementVersion:
    return publish_one(institution)


@pytest.fixture
def award(version: AchievementVersion, issuer: Any) -> api.Award:
    """Ada's award: corrected once, then suspended."""
    evidence = [{"url": "https://example.org/essay", "name": "Essay on averages", "description": "Twelve pages."}]
    with tenant(version.institution):
        first = api.award_one(version, ADA, actor=issuer)
        data = api.AwardData(name="Ada King", email=ADA.email, awarded_date=ADA.awarded_date, evidence=evidence)
        return api.correct(first, data, actor=issuer)


def test_the_pages_of_awards(page: Page, sign_in: Visit, look: Look, issuer: Any, award: api.Award) -> None:
    sign_in(page, issuer)
    page.goto(AWARDS)
    look(page, "awards")
    page.goto(f"{AWARDS}{award.public_id}/")
    look(page, "award")
    page.goto(f"{AWARDS}{award.public_id}/revoke")
    look(page, "award-revoke")
    page.goto(f"{AWARDS}?q=nobody")
    look(page, "awards-none")
    with tenant(award.institution):
        api.suspend(award, Reason.ADMINISTRATIVE, note="Fees are open.")
    page.goto(f"{AWARDS}{award.public_id}/")
    look(page, "award-suspended")


def test_one_learner_by_keyboard(
    page: Page, sign_in: Visit, look: Look, issuer: Any, version: AchievementVersion
) -> None:
    sign_in(page, issuer)
    page.goto(f"{AWARDS}new?m={version.micro_credential.public_id}")
    look(page, "award-form")
    page.get_by_label("Name of the learner").focus()
    page.keyboard.type("김서연")
    page.keyboard.press("Tab")
    page.keyboard.type("not an address")
    page.keyboard.press("Enter")
    page.evaluate("document.forms[document.forms.length - 1].noValidate = true")
    page.get_by_role("button", name="Preview").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("is not an e-mail address")
    look(page, "award-form-refused")
    page.get_by_label("E-mail address").fill("seoyeon@example.org")
    page.get_by_role("button", name="Preview").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("This will be issued")
    look(page, "award-preview")
    page.get_by_role("button", name="Sign and issue").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("The credential is issued.")


def test_a_list_with_scripts(
    page: Page, sign_in: Visit, look: Look, issuer: Any, version: AchievementVersion, tmp_path: Path
) -> None:
    with tenant(version.institution):
        api.award_one(version, ADA)
    file = tmp_path / "class.csv"
    file.write_bytes(MIXED)
    sign_in(page, issuer)
    page.goto(f"{BATCHES}new")
    look(page, "batch-upload")
    page.get_by_label("Class list").set_input_files(file)
    page.get_by_role("button", name="To the dry run").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Dry run")
    look(page, "batch-dry-run")
    page.get_by_role("link", name="Columns and dates").click()
    look(page, "batch-columns")
    page.get_by_role("button", name="Look at the rows again").click()
    page.get_by_role("button", name="Issue 3 credentials").click()
    expect(page.locator("progress")).to_be_visible()
    look(page, "batch-running")
    run_pending()
    expect(page.locator("progress")).to_have_count(0)  # the page noticed by itself
    look(page, "batch-finished")
    page.get_by_role("link", name="Undo the batch").click()
    look(page, "batch-undo")
    page.goto(BATCHES)
    look(page, "batches")


@pytest.fixture
def middle(tmp_path: Path) -> Path:
    """A list that a worker reads."""
    file = tmp_path / "class.csv"
    file.write_bytes(cohort_list(drafts.FEW + 10))
    return file


def nobody_works() -> None:
    with unscoped("the queue is everybody's"):
        Job.objects.filter(status="queued").update(run_after=timezone.now() - 2 * UNATTENDED)


@pytest.mark.usefixtures("version")
def test_a_list_that_a_worker_reads(page: Page, sign_in: Visit, look: Look, issuer: Any, middle: Path) -> None:
    sign_in(page, issuer)
    page.goto(f"{BATCHES}new")
    page.get_by_label("Class list").set_input_files(middle)
    page.get_by_role("button", name="To the dry run").click()
    expect(page.get_by_text("Looking through the file")).to_be_visible()
    look(page, "batch-reading")
    nobody_works()
    expect(page.get_by_text("No worker seems to be running")).to_be_visible()  # the page noticed by itself
    look(page, "batch-unattended")
    run_pending()
    expect(page.get_by_role("button", name=f"Issue {drafts.FEW + 10} credentials")).to_be_visible()


@pytest.mark.usefixtures("version")
def test_a_list_that_a_worker_reads_without_scripts(
    page_without_scripts: Page, sign_in: Visit, issuer: Any, middle: Path
) -> None:
    page = page_without_scripts
    sign_in(page, issuer)
    page.goto(f"{BATCHES}new")
    page.get_by_label("Class list").set_input_files(middle)
    page.get_by_role("button", name="To the dry run").click()
    expect(page.get_by_text("Looking through the file")).to_be_visible()
    run_pending()  # and the page is loaded anew by itself
    expect(page.get_by_role("button", name=f"Issue {drafts.FEW + 10} credentials")).to_be_visible()
    page.goto(f"{BATCHES}new")
    page.get_by_label("Class list").set_input_files(middle)
    page.get_by_role("button", name="To the dry run").click()
    page.get_by_role("button", name="Discard").click()
    expect(page.get_by_text("The dry run and its rows are deleted.")).to_be_visible()


@pytest.mark.usefixtures("version")
def test_a_list_that_nobody_reads_in_korean(
    korean_page: Page, sign_in: Visit, look: Look, issuer: Any, middle: Path
) -> None:
    sign_in(korean_page, issuer)
    korean_page.goto(f"{BATCHES}new")
    korean_page.locator("input[type=file]").set_input_files(middle)
    korean_page.locator("form[enctype] button.primary").click()
    nobody_works()
    expect(korean_page.get_by_text("작업 프로그램이 실행되고 있지 않은 것 같습니다")).to_be_visible()
    look(korean_page, "batch-unattended-ko")


def test_a_list_without_scripts(
    page_without_scripts: Page, sign_in: Visit, issuer: Any, version: AchievementVersion, tmp_path: Path
) -> None:
    page, file = page_without_scripts, tmp_path / "class.csv"
    file.write_bytes(class_list("김민준,minjun@example.org,2026-03-05"))
    sign_in(page, issuer)
    page.goto(f"{BATCHES}new")
    page.get_by_label("Class list").set_input_files(file)
    page.get_by_role("button", name="To the dry run").click()
    page.get_by_role("button", name="Issue 1 credential").click()
    assert page.locator("noscript meta[http-equiv=refresh], head meta[http-equiv=refresh]").count() == 1
    run_pending()
    page.reload()
    expect(page.get_by_text("Finished").first).to_be_visible()
    page.get_by_role("link", name="Undo the batch").click()
    page.get_by_label("Reason").select_option("issued_in_error")
    page.get_by_role("button", name="Undo the batch").click()
    run_pending()
    page.reload()
    expect(page.get_by_text("Undone").first).to_be_visible()


def test_in_korean(
    korean_page: Page, sign_in: Visit, look: Look, issuer: Any, award: api.Award, tmp_path: Path
) -> None:
    file = tmp_path / "class.csv"
    file.write_bytes(MIXED)
    sign_in(korean_page, issuer)
    korean_page.goto(f"{AWARDS}{award.public_id}/")
    look(korean_page, "award-ko")
    korean_page.goto(f"{BATCHES}new")
    korean_page.locator("input[type=file]").set_input_files(file)
    korean_page.locator("form[enctype] button.primary").click()
    expect(korean_page.get_by_role("heading", level=1)).to_have_text("사전 점검")
    look(korean_page, "batch-dry-run-ko")
    korean_page.set_viewport_size({"width": 1280, "height": 900})
    assert korean_page.evaluate(BROKEN, ".table .numeric, .table th[scope=row] bdi") == []
    korean_page.goto(BATCHES)
    assert korean_page.evaluate(BROKEN, ".table .numeric, .table thead th") == []
    korean_page.set_viewport_size({"width": 390, "height": 844})
    assert korean_page.evaluate(BESIDE_ITS_LABEL) == [], (
        "on a phone what a cell holds stands in one column, beside its label"
    )
