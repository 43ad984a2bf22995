"""Item banks, copies and reliability in a real browser: accessibility, layout, and a whole test on a phone without scripts."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect
from tests.site.assessment.conftest import (  # noqa: F401 - the same cohort as in the tests of assessment
    at_work,
    give,
    make_cohort,
    place,
    second_assessor,
)
from tests.site.conftest import assessor, programme_lead  # noqa: F401
from tests.site.enrolment.examples import browser_of
from tests.site.item_bank import examples

from testamur_site.assessment.integrity import services as copies
from testamur_site.assessment.integrity.models import CopyFinding
from testamur_site.assessment.services import allocation
from testamur_site.enrolment.models import Enrolment
from testamur_site.foundation.tenancy.api import Institution, tenant
from testamur_site.item_bank.banks import calibration
from testamur_site.item_bank.models import Asked, Calibration, ItemBank

Look = Callable[[Page, str], None]


def enter(page: Page, enrolment: Enrolment) -> None:
    """Give the visitor the learner's session, as a link in a mail does."""
    cookie = browser_of(enrolment).cookies[settings.SESSION_COOKIE_NAME].value
    page.goto("/healthz")
    host = urlsplit(page.url).hostname or ""
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "domain": host, "path": "/"}])


@pytest.fixture
def bank(institution: Institution) -> ItemBank:
    return examples.open_bank(institution, 24, minutes=30, areas={"percent": 2.0, "rates": 1.0})


def test_a_test_from_beginning_to_end_without_scripts(
    visitor: Callable[..., Page], bank: ItemBank, glance: Look
) -> None:
    learner = examples.learner_of(bank)
    page = visitor(scripts=False)
    enter(page, learner)
    page.goto(f"/learn/{learner.public_id}/tasks/quiz/")
    page.locator("main a[href$='/test/quiz']").first.click()
    page.get_by_label("I take this test myself").check()
    page.get_by_role("button", name="Begin the test").click()
    for _ in range(9):
        if page.get_by_text("Your result is").count():
            break
        page.get_by_role("button", name="Answer and go on").click()
        expect(page.get_by_text("There is no answer yet")).to_be_visible()
        with tenant(bank.institution):
            asked = Asked.objects.select_related("item").get(answered_at=None)
        if asked.item.kind == "choice":
            page.get_by_label(asked.item.options[asked.item.right]["en"], exact=True).check()
        else:
            page.get_by_role("textbox").fill(asked.item.answer)
        page.get_by_role("button", name="Answer and go on").click()
    expect(page.get_by_text("Your result is")).to_be_visible()
    expect(page.get_by_text("The result is handed in.")).to_be_visible()


def test_the_pages_of_a_test(page: Page, korean_page: Page, bank: ItemBank, look: Look, glance: Look) -> None:
    learner = examples.learner_of(bank)
    here = f"/learn/{learner.public_id}/test/quiz"
    enter(page, learner)
    page.goto(here)
    look(page, "test-before")
    page.get_by_label("I take this test myself").check()
    page.get_by_role("button", name="Begin the test").click()
    look(page, "test-item")
    page.get_by_role("button", name="Answer and go on").click()
    glance(page, "test-item-complaint")
    enter(korean_page, learner)
    korean_page.goto(here)
    glance(korean_page, "test-item-korean")
    while page.get_by_role("button", name="I do not know").count():
        page.get_by_role("button", name="I do not know").click()
    look(page, "test-result")


def test_the_pages_of_a_bank(
    page: Page, korean_page: Page, bank: ItemBank, designer: Any, sign_in: Callable[..., None], look: Look, glance: Look
) -> None:
    sign_in(page, designer)
    base = f"/staff/{bank.institution.slug}/item-banks/"
    page.goto(base)
    look(page, "item-banks")
    page.get_by_role("link", name=bank.title).click()
    look(page, "item-bank")
    page.goto(f"{base}{bank.public_id}/edit")
    glance(page, "item-bank-settings")
    page.goto(f"{base}{bank.public_id}/items/new")
    look(page, "item-new")
    page.goto(f"{base}{bank.public_id}/import")
    page.set_input_files(
        "input[type=file]",
        {
            "name": "items.csv",
            "mimeType": "text/csv",
            "buffer": b"key,kind,text_en,answer,options_en\nnew,number,Half of 9?,4.5,\nbad,choice,What?,,yes\n",
        },
    )
    page.get_by_role("button", name="Look at it").click()
    look(page, "item-import")
    learner = examples.learner_of(bank)
    with tenant(bank.institution):
        examples.sit(learner, 0.5)
        calibration.run(calibration.ask(bank))
        results = [
            {**one, "seA": 0.2, "seB": 0.1, "answers": 240, "findings": [], "calibrated": True}
            for one in Calibration.objects.get().results[:3]
        ]
        Calibration.objects.update(results=results)
    page.goto(f"{base}{bank.public_id}/calibration")
    look(page, "item-calibration")
    sign_in(korean_page, designer)
    korean_page.goto(f"{base}{bank.public_id}/")
    glance(korean_page, "item-bank-korean")


def test_every_test_of_an_offering(
    page: Page,
    bank: ItemBank,
    programme_lead: Any,  # noqa: F811
    sign_in: Callable[..., None],
    look: Look,
) -> None:
    learner = examples.learner_of(bank)
    with tenant(bank.institution):
        examples.sit(learner, 1.0)
    sign_in(page, programme_lead)
    page.goto(f"/staff/{bank.institution.slug}/tests/{learner.offering.public_id}/quiz/")
    page.get_by_label("Per cent more time").fill("25")
    page.get_by_role("button", name="Give more time").click()
    expect(page.get_by_text("+25 %")).to_be_visible()
    look(page, "tests")


def test_copies_and_reliability(
    page: Page,
    korean_page: Page,
    make_cohort: Callable[..., Any],  # noqa: F811
    assessor: Any,  # noqa: F811
    second_assessor: Any,  # noqa: F811
    programme_lead: Any,  # noqa: F811
    at_work: Institution,  # noqa: F811
    sign_in: Callable[..., None],
    look: Look,
    glance: Look,
) -> None:
    words = [
        "figures",
        "mislead",
        "where",
        "the",
        "base",
        "is",
        "hidden",
        "and",
        "nobody",
        "asks",
        "for",
        "it",
        "surveys",
        "cities",
        "rates",
    ]
    chance = random.Random(1)
    cohort = make_cohort(assessors="2", moderate_from="100")
    allocation.appoint(cohort.offering, [assessor, second_assessor], actor=None)
    essays = [" ".join(chance.choice(words) for _ in range(150)) for _ in range(8)]
    essays[3] = " ".join(chance.choice(words) for _ in range(40)) + "\n\n" + essays[0][:600]
    for essay in essays:
        cohort.hand_in(1, essay)
    levels = ("weak", "sound", "strong")
    for number, submission in enumerate(cohort.submissions):
        for position in (1, 2):
            mark = place(submission, position=position)
            strict = mark.user_id == second_assessor.pk
            give(mark, mark.user, levels[max(0, number % 3 - strict)], levels[number % 3])
    copies.compare_task(cohort.offering, "essay")
    base = f"/staff/{cohort.institution.slug}/marking/offerings/{cohort.offering.public_id}/essay/"
    sign_in(page, programme_lead)
    page.goto(f"{base}copies/")
    look(page, "copies")
    page.goto(f"/staff/{cohort.institution.slug}/marking/copies/{CopyFinding.objects.get().public_id}/")
    look(page, "copy")
    page.goto(f"{base}reliability/")
    look(page, "reliability")
    sign_in(korean_page, programme_lead)
    korean_page.goto(f"{base}reliability/")
    glance(korean_page, "reliability-korean")
    korean_page.goto(f"/staff/{cohort.institution.slug}/marking/copies/{CopyFinding.objects.get().public_id}/")
    glance(korean_page, "copy-korean")
