"""Work of exits."""

from __future__ import annotations

from django.conf import settings

from testamur_site.foundation.jobs.api import JobHandle
from testamur_site.foundation.tenancy.api import Institution

from . import runs
from .writing import locked
from .writing.locked import Lock


def make(job: JobHandle, exit: str) -> None:  # noqa: A002 - the name of the argument as it is kept
    """Write the archive of a requested exit; an attempt that was cut short is continued by the next."""
    if job.institution is not None:
        runs.make(job.institution, exit, job.progress, last_attempt=job.last_attempt)


def nightly(_job: JobHandle) -> int:
    """Once a day an exit of every institution, where TESTAMUR_EXIT_NIGHTLY asks for it; how many were begun.

    Nobody looks when these are made: a private part is encrypted for TESTAMUR_EXIT_RECIPIENTS, or nothing is written. Raises OSError and
    LockError where that file cannot be read or holds something else.
    """
    asked = settings.TESTAMUR_EXIT_NIGHTLY
    if asked == "none":
        return 0
    private = asked in ("all", "files")
    lock = locked.for_recipients(locked.read_secret(settings.TESTAMUR_EXIT_RECIPIENTS)) if private else Lock()
    begun = 0
    for institution in Institution.objects.order_by("pk"):
        row = runs.request(institution, None, with_awards=private, with_files=asked == "files", nightly=True, lock=lock)
        begun += row is not None
    return begun
