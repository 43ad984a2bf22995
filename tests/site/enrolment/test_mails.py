"""What learners are written to: once each, in their language, nothing that is nobody else's business; and what runs by the clock."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from testamur_site.enrolment import jobs, queries, services
from testamur_site.enrolment.models import Enrolment, LearnerList, Submission
from testamur_site.enrolment.rules import ListRow
from testamur_site.enrolment.services import lists, reminders
from testamur_site.foundation.jobs.api import enqueue, run_pending
from testamur_site.foundation.tenancy.api import tenant, unscoped

from . import examples


def told(template_words: str) -> list[Any]:
    run_pending()
    return [message for message in mail.outbox if template_words in str(message.subject)]


@pytest.mark.parametrize(("language", "words"), [("en", "You are enrolled"), ("ko", "등록되었습니다")])
def test_who_is_enrolled_is_told_in_their_language(offering: Any, language: str, words: str) -> None:
    examples.enrolled(offering, language=language)
    assert len(told(words)) == 1
    assert mail.outbox[-1].alternatives, "with an HTML body too"


def test_a_reminder_comes_once_before_the_day_and_again_for_a_new_day(mina: Enrolment) -> None:
    with tenant(mina.institution):
        due = queries.task_for(mina, "report").deadline.due_at
    assert due is not None

    def remind(days: float) -> int:
        with unscoped("a test reminds"):
            list(reminders.remind_all(due - timedelta(days=days)))
        return len(told("까지 제출"))

    assert remind(5) == 0
    assert remind(2) == 1
    assert remind(1) == 1
    assert remind(-1) == 1, "who is late is not reminded again"
    with tenant(mina.institution):
        services.extend(mina, task_key="report", days=7, reason="agreed")
    assert remind(-5) == 2


def test_who_has_handed_in_is_not_reminded(mina: Enrolment) -> None:
    examples.handed_in(mina)
    with tenant(mina.institution):
        due = queries.task_for(mina, "report").deadline.due_at
    assert due is not None
    with unscoped("a test reminds"):
        list(reminders.remind_all(due - timedelta(days=1)))
    assert told("보고서") == []


def test_who_gets_work_back_is_told_once_and_not_what_was_said(mina: Enrolment) -> None:
    submission = examples.handed_in(mina)
    with tenant(mina.institution):
        for _ in range(2):
            services.return_for_resubmission(submission, "Your sources are missing.", None)
    sent = told("다시 제출해 주십시오")
    assert len(sent) == 1
    assert "sources" not in str(sent[0].body)
    assert f"/learn/{mina.public_id}/tasks/report/" in str(sent[0].body)


def test_who_leaves_at_their_own_wish_gets_no_mail_about_it(mina: Enrolment) -> None:
    services.withdraw(mina, reason="own_wish")
    assert told("종료되었습니다") == []


def test_the_jobs_by_the_clock_run_again_and_again(mina: Enrolment, settings: Any, tmp_path: Any) -> None:
    settings.TESTAMUR_DATA = tmp_path
    with tenant(mina.institution):
        LearnerList.objects.create(offering=mina.offering, expires_at=timezone.now() - timedelta(seconds=1))
    for name in ("remind", "forget_unconfirmed", "sweep_evidence"):
        assert callable(getattr(jobs, name))
        for _ in range(2):
            enqueue(f"testamur_site.enrolment.jobs.{name}", {})
    enqueue("testamur_site.foundation.entry_links.jobs.forget_old_links", {})
    run_pending()
    with unscoped("a test looks"):
        assert not LearnerList.objects.exists()
        assert Enrolment.objects.filter(pk=mina.pk).exists()


def test_a_list_that_was_interrupted_is_carried_on(mina: Enrolment) -> None:
    rows = [ListRow(number, f"Learner {number}", f"learner{number}@example.org", "en") for number in range(2, 27)]
    with tenant(mina.institution):
        listed = lists.draft_list(mina.offering, rows)
        assert lists.start_list(listed)
        assert not lists.start_list(listed), "a second click"
        assert lists.enrol_some(listed, None) == lists.AT_ONCE  # and here the worker is killed
    run_pending()
    with unscoped("a test looks"):
        assert Enrolment.objects.count() == 26
        assert LearnerList.objects.get().state == "done"
        assert Submission.objects.count() == 0
