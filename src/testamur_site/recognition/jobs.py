"""What workers do. Arguments are public identifiers; every handler may be killed and run again."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from testamur_site.foundation.jobs.api import GiveUp, JobHandle, enqueue
from testamur_site.foundation.tenancy.api import tenant, unscoped
from testamur_site.issuing.api import IssuingError

from . import queries, services
from .models import Recognition, Request
from .rules import RequestState, Result
from .services import telling

logger = logging.getLogger(__name__)

REMINDED_BEFORE = timedelta(days=5)


def look_at_agreements(job: JobHandle, *, request: str) -> None:
    """Decide at once what an agreement covers."""
    found = queries.request_by_public_id(request)
    if found is None:
        raise GiveUp("request.gone")
    services.look_at_agreements(found)
    job.progress(1)


def award(job: JobHandle, *, recognition: str) -> None:
    """Finish the credential of a decision that was interrupted. What issuing refuses is tried again by the daily round."""
    found = queries.recognition_by_public_id(recognition)
    if found is None:
        raise GiveUp("recognition.gone")
    try:
        services.award(found)
    except IssuingError as error:
        logger.warning("a recognition could not be awarded: %s", error.code)
    job.progress(1)


def remind(job: JobHandle) -> None:
    """Every few hours: remind those who decide before the day by which they promised an answer, once for each request; and finish what was
    decided and has no credential."""
    today = timezone.localdate()
    with unscoped("the platform reminds all institutions"):
        due = Request.objects.filter(state=RequestState.SENT, due__lte=today + REMINDED_BEFORE, reminded_at=None)
        waiting = list(due.select_related("institution", "holder", "target").order_by("pk"))
        unfinished = Recognition.objects.filter(award=None).exclude(result=Result.REFUSED)
        lacking = list(unfinished.exclude(request__holder=None).select_related("institution").order_by("pk"))
    for request in waiting:
        with tenant(request.institution), transaction.atomic():
            claimed = Request.objects.filter(pk=request.pk, state=RequestState.SENT, reminded_at=None)
            if claimed.update(reminded_at=timezone.now()):
                telling.registrars(request, "due", f"recognition:{request.public_id}:due:{request.due.isoformat()}")
    for recognition in lacking:
        enqueue(
            "testamur_site.recognition.jobs.award",
            {"recognition": recognition.public_id},
            key=f"recognition:{recognition.public_id}:award:{today.isoformat()}",
            institution=recognition.institution,
        )
    job.progress(len(waiting) + len(lacking))


def look_again(job: JobHandle) -> None:
    """Once a day: whether what was recognised still stands where it came from. What fell is told to those who decide; they decide whether
    the recognition is revoked, because the learning that was compared may stand all the same."""
    with unscoped("the platform looks at the recognitions of all institutions"):
        standing = Recognition.objects.filter(award__state="issued").exclude(request__holder=None)
        found = list(
            standing.select_related("request__institution", "request__holder", "request__target").order_by("pk")
        )
    for done, recognition in enumerate(found, 1):
        request = recognition.request
        documents = services.verify_again(request)
        if any(document.verdict == "invalid" for document in documents):
            with tenant(request.institution), transaction.atomic():
                telling.registrars(request, "fallen", f"recognition:{request.public_id}:fallen")
        job.progress(done)
