"""Work of the cut-offs."""

from __future__ import annotations

from testamur_site.foundation.jobs.api import JobHandle
from testamur_site.foundation.tenancy.api import Institution

from . import services


def announce(_job: JobHandle) -> int:
    """Once a day: every institution's DID document names the log as it is, also the one of the coming year. How many changed."""
    return sum(services.announce(institution) for institution in Institution.objects.order_by("pk"))
