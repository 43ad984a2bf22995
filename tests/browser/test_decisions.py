"""Decisions in a real browser: a board worked through without scripts and by keyboard, what learners see, and the pages of both sides."""

# ruff: noqa: F811 - pytest hands fixtures over by their names
from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings as django_settings
from playwright.sync_api import Page, expect
from tests.site.conftest import assessor, programme_lead  # noqa: F401 - the same people as in the tests of the site
from tests.site.decisions.conftest import (  # noqa: F401
    GOOD,
    POOR,
    Programme,
    _at_once,
    decide,
    fresh,
    programme,
    second_lead,
)
from tests.site.enrolment.examples import browser_of

from testamur_site.decisions import services
from testamur_site.decisions.models import Appeal, Decision
from testamur_site.decisions.rules import Outcome
from testamur_site.enrolment.api import Enrolment, add_text
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.foundation.tenancy.api import tenant
from testamur_site.issuing import api as issuing
from testamur_site.wallet.models import Deposit
from testamur_site.wallet.services import claim

STAFF = "/staff/han-river"
Visit = Callable[[Page, Any], None]
Look = Callable[[Page, str], None]


def board_of(programme: Programme) -> str:
    return f"{STAFF}/decisions/offerings/{programme.offering.public_id}/"


def come_as(page: Page, one: Enrolment) -> None:
    """Give the visitor the session of a learner, as after opening a link."""
    page.goto("/healthz")
    name = django_settings.SESSION_COOKIE_NAME
    session = browser_of(one).cookies[name].value
    host = urlsplit(page.url).hostname or ""
    page.context.add_cookies([{"name": name, "value": session, "domain": host, "path": "/"}])


@pytest.fixture
def cohort(programme: Programme, programme_lead: Any) -> dict[str, Enrolment]:
    """Two whose results speak for themselves, one to hand in again, one who failed and appealed, one of whom something was seen."""
    with tenant(programme.version.institution):
        found = {
            "good": programme.marked(name="Aoife Ní Bhriain"),
            "korean": programme.marked(name="김하늘"),
            "poor": programme.marked(name="Zoltán Kertész", report=POOR),
        }
        failed = programme.decided(programme_lead, Outcome.FAIL, name="Tomás Quiroga", briefing=POOR)
        services.lodge(failed, ["marking", "procedure"], "The appendix, in which I answer the question, was not read.")
        found["failed"] = fresh(failed.enrolment)
        suspected = programme.marked(name="Ingrid Solberg")
        services.suspect(suspected, "Half of the second part stands in a report of 2019.", actor=programme_lead)
        found["suspected"] = suspected
    return found


def test_a_board_is_worked_through_without_scripts(
    page_without_scripts: Page,
    sign_in: Visit,
    programme: Programme,
    programme_lead: Any,
    cohort: Any,
) -> None:
    page = page_without_scripts
    sign_in(page, programme_lead)
    page.goto(board_of(programme))
    expect(page.get_by_role("heading", level=2).first).to_have_text("Look at these one by one")
    # Who is in question stands on top, and is chosen here all the same: the refusal is said, the others go on.
    page.get_by_role("row", name="Ingrid Solberg").get_by_role("checkbox").check()
    page.get_by_role("button", name="Look at the chosen ones").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirm 3 decisions?")
    expect(page.locator("main")).to_contain_text("100 per cent; 50 were needed. Reached.")
    page.get_by_role("button", name="Confirm").click()
    expect(page.locator("main")).to_contain_text("2 decisions are made.")
    expect(page.locator("main")).to_contain_text("A question of misconduct is open.")
    with tenant(programme.version.institution):
        assert Decision.objects.filter(outcome="pass").count() == 2
        assert not Decision.objects.filter(enrolment=cohort["suspected"]).exists()


def test_a_learner_is_decided_by_keyboard(
    page: Page,
    sign_in: Visit,
    programme_lead: Any,
    cohort: Any,
) -> None:
    sign_in(page, programme_lead)
    page.goto(f"{STAFF}/decisions/learners/{cohort['poor'].public_id}/")
    page.get_by_label("To be handed in again", exact=True).first.focus()
    page.get_by_role("checkbox", name="A report on one dataset").check()
    page.get_by_role("button", name="Decide").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("The decision is made.")


def test_the_pages_of_staff(
    page: Page, sign_in: Visit, look: Look, glance: Look, programme: Programme, programme_lead: Any, second_lead: Any,
    owner: Any, cohort: Any,
) -> None:  # fmt: skip
    sign_in(page, programme_lead)
    page.goto(board_of(programme))
    look(page, "decisions-board")
    page.get_by_role("button", name="Look at the chosen ones").click()
    glance(page, "decisions-review")
    page.goto(f"{STAFF}/decisions/learners/{cohort['poor'].public_id}/")
    look(page, "decisions-learner")
    page.goto(f"{STAFF}/decisions/")
    glance(page, "decisions-overview")
    page.goto(f"{STAFF}/misconduct/")
    glance(page, "decisions-cases")
    page.locator("main th a").first.click()
    glance(page, "decisions-case")
    sign_in(page, second_lead)
    with tenant(programme.version.institution):
        appeal = Appeal.objects.get()
    page.goto(f"{STAFF}/appeals/")
    glance(page, "decisions-appeals")
    page.goto(f"{STAFF}/appeals/{appeal.public_id}/")
    page.get_by_role("button", name="Look into it").click()
    look(page, "decisions-appeal")
    sign_in(page, owner)
    page.goto(f"{STAFF}/decisions/policy")
    glance(page, "decisions-policy")


def test_the_pages_of_learners(
    page: Page, look: Look, glance: Look, programme: Programme, programme_lead: Any, cohort: Any,
) -> None:  # fmt: skip
    with tenant(programme.version.institution):
        decide(cohort["good"], programme_lead)
        decide(cohort["poor"], programme_lead, Outcome.RESUBMIT)
        item = add_text(cohort["poor"].learner, "What the report left out.", "Appendix B")
        assert item
    come_as(page, cohort["good"])
    page.goto(f"/learn/{cohort['good'].public_id}/decision")
    look(page, "learner-decision-passed")
    page.goto(f"/learn/{cohort['good'].public_id}/transcript")
    glance(page, "learner-transcript")
    come_as(page, cohort["poor"])
    page.goto(f"/learn/{cohort['poor'].public_id}/decision")
    glance(page, "learner-decision-resubmit")
    page.get_by_role("link", name="Appeal", exact=True).click()
    look(page, "learner-appeal")
    page.get_by_role("button", name="Appeal").click()
    come_as(page, cohort["failed"])
    page.goto(f"/learn/{cohort['failed'].public_id}/appeal")
    glance(page, "learner-appeal-lodged")
    come_as(page, cohort["suspected"])
    page.goto(f"/learn/{cohort['suspected'].public_id}/decision")
    page.locator("aside .list a").first.click()
    look(page, "learner-hearing")


def test_prior_learning_from_the_claim_to_the_decision(
    page: Page,
    sign_in: Visit,
    look: Look,
    glance: Look,
    programme: Programme,
    programme_lead: Any,
    assessor: Any,
) -> None:
    with tenant(programme.version.institution):
        one = programme.learner(name="이서연", language="ko")
        add_text(one.learner, "Ten years at the statistics office.", "Letter of reference")
    come_as(page, one)
    page.goto(f"/learn/{one.public_id}/prior-learning")
    look(page, "learner-prior-learning")
    page.get_by_label("Where and how you learned it").fill("At the statistics office, for ten years.")
    page.get_by_role("checkbox", name="Letter of reference").check()
    page.get_by_role("button", name="Claim").click()
    expect(page.get_by_role("status").first).to_contain_text("Your claim has arrived.")
    sign_in(page, assessor)
    page.goto(f"{STAFF}/prior-learning/")
    page.locator("main th a").first.click()
    look(page, "decisions-claim")


def test_korean_pages_speak_korean(
    korean_page: Page,
    sign_in: Visit,
    glance: Look,
    programme: Programme,
    programme_lead: Any,
    cohort: Any,
) -> None:
    sign_in(korean_page, programme_lead)
    korean_page.goto(board_of(programme))
    expect(korean_page.get_by_role("heading", level=2).first).to_have_text("한 명씩 살펴볼 학습자")
    glance(korean_page, "decisions-board-ko")
    come_as(korean_page, cohort["failed"])
    korean_page.goto(f"/learn/{cohort['failed'].public_id}/decision")
    expect(korean_page.locator("h1")).to_have_text("통과하지 못함")
    glance(korean_page, "learner-decision-failed-ko")


def test_an_employer_sees_how_it_was_earned(
    page: Page, look: Look, programme: Programme, programme_lead: Any, tmp_path: Any
) -> None:
    with tenant(programme.version.institution):
        decision = programme.decided(programme_lead)
        run_pending()
        award = issuing.award_of(decision)
        assert award is not None
        file = tmp_path / "credential.json"
        file.write_bytes(issuing.credential_bytes(award))
    page.goto("/verify")
    page.locator("input[type=file]").set_input_files(file)
    page.locator("main form").first.get_by_role("button").last.click()
    expect(page.get_by_role("heading", name="How it was earned")).to_be_visible()
    look(page, "verify-how-earned")


def test_staff_and_visitors_see_the_award(
    page: Page, sign_in: Visit, glance: Look, programme: Programme, programme_lead: Any, settings: Any
) -> None:
    settings.TESTAMUR_AFTER_ISSUE = "testamur_site.wallet.jobs.after_issue"
    with tenant(programme.version.institution):
        decision = programme.decided(programme_lead)
        run_pending()
        award = issuing.award_of(decision)
        assert award is not None
        deposit = Deposit.objects.select_related("institution").get(award=award)
        claim(deposit, "en")
        Deposit.objects.filter(pk=deposit.pk).update(public=True)
    sign_in(page, programme_lead)
    page.goto(f"{STAFF}/decisions/learners/{decision.enrolment.public_id}/")
    page.get_by_role("link", name="To the award").click()
    expect(page.locator("main")).to_contain_text(decision.transcript_line)
    glance(page, "award-of-decision")
    page.goto(f"/c/{award.public_id}")
    expect(page.get_by_role("heading", name="How it was earned")).to_be_visible()
    glance(page, "share-how-earned")
