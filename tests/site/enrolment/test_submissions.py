"""A submission from the first draft to the second attempt, and everything that must not happen on the way."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils import timezone

from testamur_site.enrolment import queries, services
from testamur_site.enrolment.errors import (
    AlreadySubmitted,
    Closed,
    DraftChanged,
    EvidenceInUse,
    EvidenceRefused,
    Incomplete,
    NoAttemptLeft,
    NoSuchTask,
    NotAllowedNow,
    NotTakingPart,
)
from testamur_site.enrolment.models import Enrolment, EvidenceItem, Submission, SubmissionEvidence
from testamur_site.enrolment.rules import SubmissionState, TaskState
from testamur_site.enrolment.services import common
from testamur_site.foundation.audit.api import entries
from testamur_site.foundation.jobs.api import Job

from . import examples

pytestmark = pytest.mark.usefixtures("at_work")


def draft_with_text(enrolment: Enrolment, task: str = "report") -> Submission:
    draft = services.begin_draft(enrolment, task)
    services.add_to_draft(draft, services.add_text(enrolment.learner, "What the figures hide."))
    return draft


def test_a_draft_is_begun_once(mina: Enrolment) -> None:
    assert services.begin_draft(mina, "report") == services.begin_draft(mina, "report")
    with pytest.raises(NoSuchTask):
        services.begin_draft(mina, "nothing")


def test_handing_in_fixes_everything_and_tells_those_who_mark(mina: Enrolment) -> None:
    submitted = services.submit(draft_with_text(mina), declared=True)
    assert submitted.state == SubmissionState.SUBMITTED
    assert submitted.authorship_version == "1"
    assert not submitted.late
    assert services.submit(submitted, declared=True).submitted_at == submitted.submitted_at
    assert Job.objects.filter(path=common.AFTER_SUBMISSION, args={"submission": submitted.public_id}).count() == 1
    written = [entry for entry in entries(mina.institution) if entry.action == "submission.submitted"]
    assert written[0].facts["sha256"] == [queries.evidence_of(submitted)[0].sha256]


@pytest.mark.parametrize(
    ("declared", "with_text", "missing"),
    [(True, True, None), (False, True, ["not_declared"]), (True, False, ["too_few"])],
)
def test_what_is_missing_is_said(mina: Enrolment, declared: bool, with_text: bool, missing: list[str] | None) -> None:
    draft = draft_with_text(mina) if with_text else services.begin_draft(mina, "report")
    if missing is None:
        assert services.submit(draft, declared=declared).handed_in
        return
    with pytest.raises(Incomplete) as refused:
        services.submit(draft, declared=declared)
    assert refused.value.facts["missing"] == missing
    assert Job.objects.filter(path=common.AFTER_SUBMISSION).count() == 0


def test_a_kind_that_the_task_does_not_take_is_named(mina: Enrolment) -> None:
    draft = services.begin_draft(mina, "briefing")
    services.add_to_draft(draft, services.add_address(mina.learner, "link", "https://example.org/work"))
    with pytest.raises(Incomplete) as refused:
        services.submit(draft, declared=True)
    assert refused.value.facts["missing"] == ["kind_not_accepted"]


def test_two_tabs_do_not_overwrite_each_other(mina: Enrolment) -> None:
    seen = services.begin_draft(mina, "report")
    saved = services.save_draft(seen, revision=seen.revision, note="first", help_used="")
    with pytest.raises(DraftChanged):
        services.save_draft(seen, revision=seen.revision, note="second", help_used="")
    assert services.save_draft(saved, revision=saved.revision, note="third", help_used="").note == "third"


def test_a_piece_of_somebody_else_is_refused(mina: Enrolment) -> None:
    other = examples.enrolled(mina.offering, "Sean", "sean@example.org")
    hers = services.add_text(other.learner, "Not yours.")
    with pytest.raises(EvidenceRefused):
        services.add_to_draft(services.begin_draft(mina, "report"), hers)


def test_a_piece_serves_several_tasks_and_stays_once_handed_in(mina: Enrolment) -> None:
    piece = services.add_text(mina.learner, "One text for two tasks.")
    report, briefing = services.begin_draft(mina, "report"), services.begin_draft(mina, "briefing")
    services.add_to_draft(report, piece)
    services.add_to_draft(briefing, piece)
    services.submit(report, declared=True)
    with pytest.raises(EvidenceInUse):
        services.delete_item(piece)
    assert queries.evidence_of(briefing) == [piece]
    unused = services.add_text(mina.learner, "Not handed in.")
    services.delete_item(unused)
    assert list(queries.portfolio(mina.learner)) == [piece]


def test_withdrawing_before_it_is_due_uses_up_no_attempt(mina: Enrolment) -> None:
    first = services.submit(draft_with_text(mina), declared=True)
    services.withdraw_submission(first)
    again = services.begin_draft(mina, "report")
    assert (again.attempt, queries.evidence_of(again)) == (2, queries.evidence_of(first))
    assert queries.task_for(mina, "report").attempts.used == 0
    assert Job.objects.filter(path=common.AFTER_WITHDRAWAL).count() == 1


def test_what_is_due_cannot_be_withdrawn(mina: Enrolment) -> None:
    submitted = services.submit(draft_with_text(mina), declared=True)
    assert submitted.due_at is not None
    with pytest.raises(NotAllowedNow):
        services.withdraw_submission(submitted, now=submitted.due_at + timedelta(seconds=1))
    services.withdraw_submission(submitted, now=submitted.due_at)


def test_late_work_is_taken_and_marked_until_the_offering_ends(mina: Enrolment) -> None:
    limit = queries.task_for(mina, "report").deadline
    assert limit.due_at is not None
    assert limit.closes_at is not None
    draft = draft_with_text(mina)
    with pytest.raises(Closed):
        services.submit(draft, declared=True, now=limit.closes_at + timedelta(seconds=1))
    assert services.submit(draft, declared=True, now=limit.due_at + timedelta(seconds=1)).late


def test_an_extension_moves_both_dates_for_one_learner_and_one_task(mina: Enrolment) -> None:
    before = {standing.task.key: standing.deadline for standing in queries.tasks_for(mina)}
    services.extend(mina, task_key="report", days=5, reason="agreed")
    after = {standing.task.key: standing.deadline for standing in queries.tasks_for(mina)}
    assert before["report"].due_on is not None
    assert after["report"].due_on == before["report"].due_on + timedelta(days=5)
    assert after["report"].extension_days == 5
    assert after["briefing"] == before["briefing"]


def test_returned_work_is_handed_in_again_by_its_own_date(mina: Enrolment) -> None:
    first = services.submit(draft_with_text(mina), declared=True)
    until = timezone.localdate() + timedelta(days=90)
    returned = services.return_for_resubmission(first, "Name your sources.", until)
    assert services.return_for_resubmission(first, "Again.", until).returned_reason == "Name your sources."
    standing = queries.task_for(mina, "report")
    assert (standing.state, standing.deadline.due_on, standing.attempts.left) == (TaskState.RETURNED, until, 1)
    second = services.submit(services.begin_draft(mina, "report"), declared=True)
    assert (second.attempt, second.late, returned.state) == (2, False, SubmissionState.RETURNED)
    with pytest.raises(NoAttemptLeft):
        services.return_for_resubmission(second, "Once more.", until)
    services.return_for_resubmission(second, "Once more.", until, extra_attempt=True)
    assert services.begin_draft(mina, "report").attempt == 3


def test_who_was_handed_in_cannot_begin_another_attempt(mina: Enrolment) -> None:
    services.submit(draft_with_text(mina), declared=True)
    with pytest.raises(AlreadySubmitted):
        services.begin_draft(mina, "report")


def test_who_has_left_hands_in_nothing(mina: Enrolment) -> None:
    draft = draft_with_text(mina)
    services.withdraw(mina)
    with pytest.raises(NotTakingPart):
        services.submit(draft, declared=True)


CHANGES = {
    "the note": lambda s: Submission.objects.filter(pk=s.pk).update(note="other"),
    "the day": lambda s: Submission.objects.filter(pk=s.pk).update(submitted_at=timezone.now() - timedelta(days=9)),
    "back to a draft": lambda s: Submission.objects.filter(pk=s.pk).update(state="draft"),
    "a piece more": lambda s: SubmissionEvidence.objects.create(
        submission=s, item=services.add_text(s.enrolment.learner, "More."), position=9
    ),
    "another text": lambda s: EvidenceItem.objects.filter(submissions=s).update(text="other"),
    "another digest": lambda s: EvidenceItem.objects.filter(submissions=s).update(sha256="0" * 64),
}
if connection.vendor == "postgresql":  # see migrations/0002
    CHANGES["a piece less"] = lambda s: SubmissionEvidence.objects.filter(submission=s).delete()


@pytest.mark.parametrize("change", CHANGES)
def test_the_database_refuses_to_change_what_was_handed_in(mina: Enrolment, change: str) -> None:
    submitted = services.submit(draft_with_text(mina), declared=True)
    with pytest.raises((IntegrityError, OperationalError)), transaction.atomic():
        CHANGES[change](submitted)
    assert connection.is_usable()
    fresh = queries.submission_by_public_id(submitted.public_id)
    assert fresh is not None
    assert queries.evidence_of(fresh)[0].text == "What the figures hide."
