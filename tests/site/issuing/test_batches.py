"""Class lists: dry run, start, refused rows, idempotency, undo."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from testamur.status.bitstring_status_list import StatusOutcome
from testamur.verification import Outcome, Policy, Question, Verifier
from testamur_site.catalogue import services as catalogue
from testamur_site.catalogue.models import AchievementVersion
from testamur_site.foundation.audit.api import entries, verify_chain
from testamur_site.foundation.jobs.api import Job, enqueue, run_pending
from testamur_site.foundation.tables.api import TableRefused
from testamur_site.foundation.tenancy.api import Institution, tenant
from testamur_site.issuing import api, queries
from testamur_site.issuing.models import Award, Batch, BatchRow, PreparedCredential
from testamur_site.issuing.rules import AwardState, BatchState, Reason
from testamur_site.issuing.services import common, drafts, pipeline
from testamur_site.issuing.services.cohort import composing
from testamur_site.issuing.services.lists import judging

from .conftest import (
    ADA,
    Draft,
    class_list,
    cohort,
    cohort_list,
    document_of,
    proof_holds,
    public_site,
    states,
    status_of,
)

pytestmark = pytest.mark.usefixtures("active")

MIXED = class_list(
    "김민준,minjun@example.org,2026-03-05",
    "Ada Lovelace,ada@example.org,03/05/2026",
    "محمد العلي,m@example.org,2026-03-05",
    "Bob,bob,2026-03-05",
)


def verdicts(batch: Batch) -> list[tuple[int, str, list[str]]]:
    return [
        (row.line, row.verdict, [problem["code"] for problem in row.problems]) for row in batch.rows.order_by("line")
    ]


def test_a_dry_run_awards_nothing(draft: Draft) -> None:
    batch = draft(MIXED, file_name="list.csv")
    assert verdicts(batch) == [
        (2, "ready", []),
        (3, "refused", ["date.ambiguous"]),
        (4, "ready", []),
        (5, "refused", ["email.unreadable"]),
    ]
    assert not Award.objects.exists()
    assert not Job.objects.exists()
    batch.version.refresh_from_db()
    assert not batch.version.is_locked


def test_a_refused_file_leaves_nothing(draft: Draft) -> None:
    with pytest.raises(TableRefused):
        draft(b"name,email\n")
    assert not Batch.objects.exists()
    assert not BatchRow.objects.exists()


def test_a_batch_awards_its_ready_rows(draft: Draft, issuer: Any) -> None:
    batch = api.start_batch(draft(MIXED), actor=issuer)
    assert states(batch) == {"queued": 2}
    run_pending()
    batch.refresh_from_db()
    assert batch.state == BatchState.FINISHED
    issued = Award.objects.filter(batch=batch).order_by("line")
    assert [(award.line, award.recipient_name, award.state) for award in issued] == [
        (2, "김민준", "issued"),
        (4, "محمد العلي", "issued"),
    ]
    assert all(proof_holds(document_of(award), batch.institution) for award in issued)
    assert [entry.action for entry in entries(batch.institution, target=f"batch:{batch.public_id}")][::-1] == [
        "batch.drafted",
        "batch.started",
        "batch.finished",
    ]


def test_starting_twice_awards_once(draft: Draft) -> None:
    batch = draft(MIXED)
    api.start_batch(batch)
    with pytest.raises(api.NotAllowedNow):
        api.start_batch(batch)
    assert states(batch) == {"queued": 2}


def test_the_same_file_twice_awards_once(draft: Draft) -> None:
    first = api.start_batch(draft(MIXED))
    early = draft(MIXED)
    run_pending()
    late = draft(MIXED)
    for second in (early, late):
        assert [verdict for _, verdict, _ in verdicts(second)] == ["already", "refused", "already", "refused"]
        assert api.start_batch(second).state == BatchState.FINISHED
        assert not states(second)
    assert states(first) == {"issued": 2}


def test_two_drafts_of_one_file_started_one_after_the_other_award_once(draft: Draft) -> None:
    one, two = draft(MIXED), draft(MIXED)
    api.start_batch(one)
    assert api.start_batch(two).state == BatchState.FINISHED
    assert verdicts(two)[0] == (2, "already", ["already.meanwhile"])
    run_pending()
    assert Award.objects.count() == 2


def test_awarding_again_when_it_was_chosen(draft: Draft) -> None:
    api.start_batch(draft(MIXED))
    again = draft(MIXED, award_again=True)
    api.start_batch(again)
    run_pending()
    assert states(again) == {"issued": 2}
    assert Award.objects.count() == 4


def test_a_revoked_award_is_not_given_again_by_the_same_file(draft: Draft) -> None:
    batch = api.start_batch(draft(MIXED))
    run_pending()
    api.revoke(Award.objects.get(batch=batch, line=2), Reason.ACADEMIC_MISCONDUCT)
    assert verdicts(draft(MIXED))[0] == (2, "already", ["already.revoked"])


def test_the_refused_rows_go_back_mended_and_award_the_rest(draft: Draft) -> None:
    header = "Why refused,Name,Email,Award date,Colour"
    rows = [
        f"old reason,{line},red"
        for line in ("Ada Lovelace,ada@example.org,03/05/2026", "Bob,bob,2026-03-05", "Eve,eve@example.org,2026-03-05")
    ]
    batch = api.start_batch(draft(class_list(*rows, header=header)))
    run_pending()
    refused = list(queries.refused_rows(batch))
    assert [cells[1] for cells, _ in refused] == ["Ada Lovelace", "Bob"]
    assert [problems[0]["code"] for _, problems in refused] == ["date.ambiguous", "email.unreadable"]
    mended = [
        ",".join(cells).replace("03/05/2026", "2026-05-03").replace(",bob,", ",bob@example.org,")
        for cells, _ in refused
    ]
    second = api.start_batch(draft(class_list(*mended, header=header)))
    run_pending()
    assert states(second) == {"issued": 2}
    assert Award.objects.filter(state=AwardState.ISSUED).count() == 3


def test_a_version_that_was_replaced_since_the_dry_run(draft: Draft) -> None:
    batch = draft(MIXED)
    catalogue.retire(batch.micro_credential)
    with pytest.raises(api.NotOffered):
        api.start_batch(batch)
    batch.refresh_from_db()
    assert (batch.state, Award.objects.count()) == (BatchState.DRAFT, 0)


def test_columns_can_be_mapped_by_hand(draft: Draft) -> None:
    batch = draft(class_list("Ada,ada@example.org,72", header="Wer,Wohin,Note"))
    assert batch.columns == ["", "", ""]
    assert verdicts(batch) == [(2, "refused", ["name.missing", "email.missing", "date.missing"])]
    day = timezone.now().date()
    drafts.judge_again(batch, ["name", "email", "result:0"], award_again=False, default_date=day)
    assert verdicts(batch) == [(2, "ready", [])]
    row = batch.rows.get()
    assert (row.name, row.email, row.awarded_date, row.results[0]["value"]) == ("Ada", "ada@example.org", day, "72")


def test_the_validity_of_the_micro_credential_is_the_default_expiry(
    version: AchievementVersion, draft: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "expires_on", lambda day, validity: day + timedelta(days=730))
    batch = draft(
        class_list(
            "Ada,ada@example.org,2026-03-05,",
            "Bob,b@example.org,2026-03-05,2027-01-01",
            header="Name,Email,Award date,Expires",
        )
    )
    assert [str(row.valid_until) for row in batch.rows.all()] == ["2028-03-04", "2027-01-01"]


def test_what_has_expired_by_the_validity_of_the_micro_credential_is_refused_by_the_dry_run(
    draft: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lints let nobody sign it: not only when it is too late is that said."""
    monkeypatch.setattr(judging, "expires_on", lambda day, validity: day + timedelta(days=30))
    today = timezone.now().date()
    rows = [f"Ada,ada{days}@example.org,{today - timedelta(days=days)}" for days in (30, 31)]
    batch = draft(class_list(*rows))
    assert [(row.verdict, [one["code"] for one in row.problems]) for row in batch.rows.all()] == [
        ("ready", []),
        ("refused", ["expiry.past"]),
    ]
    api.start_batch(batch)
    run_pending()
    assert states(batch) == {"issued": 1}


def test_a_draft_can_be_discarded_and_is_forgotten_after_a_day(draft: Draft) -> None:
    one, two, started = draft(MIXED), draft(MIXED), api.start_batch(draft(MIXED))
    api.discard(one)
    with pytest.raises(api.NotAllowedNow):
        api.discard(started)
    Batch.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert drafts.forget_drafts() == 1
    assert not Batch.objects.filter(pk__in=[one.pk, two.pk]).exists()
    assert not BatchRow.objects.filter(batch__in=[one.pk, two.pk]).exists()
    assert Batch.objects.filter(pk=started.pk).exists()


def test_the_rows_of_an_old_list_are_forgotten_and_its_awards_stay(draft: Draft) -> None:
    batch, recent = api.start_batch(draft(MIXED)), draft(class_list("Eve,eve@example.org,2026-03-05"))
    run_pending()
    assert drafts.forget_rows() == 0
    Batch.objects.filter(pk=batch.pk).update(finished_at=timezone.now() - drafts.ROWS_KEPT - timedelta(seconds=1))
    assert drafts.forget_rows() == 4
    assert (batch.rows.count(), recent.rows.count(), states(batch)) == (0, 1, {"issued": 2})


def test_a_row_that_the_lints_refuse_does_not_stop_the_others(draft: Draft, monkeypatch: pytest.MonkeyPatch) -> None:
    from testamur.errors import IssuingRefused

    real = composing.prepare

    def picky(document: Any, *arguments: Any, **options: Any) -> Any:
        if "김민준" in str(document):
            raise IssuingRefused("no", facts={})
        return real(document, *arguments, **options)

    monkeypatch.setattr(composing, "prepare", picky)
    batch = api.start_batch(draft(MIXED))
    run_pending()
    batch.refresh_from_db()
    assert batch.state == BatchState.FINISHED
    assert states(batch) == {"issued": 1, "refused": 1}
    assert [cells[0] for cells, _ in queries.refused_rows(batch)] == ["김민준", "Ada Lovelace", "Bob"]
    assert queries.progress(batch).refused == 1
    monkeypatch.undo()
    assert verdicts(draft(MIXED))[0] == (2, "ready", []), "the mended row may be sent again"


def test_the_refused_rows_are_asked_for_by_any_number_of_awards(
    draft: Draft, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    """A statement takes some ten thousand values, and a list a million rows."""
    monkeypatch.setattr(composing, "content_hash", lambda _: "0" * 64)
    lengths = []
    for number in (2, 40):
        batch = api.start_batch(draft(cohort_list(number)))
        run_pending()
        with django_assert_max_num_queries(2) as asked:
            assert len(list(queries.refused_rows(batch))) == number
        lengths.append([len(one["sql"]) for one in asked.captured_queries])
    assert lengths[0] == lengths[1]


def test_undoing_a_finished_batch(draft: Draft, issuer: Any) -> None:
    batch = api.start_batch(draft(cohort_list(12)))
    run_pending()
    kept, corrected = Award.objects.filter(batch=batch).order_by("line")[:2]
    api.revoke(kept, Reason.FRAUD_CONFIRMED)
    new = api.correct(corrected, ADA)
    assert queries.would_undo(batch) == queries.Undoing(cancel=0, revoke=10, leave=2)
    api.undo_batch(batch, Reason.ISSUED_IN_ERROR, note="Wrong list", actor=issuer)
    run_pending()
    batch.refresh_from_db()
    assert batch.state == BatchState.UNDONE
    assert states(batch) == {"revoked": 11, "superseded": 1}
    new.refresh_from_db()
    assert new.state == AwardState.ISSUED
    for award in Award.objects.filter(batch=batch, state=AwardState.REVOKED):
        assert status_of(document_of(award)) is StatusOutcome.FAILED
    assert status_of(document_of(new)) is StatusOutcome.PASSED
    assert Award.objects.get(pk=kept.pk).reason_code == "fraud_confirmed"
    again = api.start_batch(draft(cohort_list(12)))
    run_pending()
    assert states(again) == {"issued": 11}, "all but the one who was revoked for fraud"
    with pytest.raises(api.NotAllowedNow):
        api.undo_batch(batch, Reason.ISSUED_IN_ERROR)
    assert verify_chain(batch.institution).intact


def test_undoing_a_batch_that_is_still_running_signs_nothing_more(
    draft: Draft, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.TESTAMUR_AFTER_ISSUE = "tests.site.issuing.test_awards.receive"
    monkeypatch.setattr(pipeline, "SLICE", 4)
    batch = api.start_batch(draft(cohort_list(12)))
    real = pipeline.sign_made
    signed = []

    def interrupted(*arguments: Any) -> Any:
        signed.append(1)
        if len(signed) == 2:  # in the second slice, somebody presses "undo"
            api.undo_batch(batch, Reason.ISSUED_IN_ERROR)
        return real(*arguments)

    monkeypatch.setattr(pipeline, "sign_made", interrupted)
    run_pending()
    batch.refresh_from_db()
    assert batch.state == BatchState.UNDONE
    assert states(batch) == {"revoked": 4, "cancelled": 8}
    assert PreparedCredential.objects.exclude(signed=None).count() == 4
    told = [job.args for job in Job.objects.filter(path=settings.TESTAMUR_AFTER_ISSUE, args__event="issued")]
    assert [len(args["award_ids"]) for args in told] == [4], "nobody is written to about what was never issued"


def test_a_batch_whose_jobs_gave_up_can_be_carried_on(draft: Draft) -> None:
    batch = api.start_batch(draft(MIXED))
    assert not queries.progress(batch).stuck
    failure = {"type": "signing.sealing.NoKeyEncryptionKey", "code": "jobs.error"}
    for status in ("queued", "failed"):  # waiting for a further attempt, and given up
        Job.objects.update(status=status, error=failure)
        assert queries.progress(batch).stuck
        assert queries.progress(batch).trouble == "NoKeyEncryptionKey (jobs.error)"
    api.carry_on(batch)
    assert not queries.progress(batch).stuck
    run_pending()
    batch.refresh_from_db()
    assert (batch.state, states(batch)) == (BatchState.FINISHED, {"issued": 2})
    with pytest.raises(api.NotAllowedNow):
        api.carry_on(batch)


def test_no_hand_over_is_larger_than_agreed(draft: Draft, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(common, "HANDED_AT_ONCE", 50)
    settings.TESTAMUR_AFTER_ISSUE = "tests.site.issuing.test_awards.receive"
    batch = api.start_batch(draft(cohort_list(120)))
    run_pending()
    api.undo_batch(batch, Reason.ISSUED_IN_ERROR)
    run_pending()
    for event in ("issued", "revoked"):
        handed = [job.args["award_ids"] for job in Job.objects.filter(args__event=event)]
        assert max(map(len, handed)) <= 50
        assert sorted(itertools.chain(*handed)) == sorted(Award.objects.values_list("public_id", flat=True))


def test_a_batch_of_another_institution_cannot_be_found(draft: Draft, other_institution: Institution) -> None:
    batch = draft(MIXED)
    with tenant(other_institution):
        assert queries.own_batch(batch.public_id) is None
        assert not list(queries.batches().object_list)
    assert queries.own_batch(batch.public_id) == batch


def test_the_clock_forgets_drafts(draft: Draft) -> None:
    one = draft(MIXED)
    Batch.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    enqueue("testamur_site.issuing.jobs.forget_drafts", {})
    run_pending()
    assert not Batch.objects.filter(pk=one.pk).exists()


def test_jobs_carry_no_personal_data(draft: Draft) -> None:
    api.start_batch(draft(MIXED))
    assert not any(text in str(job.args) for job in Job.objects.all() for text in ("@", "김민준", "محمد"))


def test_a_cohort_of_a_thousand(draft: Draft, issuer: Any) -> None:
    batch = api.start_batch(draft(cohort_list(1000)), actor=issuer)
    assert Job.objects.filter(path="testamur_site.issuing.jobs.issue_lines").count() == 1
    run_pending()
    batch.refresh_from_db()
    assert (batch.state, states(batch)) == (BatchState.FINISHED, {"issued": 1000})
    awards = list(Award.objects.filter(batch=batch).order_by("line"))
    assert [(award.recipient_name, award.recipient_email) for award in awards] == cohort(1000)
    documents = [document_of(award) for award in awards]
    assert len({document["id"] for document in documents}) == 1000
    assert len({document["credentialStatus"]["statusListIndex"] for document in documents}) == 1000
    verifier = Verifier(public_site(batch.institution))
    for award in awards:
        report = verifier.verify(api.credential_bytes(award), Policy(recipient=award.recipient_email))
        for question in (Question.GENUINE, Question.STILL_VALID, Question.FROM_WHOM, Question.ABOUT_WHOM):
            assert report.outcome(question) is Outcome.PASSED, (award.line, question)
    for award, document in zip(awards, documents, strict=True):
        identities = document["credentialSubject"]["identifier"]
        assert [one["identityHash"] for one in identities if one["identityType"] == "name"] == [award.recipient_name]
    assert api.start_batch(draft(cohort_list(1000))).state == BatchState.FINISHED
    assert Award.objects.count() == 1000
    assert verify_chain(batch.institution).intact
