from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from testamur_site.foundation.jobs import services, worker
from testamur_site.foundation.jobs.api import (
    Job,
    JobCancelled,
    JobHandle,
    LeaseLost,
    Status,
    UnknownHandler,
    cancel,
    enqueue,
    oldest_waiting_seconds,
    retry,
    run_pending,
)
from testamur_site.foundation.jobs.jobs import forget_finished_jobs
from testamur_site.foundation.jobs.rules import LONGEST_PAUSE, LONGEST_WAIT, ROOM, pause_after, wait_for_machine
from testamur_site.foundation.tenancy.api import Institution, tenant, unscoped

HERE = "tests.site.foundation.jobs.handlers"

pytestmark = pytest.mark.django_db


def again(job: Job) -> Job:
    with unscoped("the test looks at a job"):
        return Job.objects.get(pk=job.pk)


def change(job: Job, **values: Any) -> None:
    with unscoped("the test arranges a job"):
        assert Job.objects.filter(pk=job.pk).update(**values) == 1


def past() -> Any:
    return timezone.now() - timedelta(seconds=1)


def test_a_job_runs_and_keeps_its_result() -> None:
    job = enqueue(f"{HERE}.double", {"number": 21})
    assert run_pending() == 1
    job = again(job)
    assert (job.status, job.result, job.done, job.total, job.attempts) == (Status.DONE, 42, 1, 1, 1)
    assert job.percent == 100
    assert run_pending() == 0


def test_a_job_exists_exactly_when_its_transaction_commits() -> None:
    with transaction.atomic():
        enqueue(f"{HERE}.double", {"number": 1})
        transaction.set_rollback(True)
    assert run_pending() == 0


@pytest.mark.parametrize("path", ["os.system", f"{HERE}.nothing", "testamur_site.nothing.there", f"{HERE}.Path.cwd"])
def test_only_functions_in_our_modules_are_jobs(path: str) -> None:
    with pytest.raises(UnknownHandler):
        enqueue(path, {})


def test_a_key_queues_once_whatever_became_of_it() -> None:
    first = enqueue(f"{HERE}.double", {"number": 1}, key="same")
    assert enqueue(f"{HERE}.double", {"number": 2}, key="same") == first
    run_pending()
    assert enqueue(f"{HERE}.double", {"number": 3}, key="same").status == Status.DONE
    assert run_pending() == 0


def test_priority_then_age_then_time() -> None:
    late = enqueue(f"{HERE}.double", {"number": 1}, run_after=timezone.now() + timedelta(hours=1))
    second = enqueue(f"{HERE}.double", {"number": 2})
    first = enqueue(f"{HERE}.double", {"number": 3}, priority=1)
    assert services.claim() == first
    assert services.claim() == second
    assert services.claim() is None
    assert again(late).status == Status.QUEUED


def test_a_worker_may_serve_some_queues_only() -> None:
    enqueue(f"{HERE}.double", {"number": 1}, queue="mail")
    assert run_pending(["default"]) == 0
    assert run_pending(["default", "mail"]) == 1


def test_a_job_works_for_its_institution(institution: Institution) -> None:
    with tenant(institution):
        mine = enqueue(f"{HERE}.whose", {})
    nobodys = enqueue(f"{HERE}.whose", {})
    run_pending()
    assert again(mine).result == "han-river"
    assert again(nobodys).result is None


def test_an_institution_sees_its_own_jobs_only(institution: Institution, other_institution: Institution) -> None:
    mine = enqueue(f"{HERE}.whose", {}, institution=institution)
    enqueue(f"{HERE}.whose", {}, institution=other_institution)
    enqueue(f"{HERE}.whose", {})
    with tenant(institution):
        assert list(Job.objects.all()) == [mine]


def test_a_failed_job_waits_and_is_tried_again_until_its_attempts_are_used() -> None:
    job = enqueue(f"{HERE}.fails", {"how": "value"}, max_attempts=2)
    run_pending(reraise=False)
    assert again(job).status == Status.QUEUED
    assert again(job).run_after > timezone.now()
    assert run_pending() == 0
    change(job, run_after=past())
    run_pending(reraise=False)
    assert again(job).status == Status.FAILED
    assert again(job).finished_at is not None


def test_an_error_is_described_without_its_message() -> None:
    job = enqueue(f"{HERE}.fails", {"how": "value"})
    run_pending(reraise=False)
    error = again(job).error
    assert error["type"] == "builtins.ValueError"
    assert error["place"].startswith("handlers.py:")
    assert "kim" not in str(error)


def test_an_error_of_ours_keeps_its_code_and_facts() -> None:
    job = enqueue(f"{HERE}.fails", {"how": "malformed"})
    run_pending(reraise=False)
    assert again(job).error["code"] == "input.malformed"
    assert again(job).error["facts"] == {"line": 3}


def test_giving_up_is_final() -> None:
    job = enqueue(f"{HERE}.gives_up", {})
    run_pending(reraise=False)
    assert again(job).status == Status.FAILED
    assert again(job).error["code"] == "tests.hopeless"


def test_a_handler_that_has_gone_is_final() -> None:
    job = enqueue(f"{HERE}.double", {"number": 1})
    change(job, path="testamur_site.removed.handler")
    run_pending(reraise=False)
    assert again(job).status == Status.FAILED


def test_a_failed_job_can_be_retried_by_hand() -> None:
    job = enqueue(f"{HERE}.gives_up", {})
    assert not retry(job)
    run_pending(reraise=False)
    assert retry(job)
    assert again(job).status == Status.QUEUED
    assert again(job).attempts == 0


def test_pauses_grow_to_an_hour() -> None:
    pauses = [pause_after(n) for n in range(1, 40)]
    assert pauses[0] == timedelta(seconds=5)
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE


# ---- Leases


@pytest.fixture
def claimed() -> Job:
    """A job in the hands of a worker."""
    enqueue(f"{HERE}.double", {"number": 1})
    job = services.claim()
    assert job is not None
    return job


@pytest.fixture
def fenced(claimed: Job) -> Job:
    """A job whose first worker was silent too long; another has taken over. This is the first worker's view."""
    change(claimed, lease_until=past())
    assert services.claim() == claimed
    return claimed


def test_a_leased_job_is_not_given_out(claimed: Job) -> None:
    assert services.claim() is None


def test_an_expired_lease_is_given_out_again(claimed: Job) -> None:
    change(claimed, lease_until=past())
    second = services.claim()
    assert second is not None
    assert second == claimed
    assert second.attempts == 2
    assert second.lease_token != claimed.lease_token


def test_a_job_whose_last_attempt_vanished_has_failed(claimed: Job) -> None:
    change(claimed, lease_until=past(), max_attempts=1)
    assert services.claim() is None
    assert again(claimed).status == Status.FAILED
    assert again(claimed).error["code"] == "jobs.worker_lost"


@pytest.mark.parametrize(
    "word",
    [
        lambda job: services.finish(job, "late"),
        lambda job: services.fail(job, {"type": "late"}),
        lambda job: services.extend(job),
        lambda job: services.report_progress(job, 9, None),
        lambda job: services.close_cancelled(job),
    ],
    ids=["finish", "fail", "extend", "progress", "cancelled"],
)
def test_a_fenced_worker_changes_nothing(fenced: Job, word: Callable[[Job], bool]) -> None:
    before = again(fenced)
    assert not word(fenced)
    after = again(fenced)
    assert (after.status, after.lease_token, after.lease_until, after.done, after.result, after.error) == (
        before.status,
        before.lease_token,
        before.lease_until,
        before.done,
        before.result,
        before.error,
    )


def test_a_fenced_worker_learns_it_from_its_handle(fenced: Job) -> None:
    handle = JobHandle(fenced)
    assert not handle.lost()
    with pytest.raises(LeaseLost):
        handle.progress(1)
    assert handle.lost()


def test_what_a_fenced_worker_wrote_is_rolled_back(institution: Institution, fenced: Job) -> None:
    with pytest.raises(LeaseLost), JobHandle(fenced).transaction():
        pytest.fail("the block must not be entered")


@pytest.mark.parametrize(("how", "name"), [("works", "Renamed"), ("fails", "Han River University")])
def test_a_fenced_transaction_commits_or_rolls_back(institution: Institution, how: str, name: str) -> None:
    enqueue(f"{HERE}.renames", {"slug": "han-river", "how": how})
    run_pending(reraise=False)
    institution.refresh_from_db()
    assert institution.name == name


# ---- Cancelling


def test_a_waiting_job_is_cancelled_at_once() -> None:
    job = enqueue(f"{HERE}.double", {"number": 1})
    assert cancel(job)
    assert again(job).status == Status.CANCELLED
    assert run_pending() == 0
    assert not cancel(job)


def test_a_running_job_stops_at_its_next_word(claimed: Job) -> None:
    assert cancel(claimed)
    with pytest.raises(JobCancelled):
        JobHandle(claimed).progress(1)
    worker.run(claimed, heartbeat=False)
    assert again(claimed).status == Status.CANCELLED


def test_a_job_asked_to_stop_is_not_taken_up_again(claimed: Job) -> None:
    cancel(claimed)
    change(claimed, lease_until=past())
    assert services.claim() is None
    assert again(claimed).status == Status.CANCELLED


# ---- By the clock


def test_periodic_jobs_are_queued_once_a_period(settings: Any) -> None:
    settings.TESTAMUR_PERIODIC_JOBS = {f"{HERE}.whose": timedelta(hours=1)}
    noon = timezone.now().replace(minute=0, second=0, microsecond=0)
    for moment in (noon, noon + timedelta(minutes=30), noon + timedelta(minutes=61)):
        worker.queue_periodic(moment)
    with unscoped("the test counts jobs"):
        assert Job.objects.count() == 2


def test_a_periodic_job_that_is_not_there_does_not_stop_the_others(settings: Any) -> None:
    settings.TESTAMUR_PERIODIC_JOBS = {f"{HERE}.gone": timedelta(hours=1), f"{HERE}.whose": timedelta(hours=1)}
    worker.queue_periodic(timezone.now())
    assert run_pending() == 1


def test_ended_jobs_are_forgotten_after_90_days() -> None:
    old, young = enqueue(f"{HERE}.double", {"number": 1}), enqueue(f"{HERE}.double", {"number": 2})
    run_pending()
    change(old, finished_at=timezone.now() - timedelta(days=91))
    assert forget_finished_jobs(None) == {"deleted": 1}  # type: ignore[arg-type]
    assert again(young).status == Status.DONE


def test_how_long_the_oldest_job_waits() -> None:
    assert oldest_waiting_seconds() == 0
    job = enqueue(f"{HERE}.double", {"number": 1})
    change(job, run_after=timezone.now() - timedelta(minutes=5))
    assert oldest_waiting_seconds() >= 300


# ---- The machine is at fault


@pytest.mark.parametrize("how", ["full", "database", "signing"])
def test_what_the_machine_spoils_is_no_attempt_however_long_it_lasts(how: str) -> None:
    job = enqueue(f"{HERE}.meets_the_machine", {"how": how}, max_attempts=2)
    for times in range(1, 6):
        change(job, run_after=past())
        assert run_pending(reraise=False) == 1
        job = again(job)
        assert (job.status, job.attempts, job.lease_token) == (Status.QUEUED, 0, "")
        assert job.error is not None
        assert job.error["times"] == times
        assert timezone.now() < job.run_after <= timezone.now() + LONGEST_WAIT


def test_what_somebody_else_refuses_is_an_attempt() -> None:
    job = enqueue(f"{HERE}.meets_the_machine", {"how": "refused"}, max_attempts=1)
    run_pending(reraise=False)
    assert again(job).status == Status.FAILED


def test_the_wait_for_a_machine_grows_to_five_minutes() -> None:
    assert [wait_for_machine(times).total_seconds() for times in (1, 2, 3, 4, 99)] == [5, 20, 80, 300, 300]


@pytest.mark.django_db(transaction=True)
def test_who_cannot_write_how_a_job_ended_begins_no_other(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A claim is small and may still find room where its end does not: then a job would use up its attempts on a full disk."""
    settings.TESTAMUR_PERIODIC_JOBS = {}
    first, second = enqueue(f"{HERE}.meets_the_machine", {"how": "full"}), enqueue(f"{HERE}.double", {"number": 1})
    real, times, seen = services.put_off, iter(range(9)), []

    def put_off(job: Job, error: Any) -> bool:
        if next(times) < 2:
            raise OperationalError("database or disk is full")
        return real(job, error)

    stop = threading.Event()

    def idle() -> None:
        seen.append((again(first).status, again(second).status))
        if again(second).finished:
            stop.set()

    monkeypatch.setattr(services, "put_off", put_off)
    worker.run_worker(stop, poll_seconds=0, idle=idle)
    assert seen == [(Status.RUNNING, Status.QUEUED), (Status.QUEUED, Status.DONE)]
    assert again(first).attempts == 0


@pytest.mark.django_db(transaction=True)
def test_on_a_disk_that_is_nearly_full_no_job_is_begun(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.TESTAMUR_PERIODIC_JOBS = {}
    job = enqueue(f"{HERE}.double", {"number": 1})
    monkeypatch.setattr(services, "room", lambda: False)
    stop = threading.Event()
    worker.run_worker(stop, poll_seconds=0, idle=stop.set)
    assert again(job).attempts == 0


def test_how_full_the_disk_of_the_embedded_database_is(monkeypatch: pytest.MonkeyPatch) -> None:
    assert services.room()
    monkeypatch.setattr(services.shutil, "disk_usage", lambda _: SimpleNamespace(free=ROOM - 1))
    assert services.room() is (connection.vendor != "sqlite")  # of a server's disk we do not know


def test_what_was_given_up_because_its_workers_died_is_tried_once_an_hour(claimed: Job) -> None:
    change(claimed, attempts=claimed.max_attempts, lease_until=past())
    assert services.claim() is None
    assert again(claimed).status == Status.FAILED
    now = timezone.now()
    assert services.retry_lost(now + timedelta(minutes=59)) == 0
    assert services.retry_lost(now + timedelta(minutes=61)) == 1
    change(claimed, run_after=past())
    taken = services.claim()
    assert taken is not None
    assert taken.attempts == taken.max_attempts  # it may kill one worker, not five
    change(claimed, lease_until=past())
    assert services.claim() is None
    assert services.retry_lost(now + timedelta(days=8)) == 0


def test_what_failed_by_itself_is_not_tried_again() -> None:
    job = enqueue(f"{HERE}.fails", {"how": "value"}, max_attempts=1)
    run_pending(reraise=False)
    assert again(job).status == Status.FAILED
    assert services.retry_lost(timezone.now() + timedelta(hours=2)) == 0


# ---- What waits for the disk


def synchronous() -> int:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous" if connection.vendor == "sqlite" else "SELECT 2")
        (found,) = cursor.fetchone()
    return int(found)


@pytest.mark.django_db(transaction=True)
def test_only_what_the_queue_notes_of_itself_does_not_wait_for_the_disk() -> None:
    full, normal = 2, 1 if connection.vendor == "sqlite" else 2
    connection.close()
    assert synchronous() == full
    with services.bookkeeping():
        assert synchronous() == normal
    assert synchronous() == full
    with pytest.raises(ValueError), services.bookkeeping():
        raise ValueError
    assert synchronous() == full
    with transaction.atomic(), services.bookkeeping():
        assert synchronous() == full  # the transaction is somebody's work


# ---- A clock that was wrong


AHEAD = timedelta(days=400)


def test_a_lease_of_a_clock_that_was_ahead_runs_out(claimed: Job) -> None:
    change(claimed, lease_until=timezone.now() + AHEAD)
    assert services.claim() is None
    assert services.mend_times(timezone.now()) == 1
    taken = services.claim()
    assert taken is not None
    assert taken.pk == claimed.pk
    assert not services.finish(claimed, None)  # whoever held it is fenced


def test_a_lease_that_somebody_holds_stays(claimed: Job) -> None:
    assert services.mend_times(timezone.now()) == 0
    assert services.claim() is None


def test_what_was_queued_by_a_clock_that_was_ahead_is_due() -> None:
    then = timezone.now() + AHEAD
    at_once, later = enqueue(f"{HERE}.double", {"number": 1}), enqueue(f"{HERE}.double", {"number": 2})
    failed = enqueue(f"{HERE}.double", {"number": 3})
    change(at_once, created_at=then, run_after=then)
    change(later, created_at=then, run_after=then + timedelta(days=2))
    change(failed, started_at=then, run_after=then + timedelta(hours=1))
    now = timezone.now()
    assert services.mend_times(now) == 3
    assert again(later).run_after == now + timedelta(days=2)
    assert run_pending() == 2


def test_what_was_put_back_by_a_clock_that_was_ahead_is_due(claimed: Job) -> None:
    """Its turn, or its attempt, began before the clock jumped: nothing but the time until which it waits tells so."""
    failed, pausing = enqueue(f"{HERE}.double", {"number": 2}), enqueue(f"{HERE}.double", {"number": 3})
    started, hours = timezone.now(), timezone.now() + timedelta(hours=3)
    assert services.put_back(claimed)
    change(claimed, run_after=hours)
    change(failed, started_at=started, run_after=hours, error={"type": "ValueError"})
    change(pausing, started_at=started, run_after=started + timedelta(hours=1), error={"type": "ValueError"})
    assert services.mend_times(timezone.now()) == 2
    assert run_pending() == 2
    assert again(pausing).run_after == started + timedelta(hours=1)


def test_what_was_put_off_on_purpose_stays_put_off() -> None:
    job = enqueue(f"{HERE}.double", {"number": 1}, run_after=timezone.now() + AHEAD)
    assert services.mend_times(timezone.now()) == 0
    assert again(job).run_after > timezone.now() + timedelta(days=399)
