"""Work of status."""

from __future__ import annotations

from testamur_site.foundation.jobs.api import JobHandle
from testamur_site.foundation.tenancy.api import unscoped

from . import services
from .models import StatusList


def publish(_job: JobHandle, *, status_list: str) -> None:
    """Sign the list as it is now and have it recorded. Where another job or a reader did so meanwhile, nothing is left to do."""
    found = StatusList.objects.select_related("institution", "pair").filter(public_id=status_list).first()
    if found is not None:
        services.publish(found, found.institution)


def sign_anew(job: JobHandle) -> None:
    """By the clock: the lists whose day is nearly over."""
    with unscoped("the lists of all institutions are kept fresh"):
        public = list(StatusList.objects.exclude(published=None).values_list("pk", flat=True))
    for done, pk in enumerate(public, 1):
        with unscoped("the lists of all institutions are kept fresh"):
            found = StatusList.objects.select_related("institution", "pair").get(pk=pk)
        services.publish(found, found.institution, ahead=services.SIGNED_AHEAD)
        job.progress(done)
