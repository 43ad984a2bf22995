"""The flow from decision to signed bytes under faults: lost leases, two workers at once, a crash at every step."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from testamur_site.foundation.audit.api import entries
from testamur_site.foundation.jobs.api import Job, run_pending
from testamur_site.foundation.keys.api import rotate, withdraw
from testamur_site.issuing import api
from testamur_site.issuing.models import Award, PreparedCredential
from testamur_site.issuing.services import batches, pipeline
from testamur_site.issuing.services.cohort import composing
from testamur_site.status.api import StatusEntry

from .conftest import Draft, cohort_list, document_of, proof_holds, states

pytestmark = pytest.mark.usefixtures("active")


def test_a_worker_that_lost_its_lease_writes_nothing(draft: Draft, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = api.start_batch(draft(cohort_list(6)))
    job = Job.objects.get(path="testamur_site.issuing.jobs.issue_lines")
    real = composing.prepare

    def slow(*arguments: Any, **options: Any) -> Any:
        Job.objects.filter(pk=job.pk).update(lease_token="somebody else's")
        return real(*arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(composing, "prepare", slow)
        run_pending()
    assert states(batch) == {"queued": 6}
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    run_pending()
    assert states(batch) == {"issued": 6}


def test_two_workers_at_one_chunk_make_one_credential_each(draft: Draft, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second composes other bytes (another salt, another moment); the first to store decided."""
    batch = api.start_batch(draft(cohort_list(5)))
    awards = list(Award.objects.filter(batch=batch).values_list("pk", flat=True))
    real = composing.prepare
    nested = []

    def overtaken(*arguments: Any, **options: Any) -> Any:
        if not nested:
            nested.append(1)
            list(pipeline.issue(batch.institution, awards))
        return real(*arguments, **options)

    monkeypatch.setattr(composing, "prepare", overtaken)
    list(pipeline.issue(batch.institution, awards))
    first = {one.award_id: bytes(one.signed) for one in PreparedCredential.objects.all()}
    assert len(first) == 5
    assert states(batch) == {"issued": 5}
    list(pipeline.issue(batch.institution, awards))
    assert {one.award_id: bytes(one.signed) for one in PreparedCredential.objects.all()} == first
    assert Counter(e.action for e in entries(batch.institution, action="award.issued")) == {"award.issued": 5}


def test_a_worker_that_prepared_for_a_key_that_is_gone_meanwhile(
    draft: Draft, owner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Composed for the old key, then the key was rotated and the awards given to the new one, then the worker wakes up and dies."""
    batch = api.start_batch(draft(cohort_list(3)))
    awards = list(Award.objects.filter(batch=batch).values_list("pk", flat=True))
    real, rotated = composing.prepare, []

    def slow(*arguments: Any, **options: Any) -> Any:
        if not rotated:
            rotated.append(rotate(batch.institution, owner))
            pipeline._pinned_signer(batch.institution, awards, transaction.atomic)
        return real(*arguments, **options)

    def die(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(composing, "prepare", slow)
        patch.setattr(pipeline, "_sign", die)
        with pytest.raises(KeyboardInterrupt):
            list(pipeline.issue(batch.institution, awards))
    list(pipeline.issue(batch.institution, awards))
    assert states(batch) == {"issued": 3}
    for award in Award.objects.filter(batch=batch):
        document = document_of(award)
        assert document["proof"][0]["verificationMethod"].endswith("#key-2")
        assert proof_holds(document, batch.institution)


@pytest.mark.parametrize("at_once", [1, 50])
def test_a_key_that_is_rotated_away_while_it_signs_issues_nothing(
    draft: Draft, owner: Any, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    """It was rotated away because it was copied, and is withdrawn at once: what it would have issued would never have held."""
    monkeypatch.setattr(pipeline, "SLICE", 3)
    monkeypatch.setattr(batches, "AT_ONCE", at_once)
    batch = api.start_batch(draft(cohort_list(6)))
    real, rotated = pipeline.sign_made, []

    def slow(*arguments: Any) -> None:
        real(*arguments)
        if not rotated:
            rotated.append(rotate(batch.institution, owner))
            assert withdraw(batch.institution, "key-1", owner)

    monkeypatch.setattr(pipeline, "sign_made", slow)
    assert run_pending(["default"]) == 1
    batch.refresh_from_db()
    assert (batch.state, states(batch)) == ("finished", {"issued": 6})
    for award in Award.objects.filter(batch=batch):
        document = document_of(award)
        assert document["proof"][0]["verificationMethod"].endswith("#key-2")
        assert proof_holds(document, batch.institution)
    assert entries(batch.institution, action="award.issued").count() == 6


STEPS = ("_pinned_signer", "_reserve", "_prepare", "_sign")


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("slice_number", [1, 2])
def test_a_crash_at_every_step(
    draft: Draft, monkeypatch: pytest.MonkeyPatch, step: str, when: str, slice_number: int
) -> None:
    """Whatever was finished before the crash is found again, byte for byte; the rest is done as if nothing had happened."""
    monkeypatch.setattr(pipeline, "SLICE", 3)
    batch = api.start_batch(draft(cohort_list(6)))
    real, calls = getattr(pipeline, step), []

    def crash(*arguments: Any) -> Any:
        calls.append(step)
        if len(calls) == slice_number and when == "before":
            raise KeyboardInterrupt
        result = real(*arguments)
        if len(calls) == slice_number:
            raise KeyboardInterrupt
        return result

    with monkeypatch.context() as patch:
        patch.setattr(pipeline, step, crash)
        with pytest.raises(KeyboardInterrupt):
            run_pending()
    kept = {
        one.award_id: (bytes(one.content), one.signed and bytes(one.signed)) for one in PreparedCredential.objects.all()
    }
    Job.objects.filter(status="running").update(lease_until=timezone.now() - timedelta(seconds=1))
    run_pending()
    assert states(batch) == {"issued": 6}
    now = {one.award_id: (bytes(one.content), bytes(one.signed)) for one in PreparedCredential.objects.all()}
    for award, (content, signed) in kept.items():
        assert now[award][0] == content
        assert signed in (None, now[award][1])
    assert all(proof_holds(document_of(award), batch.institution) for award in Award.objects.filter(batch=batch))
    assert Award.objects.values("status_entry").distinct().count() == StatusEntry.objects.count() == 6
    assert entries(batch.institution, action="award.issued").count() == 6
