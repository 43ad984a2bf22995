"""The learner's overview: the one sentence at the top in every state, and a page that shows what the capabilities below answer."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.site.enrolment import examples
from tests.standing import standing

from testamur_site.enrolment import services
from testamur_site.enrolment.models import Enrolment
from testamur_site.foundation.tenancy.api import Institution, tenant
from testamur_site.portal.learning.rules import Next, Step, TaskView, next_step
from testamur_site.portal.learning.sentences import next_words

SOON, LATER = date(2026, 3, 1), date(2026, 4, 1)
REPORT = TaskView("report", "not_started", SOON)
BRIEFING = TaskView("briefing", "not_started", LATER)


@pytest.mark.parametrize(
    ("enrolment", "tasks", "more", "what", "task"),
    [
        ("applied", [REPORT], {}, Next.CONFIRM, ""),
        ("waiting", [REPORT], {}, Next.WAIT_FOR_SEAT, ""),
        ("withdrawn", [REPORT], {}, Next.LEFT, ""),
        ("enrolled", [BRIEFING, REPORT], {}, Next.HAND_IN, "report"),
        ("enrolled", [TaskView("report", "draft", SOON), BRIEFING], {}, Next.CARRY_ON, "report"),
        ("enrolled", [REPORT, TaskView("briefing", "returned", LATER)], {}, Next.HAND_IN_AGAIN, "briefing"),
        ("enrolled", [BRIEFING], {"reviews": 2, "reviews_due": SOON}, Next.REVIEW, ""),
        ("enrolled", [REPORT], {"reviews": 2, "reviews_due": LATER}, Next.HAND_IN, "report"),
        ("enrolled", [TaskView("a", "not_started", None)], {"reviews": 1}, Next.REVIEW, ""),
        ("enrolled", [TaskView("report", "submitted", SOON)], {}, Next.BEING_MARKED, ""),
        ("enrolled", [TaskView("report", "closed", SOON)], {}, Next.MISSED, "report"),
        ("enrolled", [TaskView("report", "closed", SOON), BRIEFING], {}, Next.HAND_IN, "briefing"),
        ("enrolled", [], {}, Next.NOTHING, ""),
        ("enrolled", [REPORT], {"hearing_by": SOON}, Next.ANSWER, ""),
        ("completed", [REPORT], {"decision": "pass"}, Next.PASSED, ""),
        ("completed", [REPORT], {"decision": "fail"}, Next.FAILED, ""),
        ("enrolled", [TaskView("report", "returned", LATER)], {"decision": "resubmit"}, Next.HAND_IN_AGAIN, "report"),
    ],
)
def test_one_thing_comes_next(
    enrolment: str, tasks: list[TaskView], more: dict[str, Any], what: Next, task: str
) -> None:
    step = next_step(enrolment, tasks, **more)
    assert (step.what, step.task) == (what, task)


@pytest.mark.parametrize("what", list(Next))
@pytest.mark.parametrize("dated", [True, False])
def test_every_step_is_a_sentence(what: Next, dated: bool) -> None:
    words = next_words(Step(what, "report", SOON if dated else None), task="A report", reviews=2)
    assert words.endswith((".", "!"))
    assert "%(" not in words
    if what is Next.REVIEW:
        assert words.startswith("2 reviews wait for you")


@pytest.fixture
@standing
def mina(institution: Institution) -> Enrolment:
    return examples.enrolled(examples.open_offering(examples.assessed_version(institution)))


def home(enrolment: Enrolment) -> str:
    answer = examples.browser_of(enrolment).get("/learn/", follow=True)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_page_follows_the_learner_from_task_to_task(mina: Enrolment) -> None:
    assert "Begin with “A report on one dataset”." in home(mina)
    report = examples.handed_in(mina)
    page = home(mina)
    assert "Begin with “A briefing for a committee”." in page
    assert f"/learn/{mina.public_id}/tasks/report/feedback" in page
    examples.handed_in(mina, "briefing")
    assert "You have handed in everything." in home(mina)
    with tenant(mina.institution):
        services.return_for_resubmission(report, "Name your sources.", timezone.localdate() + timedelta(days=20))
    assert "Hand in “A report on one dataset” again, by" in home(mina)


def test_several_programmes_stand_side_by_side(mina: Enrolment) -> None:
    second = examples.enrolled(examples.open_offering(mina.version))
    page = examples.browser_of(mina).get("/learn/").content.decode()
    assert f"/learn/{mina.public_id}/" in page
    assert f"/learn/{second.public_id}/" in page


def test_who_learns_nothing_yet_is_led_to_the_catalogue(mina: Enrolment) -> None:
    with tenant(mina.institution):
        Enrolment.objects.all().delete()
    assert "No programme yet" in home(mina)
    assert Client().get("/learn/").url == "/learn/enter?next=%2Flearn%2F"


def test_who_does_not_take_part_is_led_to_no_page_that_does_not_open(mina: Enrolment) -> None:
    examples.handed_in(mina)
    services.withdraw(mina, reason="own_wish")
    browser = examples.browser_of(mina)
    page = browser.get(f"/learn/{mina.public_id}/").content.decode()
    assert "You do not take part in this programme any more." in page
    assert "tasks/briefing/" not in page
    task = browser.get(f"/learn/{mina.public_id}/tasks/report/")
    assert task.status_code == 200
    assert b'name="note"' not in task.content
