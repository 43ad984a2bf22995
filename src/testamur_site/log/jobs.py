"""Work of the log."""

from __future__ import annotations

from django.utils import timezone

from testamur_site.foundation.jobs.api import JobHandle

from . import services, witnesses


def sequence(_job: JobHandle) -> int:
    """Append what waits. Several of these in a row find nothing to do and end."""
    return services.sequence()


def ask_witnesses(_job: JobHandle, year: int) -> int:
    """Ask every witness of the policy for its cosignature on the newest checkpoint; how many gave one."""
    return witnesses.ask(year)


def heartbeat(_job: JobHandle) -> int:
    """Once a day the newest checkpoint is cosigned anew, also when nothing was recorded: that nothing happened is shown, too."""
    return witnesses.ask(timezone.now().year)
