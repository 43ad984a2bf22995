from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils import timezone

from testamur_site.foundation.tenancy.api import TenantModel, new_public_id

from ..models import Participant
from .rules import KEPT, Asked, PlanState, asked_of


class AskedPlan(TenantModel):
    """A question that a learner asked about their way, and its answer. Theirs alone: no page of the institution shows it.

    `key` tells the question from every other one of the participant (rules.question_key). `attempt` counts how often it was begun, so that
    an answer of a begin that was given up is not kept. `stage` and `number` say how far it is. `answer` holds the values of
    `testamur.pathways.words.PlanWords` by language (`en`, `ko`), and what was looked through and left out (`offered`).
    """

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=64)
    asked = models.JSONField()
    begin = models.DateField()
    state = models.CharField(max_length=10, default=PlanState.OPEN)
    attempt = models.PositiveIntegerField(default=1)
    job = models.CharField(max_length=32, blank=True)  # no foreign key: jobs that ended are deleted before the plan is
    stage = models.CharField(max_length=20, blank=True)
    number = models.PositiveSmallIntegerField(default=0)
    answer = models.JSONField(default=dict)
    asked_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-asked_at", "-pk")
        constraints = [models.UniqueConstraint(fields=["participant", "key"], name="plan_asked_once")]
        indexes = [models.Index(fields=["asked_at"], name="plans_by_age")]

    def __str__(self) -> str:
        return f"plan {self.public_id}"

    @property
    def question(self) -> Asked:
        return asked_of(self.asked)

    @property
    def kept_until(self) -> datetime:
        return self.asked_at + KEPT
