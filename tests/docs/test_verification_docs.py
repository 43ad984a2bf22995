"""What the pages about verification say, held against the program."""

from __future__ import annotations

import re

import pytest
from tests.shared import ROOT

from testamur_site.verification.bulk import rules
from testamur_site.verification.bulk.messages import bulk_refusal
from testamur_site.verification.messages import refusal_sentence
from testamur_site.verification.programs.schema import OPEN_API

REFERENCE = (ROOT / "docs/reference/api-verify.md").read_text(encoding="utf-8")
PAGES = [
    "docs/reference/api-verify.md",
    "docs/how-to/verify-in-bulk.md",
    "docs/how-to/rely-on-registers.md",
    "docs/explanation/receipts.md",
    "docs/decisions/0020-browser-verifier.md",
]


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str) -> None:
    path = ROOT / page
    links = re.findall(r"\]\((?!https?://|mailto:|#)([^)#]+)", path.read_text(encoding="utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_every_status_of_the_description_is_explained() -> None:
    described = {
        status
        for path in OPEN_API["paths"].values()
        for method in path.values()
        if isinstance(method, dict)
        for status in method["responses"]
    }
    assert described <= set(re.findall(r"\b[245]\d\d\b", REFERENCE))


def test_every_member_of_a_request_is_explained() -> None:
    for member in OPEN_API["components"]["schemas"]["Request"]["properties"]:
        assert f"| `{member}` |" in REFERENCE


def test_every_refusal_that_is_named_has_its_sentence() -> None:
    named = {
        kind.replace("-", "_")
        for row in re.findall(r"^\| 422 \|(.*?)\|", REFERENCE, re.MULTILINE)
        for kind in re.findall(r"`([a-z-]+)`", row)
    }
    assert len(named) == 15
    facts = {"limit": 1, "name": "x"}
    for code in named:
        try:
            assert bulk_refusal(code, facts)
        except KeyError:
            assert refusal_sentence(code, "https://a.example")


def test_the_limits_that_are_named() -> None:
    assert f"{rules.MAX_ITEMS:,} documents" in REFERENCE
    assert (rules.MAX_UPLOAD, rules.MAX_DOCUMENT) == (64 * 1024 * 1024, 4 * 1024 * 1024)
