"""Marks and what they come to: allocation, drafts, undoing, declining, double marking, moderation, reopening."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from testamur_site.assessment import api, errors, rules
from testamur_site.assessment.models import Mark, TaskResult
from testamur_site.assessment.services import allocation, marking, settling
from testamur_site.enrolment import services as enrolment
from testamur_site.foundation.audit.api import entries
from testamur_site.foundation.jobs.api import Job, run_pending
from testamur_site.foundation.tenancy.api import Institution

from .conftest import SOUND, STRONG, WEAK, Cohort, give, levels, place, result

pytestmark = pytest.mark.usefixtures("at_work")
MakeCohort = Callable[..., Cohort]


def told() -> int:
    return Job.objects.filter(path="testamur_site.decisions.jobs.result_agreed").count()


# ── One assessor ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_one_mark_makes_the_result(make_cohort: MakeCohort, assessor: Any) -> None:
    (submission,) = make_cohort().hand_in()
    mark = place(submission)
    assert (mark.user, mark.state) == (assessor, "allocated")
    give(mark, assessor, SOUND, STRONG)
    found = result(submission)
    # (2 · 2 + 1 · 4.5) of (2 · 4.5 + 1 · 4.5)
    assert (found.state, found.percent, found.passed) == ("agreed", Decimal("62.96"), True)
    assert found.levels == levels(SOUND, STRONG)
    assert found.method["marks"] == [
        {"mark": mark.public_id, "role": "staff", "percent": "62.96", "weight": "1.000000"}
    ]
    assert told() == 1
    assert api.all_agreed(submission.enrolment)
    assert api.result_of(submission) == found


def test_a_missed_criterion_that_must_be_passed_fails_whatever_the_per_cent(
    make_cohort: MakeCohort, assessor: Any
) -> None:
    (submission,) = make_cohort().hand_in()
    give(place(submission), assessor, WEAK, STRONG)
    found = result(submission)
    assert (found.passed, found.method["failedMustPass"]) == (False, ["argument"])


@pytest.mark.parametrize(
    ("chosen", "error"),
    [
        ({"argument": SOUND}, errors.Incomplete),
        ({"argument": SOUND, "data": ""}, errors.Incomplete),
        ({"argument": SOUND, "data": "brilliant"}, errors.UnknownLevel),
        ({"argument": SOUND, "style": SOUND}, errors.UnknownLevel),
    ],
)
def test_a_mark_names_a_level_of_every_criterion(
    make_cohort: MakeCohort, assessor: Any, chosen: dict[str, str], error: type[Exception]
) -> None:
    (submission,) = make_cohort().hand_in()
    with pytest.raises(error):
        marking.finish(place(submission), assessor, chosen, {})
    assert result(submission).state == "provisional"
    assert place(submission).state in ("allocated", "draft")
    assert told() == 0


def test_a_draft_is_kept_and_an_older_one_does_not_overwrite_it(make_cohort: MakeCohort, assessor: Any) -> None:
    (submission,) = make_cohort().hand_in()
    seen = place(submission)
    marking.save_draft(seen, assessor, {"argument": SOUND}, {"argument": "Clear."}, revision=0)
    with pytest.raises(errors.DraftChanged):
        marking.save_draft(seen, assessor, {"argument": WEAK}, {}, revision=0)
    kept = place(submission)
    assert (kept.state, kept.levels, kept.feedback) == ("draft", {"argument": SOUND}, {"argument": "Clear."})


def test_nobody_else_can_write_a_mark(make_cohort: MakeCohort, assessor: Any, second_assessor: Any) -> None:
    (submission,) = make_cohort().hand_in()
    mark = place(submission)
    stranger = second_assessor if mark.user == assessor else assessor
    for step in (
        lambda: marking.save_draft(mark, stranger, {}, {}),
        lambda: give(mark, stranger),
        lambda: marking.decline(mark, stranger),
    ):
        with pytest.raises(errors.NotYours):
            step()
    assert place(submission).state == "allocated"


# ── Undo ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_mark_can_be_taken_back_until_the_result_is_agreed(
    make_cohort: MakeCohort, assessor: Any, settings: Any
) -> None:
    settings.TESTAMUR_UNDO_MARK = timedelta(minutes=5)
    (submission,) = make_cohort().hand_in()
    first = give(place(submission), assessor, WEAK, WEAK)
    settling.settle(submission)
    assert result(submission).state == "provisional"
    again = marking.undo(first, assessor)
    assert (again.state, again.levels, again.supersedes_id) == ("draft", levels(WEAK, WEAK), first.pk)
    second = give(again, assessor, STRONG, STRONG)
    TaskResult.objects.filter(submission=submission).update(settles_at=timezone.now())
    settling.settle(submission)
    found = result(submission)
    assert (found.state, found.percent) == ("agreed", Decimal("100.00"))
    assert [one["mark"] for one in found.method["marks"]] == [second.public_id]
    with pytest.raises(errors.ResultAgreed):
        marking.undo(second, assessor)


def test_what_is_done_and_agreed_cannot_be_rewritten_even_by_the_database(
    make_cohort: MakeCohort, assessor: Any
) -> None:
    (submission,) = make_cohort().hand_in()
    mark = give(place(submission), assessor, overall="Well argued.")
    for rows, values in (
        (Mark.objects.filter(pk=mark.pk), {"levels": levels(STRONG, STRONG)}),
        (Mark.objects.filter(pk=mark.pk), {"state": "draft"}),
        (Mark.objects.filter(pk=mark.pk), {"feedback": {"overall": "Something else."}}),
        (TaskResult.objects.filter(submission=submission), {"percent": 100}),
        (TaskResult.objects.filter(submission=submission), {"state": "provisional"}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**values)
    # Forgetting is allowed.
    assert Mark.objects.filter(pk=mark.pk).update(feedback={}) == 1


# ── Allocation ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_work_is_shared_evenly(
    make_cohort: MakeCohort, assessor: Any, second_assessor: Any, third_assessor: Any
) -> None:
    cohort = make_cohort(assessors="2")
    cohort.hand_in(6)
    counts = Counter(Mark.objects.filter(role="staff").values_list("user", flat=True))
    assert set(counts.values()) == {4}
    for submission in cohort.submissions:
        assert place(submission, position=1).user != place(submission, position=2).user


def test_where_nobody_is_there_a_mark_waits_in_the_queue(
    make_cohort: MakeCohort, programme_lead: Any, assessor: Any
) -> None:
    cohort = make_cohort(assessors="2")
    (submission,) = cohort.hand_in()
    first, second = place(submission, position=1), place(submission, position=2)
    assert (first.user, second.user, second.state) == (assessor, None, "open")
    with pytest.raises(errors.NothingToTake):
        allocation.claim_next(cohort.institution, assessor)  # one person is not both
    taken = allocation.claim_next(cohort.institution, programme_lead)
    assert (taken.pk, taken.user, taken.lease_until is not None) == (second.pk, programme_lead, True)


def test_a_lease_that_ran_out_frees_the_submission(
    make_cohort: MakeCohort, institution: Institution, owner: Any, programme_lead: Any
) -> None:
    (submission,) = make_cohort().hand_in()
    mark = allocation.claim_next(institution, owner)
    marking.save_draft(mark, owner, {"argument": SOUND}, {})
    Mark.objects.filter(pk=mark.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    taken = allocation.claim_next(institution, programme_lead)
    assert taken.submission == submission
    with pytest.raises(errors.NotYours):
        give(mark, owner)
    give(taken, programme_lead)
    assert result(submission).agreed


def test_a_conflict_of_interest_gives_the_work_to_somebody_else(
    make_cohort: MakeCohort, assessor: Any, second_assessor: Any
) -> None:
    (submission,) = make_cohort().hand_in()
    mark = place(submission)
    other = second_assessor if mark.user == assessor else assessor
    marking.decline(mark, mark.user)
    mark.refresh_from_db()
    assert (mark.state, mark.conflict_declared) == ("declined", True)
    assert place(submission).user == other
    marking.decline(place(submission), other)
    assert place(submission).state == "open"
    with pytest.raises(errors.NothingToTake):
        allocation.claim_next(submission.institution, assessor)


def test_an_assessor_who_learns_here_does_not_mark_themselves(
    make_cohort: MakeCohort, assessor: Any, institution: Institution
) -> None:
    cohort = make_cohort()
    (enrolled,) = cohort.enrol(1)
    type(enrolled.learner).objects.filter(pk=enrolled.learner_id).update(user=assessor)
    enrolled.learner.refresh_from_db()
    (submission,) = cohort.hand_in()
    assert place(submission).state == "open"


def test_appointed_assessors_get_the_work(
    make_cohort: MakeCohort, assessor: Any, second_assessor: Any, programme_lead: Any
) -> None:
    cohort = make_cohort()
    allocation.appoint(cohort.offering, [second_assessor], actor=programme_lead)
    cohort.hand_in(3)
    assert {place(one).user for one in cohort.submissions} == {second_assessor}


def test_a_lead_can_give_a_mark_to_somebody_else(
    make_cohort: MakeCohort, assessor: Any, second_assessor: Any, programme_lead: Any, outsider: Any
) -> None:
    (submission,) = make_cohort().hand_in()
    mark = place(submission)
    other = second_assessor if mark.user == assessor else assessor
    given = allocation.give_to(mark, other, actor=programme_lead)
    assert place(submission) == given
    with pytest.raises(errors.NotYours):
        give(mark, mark.user)
    with pytest.raises(errors.MayNotMark):
        allocation.give_to(given, outsider, actor=programme_lead)


def test_opening_twice_is_opening_once(make_cohort: MakeCohort, assessor: Any) -> None:
    (submission,) = make_cohort(assessors="2", self_assessment=True).hand_in()
    for _ in range(3):
        allocation.open_submission(submission)
    assert Mark.objects.filter(submission=submission).count() == 3
    assert TaskResult.objects.filter(submission=submission).count() == 1


def test_handing_in_sets_everything_going_and_taking_back_ends_it(make_cohort: MakeCohort, assessor: Any) -> None:
    cohort = make_cohort()
    (one,) = cohort.enrol(1)
    draft = enrolment.begin_draft(one, "essay")
    enrolment.add_to_draft(draft, enrolment.add_text(one.learner, "Figures mislead."))
    submission = enrolment.submit(draft, declared=True)
    assert not Mark.objects.exists()
    run_pending()
    assert (place(submission).user, result(submission).state) == (assessor, "provisional")
    enrolment.withdraw_submission(submission)
    run_pending()
    assert set(Mark.objects.values_list("state", flat=True)) == {"returned"}
    assert result(submission).state == "provisional"
    again = cohort.one_more(one)
    assert place(again).user == assessor
    with pytest.raises(errors.NotAllowedNow):
        give(Mark.objects.get(submission=submission), assessor)


# ── Two assessors and a moderator ──────────────────────────────────────────────────────────────────────────────────


def double(make_cohort: MakeCohort, one: tuple[str, str], two: tuple[str, str], **scheme: Any) -> Any:
    (submission,) = make_cohort(assessors="2", **scheme).hand_in()
    for position, chosen in enumerate((one, two), 1):
        mark = place(submission, position=position)
        give(mark, mark.user, *chosen)
    return submission


def test_two_marks_that_are_near_make_their_mean(make_cohort: MakeCohort, assessor: Any, second_assessor: Any) -> None:
    submission = double(make_cohort, (SOUND, SOUND), (SOUND, STRONG))
    found = result(submission)
    assert (found.state, found.percent) == ("agreed", Decimal("53.70"))  # (44.44 + 62.96) / 2
    # 2 and 4.5 are equally near to 3.25: the higher level
    assert found.levels == levels(SOUND, STRONG)


def test_nothing_is_agreed_before_the_second_mark(make_cohort: MakeCohort, assessor: Any, second_assessor: Any) -> None:
    (submission,) = make_cohort(assessors="2").hand_in()
    mark = place(submission)
    give(mark, mark.user)
    settling.settle(submission, at_once=True)
    assert (result(submission).state, told()) == ("provisional", 0)
    assert not api.all_agreed(submission.enrolment)


@pytest.mark.parametrize(
    ("one", "two", "reasons"),
    [
        ((STRONG, WEAK), (SOUND, WEAK), ["difference"]),
        ((SOUND, STRONG), (SOUND, STRONG), []),
        ((WEAK, STRONG), (SOUND, WEAK), ["must_pass"]),
        ((WEAK, WEAK), (STRONG, STRONG), ["difference", "must_pass"]),
    ],
)
def test_what_marks_disagree_about_goes_to_a_moderator(
    make_cohort: MakeCohort,
    assessor: Any,
    second_assessor: Any,
    one: tuple[str, str],
    two: tuple[str, str],
    reasons: list[str],
) -> None:
    found = result(double(make_cohort, one, two))
    assert found.state == ("moderation" if reasons else "agreed")
    assert found.reasons == reasons
    assert told() == (0 if reasons else 1)


def test_a_moderator_decides_with_a_reason(
    make_cohort: MakeCohort, assessor: Any, second_assessor: Any, programme_lead: Any
) -> None:
    submission = double(make_cohort, (WEAK, WEAK), (STRONG, STRONG))
    found = result(submission)
    with pytest.raises(errors.MayNotModerate):
        settling.moderate(found, levels(), "I insist.", actor=assessor)
    with pytest.raises(errors.ReasonNeeded):
        settling.moderate(found, levels(), "  ", actor=programme_lead)
    with pytest.raises(errors.Incomplete):
        settling.moderate(found, {"data": SOUND}, "Half.", actor=programme_lead)
    decided = settling.moderate(found, levels(SOUND, STRONG), "The claim is stated.", actor=programme_lead)
    assert (decided.state, decided.percent, decided.passed) == ("agreed", Decimal("62.96"), True)
    assert decided.decided_by == programme_lead
    assert len(decided.method["moderated"]["marks"]) == 2
    assert told() == 1
    with pytest.raises(errors.NotAllowedNow):
        settling.moderate(found, levels(), "Again.", actor=programme_lead)


def test_marks_that_a_moderator_compares_cannot_be_taken_back(
    make_cohort: MakeCohort, assessor: Any, second_assessor: Any
) -> None:
    submission = double(make_cohort, (WEAK, WEAK), (STRONG, STRONG))
    mark, since = place(submission), result(submission).changed_at
    with pytest.raises(errors.NotAllowedNow):
        marking.undo(mark, mark.user)
    settling.settle(submission)
    assert result(submission).changed_at == since  # it waits since then, however often somebody looks


def test_somebody_in_doubt_can_ask_for_a_moderator(
    make_cohort: MakeCohort, assessor: Any, programme_lead: Any, settings: Any
) -> None:
    settings.TESTAMUR_UNDO_MARK = timedelta(minutes=5)
    (submission,) = make_cohort().hand_in()
    give(place(submission), assessor)
    settling.ask_for_moderation(result(submission), "The second page is missing.", actor=assessor)
    settling.settle(submission, at_once=True)
    found = result(submission)
    assert (found.state, found.reasons) == ("moderation", ["requested"])


def test_a_sample_is_moderated_without_an_occasion(make_cohort: MakeCohort, assessor: Any) -> None:
    cohort = make_cohort()
    allocation.marking_of(cohort.institution, cohort.offering.pk, "essay")
    api.TaskMarking.objects.update(sample_share=100)
    (submission,) = cohort.hand_in()
    give(place(submission), assessor)
    assert (result(submission).state, result(submission).reasons) == ("moderation", ["sample"])


def test_a_result_can_be_computed_again_from_its_rows(
    make_cohort: MakeCohort, assessor: Any, second_assessor: Any
) -> None:
    submission = double(make_cohort, (SOUND, SOUND), (SOUND, STRONG))
    found = result(submission)
    design = api.design_of(submission.enrolment.version, "essay")
    again = settling.judge(submission, found, design)
    assert (again.percent, again.levels, again.passed) == (found.percent, found.levels, found.passed)
    version = submission.enrolment.version.public_id
    assert found.method == {**again.facts, "version": version, "task": "essay"}


@pytest.mark.parametrize(
    ("text", "names", "shown"),
    [
        ("I may say: Mark May wrote this. It will last.", ("Mark May",), "I may say: ▒▒▒ wrote this. It will last."),
        ("niamh and NIAMH, not Niamhs", ("Niamh Ó Briain",), "▒▒▒ and ▒▒▒, not Niamhs"),
        ("김하늘은 씁니다. 하늘이가.", ("김하늘",), "▒▒▒은 씁니다. ▒▒▒이가."),
        ("Write to ann@x.example or ann.", ("Ann Lee", "ann@x.example"), "Write to ▒▒▒ or ▒▒▒."),
        ("announce", ("Ann",), "announce"),
        ("Nothing to hide", ("", "x"), "Nothing to hide"),
    ],
)
def test_names_are_replaced_and_words_are_not(text: str, names: tuple[str, ...], shown: str) -> None:
    assert rules.without_names(text, names) == shown


# ── Appeals ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_appeal_is_marked_by_others(
    make_cohort: MakeCohort, assessor: Any, second_assessor: Any, third_assessor: Any
) -> None:
    (submission,) = make_cohort().hand_in()
    first = place(submission)
    give(first, first.user, WEAK, WEAK)
    others = {assessor.pk, second_assessor.pk, third_assessor.pk} - {first.user_id}
    excluded = min(others)
    again = api.reopen(submission, "The appendix was not read.", [excluded])
    assert again.round == 2
    assert api.reopen(submission, "Twice.", []).pk == again.pk
    mark = Mark.objects.get(submission=submission, round=2)
    assert mark.user_id == (others - {excluded}).pop()
    assert not api.all_agreed(submission.enrolment)
    give(mark, mark.user, STRONG, STRONG)
    assert [(one.round, one.percent) for one in TaskResult.objects.filter(submission=submission)] == [
        (2, Decimal("100.00")),
        (1, Decimal("0.00")),
    ]
    assert api.result_of(submission).percent == Decimal(100)
    assert told() == 2
    assert api.assessors_of(submission) == {first.user_id, mark.user_id}
    assert [event.code for event in api.events(submission)] == ["marked", "agreed", "reopened", "marked", "agreed"]


def test_only_what_is_agreed_can_be_reopened(make_cohort: MakeCohort, assessor: Any) -> None:
    (submission,) = make_cohort().hand_in()
    with pytest.raises(errors.NotAllowedNow):
        api.reopen(submission, "Too early.")


def test_the_trail_tells_what_happened_without_words_or_names(
    make_cohort: MakeCohort, assessor: Any, second_assessor: Any, programme_lead: Any, institution: Institution
) -> None:
    submission = double(make_cohort, (WEAK, WEAK), (STRONG, STRONG))
    settling.moderate(result(submission), levels(), "Between the two.", actor=programme_lead)
    written = [entry for entry in entries(institution) if entry.action.partition(".")[0] in ("mark", "result")]
    assert Counter(entry.action for entry in written) == {
        "result.opened": 1,
        "mark.done": 2,
        "result.to_moderation": 1,
        "result.moderated": 1,
        "result.agreed": 1,
    }
    assert not any("Between" in str(entry.facts) for entry in written)
