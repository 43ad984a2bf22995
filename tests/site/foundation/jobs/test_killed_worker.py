"""A worker is killed with SIGKILL in the middle of a job; another one finishes it, and nothing is done twice.

Real processes on the real test database, SQLite's file or PostgreSQL. The lease is one second, by setting.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection

from testamur_site.foundation.jobs.api import Job, Status, enqueue, start_thread
from testamur_site.foundation.tenancy.api import unscoped

HERE = "tests.site.foundation.jobs.handlers"
ROOT = Path(__file__).parents[4]
PATIENCE = 60.0

pytestmark = pytest.mark.django_db(transaction=True)


def wait_until(condition: Callable[[], Any], what: str) -> Any:
    """Poll; the limit is only there so that a defect fails instead of hanging."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if result := condition():
            return result
        time.sleep(0.02)
    pytest.fail(f"gave up waiting for: {what}")


def database_url() -> str:
    known = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite://{quote(str(known['NAME']))}"
    host = known["HOST"]
    place = f"?host={quote(host, safe='')}&port={known['PORT']}" if host.startswith("/") else ""
    address = "" if place else f"{host}:{known['PORT']}"
    password = f":{quote(known['PASSWORD'])}" if known["PASSWORD"] else ""
    return f"postgresql://{quote(known['USER'])}{password}@{address}/{known['NAME']}{place}"


@pytest.fixture
def start_worker(tmp_path: Path) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.site.settings",
            "TESTAMUR_DATA": str(tmp_path),
            "TESTAMUR_DATABASE_URL": database_url(),
            "TESTAMUR_JOB_LEASE_SECONDS": "1",
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        }
        command = [sys.executable, "-m", "testamur_site.foundation.jobs", "--queue", "default", "--poll", "0.05"]
        process = subprocess.Popen(command, env=environment, cwd=ROOT, stderr=subprocess.DEVNULL)
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()


def status_of(job: Job) -> str:
    with unscoped("the test looks at a job"):
        return Job.objects.values_list("status", flat=True).get(pk=job.pk)


def test_the_job_of_a_killed_worker_is_finished_by_another(
    start_worker: Callable[[], subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    job = enqueue(f"{HERE}.note_and_wait", {"folder": str(tmp_path), "steps": 3})
    first = start_worker()
    wait_until((tmp_path / "step-0").exists, "the first step")
    with unscoped("the test looks at a job"):
        wait_until(lambda: Job.objects.get(pk=job.pk).done == 1, "the first step to be noted")
    first.send_signal(signal.SIGKILL)
    first.wait()

    (tmp_path / "go").touch()
    start_worker()
    wait_until(lambda: status_of(job) == Status.DONE, "the second worker")
    assert (tmp_path / "attempt-2").exists()
    # Each step file can be made only once ("x"): a step that was run again would have failed the attempt.
    assert not (tmp_path / "attempt-3").exists()
    assert sorted(p.name for p in tmp_path.glob("step-*")) == ["step-0", "step-1", "step-2"]


def test_a_job_longer_than_its_lease_is_not_run_twice(
    start_worker: Callable[[], subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    job = enqueue(f"{HERE}.note_and_wait", {"folder": str(tmp_path), "steps": 1})
    start_worker()
    start_worker()
    wait_until((tmp_path / "step-0").exists, "the first step")
    with unscoped("the test watches the heartbeat"):
        first = Job.objects.get(pk=job.pk)
        # Three times extended beyond the first lease of one second: without the heartbeat the other worker had taken it.
        wait_until(
            lambda: (Job.objects.get(pk=job.pk).lease_until - first.lease_until).total_seconds() > 2, "the heartbeat"
        )
    (tmp_path / "go").touch()
    wait_until(lambda: status_of(job) == Status.DONE, "the job")
    assert [p.name for p in tmp_path.glob("attempt-*")] == ["attempt-1"]


def test_a_worker_asked_to_stop_finishes_its_job_first(
    start_worker: Callable[[], subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    job = enqueue(f"{HERE}.note_and_wait", {"folder": str(tmp_path), "steps": 2})
    worker = start_worker()
    wait_until((tmp_path / "step-0").exists, "the first step")
    worker.send_signal(signal.SIGTERM)
    (tmp_path / "go").touch()
    assert worker.wait(PATIENCE) == 0
    assert status_of(job) == Status.DONE


def test_the_embedded_worker_takes_what_is_queued(settings: Any) -> None:
    settings.TESTAMUR_PERIODIC_JOBS = {}
    idle = threading.Event()
    stop = start_thread(poll_seconds=PATIENCE, idle=idle.set)
    try:
        assert idle.wait(PATIENCE)
        job = enqueue(f"{HERE}.double", {"number": 4})  # the bell wakes the worker; its own poll would come too late
        wait_until(lambda: status_of(job) == Status.DONE, "the embedded worker")
    finally:
        stop()


def test_a_worker_takes_at_once_what_another_process_has_queued(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whose bell it does not hear. The embedded database says that something was committed; a server is asked again and again."""
    settings.TESTAMUR_PERIODIC_JOBS = {}
    idle = threading.Event()
    stop = start_thread(poll_seconds=10 * PATIENCE if connection.vendor == "sqlite" else 0.05, idle=idle.set)
    try:
        assert idle.wait(PATIENCE)
        with monkeypatch.context() as elsewhere:
            elsewhere.setattr("testamur_site.foundation.jobs.wake.up", lambda: None)
            job = enqueue(f"{HERE}.double", {"number": 4})
        wait_until(lambda: status_of(job) == Status.DONE, "the worker")
    finally:
        stop()
