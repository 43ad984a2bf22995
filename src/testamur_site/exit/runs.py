"""Exits that are made here, by a job: asked for by staff or by night, kept, fetched, and cleared away.

1. `request` writes the row and queues the job in one transaction; while one is being made no second one is. 2. `make` writes the archive;
killed, the next attempt continues it. 3. The newest TESTAMUR_EXIT_KEEP stay, older ones are deleted with their archives.
"""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from testamur.errors import TestamurError
from testamur_site.foundation.audit import api as audit
from testamur_site.foundation.jobs.api import Job, JobStopped, enqueue
from testamur_site.foundation.tenancy.api import Institution, tenant

from .models import Exit, ExitState
from .services import write_exit
from .writing.locked import Lock
from .writing.workplace import BeingWritten

_OPEN = Lock()
QUEUE = "exit"
JOB = "testamur_site.exit.jobs.make"
_TOLD_EVERY = 2.0  # seconds


def request(
    institution: Institution,
    actor: Any,
    *,
    with_awards: bool,
    with_files: bool = False,
    nightly: bool = False,
    lock: Lock = _OPEN,
) -> Exit | None:
    """Have an exit made; None where one is being made already. Of a passphrase only the key that it protects is kept, encrypted with it."""
    settle(institution)
    try:
        with transaction.atomic(), tenant(institution):
            row = Exit.objects.create(
                institution=institution,
                with_awards=with_awards,
                with_files=with_awards and with_files,
                nightly=nightly,
                created_by=actor,
                recipients="\n".join(lock.recipients),
                wrapped_key=lock.wrapped_key,
            )
            facts = {
                "withAwards": with_awards,
                "withFiles": row.with_files,
                "nightly": nightly,
                "encrypted": bool(lock),
            }
            audit.record("exit.requested", f"exit:{row.public_id}", institution=institution, actor=actor, facts=facts)
            enqueue(JOB, {"exit": row.public_id}, key=_key(row.public_id), queue=QUEUE, institution=institution)
            return row
    except IntegrityError:
        return None


def make(institution: Institution, public_id: str, alive: Callable[[int], None], *, last_attempt: bool) -> None:
    """Write the archive of a requested exit. `alive` is told now and then how many files are done, and may raise to stop.

    Raises what `write_exit` raises, for another attempt; at the last attempt the row says why it failed.
    """
    with tenant(institution):
        row = Exit.objects.select_related("institution").filter(public_id=public_id, active=True).first()
    if row is None:
        return
    told = 0.0

    def progress(step: str, done: int) -> None:
        nonlocal told
        if time.monotonic() - told >= _TOLD_EVERY:
            told = time.monotonic()
            with tenant(institution):
                Exit.objects.filter(pk=row.pk).update(state=ExitState.RUNNING, step=step, done=done)
            alive(done)

    row.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        lock = Lock(tuple(row.recipients.splitlines()), row.wrapped_key)
        contents = {"with_awards": row.with_awards, "with_files": row.with_files}
        written = write_exit(institution, row.path, **contents, lock=lock, progress=progress)
    except JobStopped:
        raise
    except Exception as error:
        if last_attempt:
            _failed(row, _problem(error))
        raise
    with transaction.atomic(), tenant(institution):
        Exit.objects.filter(pk=row.pk).update(
            state=ExitState.READY,
            active=None,
            step="",
            files=written.files,
            size=written.bytes,
            fingerprints=written.fingerprints,
            finished_at=timezone.now(),
        )
        facts = {"fingerprints": written.fingerprints, "files": written.files}
        audit.record("exit.made", f"exit:{row.public_id}", institution=institution, facts=facts)
    clear(institution)


def settle(institution: Institution) -> None:
    """Give up an exit whose job has ended without it: a worker that was killed at the last attempt could not say so."""
    with tenant(institution):
        row = Exit.objects.select_related("institution").filter(active=True).first()
    if row is None:
        return
    with tenant(institution):
        job = Job.objects.filter(key=_key(row.public_id)).first()
    if job is None or job.finished:
        _failed(row, "exit.ended")


def _key(public_id: str) -> str:
    return f"exit:{public_id}"


def _problem(error: Exception) -> str:
    if isinstance(error, TestamurError):
        return error.code
    return "exit.folder" if isinstance(error, (OSError, BeingWritten)) else "exit.unexpected"


def _failed(row: Exit, problem: str) -> None:
    with transaction.atomic(), tenant(row.institution):
        Exit.objects.filter(pk=row.pk).update(
            state=ExitState.FAILED, active=None, problem=problem[:60], finished_at=timezone.now()
        )
        facts = {"problem": problem}
        audit.record("exit.failed", f"exit:{row.public_id}", institution=row.institution, facts=facts)


def clear(institution: Institution) -> None:
    """Delete all but the newest exits of the institution, and tell no more than the last failures."""
    with tenant(institution):
        finished = list(Exit.objects.filter(active=None).select_related("institution"))
    ready = [row for row in finished if row.state == ExitState.READY]
    kept = {row.pk for row in ready[: max(1, settings.TESTAMUR_EXIT_KEEP)]}
    kept |= {row.pk for row in finished[:3]}  # the last failures are told, too
    for row in finished:
        if row.pk not in kept:
            delete(row)


def delete(row: Exit) -> None:
    """Delete an exit that is not being made, its archive first."""
    for path in (row.path, row.path.with_name(f".{row.path.name}.part")):
        path.unlink(missing_ok=True)
    for name in (f".{row.path.name}.folder", f"..{row.path.name}.folder.partial"):
        with contextlib.suppress(OSError):
            shutil.rmtree(row.path.with_name(name))
    with tenant(row.institution):
        Exit.objects.filter(pk=row.pk, active=None).delete()


def delete_asked(row: Exit, actor: Any) -> None:
    """Delete an exit because somebody asked for it."""
    with transaction.atomic(), tenant(row.institution):
        audit.record("exit.deleted", f"exit:{row.public_id}", institution=row.institution, actor=actor)
    delete(row)


def downloaded(row: Exit, actor: Any) -> None:
    """Write down that somebody fetches an exit, before they get it."""
    with transaction.atomic(), tenant(row.institution):
        facts = {"withAwards": row.with_awards, "fingerprints": row.fingerprints}
        audit.record("exit.downloaded", f"exit:{row.public_id}", institution=row.institution, actor=actor, facts=facts)
