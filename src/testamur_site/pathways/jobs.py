"""What workers do. Arguments are public identifiers; every handler may be killed and run again."""

from __future__ import annotations

import logging

from django.utils import timezone

from testamur_site.foundation.jobs.api import GiveUp, JobHandle
from testamur_site.foundation.tenancy.api import unscoped
from testamur_site.issuing.api import IssuingError
from testamur_site.wallet.api import holder_by_public_id

from .models import Participant
from .queries import participant_by_public_id, participations
from .rules import EVALUATED
from .services.evaluating import evaluate as evaluate_one
from .services.participants import look_again

logger = logging.getLogger(__name__)


def evaluate(job: JobHandle, *, participant: str) -> None:
    """Evaluate one participant. What issuing refuses is tried again by the daily round; the participant's page shows that it holds."""
    found = participant_by_public_id(participant)
    if found is None:
        raise GiveUp("participant.gone")
    try:
        evaluate_one(found)
    except IssuingError as error:
        logger.warning("a microdegree could not be awarded: %s", error.code)
    job.progress(1)


def holdings_changed(job: JobHandle, *, holder: str) -> None:
    """Something that a holder has was added, corrected or withdrawn: look at whatever they take part in."""
    found = holder_by_public_id(holder)
    for done, participant in enumerate(participations(found) if found is not None else (), 1):
        look_again(participant)
        job.progress(done)


def look_at_all(job: JobHandle) -> None:
    """Once a day: things expire, days of grace pass, and documents of other platforms are withdrawn without a word to us."""
    with unscoped("the platform looks at the participants of all institutions"):
        found = Participant.objects.filter(left_at=None, state__in=EVALUATED).exclude(holder=None)
        waiting = list(found.select_related("institution").order_by("pk"))
    day = timezone.localdate().isoformat()
    for done, participant in enumerate(waiting, 1):
        look_again(participant, key=f"pathway:{participant.public_id}:{day}", priority=-5)
        job.progress(done)
