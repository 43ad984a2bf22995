"""The learner's page: before, every item, the result; and what a hostile browser sends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests.site.enrolment.examples import browser_of
from tests.site.item_bank import examples
from tests.standing import standing

from testamur_site.enrolment.models import Enrolment
from testamur_site.foundation.tenancy.api import Institution, tenant
from testamur_site.item_bank.models import Asked, ItemBank, Sitting


@pytest.fixture
@standing
def bank(institution: Institution) -> ItemBank:
    return examples.open_bank(institution, minutes=30)


@pytest.fixture
def learner(bank: ItemBank) -> Iterator[Enrolment]:
    enrolment = examples.learner_of(bank)
    with tenant(bank.institution):
        yield enrolment


def page_of(enrolment: Enrolment, key: str = "quiz") -> str:
    return f"/learn/{enrolment.public_id}/test/{key}"


def test_from_the_first_page_to_the_result(learner: Enrolment) -> None:
    browser, page = browser_of(learner), page_of(learner)
    before = browser.get(page).content.decode()
    assert "30 minutes" in before
    assert "provisional" in before
    assert browser.post(page, {}).status_code == 422, "it must be declared"
    assert browser.post(page, {"declared": "yes"}).status_code == 302
    seen = []
    for number in range(1, 9):
        shown = browser.get(page).content.decode()
        if "Your result is" in shown:
            break
        assert f"Question {number}<" in shown
        asked = Asked.objects.select_related("item").get(sitting__submission__enrolment=learner, position=number)
        seen.append(asked.item_id)
        assert f'name="position" value="{number}"' in shown
        if asked.item.kind == "choice":
            places = re.findall(r'type="radio" name="answer" value="(\d)"', shown)
            assert sorted(places) == ["0", "1", "2", "3"]
            again = browser.get(page).content.decode()
            assert places == re.findall(r'type="radio" name="answer" value="(\d)"', again), "they keep their order"
        assert browser.post(page, {"position": number, "answer": examples.right_answer(asked)}).status_code == 302
    result = browser.get(page).content.decode()
    assert "Your result is" in result
    assert "Reached" in result
    assert "handed in" in result
    assert len(set(seen)) == len(seen)
    assert all(asked.item.text["en"] not in result for asked in Asked.objects.select_related("item"))


def test_no_going_back_and_no_second_answer(learner: Enrolment) -> None:
    browser, page = browser_of(learner), page_of(learner)
    browser.post(page, {"declared": "yes"})
    first = Asked.objects.select_related("item").get(position=1)
    browser.post(page, {"position": 1, "answer": examples.wrong_answer(first)})
    answer = browser.post(page, {"position": 1, "answer": examples.right_answer(first)}, follow=True)
    assert "answered already" in answer.content.decode()
    first.refresh_from_db()
    assert first.correct is False


@pytest.mark.parametrize(
    "sent",
    [{}, {"position": "x"}, {"position": "-1", "answer": "0"}, {"position": "9" * 50}, {"position": "1", "answer": "\x00"},
     {"position": "1", "answer": "7" * 500}, {"position": "١", "answer": "0"}],
)  # fmt: skip
def test_whatever_is_sent_the_question_stays(learner: Enrolment, sent: dict[str, str]) -> None:
    browser, page = browser_of(learner), page_of(learner)
    browser.post(page, {"declared": "yes"})
    assert browser.post(page, sent).status_code in (302, 422)
    assert Asked.objects.get().answered_at is None


def test_saying_nothing_is_asked_again_and_not_knowing_is_taken(learner: Enrolment) -> None:
    browser, page = browser_of(learner), page_of(learner)
    browser.post(page, {"declared": "yes"})
    complaint = browser.post(page, {"position": 1})
    assert complaint.status_code == 422
    assert "no answer yet" in complaint.content.decode()
    assert browser.post(page, {"position": 1, "step": "skip"}).status_code == 302
    assert Asked.objects.get(position=1).correct is False


def test_when_the_time_is_over_the_page_shows_the_result(learner: Enrolment) -> None:
    browser, page = browser_of(learner), page_of(learner)
    browser.post(page, {"declared": "yes"})
    Sitting.objects.update(ends_at=timezone.now() - timedelta(minutes=1))
    shown = browser.get(page).content.decode()
    assert "The time was over." in shown


def test_korean_learners_read_korean(learner: Enrolment) -> None:
    browser, page = browser_of(learner), page_of(learner)
    korean = browser.get(page, HTTP_ACCEPT_LANGUAGE="ko").content.decode()
    assert "시험 시작" in korean
    browser.post(page, {"declared": "yes"}, HTTP_ACCEPT_LANGUAGE="ko")
    assert "문항" in browser.get(page, HTTP_ACCEPT_LANGUAGE="ko").content.decode()


def test_nobody_else_and_no_other_task(learner: Enrolment, bank: ItemBank) -> None:
    assert Client().get(page_of(learner)).status_code == 302, "led to where a link can be asked for"
    stranger = examples.examples.enrolled(learner.offering, name="박서준", email="seojun@example.org")
    assert browser_of(stranger).get(page_of(learner)).status_code == 404
    assert browser_of(learner).get(page_of(learner, "essay")).status_code == 404


def test_a_bank_that_is_not_open_is_said(learner: Enrolment) -> None:
    ItemBank.objects.update(state="closed")
    browser, page = browser_of(learner), page_of(learner)
    assert "not open" in browser.get(page).content.decode()
    assert "not open now" in browser.post(page, {"declared": "yes"}, follow=True).content.decode()
    assert not Sitting.objects.exists()
