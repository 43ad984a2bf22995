"""A learner from the enrol page to the receipt, and the cohort beside it, in a real browser: on a phone, by keyboard, without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core import mail
from playwright.sync_api import Page, expect
from tests.site.conftest import programme_lead  # noqa: F401 - the same person as in the tests of the site
from tests.site.enrolment import examples

from testamur_site.enrolment import services
from testamur_site.enrolment.models import Enrolment
from testamur_site.foundation.accounts.api import User
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.foundation.tenancy.api import Institution, tenant

Look = Callable[[Page, str], None]
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


@pytest.fixture(autouse=True)
def _served_here(live_server: Any, settings: Any, tmp_path: Path) -> None:
    settings.TESTAMUR_BASE_URL = live_server.url
    settings.TESTAMUR_DATA = tmp_path
    settings.TESTAMUR_LOG_FOLDER = tmp_path / "log"


@pytest.fixture
def offering(institution: Institution) -> Any:
    return examples.open_offering(examples.assessed_version(institution), seats=30)


@pytest.fixture
def mina(offering: Any) -> Enrolment:
    return examples.enrolled(offering)


@pytest.fixture
def as_learner() -> Callable[[Page, Enrolment], None]:
    """Give the visitor the session of a learner, as after a link."""

    def enter(page: Page, enrolment: Enrolment) -> None:
        session = examples.browser_of(enrolment).cookies[django_settings.SESSION_COOKIE_NAME].value
        cookie = {"name": django_settings.SESSION_COOKIE_NAME, "value": session, "domain": "localhost", "path": "/"}
        page.context.add_cookies([cookie])

    return enter


def link_in_mail(path: str) -> str:
    run_pending()
    found = re.search(rf"http://localhost:\d+({path}\S+)", str(mail.outbox[-1].body))
    assert found is not None
    return found[1]


def test_from_the_enrol_page_to_the_receipt_without_scripts(
    page_without_scripts: Page, offering: Any, tmp_path: Path
) -> None:
    page = page_without_scripts
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"/learn/enrol/{offering.public_id}")
    page.get_by_label("Your name").fill("김미나")
    page.get_by_label("Your e-mail address").fill("mina@example.org")
    if page.get_by_label("I bring along what is needed").count():
        page.get_by_label("I bring along what is needed").check()
    page.get_by_role("button", name="Send me the link to confirm").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mailbox")
    page.goto(link_in_mail("/learn/confirm/"))
    page.get_by_role("button", name="Yes, I take part").click()
    page.get_by_role("link", name="To the task").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("A report on one dataset")
    work = tmp_path / "보고서.pdf"
    work.write_bytes(PDF)
    page.get_by_label("Files").set_input_files(work)
    page.get_by_label("A word to those who mark").fill("My first report.")
    page.get_by_role("button", name="Save and go on to hand in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Hand in")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Hand in now").click()
    expect(page.get_by_text("It is handed in")).to_be_visible()
    expect(page.get_by_text(re.compile("SHA-256 [0-9a-f]{64}"))).to_be_visible()
    page.get_by_role("link", name="Back to the programme").click()
    expect(page.get_by_text("Begin with “A briefing for a committee”.")).to_be_visible()


def test_the_learners_pages(
    page: Page, mina: Enrolment, offering: Any, look: Look, glance: Look, as_learner: Any
) -> None:
    page.goto(f"/learn/enrol/{offering.public_id}")
    look(page, "learn-enrol")
    page.goto("/learn/enter")
    glance(page, "learn-enter")
    as_learner(page, mina)
    page.goto(f"/learn/{mina.public_id}/")
    look(page, "learn-programme")
    page.goto(f"/learn/{mina.public_id}/tasks/report/")
    look(page, "learn-task")
    with tenant(mina.institution):
        draft = services.begin_draft(mina, "report")
        services.add_to_draft(draft, services.add_text(mina.learner, "What the figures hide.", "Summary"))
        services.add_to_draft(
            draft,
            services.add_address(mina.learner, "link", "https://data.example.org/air-quality-2025", "Air quality 2025"),
        )
    page.goto(f"/learn/{mina.public_id}/tasks/report/")
    look(page, "learn-draft")
    page.goto(f"/learn/{mina.public_id}/tasks/report/submit")
    look(page, "learn-submit")
    with tenant(mina.institution):
        submission = services.submit(draft, declared=True)
    page.goto(f"/learn/submissions/{submission.public_id}")
    look(page, "learn-receipt")
    page.goto("/learn/evidence/")
    look(page, "learn-evidence")
    page.goto("/learn/about-me")
    glance(page, "learn-about-me")


def test_the_learners_pages_in_korean(korean_page: Page, mina: Enrolment, glance: Look, as_learner: Any) -> None:
    as_learner(korean_page, mina)
    for name, path in {
        "learn-programme-ko": f"/learn/{mina.public_id}/",
        "learn-task-ko": f"/learn/{mina.public_id}/tasks/report/",
        "learn-enrol-ko": f"/learn/enrol/{mina.offering.public_id}",
    }.items():
        korean_page.goto(path)
        glance(korean_page, name)


def test_a_draft_by_keyboard(page: Page, mina: Enrolment, as_learner: Any) -> None:
    """Enter in a field saves the draft and takes no piece out, though the buttons that take out come first."""
    as_learner(page, mina)
    with tenant(mina.institution):
        draft = services.begin_draft(mina, "report")
        services.add_to_draft(draft, services.add_text(mina.learner, "What the figures hide.", "Summary"))
    page.goto(f"/learn/{mina.public_id}/tasks/report/")
    page.locator("summary", has_text="Link").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Its title").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your draft is saved.")).to_be_visible()
    expect(page.get_by_role("link", name="Summary")).to_be_visible()


def test_the_cohort(
    page: Page,
    mina: Enrolment,
    offering: Any,
    programme_lead: User,  # noqa: F811
    sign_in: Any,
    look: Look,
    glance: Look,
    tmp_path: Path,
) -> None:
    examples.handed_in(mina)
    for number, name in enumerate(("Aoife Byrne", "이준호", "Amara Okafor")):
        examples.enrolled(offering, name, f"learner{number}@example.org")
    sign_in(page, programme_lead)
    cohort = f"/staff/{mina.institution.slug}/cohorts/{offering.public_id}/"
    page.goto(f"/staff/{mina.institution.slug}/cohorts/")
    glance(page, "cohorts")
    page.goto(cohort)
    look(page, "cohort")
    page.goto(f"{cohort}learners/{mina.public_id}/")
    look(page, "cohort-learner")
    page.goto(f"{cohort}learners/{mina.public_id}/extend")
    glance(page, "cohort-extend")
    page.goto(f"{cohort}lists/new")
    listed = tmp_path / "class.csv"
    listed.write_text("Name,E-mail\nNoor Haddad,noor@example.org\n,nobody@example.org\n", encoding="utf-8")
    page.get_by_label("Class list", exact=True).set_input_files(listed)
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="To the dry run").click()
    look(page, "cohort-dry-run")
    page.get_by_role("button", name="Enrol 1 learner").click()
    run_pending()
    page.reload()
    expect(page.get_by_text("Everybody who was enrolled gets a mail with a link.")).to_be_visible()
