"""Moderation without an occasion: a share of the submissions, drawn by chance."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from testamur_site.catalogue.api import Offering

from ..models import TaskMarking
from .common import lock, marking_of, record


@transaction.atomic
def set_sample(offering: Offering, task_key: str, share: int, *, actor: Any) -> TaskMarking:
    """Say which share (per cent, 0 to 100) of the submissions that come from now on is moderated without an occasion."""
    if not 0 <= share <= 100:
        raise ValueError("A share is 0 to 100 per cent.")
    lock(offering.institution)
    marking = marking_of(offering.institution, offering.pk, task_key)
    if marking.sample_share != share:
        marking.sample_share = share
        marking.save(update_fields=["sample_share"])
        record("marking.sample_set", marking, actor=actor, facts={"task": task_key, "share": share})
    return marking
