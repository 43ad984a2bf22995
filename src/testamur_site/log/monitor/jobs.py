"""Work of the monitor."""

from __future__ import annotations

from testamur_site.foundation.jobs.api import JobHandle

from . import services


def monitor(_job: JobHandle) -> int:
    """Every ten minutes; how many alarms were raised."""
    return len(services.monitor())
