"""A platform that is set back before each run, and processes on it that may be killed.

Running the migrations and importing the platform takes seconds, a run a fraction of one. So both are done once: an *image* (the database
and the folder of the log) is taken of a prepared platform and put back before each run, and each process is a fork of one that has
everything imported. It works on the database that Django is set up with: an SQLite file, or a database on a PostgreSQL server.

Needs Django set up.
"""

from __future__ import annotations

import os
import shutil
import signal
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, connections
from django.db.models import Q

from testamur_site.foundation.jobs.api import Job, Status, run_worker
from testamur_site.foundation.jobs.services import WORKER_LOST
from testamur_site.foundation.tenancy.api import unscoped

from .ending import end_with

PAST = datetime(2026, 1, 1, tzinfo=UTC)
UNFINISHED = (Status.QUEUED, Status.RUNNING)
PERIODIC = {"testamur_site.log.jobs.sequence": timedelta(minutes=1)}
"""Of the work by the clock only what belongs to a batch: the rest would be the same work in each of a thousand runs."""

SMALL_STEPS = (
    ("testamur_site.issuing.services.pipeline", "SLICE", 4),
    ("testamur_site.issuing.services.batches", "CHUNK", 7),
    ("testamur_site.issuing.services.batches", "AT_ONCE", 8),
    ("testamur_site.issuing.services.common", "HANDED_AT_ONCE", 3),
    ("testamur_site.wallet.cohorts", "MANY", 3),
)
"""A batch of nine rows takes the same way as one of a hundred thousand, which the workers decide: several chunks, of several slices each,
of several hand-overs each, together and one by one. One of eight is decided when it is started, as a short one."""


def is_sqlite() -> bool:
    return connection.vendor == "sqlite"


@dataclass
class Child:
    """A process of ours. `killed` when it ended by SIGKILL; any other end than 0 is told with what it said."""

    pid: int
    go: int
    said: Path
    code: int | None = None

    def start(self) -> None:
        """Let it begin: until then it waits, so that somebody may look at it first."""
        if self.go >= 0:
            os.write(self.go, b"!")
            os.close(self.go)
            self.go = -1

    def wait(self) -> Child:
        self.start()
        if self.code is None:
            _, status = os.waitpid(self.pid, 0)
            self.code = os.waitstatus_to_exitcode(status)
        return self

    def stopped(self) -> bool:
        """Wait until it has stopped itself (SIGSTOP): True; or has ended: False."""
        self.start()
        _, status = os.waitpid(self.pid, os.WUNTRACED)
        if os.WIFSTOPPED(status):
            return True
        self.code = os.waitstatus_to_exitcode(status)
        return False

    def ended(self) -> bool:
        if self.code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.code = os.waitstatus_to_exitcode(status)
        return self.code is not None

    def kill(self) -> None:
        if self.code is None:
            os.kill(self.pid, signal.SIGKILL)
            self.wait()

    @property
    def killed(self) -> bool:
        return self.code == -signal.SIGKILL

    @property
    def fault(self) -> str:
        """What it died of, when nobody killed it."""
        if self.code in (0, None) or self.killed:
            return ""
        return f"a process ended with {self.code}: {self.said.read_text('utf-8', 'replace')[-1500:]}"


@dataclass
class Stage:
    """`folder` holds the images and what the processes say; `log_folder` is the live log."""

    folder: Path
    log_folder: Path
    overrides: dict[str, Any] = field(default_factory=dict)
    _number: int = 0
    _last: list[Child] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.overrides = {
            "TESTAMUR_LOG_FOLDER": self.log_folder,
            "TESTAMUR_PERIODIC_JOBS": PERIODIC,
            "TESTAMUR_JOB_LEASE": timedelta(seconds=60),
        } | self.overrides

    # ---- images

    def keep(self, name: str) -> None:
        """Take an image of what is there now."""
        connections.close_all()
        place = self.folder / f"image-{name}"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        if self.log_folder.exists():
            shutil.copytree(self.log_folder, place / "log")
        if is_sqlite():
            shutil.copyfile(database_file(), place / "database")
        else:
            _as_administrator(
                f'DROP DATABASE IF EXISTS "{_image(name)}" WITH (FORCE)',
                f'CREATE DATABASE "{_image(name)}" TEMPLATE "{_live()}"',
            )

    def put_back(self, name: str) -> None:
        """Let everything be as in the image."""
        connections.close_all()
        place = self.folder / f"image-{name}"
        shutil.rmtree(self.log_folder, ignore_errors=True)
        if (place / "log").exists():
            shutil.copytree(place / "log", self.log_folder)
        if is_sqlite():
            live = database_file()
            for suffix in ("-wal", "-shm", "-journal"):
                live.with_name(live.name + suffix).unlink(missing_ok=True)
            shutil.copyfile(place / "database", live)
        else:
            _as_administrator(
                f'DROP DATABASE IF EXISTS "{_live()}" WITH (FORCE)',
                f'CREATE DATABASE "{_live()}" TEMPLATE "{_image(name)}" STRATEGY FILE_COPY',
            )

    def forget(self, *names: str) -> None:
        """Drop images, which on a server would outlive us."""
        connections.close_all()
        for name in names:
            shutil.rmtree(self.folder / f"image-{name}", ignore_errors=True)
            if not is_sqlite():
                _as_administrator(f'DROP DATABASE IF EXISTS "{_image(name)}" WITH (FORCE)')

    # ---- processes

    def child(self, work: Callable[[], None]) -> Child:
        """A process that will do `work` as soon as it is started."""
        connections.close_all()
        self._number += 1
        said = self.folder / f"said-{self._number % 8}.txt"
        wait, go = os.pipe()
        us = os.getpid()
        pid = os.fork()
        if pid:
            os.close(wait)
            self._last = [each for each in self._last if each.code is None]
            self._last.append(Child(pid, go, said))
            return self._last[-1]
        code = 70
        try:
            end_with(us)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            os.close(go)
            output = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(output, 1)
            os.dup2(output, 2)
            for name, value in self.overrides.items():
                setattr(settings, name, value)
            os.read(wait, 1)
            work()
            code = 0
        except BaseException:  # noqa: BLE001 - told by its exit code and what it said
            os.write(2, traceback.format_exc().encode())
        finally:
            os._exit(code)

    def run(self, work: Callable[[], None]) -> Child:
        return self.child(work).wait()

    def end_all(self) -> None:
        """Whoever is still there of our processes."""
        for each in self._last:
            each.kill()

    def finish(self, *, rounds: int = 12, what: Callable[[], None] | None = None) -> list[str]:
        """Workers that nobody disturbs (`what`: whoever else carries on), until nothing is left to do; what went wrong."""
        faults = []
        for _ in range(rounds):
            time_passes()
            child = self.run(what or work)
            faults += [child.fault] if child.fault else []
            if not unfinished():
                return faults
        left = unfinished()
        return [*faults, f"after {rounds} rounds jobs are left: {left[:5]}"]


def work() -> None:
    """A worker (the platform's own) that ends when it has nothing to do."""
    stop = threading.Event()
    run_worker(stop, poll_seconds=0.01, idle=stop.set)


def time_passes() -> None:
    """Leases run out, and pauses end, also that of a job whose workers were killed five times: what a minute or an hour would do."""
    with unscoped("the clock serves everybody"):
        Job.objects.filter(status=Status.FAILED, error__code=WORKER_LOST).update(finished_at=PAST)
        Job.objects.filter(status=Status.RUNNING).update(lease_until=PAST)
        Job.objects.filter(status=Status.QUEUED).update(run_after=PAST)
        Job.objects.filter(key__startswith="periodic:").update(key=None)


def unfinished() -> list[str]:
    """What waits or runs, and what is tried again in an hour because its workers were killed too often."""
    lost = Q(status=Status.FAILED, error__code=WORKER_LOST)
    with unscoped("what is left of anybody's work"):
        left = Job.objects.filter(Q(status__in=UNFINISHED) | lost)
        return [f"{job.path} {job.status} {job.error}" for job in left]


def database_file() -> Path:
    return Path(str(connection.settings_dict["NAME"]))


def _live() -> str:
    return str(connection.settings_dict["NAME"])


def _image(name: str) -> str:
    return f"{_live()}_image_{name}"


def _as_administrator(*statements: str) -> None:
    import psycopg

    known = connection.settings_dict
    address = f"host={known['HOST']} port={known['PORT'] or 5432} user={known['USER']} dbname=template1"
    with psycopg.connect(address, password=known["PASSWORD"] or None, autocommit=True) as server:
        for statement in statements:
            server.execute(statement.encode())
