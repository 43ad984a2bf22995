"""Peer review: who reviews whom, who may, what happens when somebody does not, and what the reviews come to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from tests.standing import standing

from testamur_site.assessment import errors
from testamur_site.assessment.models import Mark, TaskMarking
from testamur_site.assessment.services import calibration, marking, peers, settling
from testamur_site.enrolment import services as enrolment
from testamur_site.foundation.mail.api import Message
from testamur_site.foundation.tenancy.api import unscoped

from .conftest import SOUND, STRONG, TASK, WEAK, Cohort, give, levels, place, result

pytestmark = pytest.mark.usefixtures("at_work")
MakeCohort = Callable[..., Cohort]


@pytest.fixture
@standing
def reviewing(make_cohort: MakeCohort, assessor: Any) -> Cohort:
    """Six have handed in, each reviews three; a quarter of the mark is the peers'."""
    cohort = make_cohort(peers="3", peer_weight="25")
    cohort.hand_in(6)
    peers.begin(cohort.offering, TASK)
    return cohort


def reviews(**more: Any) -> Any:
    return Mark.objects.filter(role="peer", **more)


def test_everybody_reviews_and_is_reviewed_alike(reviewing: Cohort) -> None:
    given = Counter(reviews().values_list("learner", flat=True))
    got = Counter(reviews().values_list("submission", flat=True))
    assert set(given.values()) == set(got.values()) == {3}
    assert len(given) == len(got) == 6
    assert not any(mark.learner_id == mark.submission.enrolment.learner_id for mark in reviews())


def test_reviewers_are_told_once_and_not_whose_works(reviewing: Cohort) -> None:
    with unscoped("the mails are looked at"):
        mails = list(Message.objects.filter(template="assessment/mail/reviews"))
    assert {mail.to for mail in mails} == {one.learner.email for one in reviewing.enrolments}
    assert len(mails) == 6
    assert not any(one.learner.name in mail.text for mail in mails for one in reviewing.enrolments)


def test_a_sample_comes_before_the_reviews_or_not_at_all(reviewing: Cohort, assessor: Any, owner: Any) -> None:
    marked = give(place(reviewing.submissions[0]), assessor)
    with pytest.raises(errors.PeersClosed):
        calibration.choose_sample(reviewing.offering, TASK, marked, actor=owner)


def test_a_review_needs_the_samples_first_also_at_the_service(
    make_cohort: MakeCohort, assessor: Any, owner: Any
) -> None:
    cohort = make_cohort(peers="1", peer_weight="30")
    cohort.hand_in(4)
    marked = give(place(cohort.submissions[3]), assessor)
    calibration.choose_sample(cohort.offering, TASK, marked, actor=owner)
    peers.begin(cohort.offering, TASK)
    mark = reviews(learner=cohort.enrolments[0].learner).get()
    with pytest.raises(errors.CalibrateFirst):
        give(mark, mark.learner)


def test_beginning_twice_is_beginning_once(reviewing: Cohort) -> None:
    peers.begin(reviewing.offering, TASK)
    assert reviews().count() == 18


def test_one_alone_cannot_be_reviewed(make_cohort: MakeCohort, assessor: Any) -> None:
    cohort = make_cohort(peers="3")
    cohort.hand_in(1)
    with pytest.raises(errors.PeersNotReady) as refused:
        peers.begin(cohort.offering, TASK)
    assert refused.value.facts == {"submissions": 1, "each": 3}


def all_review(cohort: Cohort, argument: str = SOUND, data: str = SOUND) -> None:
    for mark in reviews(state="allocated"):
        marking.finish(mark, mark.learner, levels(argument, data), {})


def test_the_result_waits_for_the_peers_and_weighs_them(reviewing: Cohort, assessor: Any) -> None:
    for submission in reviewing.submissions:
        give(place(submission), assessor, SOUND, SOUND)  # 44.44
    assert {result(one).state for one in reviewing.submissions} == {"provisional"}
    all_review(reviewing, SOUND, SOUND)
    found = result(reviewing.submissions[0])
    assert (found.state, found.percent) == ("agreed", Decimal("44.44"))
    assert found.method["peerShare"] == "0.25"
    assert [one["role"] for one in found.method["marks"]] == ["staff", "peer", "peer", "peer"]
    assert sum(Decimal(one["weight"]) for one in found.method["marks"]).quantize(Decimal("0.001")) == 1
    closed = TaskMarking.objects.get()
    assert (closed.peer_phase, len(closed.combination["marks"])) == ("closed", 18)


def test_what_was_combined_can_be_computed_again(reviewing: Cohort) -> None:
    for number, mark in enumerate(reviews()):
        marking.finish(mark, mark.learner, levels((WEAK, SOUND, STRONG)[number % 3], SOUND), {})
    closed = TaskMarking.objects.get()
    assert peers.combination(closed) == closed.combination


def test_uncertain_peers_near_the_pass_mark_need_staff(make_cohort: MakeCohort, assessor: Any) -> None:
    cohort = make_cohort(peers="3", peer_weight="100", moderate_from="100")
    cohort.hand_in(6)
    peers.begin(cohort.offering, TASK)
    for submission in cohort.submissions:
        give(place(submission), assessor, SOUND, STRONG)
    for number, mark in enumerate(reviews()):
        marking.finish(mark, mark.learner, levels(SOUND, (WEAK, STRONG)[number % 2]), {})
    reasons = {reason for one in cohort.submissions for reason in result(one).reasons}
    assert "borderline" in reasons


def test_who_has_not_handed_in_may_not_review(reviewing: Cohort) -> None:
    mark = reviews().first()
    own = next(one for one in reviewing.submissions if one.enrolment.learner_id == mark.learner_id)
    calibration.may_review(mark)
    type(own).objects.filter(pk=own.pk).update(state="returned")
    with pytest.raises(errors.NotHandedIn):
        calibration.may_review(mark)


def test_who_comes_late_joins(reviewing: Cohort) -> None:
    late = reviewing.hand_in(1)[0]
    peers.join(late)
    assert reviews(learner=late.enrolment.learner).count() == 3
    assert reviews(submission=late).count() == 3
    assert max(Counter(reviews().values_list("learner", flat=True)).values()) <= 4


def test_missing_reviews_go_to_others_and_then_the_requirement_falls(reviewing: Cohort, assessor: Any) -> None:
    for submission in reviewing.submissions:
        give(place(submission), assessor)
    lazy = reviewing.enrolments[0].learner
    for mark in reviews(state="allocated").exclude(learner=lazy):
        marking.finish(mark, mark.learner, levels(), {})
    assert TaskMarking.objects.get().peer_phase == "reviewing"
    TaskMarking.objects.update(reviews_due_at=timezone.now() - timedelta(seconds=1))
    peers.advance(TaskMarking.objects.get())
    assert set(reviews(learner=lazy).values_list("state", flat=True)) == {"expired"}
    replaced = reviews(replacement=True)
    asked = replaced.count()
    assert asked >= 2  # of three works; whether there is somebody left for the third depends on who reviews whom
    assert len({mark.learner_id for mark in replaced}) == asked  # nobody is asked for a second extra one
    with pytest.raises(errors.NotYours):
        marking.finish(reviews(learner=lazy).first(), lazy, levels(), {})
    peers.advance(TaskMarking.objects.get())
    assert reviews(replacement=True).count() == asked
    TaskMarking.objects.update(falls_at=timezone.now() - timedelta(seconds=1))
    peers.advance(TaskMarking.objects.get())
    assert TaskMarking.objects.get().peer_phase == "closed"
    assert {result(one).state for one in reviewing.submissions} == {"agreed"}
    assert all(result(one).method["peers"]["reviews"] >= 2 for one in reviewing.submissions)


def test_with_too_few_reviews_the_staff_alone_decide(reviewing: Cohort, assessor: Any) -> None:
    for submission in reviewing.submissions:
        give(place(submission), assessor, STRONG, STRONG)
    mark = reviews().first()
    marking.finish(mark, mark.learner, levels(WEAK, WEAK), {})
    peers.close(TaskMarking.objects.get())
    found = result(mark.submission)
    assert (found.state, found.percent, found.method["peerShare"]) == ("agreed", Decimal("100.00"), "0")
    assert found.method["peersWaived"] == 1


def test_a_peer_with_a_conflict_gets_another_work(reviewing: Cohort) -> None:
    mark = reviews().first()
    marking.decline(mark, mark.learner)
    assert reviews(learner=mark.learner, state="allocated").count() >= 2
    assert not reviews(learner=mark.learner, submission=mark.submission, state="allocated").exists()
    assert reviews(submission=mark.submission, state="allocated").count() >= 3


def test_after_the_end_nothing_is_written(reviewing: Cohort) -> None:
    done, left = reviews()[:2]
    marking.finish(done, done.learner, levels(), {})
    peers.close(TaskMarking.objects.get())
    with pytest.raises(errors.NotYours):
        marking.finish(left, left.learner, levels(), {})
    with pytest.raises(errors.PeersClosed):
        marking.undo(done, done.learner)
    with pytest.raises(errors.PeersClosed):
        peers.begin(reviewing.offering, TASK)


def test_samples_come_first_and_tell_how_somebody_marks(make_cohort: MakeCohort, assessor: Any, owner: Any) -> None:
    cohort = make_cohort(peers="2", peer_weight="30")
    cohort.hand_in(5)
    sample = cohort.submissions[4]
    marked = give(place(sample), assessor, SOUND, SOUND)
    calibration.choose_sample(cohort.offering, TASK, marked, actor=owner)
    with pytest.raises(errors.NotAllowedNow):
        calibration.choose_sample(cohort.offering, TASK, place(cohort.submissions[0]), actor=owner)
    peers.begin(cohort.offering, TASK)
    author = cohort.enrolments[0].learner
    review = reviews(learner=author).first()
    with pytest.raises(errors.CalibrateFirst):
        calibration.may_review(review)
    (trial,) = calibration.trials_of(author.pk, cohort.offering.pk, TASK)
    marking.finish(trial, author, levels(STRONG, STRONG), {})
    calibration.may_review(review)
    # The author of the sample has nothing to try.
    assert calibration.trials_of(cohort.enrolments[4].learner_id, cohort.offering.pk, TASK) == []
    combined = peers.combination(TaskMarking.objects.get())
    assert combined["anchors"]
    assert float(combined["markers"][f"l{author.pk}"]["bias"]) > 0
    # A trial is nobody's mark.
    assert [one.role for one in settling.given(sample, 1)] == ["staff"]


def test_who_has_left_is_not_reviewed(make_cohort: MakeCohort, assessor: Any) -> None:
    cohort = make_cohort(peers="2", peer_weight="30")
    cohort.hand_in(4)
    enrolment.withdraw(cohort.enrolments[0], reason="own")
    peers.begin(cohort.offering, TASK)
    assert not reviews(submission=cohort.submissions[0]).exists()
    assert not reviews(learner=cohort.enrolments[0].learner).exists()
