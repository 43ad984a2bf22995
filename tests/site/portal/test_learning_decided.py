"""What a learner sees when it was decided: the reasons, how long an appeal is possible, and the way to the credential."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.site.decisions.conftest import (  # noqa: F401
    POOR,
    Programme,
    _at_once,
    at_work,
    decide,
    fresh,
    programme,
    second_lead,
)
from tests.site.enrolment import examples

from testamur_site.decisions import services as decisions
from testamur_site.decisions.rules import Outcome
from testamur_site.enrolment.models import Enrolment
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.issuing.models import Award

pytestmark = pytest.mark.usefixtures("at_work")


@pytest.fixture
def _handed_on(settings: Any) -> None:
    settings.TESTAMUR_AFTER_ISSUE = "testamur_site.wallet.jobs.after_issue"


def page_of(enrolment: Enrolment) -> str:
    answer = examples.browser_of(fresh(enrolment)).get(f"/learn/{enrolment.public_id}/")
    assert answer.status_code == 200
    return str(answer.content.decode())


@pytest.mark.usefixtures("_handed_on")
def test_who_passed_finds_the_credential(programme: Programme, programme_lead: Any) -> None:  # noqa: F811
    learner = programme.marked()
    assert "You have handed in everything." in page_of(learner)
    decide(learner, programme_lead)
    run_pending()
    page = page_of(learner)
    assert "You have passed. Congratulations!" in page
    assert "Accept my credential" in page
    claim = page.partition('href="/claim/')[2].partition('"')[0]
    browser = examples.browser_of(fresh(learner))
    browser.post(f"/claim/{claim}", {"answer": "accept"})
    page = page_of(learner)
    assert "My credential" in page
    assert f"/c/{Award.objects.get().public_id}" in page


def test_who_failed_reads_why_and_how_to_appeal(programme: Programme, programme_lead: Any) -> None:  # noqa: F811
    learner = programme.marked(briefing=POOR)
    decide(learner, programme_lead, Outcome.FAIL, reason="The briefing does not say **what to decide**.")
    page = page_of(learner)
    assert "You have not passed." in page
    assert "<strong>what to decide</strong>" in page
    assert "You can appeal until" in page
    assert f"/learn/{learner.public_id}/appeal" in page
    assert "/claim/" not in page


def test_a_question_about_the_work_comes_before_everything(
    programme: Programme,  # noqa: F811
    programme_lead: Any,
) -> None:
    learner = programme.learner()
    submission = programme.hand_in(learner, "report")
    case = decisions.suspect(
        learner, "Two passages stand in another work.", submission=submission, actor=programme_lead
    )
    page = page_of(learner)
    assert "There is a question about your work." in page
    assert f"/learn/{learner.public_id}/hearing/{case.public_id}" in page


def test_time_to_appeal_ends(programme: Programme, programme_lead: Any, monkeypatch: Any) -> None:  # noqa: F811
    learner = programme.marked(briefing=POOR)
    made = decide(learner, programme_lead, Outcome.FAIL, reason="Not yet.")
    over = made.appeal_until + timedelta(seconds=1)
    monkeypatch.setattr("testamur_site.decisions.models.timezone.now", lambda: over)
    assert "You can appeal until" not in page_of(learner)
