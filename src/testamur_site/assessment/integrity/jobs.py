"""What workers do. Arguments are public identifiers; every handler may be killed and run again."""

from __future__ import annotations

from django.db import transaction

from testamur_site.catalogue.api import Offering
from testamur_site.enrolment.api import submission_by_public_id
from testamur_site.foundation.jobs.api import JobHandle
from testamur_site.foundation.tenancy.api import Institution, tenant

from . import services


def compare(_job: JobHandle, *, submission: str) -> None:
    """A submission was handed in: read it, find the same files at once, and have the texts of the task compared soon."""
    found = submission_by_public_id(submission)
    if found is None or not found.handed_in:
        return
    services.find_same_files(found)
    services.read(found)
    with transaction.atomic():
        services.ask_for_comparison(found.enrolment.offering, found.task_key)


def compare_task(job: JobHandle, *, offering: str, task: str) -> None:
    """Compare the texts of a task."""
    found = (
        Offering.objects.select_related("institution", "version__micro_credential").filter(public_id=offering).first()
    )
    if found is not None:
        job.progress(services.compare_task(found, task))


def forget_erased(_job: JobHandle) -> None:
    """By the clock: the texts of learners who were erased are deleted."""
    for institution in Institution.objects.order_by("pk"):
        with tenant(institution):
            services.forget_erased()
