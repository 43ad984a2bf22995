"""What workers do. Arguments are public identifiers; every handler may be killed and run again."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone

from testamur_site.foundation.jobs.api import GiveUp, JobHandle
from testamur_site.foundation.tenancy.api import tenant, unscoped

from .banks.calibration import run
from .models import Sitting
from .queries import calibration_by_public_id
from .rules import GRACE, SittingState
from .sitting.services import refresh


def calibrate(job: JobHandle, *, calibration: str) -> None:
    """Compute the parameters that the answers to a bank suggest."""
    found = calibration_by_public_id(calibration)
    if found is None:
        raise GiveUp("calibration.gone")
    run(found)
    job.progress(1)


def end_overdue(job: JobHandle) -> None:
    """By the clock: tests whose time is over end without their learner, and what could not be handed in is tried again."""
    with unscoped("the clock ends the tests of all institutions"):
        late = Q(state=SittingState.RUNNING, ends_at__lt=timezone.now() - GRACE)
        left = Q(state=SittingState.ENDED, handed_in=False)
        found = list(Sitting.objects.select_related("institution").filter(late | left)[:500])
    for sitting in found:
        with tenant(sitting.institution):
            refresh(sitting)
    job.progress(len(found))
