"""That a DID document changed is told on, in the transaction of the change."""

from __future__ import annotations

from django.conf import settings

from testamur_site.foundation.jobs.api import enqueue
from testamur_site.foundation.tenancy.api import Institution


def tell(institution: Institution) -> None:
    """Queue the job named in TESTAMUR_AFTER_KEY_CHANGE, in the transaction of the change: the DID document is another one now."""
    if path := getattr(settings, "TESTAMUR_AFTER_KEY_CHANGE", None):
        enqueue(path, {}, institution=institution)
