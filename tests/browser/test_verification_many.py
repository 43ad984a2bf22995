"""Receipts, many at once, and registers in a real Chromium: with and without scripts, by eye and by axe."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page
from tests.simulator import NOW, FixedClock, Institution

from testamur.verification import Institution as Listed
from testamur.verification import Register, TrustRegistry, Verifier
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.verification import services


@pytest.fixture
def university(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> Institution:
    simulated = Institution()
    settings.TESTAMUR_KEY_ENCRYPTION_KEY = tmp_path / "key-encryption-key"
    monkeypatch.setattr(services, "Everywhere", lambda: simulated)
    judge = lambda resolver=None: Verifier(resolver or simulated, TrustRegistry([]), FixedClock(NOW))  # noqa: E731
    monkeypatch.setattr(services, "verifier", judge)
    return simulated


@pytest.fixture
def files(university: Institution) -> list[dict[str, Any]]:
    good = json.dumps(university.issue(name="김미나"), ensure_ascii=False)
    revoked = university.issue(name="Jo Park")
    university.revoke(revoked)
    contents = {
        "a-very-long-file-name-" + "x" * 120 + ".json": good,
        "changed.json": good.replace("김미나", "김나미"),
        "revoked.json": json.dumps(revoked),
        "empty.json": "",
    }
    return [{"name": name, "mimeType": "application/json", "buffer": text.encode()} for name, text in contents.items()]


def test_many_with_scripts(page: Page, files: list[dict[str, Any]], look: Callable[..., None]) -> None:
    page.goto("/verify/many")
    look(page, "verify-many")
    page.set_input_files("#id_files", files)
    page.get_by_role("button", name="Verify all").click()
    page.wait_for_url("**/verify/many/*")
    look(page, "verify-many-waiting")
    run_pending()
    page.get_by_role("row").nth(4).wait_for()  # htmx sees that it is done and asks for the page anew
    look(page, "verify-many-results")
    page.get_by_label("Verdict").select_option("invalid")
    page.get_by_role("button", name="Filter").click()
    assert page.get_by_role("row").count() == 3
    with page.expect_download() as download:
        page.get_by_role("link", name="As a table (CSV)").click()
    assert download.value.suggested_filename == "verification-results.csv"
    page.get_by_role("link", name="changed.json").click()
    look(page, "verify-many-entry")
    page.go_back()
    page.get_by_role("button", name="Delete now").click()
    page.get_by_text("The results were deleted").wait_for()


def test_many_without_scripts(page_without_scripts: Page, files: list[dict[str, Any]]) -> None:
    page = page_without_scripts
    page.goto("/verify/many")
    page.set_input_files("#id_files", files)
    page.get_by_role("button", name="Verify all").click()
    page.wait_for_url("**/verify/many/*")
    run_pending()
    page.reload()
    assert page.get_by_role("row").count() == 5


def test_many_in_korean(korean_page: Page, files: list[dict[str, Any]]) -> None:
    page = korean_page
    page.goto("/verify/many")
    page.set_input_files("#id_files", files)
    page.get_by_role("button", name="모두 검증하기").click()
    page.wait_for_url("**/verify/many/*")
    run_pending()
    page.reload()
    assert page.get_by_role("row").filter(has_text="유효하지 않음").count() == 2


def test_a_receipt(page: Page, files: list[dict[str, Any]], look: Callable[..., None]) -> None:
    page.goto("/verify/receipt")
    look(page, "verify-receipt-form")
    page.set_input_files("#id_file", files[0])
    page.get_by_role("button", name="Verify and make a receipt").click()
    page.get_by_text("What this receipt proves").wait_for()
    look(page, "verify-receipt")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the signed receipt").click()
    signed = json.loads(Path(download.value.path()).read_text())
    assert signed["credentialSubject"]["description"] == "valid"
    page.emulate_media(media="print")
    assert page.get_by_text("What this receipt proves").is_visible()
    assert not page.get_by_role("button", name="Download the signed receipt").is_visible()


def test_registers(page: Page, look: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    listed = tuple(Listed(f"University number {n}", frozenset({f"did:web:u{n}.example"})) for n in range(3))
    registers = [Register("Universities", listed, relied_on=True), Register("Members of a consortium", listed[:1])]
    monkeypatch.setattr(services, "trust_registry", lambda: TrustRegistry(registers))
    page.goto("/verify/registers")
    page.get_by_label("Name, identifier or domain of an institution").fill("university")
    page.get_by_role("button", name="Search").click()
    assert page.get_by_role("table").nth(1).get_by_role("row").count() == 5
    look(page, "verify-registers")
