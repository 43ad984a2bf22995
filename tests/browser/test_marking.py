"""Marking in a browser: the keyboard, drafts that save themselves, a validator's one page, a peer's review, the lead's dashboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings as site
from playwright.sync_api import Page
from tests.site.assessment.conftest import (  # noqa: F401 - the same cohorts as in the tests of marking
    SOUND,
    STRONG,
    TASK,
    WEAK,
    Cohort,
    give,
    make_cohort,
    place,
    result,
    second_assessor,
)
from tests.site.conftest import assessor, programme_lead  # noqa: F401
from tests.site.enrolment.examples import browser_of

from testamur_site.assessment.models import Mark
from testamur_site.assessment.services import calibration, peers, phrases, validators
from testamur_site.foundation.tenancy.api import Institution, tenant

Look = Callable[[Page, str], None]
TEXT = """The report says that most residents use the new bus line. The figure rests on a survey at the stops.

Who does not use the bus was never asked. If half of the district was left out, “most” may be a third.

I would ask for the number of households, and for a second count on a weekday in winter."""


@pytest.fixture(autouse=True)
def _undo_for_five_minutes(settings: Any) -> None:
    settings.TESTAMUR_UNDO_MARK = timedelta(minutes=5)


@pytest.fixture
def working(institution: Institution) -> Iterator[None]:
    with tenant(institution):
        yield


@pytest.fixture
def enter() -> Callable[[Page, Any], None]:
    """Give the visitor the session of a learner."""

    def as_learner(page: Page, enrolment: Any) -> None:
        session = browser_of(enrolment).cookies[site.SESSION_COOKIE_NAME].value
        address = page.context.new_page()
        address.goto("/healthz")
        host = urlsplit(address.url).hostname
        address.close()
        page.context.add_cookies(
            [{"name": site.SESSION_COOKIE_NAME, "value": session, "domain": host or "", "path": "/"}]
        )

    return as_learner


@pytest.mark.usefixtures("working")
def test_marking_by_the_keyboard(
    page: Page,
    sign_in: Callable[[Page, Any], None],
    look: Look,
    make_cohort: Callable[..., Cohort],  # noqa: F811
    assessor: Any,  # noqa: F811
    institution: Institution,
) -> None:
    cohort = make_cohort()
    cohort.hand_in(3, TEXT)
    phrases.keep(institution, assessor, "Say where the figure comes from.")
    sign_in(page, assessor)
    page.goto("/staff/han-river/")
    assert page.url.endswith("/staff/han-river/marking/")
    look(page, "marking-queue")
    page.get_by_role("button", name="Mark the next one").click()
    here = page.url
    look(page, "marking-mark")
    # Digits choose levels, Tab goes on, and what was chosen is kept before anything is pressed.
    page.locator("#level_argument_1").focus()
    page.keyboard.press("3")
    assert page.locator("#level_argument_3").is_checked()
    page.keyboard.press("ArrowUp")
    assert page.locator("#level_argument_2").is_checked()
    page.locator("#feedback_argument").fill("Clear.")
    page.keyboard.press("3")  # in a text a digit is a digit
    assert page.locator("#feedback_argument").input_value() == "Clear.3"
    page.locator("#feedback_argument").fill("Clear.")
    page.locator("#criterion-argument .phrases summary").click()
    page.get_by_role("button", name="Say where the figure comes from.").first.click()
    assert page.locator("#feedback_argument").input_value() == "Clear. Say where the figure comes from."
    page.locator("[data-said]", has_text="Saved").wait_for()
    assert place(cohort.submissions[0]).state == "draft"
    page.locator("#level_data_1").focus()
    page.keyboard.press("2")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: url != here and "/marking/" in url)
    assert place(cohort.submissions[0]).levels == {"argument": SOUND, "data": SOUND}
    # A slip is taken back on the next page.
    page.get_by_role("button", name="Take it back").click()
    page.wait_for_url(lambda url: "/marking/" in url)
    assert page.locator("#level_argument_2").is_checked()
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_role("button", name="Save and go on").click()
    page.locator(".error-summary").wait_for()
    look(page, "marking-incomplete")


@pytest.mark.usefixtures("working")
def test_marking_without_scripts(
    page_without_scripts: Page,
    sign_in: Callable[[Page, Any], None],
    make_cohort: Callable[..., Cohort],  # noqa: F811
    assessor: Any,  # noqa: F811
) -> None:
    cohort = make_cohort()
    cohort.hand_in(1)
    page = page_without_scripts
    sign_in(page, assessor)
    page.goto("/staff/han-river/marking/")
    page.get_by_role("button", name="Mark the next one").click()
    page.get_by_label("Strong").first.check()
    page.get_by_label("Sound").last.check()
    page.get_by_label("Feedback to the whole").fill("Well read.")
    page.get_by_role("button", name="Save and go on").click()
    assert place(cohort.submissions[0]).levels == {"argument": STRONG, "data": SOUND}


@pytest.mark.usefixtures("working")
def test_moderation_and_the_leads_pages(
    page: Page,
    korean_page: Page,
    sign_in: Callable[[Page, Any], None],
    look: Look,
    make_cohort: Callable[..., Cohort],  # noqa: F811
    assessor: Any,  # noqa: F811
    second_assessor: Any,  # noqa: F811
    programme_lead: Any,  # noqa: F811
    settings: Any,
) -> None:
    settings.TESTAMUR_UNDO_MARK = timedelta(0)
    cohort = make_cohort(assessors="2", peers="2", peer_weight="20", industry="1")
    cohort.hand_in(5, TEXT)
    disputed, agreed = cohort.submissions[:2]
    validators.invite(
        cohort.offering,
        TASK,
        organisation_name="Seoul Data Cooperative",
        organisation_url="https://coop.example/",
        name="Vera Validator",
        email="vera@coop.example",
        language="en",
        most=2,
        actor=programme_lead,
    )
    for submission, pair in ((disputed, (WEAK, STRONG)), (agreed, (SOUND, SOUND))):
        for position, level in enumerate(pair, 1):
            mark = place(submission, position=position)
            give(mark, mark.user, level, SOUND, overall="Say what was not counted.")
        give(place(submission, "industry"), place(submission, "industry").validator, SOUND, SOUND)
    peers.begin(cohort.offering, TASK)
    for review in Mark.objects.filter(role="peer", submission__in=[disputed, agreed]):
        give(review, review.learner)
    sign_in(page, programme_lead)
    page.goto(f"/staff/han-river/marking/offerings/{cohort.offering.public_id}/{TASK}/")
    look(page, "marking-task")
    page.get_by_role("button", name="Close the peer review now").click()
    page.goto("/staff/han-river/marking/?list=moderation")
    look(page, "marking-moderation-queue")
    page.locator("tbody a").first.click()
    look(page, "marking-moderation")
    page.get_by_label("Sound").first.check()
    page.get_by_label("Reason").fill("The claim is stated and supported.")
    page.get_by_role("button", name="Decide").click()
    assert result(disputed).agreed
    page.goto("/staff/han-river/programmes/")
    look(page, "leading-programmes")
    page.locator("tbody a").first.click()
    look(page, "leading-programme")
    sign_in(korean_page, programme_lead)
    korean_page.goto(page.url)
    look(korean_page, "leading-programme-ko")
    page.goto(f"/staff/han-river/marking/offerings/{cohort.offering.public_id}/{TASK}/invite")
    look(page, "marking-invite")


@pytest.mark.usefixtures("working")
def test_a_validator_needs_one_page(
    page: Page,
    look: Look,
    glance: Look,
    make_cohort: Callable[..., Cohort],  # noqa: F811
    assessor: Any,  # noqa: F811
    owner: Any,
) -> None:
    cohort = make_cohort(industry="1")
    (submission,) = cohort.hand_in(1, TEXT)
    _validator, link = validators.invite(
        cohort.offering,
        TASK,
        organisation_name="Seoul Data Cooperative",
        organisation_url="https://coop.example/",
        name="Vera Validator",
        email="vera@coop.example",
        language="en",
        most=2,
        actor=owner,
    )
    page.goto(urlsplit(link).path)
    look(page, "validate")
    page.get_by_label("Strong").first.check()
    page.get_by_label("Sound").last.check()
    page.get_by_role("button", name="Save my judgement").click()
    page.get_by_text("Thank you, that is all").wait_for()
    glance(page, "validate-done")
    assert place(submission, "industry").done
    page.goto("/validate/not-a-link")
    glance(page, "validate-closed")


@pytest.mark.usefixtures("working")
def test_a_learner_reviews_and_reads_feedback(
    page: Page,
    korean_page: Page,
    enter: Callable[[Page, Any], None],
    look: Look,
    glance: Look,
    make_cohort: Callable[..., Cohort],  # noqa: F811
    assessor: Any,  # noqa: F811
    owner: Any,
    settings: Any,
) -> None:
    settings.TESTAMUR_UNDO_MARK = timedelta(0)
    cohort = make_cohort(peers="1", peer_weight="20", self_assessment=True)
    cohort.hand_in(4, TEXT)
    sample = give(place(cohort.submissions[3]), assessor, SOUND, SOUND, overall="A sound piece of work.")
    calibration.choose_sample(cohort.offering, TASK, sample, actor=owner)
    peers.begin(cohort.offering, TASK)
    one = cohort.enrolments[0]
    enter(page, one)
    page.goto(f"/learn/{one.public_id}/reviews/")
    look(page, "reviews")
    page.get_by_role("link", name="Sample 1").click()
    page.get_by_label("Strong").first.check()
    page.get_by_label("Sound").last.check()
    page.get_by_role("button", name="Save my judgement").click()
    look(page, "reviews-compared")
    page.get_by_role("link", name="To my reviews").click()
    page.locator("main ul.list a", has_text="Work").first.click()
    look(page, "reviews-review")
    page.goto(f"/learn/{one.public_id}/tasks/{TASK}/feedback")
    glance(page, "feedback-waiting")
    page.get_by_role("link", name="Judge it").click()
    glance(page, "feedback-self")
    for other in cohort.enrolments:
        for trial in calibration.trials_of(other.learner_id, cohort.offering.pk, TASK):
            if not trial.done:
                give(trial, other.learner)
    for review in Mark.objects.filter(role="peer", state="allocated"):
        give(review, review.learner, STRONG, SOUND, overall="I would like to know who was asked.")
    give(place(cohort.submissions[0]), assessor, SOUND, STRONG, overall="Say what was not counted.")
    page.goto(f"/learn/{one.public_id}/tasks/{TASK}/feedback")
    look(page, "feedback")
    enter(korean_page, one)
    korean_page.goto(f"/learn/{one.public_id}/tasks/{TASK}/feedback")
    look(korean_page, "feedback-ko")
