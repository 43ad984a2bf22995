"""What the catalogue does by the clock."""

from __future__ import annotations

from testamur_site.foundation.jobs.api import JobHandle

from .finding import entries


def refresh_catalogue(_job: JobHandle) -> None:
    """Rows that an earlier release wrote, or that were never written, are made anew. Where all are there it is one query."""
    entries.rebuild(only_outdated=True)
