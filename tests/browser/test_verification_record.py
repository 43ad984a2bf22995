"""The ladder of the public record on the verify page: signed, logged, witnessed, anchored, and the two dates."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.browser.test_verification import Look, university, verdict  # noqa: F401 - the same institution
from tests.simulator import NOW, Institution
from tests.unit.formats import images
from tests.unit.verification.transparency.log_world import RECORDED, Log
from tests.unit.verification.transparency.test_anchors_and_lists import anchored

from testamur.formats.baked import png
from testamur.verification import LogPolicy
from testamur_site.verification import services


def believe(monkeypatch: pytest.MonkeyPatch, policy: LogPolicy) -> None:
    monkeypatch.setattr(services, "log_policy", lambda *_, **__: policy)


def give(page: Page, credential: dict[str, Any], proof: bytes) -> None:
    baked = png.add_log_proof(png.bake(images.PNG, json.dumps(credential).encode()), proof)
    page.goto("/verify")
    page.get_by_label("File or picture").set_input_files(
        {"name": "badge.png", "mimeType": "image/png", "buffer": baked}
    )
    page.get_by_role("button", name="Verify", exact=True).click()


def test_the_whole_ladder(
    page: Page,
    look: Look,
    university: Institution,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log, credential = Log(), university.issue(name="김미나", valid_from=RECORDED)
    proof = log.record_and_prove(credential)
    receipts, believed = anchored(proof)
    believe(monkeypatch, log.policy(anchors=believed, receipts=(receipts,)))
    give(page, credential, proof)
    expect(verdict(page)).to_have_text("Valid")
    expect(page.locator("#record + .steps > .done")).to_have_count(4)
    look(page, "report-anchored")


def test_an_older_date_than_its_record_is_told_and_too_few_witnesses_are_named(
    page: Page,
    look: Look,
    university: Institution,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log, credential = Log(), university.issue(name="김미나", valid_from=NOW - timedelta(days=700))
    index = log.record(credential)
    signed = log.checkpoint(signers=[log.key, log.second_key, log.witnesses[0]])
    believe(monkeypatch, log.policy())
    give(page, credential, log.proof(index, checkpoint=signed))
    expect(page.locator("#record + .steps > .done")).to_have_count(2)
    expect(page.get_by_text("Too few of the witnesses").first).to_be_visible()
    look(page, "report-recorded-late")


def test_a_proof_of_something_else_says_so_at_the_top(
    page: Page,
    university: Institution,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log = Log()
    believe(monkeypatch, log.policy())
    give(page, university.issue(), log.record_and_prove(university.issue()))
    expect(verdict(page)).to_have_text("Not valid")
    expect(page.locator(".reason")).to_contain_text("not of this credential")
