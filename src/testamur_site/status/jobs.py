"""Work of status."""

from __future__ import annotations

import logging

from testamur_site.foundation.jobs.api import JobHandle
from testamur_site.foundation.signing.api import CANNOT_SIGN, reason_of
from testamur_site.foundation.tenancy.api import unscoped

from . import services
from .models import StatusList

logger = logging.getLogger(__name__)


def publish(_job: JobHandle, *, status_list: str) -> None:
    """Sign the list as it is now and have it recorded. Where another job or a reader did so meanwhile, nothing is left to do."""
    found = StatusList.objects.select_related("institution", "pair").filter(public_id=status_list).first()
    if found is not None:
        services.publish(found, found.institution)


def sign_anew(job: JobHandle) -> None:
    """By the clock: the lists whose day is nearly over. One whose key is out of reach holds up nobody else's; what was raised for the first
    of them is raised when the others are done."""
    failed: Exception | None = None
    with unscoped("the lists of all institutions are kept fresh"):
        public = list(StatusList.objects.exclude(published=None).values_list("pk", flat=True))
    for done, pk in enumerate(public, 1):
        with unscoped("the lists of all institutions are kept fresh"):
            found = StatusList.objects.select_related("institution", "pair").get(pk=pk)
        try:
            services.publish(found, found.institution, ahead=services.SIGNED_AHEAD)
        except CANNOT_SIGN as error:
            logger.error("a status list was not signed anew: %s", reason_of(error))
            failed = failed or error
        job.progress(done)
    if failed is not None:
        raise failed
