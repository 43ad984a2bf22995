"""Handlers for the tests of the queue; a worker in another process imports them by name."""

from __future__ import annotations

import errno
import time
from pathlib import Path
from typing import Any

from django.db import OperationalError

from testamur.errors import Malformed, SignerUnavailable
from testamur_site.foundation.jobs.api import GiveUp, JobHandle
from testamur_site.foundation.tenancy.api import Institution, current_institution


def double(job: JobHandle, number: int) -> int:
    job.progress(1, total=1)
    return number * 2


def whose(job: JobHandle) -> str | None:
    institution = current_institution()
    return institution.slug if institution else None


def fails(job: JobHandle, how: str) -> None:
    raise {"value": ValueError("kim@example.org"), "malformed": Malformed("no", facts={"line": 3})}[how]


def meets_the_machine(job: JobHandle, how: str) -> None:
    raise {
        "full": OSError(errno.ENOSPC, "No space left on device"),
        "database": OperationalError("server closed the connection"),
        "signing": SignerUnavailable("The signing process does not answer.", code="signing.no_process"),
        "refused": ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"),
    }[how]


def gives_up(job: JobHandle) -> None:
    raise GiveUp("tests.hopeless", {"reason": "none"})


def renames(job: JobHandle, slug: str, how: str) -> None:
    """Changes an institution in a fenced transaction; before it commits, the lease may be lost."""
    with job.transaction():
        Institution.objects.filter(slug=slug).update(name="Renamed")
        if how == "fails":
            raise ValueError


def note_and_wait(job: JobHandle, folder: str, steps: int) -> dict[str, Any]:
    """Writes one file a step, continuing where an earlier attempt stopped, and waits for the file `go` after the first step.

    While it waits it does not report progress: only the heartbeat keeps the lease.
    """
    directory = Path(folder)
    (directory / f"attempt-{job.attempt}").touch()
    for step in range(job.done, steps):
        with (directory / f"step-{step}").open("x"):
            pass
        job.progress(step + 1, total=steps)
        while step == 0 and not (directory / "go").exists():
            time.sleep(0.02)  # the parent's signal, in another process; no time is assumed
            if job.lost():
                return {"lost": True}
    return {"attempt": job.attempt}
