from __future__ import annotations

from django.db import models
from django.utils import timezone

from testamur_site.foundation.chain.api import Transaction
from testamur_site.log.models import Checkpoint


class Anchor(models.Model):
    """One checkpoint at one end point. `end_point` is the name that the file gives it, `kind` what it is.

    waiting → submitted (handed in) → pending (known there, not yet for good) → confirmed (the receipt is complete and
    was checked). `receipt` is the JSON object of `testamur.log.anchors`; before that `draft` keeps what was handed out
    so far. `at` is the time that it proves.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        SUBMITTED = "submitted"
        PENDING = "pending"
        CONFIRMED = "confirmed"

    class Kind(models.TextChoices):
        EVM = "evm"
        OPENTIMESTAMPS = "opentimestamps"
        RFC3161 = "rfc3161"

    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="anchors")
    end_point = models.CharField(max_length=40)
    kind = models.CharField(max_length=16, choices=Kind)
    digest = models.BinaryField(max_length=32)
    state = models.CharField(max_length=12, choices=State, default=State.WAITING)
    draft = models.BinaryField(null=True)
    receipt = models.JSONField(null=True)
    transaction = models.ForeignKey(Transaction, null=True, on_delete=models.PROTECT, related_name="+")
    problem = models.CharField(max_length=60, blank=True)
    facts = models.JSONField(default=dict)
    tries = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(default=timezone.now)
    begun_at = models.DateTimeField(default=timezone.now)
    submitted_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-pk",)
        constraints = [
            models.UniqueConstraint(fields=["checkpoint", "end_point"], name="one_anchor_per_checkpoint_and_end_point"),
        ]
        indexes = [models.Index(fields=["state", "next_at"], name="anchors_due")]

    def __str__(self) -> str:
        return f"anchor of {self.checkpoint_id} at {self.end_point}"
