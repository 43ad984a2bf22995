from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
from django.db import transaction
from django.test import Client

from testamur_site.foundation.accounts.api import User
from testamur_site.foundation.audit.api import record
from testamur_site.foundation.audit.rules import formula_safe
from testamur_site.foundation.tenancy.api import Institution

URL = "/staff/han-river/audit"


@pytest.fixture
def browser(institution: Institution, owner: User, client_for: Callable[[User], Client]) -> Client:
    with transaction.atomic():
        record("award.issued", '=HYPERLINK("http://evil")', institution=institution, actor=owner, facts={"a": "한국"})
    return client_for(owner)


def test_the_page_names_the_people(browser: Client) -> None:
    page = browser.get(URL).content.decode()
    assert "Olivia Owner" in page
    assert "institution.created" in page
    assert "한국" in page


def test_the_page_filters(browser: Client, owner: User) -> None:
    page = browser.get(URL, {"person": owner.public_id}).content.decode()
    assert "HYPERLINK" in page
    assert '<td data-label="Action" class="mono small nowrap">institution.created</td>' not in page


def test_a_filter_that_finds_nothing_says_so(browser: Client) -> None:
    assert "No entry fits this choice." in browser.get(URL, {"action": "nothing.such"}).content.decode()


def test_the_chain_can_be_checked_on_the_page(browser: Client) -> None:
    assert "The chain is intact" in browser.get(URL, {"check": ""}).content.decode()


def test_the_export_is_a_table_without_formulas(browser: Client) -> None:
    answer = browser.get(f"{URL}.csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    header, newest, *_ = csv.reader(io.StringIO(text))
    assert header[:5] == ["sequence", "recorded_at", "actor", "action", "target"]
    assert newest[4] == '\'=HYPERLINK("http://evil")'
    assert newest[5] == '{"a": "한국"}'
    assert answer["Content-Disposition"] == 'attachment; filename="audit-han-river.csv"'


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_cells_that_a_spreadsheet_would_compute_are_quoted(cell: str) -> None:
    assert formula_safe(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "award:x", "12", "가나"])
def test_other_cells_stay_as_they_are(cell: str) -> None:
    assert formula_safe(cell) == cell
