"""A test from its first item to the attempt that is handed in: order, time, resuming, and what comes out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from tests.site.item_bank import examples
from tests.standing import standing

from testamur_site.assessment.api import result_of as assessment_result
from testamur_site.enrolment import api as enrolment_api
from testamur_site.enrolment.models import Enrolment, Submission
from testamur_site.foundation.audit.api import AuditEntry
from testamur_site.foundation.jobs.api import Job, run_pending
from testamur_site.foundation.tenancy.api import Institution, tenant, unscoped
from testamur_site.item_bank import jobs
from testamur_site.item_bank.banks import services as banks
from testamur_site.item_bank.errors import NoAnswer, NotDeclared, NoTest, OtherItem, SittingEnded
from testamur_site.item_bank.models import Asked, Item, ItemBank, Sitting
from testamur_site.item_bank.queries import test_outcome as outcome_of
from testamur_site.item_bank.sitting.services import answer, begin, grant_extra_time, open_item, refresh


@pytest.fixture
@standing
def bank(institution: Institution) -> ItemBank:
    return examples.open_bank(institution)


@pytest.fixture
def learner(bank: ItemBank) -> Iterator[Enrolment]:
    enrolment = examples.learner_of(bank)
    with tenant(bank.institution):
        yield enrolment


def test_an_able_learner_passes_and_the_attempt_is_handed_in(learner: Enrolment) -> None:
    sitting = examples.sit(learner, 2.0)
    assert sitting.ended_because in {"precise", "maximum"}
    assert 4 <= sitting.asked.count() <= 8
    assert sitting.passed is True
    submission = Submission.objects.get(enrolment=learner)
    assert submission.state == "submitted"
    (record,) = enrolment_api.evidence_of(submission)
    assert f"{sitting.percent}" in record.text
    assert Job.objects.filter(path="testamur_site.assessment.jobs.submitted").count() == 1
    outcome = outcome_of(submission)
    assert outcome is not None
    assert (outcome.percent, outcome.passed) == (sitting.percent, True)
    assert outcome.method["provisional"] is True
    assert outcome.method["items"] == sitting.asked.count()
    assert AuditEntry.objects.filter(action="test.ended").count() == 1


def test_somebody_who_knows_little_does_not_pass(learner: Enrolment) -> None:
    sitting = examples.sit(learner, -2.5)
    assert sitting.passed is False
    assert sitting.percent is not None
    assert sitting.percent < Decimal(50)


def test_items_are_asked_once_and_answers_only_in_their_turn(learner: Enrolment) -> None:
    sitting = begin(learner, "quiz", declared=True)
    first = open_item(sitting)
    assert first is not None
    sitting = answer(sitting, 1, examples.right_answer(first))
    with pytest.raises(OtherItem):
        answer(sitting, 1, examples.wrong_answer(first))
    with pytest.raises(OtherItem):
        answer(sitting, 3, "0")
    first.refresh_from_db()
    assert first.correct is True, "the second word changed nothing"
    assert begin(learner, "quiz", declared=False) == sitting, "coming back needs no new declaration"
    assert [one.position for one in sitting.asked.all()] == [1, 2]


def test_what_is_no_answer_is_not_taken(learner: Enrolment) -> None:
    sitting = begin(learner, "quiz", declared=True)
    asked = open_item(sitting)
    assert asked is not None
    for said in ("", "99", "-1", "x" * 500, "\x00", "١٢"):
        with pytest.raises(NoAnswer):
            answer(
                sitting,
                asked.position,
                said if asked.item.kind == "choice" else said.replace("99", "").replace("-1", "q"),
            )
    sitting = answer(sitting, asked.position, "", skipped=True)
    asked.refresh_from_db()
    assert (asked.correct, asked.answer) == (False, "")


def test_the_test_must_be_declared_and_ready(learner: Enrolment, bank: ItemBank) -> None:
    with pytest.raises(NotDeclared):
        begin(learner, "quiz", declared=False)
    assert not Sitting.objects.exists()
    banks.close(bank)
    with pytest.raises(NoTest) as refused:
        begin(learner, "quiz", declared=True)
    assert refused.value.facts == {"why": "not_open"}
    Item.objects.update(state="retired")
    ItemBank.objects.update(state="open")
    with pytest.raises(NoTest):
        begin(learner, "quiz", declared=True)


def test_a_closed_bank_lets_those_finish_who_have_begun(learner: Enrolment, bank: ItemBank) -> None:
    sitting = begin(learner, "quiz", declared=True)
    banks.close(bank)
    asked = open_item(sitting)
    assert asked is not None
    assert answer(sitting, 1, examples.right_answer(asked)).running


def test_when_the_time_is_over_what_was_answered_counts(institution: Institution) -> None:
    bank = examples.open_bank(institution, minutes=10)
    learner = examples.learner_of(bank)
    with tenant(institution):
        now = timezone.now()
        sitting = begin(learner, "quiz", declared=True, now=now)
        asked = open_item(sitting)
        assert asked is not None
        sitting = answer(sitting, 1, examples.right_answer(asked), now=now + timedelta(minutes=9))
        asked = open_item(sitting)
        assert asked is not None
        late = now + timedelta(minutes=10, seconds=30)
        with pytest.raises(SittingEnded):
            answer(sitting, 2, examples.right_answer(asked), now=late)
        sitting = refresh(sitting, now=late)
        assert (sitting.ended_because, sitting.asked.count()) == ("time", 1)
        assert sitting.handed_in


def test_a_little_late_is_in_time(institution: Institution) -> None:
    bank = examples.open_bank(institution, minutes=10)
    learner = examples.learner_of(bank)
    with tenant(institution):
        now = timezone.now()
        sitting = begin(learner, "quiz", declared=True, now=now)
        asked = open_item(sitting)
        assert asked is not None
        assert answer(sitting, 1, examples.right_answer(asked), now=now + timedelta(minutes=10, seconds=5)).running


def test_an_item_that_was_not_answered_in_its_time_is_wrong_and_the_next_one_begins(institution: Institution) -> None:
    bank = examples.open_bank(institution, seconds_each=60)
    learner = examples.learner_of(bank)
    with tenant(institution):
        now = timezone.now()
        sitting = begin(learner, "quiz", declared=True, now=now)
        sitting = refresh(sitting, now=now + timedelta(minutes=2))
        first, second = sitting.asked.all()
        assert (first.correct, first.answer) == (False, "")
        assert second.due_at == now + timedelta(minutes=3)
        assert refresh(sitting, now=now + timedelta(minutes=2, seconds=30)).asked.count() == 2


def test_more_time_for_one_learner(institution: Institution) -> None:
    bank = examples.open_bank(institution, minutes=10, seconds_each=60)
    learner = examples.learner_of(bank)
    with tenant(institution):
        now = timezone.now()
        grant_extra_time(learner, 50)
        sitting = begin(learner, "quiz", declared=True, now=now)
        asked = open_item(sitting)
        assert asked is not None
        assert (sitting.ends_at, asked.due_at) == (now + timedelta(minutes=15), now + timedelta(seconds=90))
        grant_extra_time(learner, 100)
        sitting.refresh_from_db()
        assert sitting.ends_at == now + timedelta(minutes=20), "in a test that is running too"
        assert AuditEntry.objects.filter(action="test.extra_time").count() == 2


def test_marking_agrees_on_the_result_of_a_test(learner: Enrolment) -> None:
    sitting = examples.sit(learner, 2.0)
    run_pending()
    result = assessment_result(sitting.submission)
    assert result is not None
    assert (result.percent, result.passed, result.agreed) == (sitting.percent, True, True)
    assert result.method["itemBank"] == sitting.bank.public_id


def test_the_clock_ends_what_its_learner_left(institution: Institution) -> None:
    bank = examples.open_bank(institution, minutes=10)
    learner = examples.learner_of(bank)
    with tenant(institution):
        begin(learner, "quiz", declared=True, now=timezone.now() - timedelta(hours=1))
    with unscoped("as the worker does"):
        job = Job.objects.create(path="testamur_site.item_bank.jobs.end_overdue", args={}, institution=institution)
    jobs.end_overdue(_Handle(job))  # type: ignore[arg-type]
    with tenant(institution):
        sitting = Sitting.objects.get()
        assert (sitting.state, sitting.ended_because, sitting.handed_in) == ("ended", "time", True)
        assert sitting.passed is not None


class _Handle:
    def __init__(self, job: Job) -> None:
        self.done = 0

    def progress(self, done: int) -> None:
        self.done = done


def test_a_second_attempt_asks_other_items(bank: ItemBank, learner: Enrolment) -> None:
    first = examples.sit(learner, -1.0)
    submission = Submission.objects.get(enrolment=learner)
    enrolment_api.return_for_resubmission(submission, "Please practise and sit it again.", None)
    second = examples.sit(learner, 0.5, seed=2)
    assert second.submission.attempt == 2
    asked = [set(one.asked.values_list("item_id", flat=True)) for one in (first, second)]
    assert not asked[0] & asked[1]


def test_exposure_is_counted_and_the_same_sitting_asks_the_same(bank: ItemBank, learner: Enrolment) -> None:
    sitting = examples.sit(learner, 0.0)
    assert sum(Item.objects.values_list("given", flat=True)) == sitting.asked.count()
    bank.refresh_from_db()
    assert bank.tests == 1


def test_an_edit_of_an_item_in_use_makes_a_new_version(bank: ItemBank, learner: Enrolment) -> None:
    sitting = begin(learner, "quiz", declared=True)
    asked = open_item(sitting)
    assert asked is not None
    item = asked.item
    data = banks.data_of(item)
    changed = banks.edit_item(item, examples.ItemData(**{**vars(data), "text": {"en": "Reworded?"}}))
    assert (changed.version, changed.key, changed.given) == (2, item.key, 0)
    asked.refresh_from_db()
    assert asked.item_id == item.pk
    assert answer(sitting, 1, examples.right_answer(asked)).running, "the one that was shown is still answered"


def test_results_do_not_change_after_the_end(bank: ItemBank, learner: Enrolment) -> None:
    sitting = examples.sit(learner, 1.0)
    before = (sitting.percent, sitting.theta)
    with pytest.raises(SittingEnded):
        answer(sitting, 1, "0")
    Item.objects.update(b=3.0)
    again = refresh(sitting)
    assert (again.percent, again.theta) == before
    assert Asked.objects.filter(sitting=sitting, answered_at=None).count() == 0


def test_another_institution_sees_nothing(bank: ItemBank, learner: Enrolment, other_institution: Institution) -> None:
    sitting = begin(learner, "quiz", declared=True)
    with tenant(other_institution):
        assert outcome_of(sitting.submission) is None
        assert not ItemBank.objects.exists()
