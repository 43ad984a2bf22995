"""Work of the anchors."""

from __future__ import annotations

from testamur_site.foundation.jobs.api import JobHandle

from . import services


def anchor(_job: JobHandle) -> int:
    """By the clock: begin what is due, and a job for every anchor that may get on; how many there are."""
    return services.sweep()


def advance(_job: JobHandle, *, anchor: int) -> None:
    """One step of one anchor."""
    services.advance(anchor)


def paid(_job: JobHandle, *, key: str) -> None:
    """The transaction of an anchor has come to its end."""
    services.advance_paid(key)
