"""Institutions take turns, and long jobs give way."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from testamur_site.foundation.jobs import handle, services
from testamur_site.foundation.jobs.api import Job, JobHandle, Status, TurnOver, enqueue, enqueue_many, run_pending
from testamur_site.foundation.jobs.turns import turns
from testamur_site.foundation.tenancy.api import Institution, unscoped

pytestmark = pytest.mark.django_db
NOTHING = "testamur_site.foundation.jobs.jobs.forget_finished_jobs"


@pytest.fixture(autouse=True)
def _all() -> Any:
    with unscoped("tests look at the whole queue"):
        yield


def million(institution: Institution, count: int = 40, **values: Any) -> None:
    enqueue_many(
        NOTHING, [({}, f"many:{institution.pk}:{n}", 1) for n in range(count)], institution=institution, **values
    )


def claimed(count: int) -> list[int | None]:
    found = []
    for _ in range(count):
        job = services.claim()
        assert job is not None
        found.append(job.institution_id)
        services.finish(job, None)
    return found


def test_the_next_is_of_whoever_was_served_longest_ago(
    institution: Institution, other_institution: Institution
) -> None:
    million(institution)
    enqueue(NOTHING, {}, institution=other_institution)
    enqueue(NOTHING, {}, institution=other_institution)
    a, b = institution.pk, other_institution.pk
    assert claimed(6) in ([a, b, a, b, a, a], [b, a, b, a, a, a])


def test_the_platform_is_one_of_them(institution: Institution) -> None:
    million(institution)
    enqueue(NOTHING, {})
    assert None in claimed(2)


def test_who_has_fewest_running_comes_first(institution: Institution, other_institution: Institution) -> None:
    million(institution)
    million(other_institution)
    running = [services.claim() for _ in range(6)]
    assert Counter(job.institution_id for job in running if job) == {institution.pk: 3, other_institution.pk: 3}
    enqueue(NOTHING, {})
    job = services.claim()
    assert job is not None
    assert job.institution_id is None


def test_what_is_more_urgent_comes_first_whosever_it_is(
    institution: Institution, other_institution: Institution
) -> None:
    million(institution, priority=-1)
    enqueue(NOTHING, {}, institution=institution)
    enqueue(NOTHING, {}, institution=institution, priority=5)
    million(other_institution, count=1, priority=-1)
    assert turns((), timezone.now())[0] == institution.pk
    first, second = services.claim(), services.claim()
    assert first is not None
    assert second is not None
    assert (first.priority, second.priority) == (5, 0)


def test_only_the_queues_of_the_worker_count(institution: Institution, other_institution: Institution) -> None:
    million(institution, queue="mail")
    enqueue(NOTHING, {}, institution=other_institution)
    assert turns(("default",), timezone.now()) == [other_institution.pk]
    assert turns(("log",), timezone.now()) == []
    assert set(turns((), timezone.now())) == {institution.pk, other_institution.pk}


def test_what_a_vanished_worker_left_has_its_turn(institution: Institution) -> None:
    enqueue(NOTHING, {}, institution=institution)
    left = services.claim()
    assert left is not None
    assert turns((), timezone.now()) == []
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert turns((), timezone.now()) == [institution.pk]
    again = services.claim()
    assert again is not None
    assert (again.pk, again.attempts) == (left.pk, 2)


def test_a_job_that_is_not_due_has_no_turn(institution: Institution) -> None:
    enqueue(NOTHING, {}, institution=institution, run_after=timezone.now() + timedelta(hours=1))
    assert turns((), timezone.now()) == []
    assert services.claim() is None


def long(job: JobHandle, **_: Any) -> None:
    """Five steps."""
    while job.done < 5:
        job.progress(job.done + 1)
        job.yield_turn()


def test_a_long_job_gives_way_after_each_turn_and_loses_no_attempt(
    institution: Institution, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handle, "TURN", timedelta(0))
    monkeypatch.setattr(services, "handler_at", lambda _path: long)
    made = enqueue("any", {}, institution=institution, total=5, max_attempts=2)
    assert run_pending(limit=4) == 4
    made.refresh_from_db()
    assert (made.status, made.done, made.attempts) == (Status.QUEUED, 4, 0)
    run_pending()
    made.refresh_from_db()
    assert (made.status, made.done) == (Status.DONE, 5)


def test_within_its_turn_a_job_goes_on(institution: Institution) -> None:
    made = enqueue(NOTHING, {}, institution=institution)
    handle_of_it = JobHandle(made)
    handle_of_it.yield_turn()
    handle_of_it._begun -= 10
    with pytest.raises(TurnOver):
        handle_of_it.yield_turn()


def test_what_went_wrong_before_a_turn_is_over_counts_no_more(institution: Institution) -> None:
    """Otherwise a page would go on saying that it does not work, and the next trouble of the machine be waited for as if it were one."""
    made = enqueue(NOTHING, {}, institution=institution)
    for _ in range(2):
        claimed = services.claim()
        assert claimed is not None
        services.put_off(claimed, {"type": "OSError", "code": "jobs.error"})
        Job.objects.filter(pk=made.pk).update(run_after=timezone.now())
    made.refresh_from_db()
    assert made.error["times"] == 2
    claimed = services.claim()
    assert claimed is not None
    assert services.put_back(claimed)
    made.refresh_from_db()
    assert (made.status, made.error) == (Status.QUEUED, None)
