"""The page and the terminal show an employer how an assessed credential was earned."""

# ruff: noqa: F811 - pytest hands fixtures over by their names
from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.site.decisions.conftest import Programme, at_work, programme  # noqa: F401
from tests.site.issuing.conftest import public_site

from testamur.verification import Verdict, Verifier, presenters
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.issuing import api
from testamur_site.issuing.models import Award

pytestmark = pytest.mark.usefixtures("at_work")
DIGEST = hashlib.sha256(b"What the figures hide.").hexdigest()


@pytest.fixture
def award(programme: Programme, programme_lead: Any, settings: Any) -> Award:
    settings.TESTAMUR_UNDO_MARK = timedelta(0)
    settings.TESTAMUR_AFTER_ISSUE = None
    decision = programme.decided(programme_lead)
    run_pending()
    return Award.objects.get(decision=decision)


@pytest.mark.parametrize(("language", "heading"), [("en", "How it was earned"), ("ko", "획득 과정")])
def test_the_page_shows_the_chain(award: Award, client: Client, language: str, heading: str) -> None:
    upload = SimpleUploadedFile("credential.json", api.credential_bytes(award), "application/json")
    page = " ".join(
        client.post("/verify", {"file": upload}, headers={"accept-language": language}).content.decode().split()
    )
    assert heading in page
    assert f"SHA-256 {DIGEST}" in page
    for said in ("데이터 하나에 대한 보고서", "수치를 비판적으로 읽습니다", "Han River University"):
        assert said in page, said
    assert 'href="ni:' not in page, "a private piece is named, and leads nowhere"


def test_the_terminal_shows_the_chain_and_it_is_valid(award: Award) -> None:
    report = Verifier(public_site(award.institution)).verify(api.credential_bytes(award))
    assert report.verdict is Verdict.VALID
    text = presenters.to_text(report)
    assert "데이터 하나에 대한 보고서: 100 % (needed to pass: 50 %)" in text
    assert f"sha256 {DIGEST}" in text
    assert "평가: Han River University" in text
