"""Forgetting: what was written about a learner who was erased, and who a validator was. Levels and results stay, they name nobody."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from ..models import Mark, TaskResult, Validator
from ..rules import TO_DO, VALIDATOR_KEPT


@transaction.atomic
def forget_words() -> int:
    """Empty what assessors, peers and moderators wrote to the works of learners who were erased, and what these wrote to others' works.
    How many rows. The triggers let words be emptied."""
    erased = Q(submission__enrolment__learner__erased_at__isnull=False) | Q(learner__erased_at__isnull=False)
    marks = Mark.objects.filter(erased).exclude(feedback={})
    emptied = Mark.objects.filter(pk__in=list(marks.values_list("pk", flat=True))).update(feedback={})
    results = TaskResult.objects.filter(submission__enrolment__learner__erased_at__isnull=False).exclude(
        feedback={}, request_note="", decided_reason="", reopened_because=""
    )
    return emptied + TaskResult.objects.filter(pk__in=list(results.values_list("pk", flat=True))).update(
        feedback={}, request_note="", decided_reason="", reopened_because=""
    )


@transaction.atomic
def forget_validators() -> int:
    """Empty name and address of validators whose link ended so long ago, and who have nothing in hand; their organisation stays, it is
    named in credentials. How many."""
    before = timezone.now() - VALIDATOR_KEPT
    ended = Validator.objects.filter(Q(revoked_at__lt=before) | Q(expires_at__lt=before)).exclude(name="", email="")
    busy = Mark.objects.filter(validator__in=ended, state__in=TO_DO).values_list("validator_id", flat=True)
    gone = [pk for pk in ended.values_list("pk", flat=True) if pk not in set(busy)]
    return Validator.objects.filter(pk__in=gone).update(name="", email="")
