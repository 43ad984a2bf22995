"""Lists of any length: decided and issued by the workers, their mails written when they are sent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError
from django.utils import timezone
from tests.standing import aside

from testamur.errors import IssuingRefused
from testamur_site.foundation.audit.api import verify_chain
from testamur_site.foundation.jobs import handle
from testamur_site.foundation.jobs.api import Job, run_pending
from testamur_site.foundation.mail import jobs as mail_jobs
from testamur_site.foundation.mail.api import Message
from testamur_site.issuing import api, queries
from testamur_site.issuing.models import Award, Batch, PreparedCredential
from testamur_site.issuing.rules import BatchState, Reason
from testamur_site.issuing.services import batches, drafts, pipeline
from testamur_site.issuing.services.cohort import composing, deciding
from testamur_site.log.models import Entry
from testamur_site.status.models import StatusEntry
from testamur_site.wallet.models import Deposit, Holder, HolderAddress

from .conftest import Draft, class_list, cohort_list, document_of, proof_holds, states

pytestmark = pytest.mark.usefixtures("active")


@pytest.fixture(autouse=True)
@aside
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """What holds for a million rows in portions of a thousand, for forty in portions of eight."""
    monkeypatch.setattr(drafts, "AT_ONCE", 8)
    monkeypatch.setattr(batches, "AT_ONCE", 8)
    monkeypatch.setattr(batches, "CHUNK", 12)
    monkeypatch.setattr(pipeline, "SLICE", 5)


def test_the_workers_decide_a_long_list(draft: Draft, issuer: Any) -> None:
    batch = api.start_batch(draft(cohort_list(40)), actor=issuer)
    assert (batch.state, batch.undecided, Award.objects.count()) == (BatchState.ISSUING, 40, 0)
    before = queries.progress(batch)
    assert (before.total, before.left, before.done, before.stuck) == (40, 40, 0, False)
    run_pending()
    batch.refresh_from_db()
    assert (batch.state, batch.undecided, states(batch)) == (BatchState.FINISHED, 0, {"issued": 40})
    awards = list(Award.objects.filter(batch=batch).order_by("line"))
    assert [award.line for award in awards] == list(range(2, 42))
    assert {award.created_by for award in awards} == {issuer}
    assert StatusEntry.objects.count() == len({award.status_entry_id for award in awards}) == 40
    assert all(proof_holds(document_of(award), batch.institution) for award in awards)
    assert Entry.objects.filter(subject__startswith="award:").exclude(index=None).count() == 40
    assert verify_chain(batch.institution).intact


def test_a_long_and_a_short_list_make_the_same_awards(draft: Draft, monkeypatch: pytest.MonkeyPatch) -> None:
    header = "Name,Email,Award date,Expires,Language"
    rows = [f"Name {n},l{n}@example.org,2026-03-05,2036-01-0{1 + n % 9},{'ko' if n % 2 else 'en'}" for n in range(9)]
    api.start_batch(draft(class_list(*rows, header=header)))
    run_pending()
    monkeypatch.setattr(batches, "AT_ONCE", 100)
    api.start_batch(draft(class_list(*rows, header=header), award_again=True))
    run_pending()
    same = (
        "line",
        "recipient_name",
        "recipient_email",
        "language",
        "awarded_date",
        "valid_until",
        "results",
        "evidence",
    )
    same += ("state", "content_hash", "endorsed_hash", "key_id", "version_id", "problem", "reason_code")
    long, short = (list(Award.objects.filter(batch=one).order_by("line").values(*same)) for one in Batch.objects.all())
    assert long == short
    assert len(long) == 9


def test_who_was_awarded_meanwhile_is_set_aside(draft: Draft) -> None:
    one, two = draft(cohort_list(20)), draft(cohort_list(20))
    api.start_batch(one)
    api.start_batch(two)
    run_pending()
    for batch in (one, two):
        batch.refresh_from_db()
        assert (batch.state, batch.undecided) == (BatchState.FINISHED, 0)
    assert Award.objects.count() == 20
    set_aside = [batch.rows.filter(verdict="already").count() for batch in (one, two)]
    assert sum(set_aside) == 20


def test_awards_are_decided_with_their_prepared_bytes(draft: Draft, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever takes over from a worker that died before it signed finds the bytes, and signs those."""
    batch = api.start_batch(draft(cohort_list(12)))

    def killed(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "issue", killed)
        with pytest.raises(KeyboardInterrupt):
            run_pending()
    stored = dict(PreparedCredential.objects.values_list("award", "content"))
    assert states(batch) == {"prepared": len(stored)} == {"prepared": pipeline.SLICE}
    Job.objects.filter(status="running").update(lease_until=timezone.now() - timedelta(seconds=1))
    run_pending()
    assert states(batch) == {"issued": 12}
    now = dict(PreparedCredential.objects.values_list("award", "content"))
    assert all(bytes(now[award]) == bytes(content) for award, content in stored.items())
    assert all(proof_holds(document_of(award), batch.institution) for award in Award.objects.filter(batch=batch))


def test_nothing_is_decided_of_a_batch_that_was_stopped_meanwhile(
    draft: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = api.start_batch(draft(cohort_list(12)))
    real = deciding.insert_rows

    def undone(*arguments: Any, **options: Any) -> int:
        Batch.objects.filter(pk=batch.pk).update(state=BatchState.UNDOING)
        return real(*arguments, **options)

    monkeypatch.setattr(deciding, "insert_rows", undone)
    assert deciding.decide(batch, 2, 13) == ([], [])
    batch.refresh_from_db()
    assert (batch.undecided, Award.objects.count(), StatusEntry.objects.count()) == (12, 0, 0)


def test_what_the_lints_refuse_is_closed_and_the_others_go_on(draft: Draft, monkeypatch: pytest.MonkeyPatch) -> None:
    real = composing.prepare

    def picky(recipient: Any, *arguments: Any, **options: Any) -> Any:
        if recipient.email == "learner3@example.org":
            raise IssuingRefused("no", facts={})
        return real(recipient, *arguments, **options)

    monkeypatch.setattr(composing, "prepare", picky)
    batch = api.start_batch(draft(cohort_list(12)))
    run_pending()
    batch.refresh_from_db()
    assert (batch.state, batch.undecided, states(batch)) == (BatchState.FINISHED, 0, {"issued": 11, "refused": 1})


def test_somebody_is_awarded_in_the_very_moment(draft: Draft, monkeypatch: pytest.MonkeyPatch) -> None:
    """The look for earlier awards saw nothing, and the unique key is there when the rows are written."""
    batch = api.start_batch(draft(cohort_list(20)))
    real, raced = deciding.insert_rows, []

    def overtaken(*arguments: Any, **options: Any) -> int:
        if not raced:
            raced.append(1)
            raise IntegrityError("awarded_once")
        return real(*arguments, **options)

    monkeypatch.setattr(deciding, "insert_rows", overtaken)
    run_pending()
    assert states(batch) == {"issued": 20}
    assert StatusEntry.objects.count() == 20


@pytest.mark.parametrize("step", ["decide", "issue"])
@pytest.mark.parametrize("call", [1, 2, 5])
def test_a_worker_is_killed(draft: Draft, monkeypatch: pytest.MonkeyPatch, step: str, call: int) -> None:
    batch = api.start_batch(draft(cohort_list(30)))
    module = deciding if step == "decide" else pipeline
    real, calls = getattr(module, step), []

    def killed(*arguments: Any, **options: Any) -> Any:
        calls.append(1)
        if len(calls) == call:
            raise KeyboardInterrupt
        return real(*arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(module, step, killed)
        with pytest.raises(KeyboardInterrupt):
            run_pending()
    Job.objects.filter(status="running").update(lease_until=timezone.now() - timedelta(seconds=1))
    run_pending()
    batch.refresh_from_db()
    assert (batch.state, batch.undecided, states(batch)) == (BatchState.FINISHED, 0, {"issued": 30})
    assert StatusEntry.objects.count() == 30
    assert verify_chain(batch.institution).intact


def test_undone_before_its_rows_were_decided(draft: Draft) -> None:
    batch = api.start_batch(draft(cohort_list(30)))
    run_pending(limit=1)
    made = Award.objects.count()
    assert 0 < made < 30
    batch.refresh_from_db()
    assert queries.would_undo(batch) == queries.Undoing(cancel=30 - made, revoke=made, leave=0)
    api.undo_batch(batch, Reason.ISSUED_IN_ERROR)
    run_pending()
    batch.refresh_from_db()
    assert (batch.state, states(batch)) == (BatchState.UNDONE, {"revoked": made})
    shown = queries.progress(batch)
    assert (shown.total, shown.cancelled, shown.revoked, shown.left) == (30, 30 - made, made, 0)


def test_an_address_that_is_repeated_far_below(draft: Draft) -> None:
    rows = [f"Name {n},l{n}@example.org,2026-03-05" for n in range(20)]
    rows[17] = "Again,L3@Example.org,2026-03-05"
    rows[18] = "Third,l3@example.org,2026-03-05"
    batch = draft(class_list(*rows))
    assert batch.state == BatchState.DRAFT
    refused = {row.line: row.problems for row in batch.rows.filter(verdict="refused")}
    assert refused == {line: [{"code": "email.twice", "facts": {"row": 5}, "field": "email"}] for line in (19, 20)}
    drafts.judge_again(batch, batch.columns, award_again=False, default_date=None)
    run_pending()
    assert {row.line: row.problems for row in batch.rows.filter(verdict="refused")} == refused
    assert batch.rows.count() == 20


def test_deposits_and_mails_of_many(draft: Draft, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.TESTAMUR_AFTER_ISSUE = "testamur_site.wallet.jobs.after_issue"
    monkeypatch.setattr(pipeline, "SLICE", 30)
    monkeypatch.setattr(batches, "CHUNK", 30)
    known = Holder.objects.create()
    HolderAddress.objects.create(holder=known, email="learner3@example.org")
    batch = api.start_batch(draft(cohort_list(30)))
    run_pending(["default", "log", "status"])
    deposits = list(Deposit.objects.select_related("award").order_by("award_id"))
    assert [deposit.award.recipient_email for deposit in deposits] == [f"learner{n}@example.org" for n in range(30)]
    assert [deposit.holder for deposit in deposits] == [known if n == 3 else None for n in range(30)]
    assert all(deposit.told_at and deposit.state == "pending" and not deposit.public for deposit in deposits)
    mails = list(Message.objects.order_by("pk"))
    assert [(one.to, one.status, one.text) for one in mails] == [
        (f"learner{n}@example.org", "queued", "") for n in range(30)
    ]
    assert {one.subject for one in mails} == {"Han River University awarded you “Data literacy for public services”"}
    assert Job.objects.filter(queue="mail").count() == 1
    run_pending(["default"])
    assert (Deposit.objects.count(), Message.objects.count()) == (30, 30)
    assert states(batch) == {"issued": 30}


def test_who_never_heard_of_an_award_does_not_hear_that_its_batch_was_undone(
    draft: Draft, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mails of a cohort are written when they are sent: of what was revoked by then, none."""
    settings.TESTAMUR_AFTER_ISSUE = "testamur_site.wallet.jobs.after_issue"
    monkeypatch.setattr(pipeline, "SLICE", 30)
    monkeypatch.setattr(batches, "CHUNK", 30)
    batch = api.start_batch(draft(cohort_list(30)))
    run_pending(["default", "log", "status"])
    with monkeypatch.context() as patch:  # three go out
        patch.setattr(mail_jobs, "TOLD_SECONDS", 0)
        patch.setattr(handle, "TURN", timedelta(0))
        run_pending(["mail"], limit=3)
    heard = list(Message.objects.filter(status="sent").values_list("to", flat=True))
    assert len(heard) == 3
    api.undo_batch(batch, Reason.ISSUED_IN_ERROR)
    for _ in range(2):
        run_pending(["default", "status"])
        told = Message.objects.filter(template="wallet/mail/revoked").values_list("to", flat=True)
        assert sorted(told) == sorted(heard)
        run_pending(["mail"])
        Job.objects.filter(status="queued").update(run_after=timezone.now())
    assert Message.objects.filter(error_code="mail.withdrawn").count() == 27
    assert not Job.objects.filter(status="queued", path=settings.TESTAMUR_AFTER_ISSUE).exists()
