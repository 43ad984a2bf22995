"""What nobody means well with: every page answers with a refusal, never with an error of the server, and nothing leaks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.standing import aside

from testamur_site.enrolment.models import Enrolment
from testamur_site.foundation.accounts.api import User

from . import examples

BAD = (
    "", "\x00", "a" * 5000, "../../etc/passwd", "<script>alert(1)</script>", "{{ 7*7 }}", "%s%n", "-1", "9" * 30, "'; DROP TABLE x; --",
    "\u202eexe.fdp", "\ud7ff\ue000", "𐍈" * 300, "on",
)  # fmt: skip
values = st.sampled_from(BAD) | st.text(max_size=40)


@pytest.fixture(autouse=True)
@aside
def _own_store(settings: Any, tmp_path: Any) -> None:
    settings.TESTAMUR_DATA = tmp_path


def forms(mina: Enrolment) -> dict[str, list[str]]:
    """Every form of a learner and of a visitor, with its fields."""
    here = f"/learn/{mina.public_id}"
    return {
        f"/learn/enrol/{mina.offering.public_id}": ["name", "email", "language", "goals", "prerequisites"],
        "/learn/enter": ["email"],
        "/learn/enter?next=x": ["email"],
        "/learn/about-me": ["name", "language"],
        f"{here}/tasks/report/draft": [
            "revision", "note", "help_used", "address_kind", "url", "url_title", "public", "text_title", "text", "again", "remove", "do",
        ],
        f"{here}/tasks/report/submit": ["seen", "declared"],
        "/learn/evidence/": ["address_kind", "url", "url_title", "text", "text_title"],
    }  # fmt: skip


@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(data=st.data())
def test_no_form_of_a_learner_breaks(mina: Enrolment, her_browser: Client, data: st.DataObject) -> None:
    for path, fields in forms(mina).items():
        sent = {field: data.draw(values) for field in fields}
        assert her_browser.post(path, sent).status_code < 500, (path, sent)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(value=values, other=values)
def test_no_form_of_staff_breaks(
    mina: Enrolment, programme_lead: User, client_for: Callable[[User], Client], value: str, other: str
) -> None:
    lead = client_for(programme_lead)
    cohort = f"/staff/{mina.institution.slug}/cohorts/{mina.offering.public_id}"
    learner = f"{cohort}/learners/{mina.public_id}"
    for path, fields in {
        f"{cohort}/invite": ["name", "email", "language", "allowed"],
        f"{learner}/extend": ["task", "days", "reason"],
        f"{learner}/identity": ["level"],
        f"{learner}/change": ["name", "email", "language"],
    }.items():
        sent = {field: value if number % 2 else other for number, field in enumerate(fields)}
        assert lead.post(path, sent).status_code < 500, (path, sent)
    asked = {"q": value, "state": other, "page": value}
    assert lead.get(f"{cohort}/", asked).status_code < 500, asked


@pytest.mark.parametrize(
    "name",
    [
        "../../../etc/passwd",
        "a\x00b.pdf",
        "\u202efdp.exe",
        "x" * 400 + ".pdf",
        "C:\\work\\report.pdf",
        '"; filename="b.html',
    ],
)
def test_a_name_of_a_file_is_only_a_name(mina: Enrolment, her_browser: Client, name: str, tmp_path: Any) -> None:
    her_browser.post(
        f"/learn/{mina.public_id}/tasks/report/draft",
        {"revision": "0", "note": "", "help_used": "", "file": SimpleUploadedFile(name or "x", b"%PDF-1.7")},
    )
    outside = [
        path for path in tmp_path.rglob("*") if path.is_file() and "evidence" not in str(path.relative_to(tmp_path))
    ]
    assert outside == []
    page = her_browser.get("/learn/evidence/").content.decode()
    assert "\u202e" not in page
    assert "\x00" not in page


def test_no_page_of_a_learner_can_be_framed_or_cached(mina: Enrolment, her_browser: Client) -> None:
    for path in ("/learn/evidence/", f"/learn/{mina.public_id}/", f"/learn/{mina.public_id}/tasks/report/"):
        answer = her_browser.get(path)
        assert answer["X-Frame-Options"] == "DENY"
        assert "no-store" in answer["Cache-Control"]


def test_a_stranger_with_an_old_session_is_a_stranger(mina: Enrolment) -> None:
    browser = Client()
    kept = browser.session
    for forged in ([mina.learner_id, 99], [999_999, 1]):
        kept["enrolment_learner"] = forged
        kept.save()
        browser.cookies["sessionid"] = kept.session_key
        assert browser.get("/learn/evidence/").status_code == 302, forged
    assert examples.browser_of(mina).get("/learn/evidence/").status_code == 200
