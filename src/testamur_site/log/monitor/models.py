from __future__ import annotations

from django.db import models
from django.utils import timezone

from testamur_site.foundation.tenancy.api import Institution, TenantModel, new_public_id

from ..models import Shard


class Watch(models.Model):
    """How far a shard was looked at. `position` is a `testamur.log.monitor.Position`; `round` is the bundle at which the
    next look at what is old begins."""

    shard = models.OneToOneField(Shard, on_delete=models.CASCADE, related_name="+")
    position = models.JSONField(default=dict)
    round = models.PositiveBigIntegerField(default=0)
    ran_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"watch over {self.shard_id}"


class Alarm(TenantModel):
    """Something that should not be. `institution` is None where it concerns the whole deployment. `key` makes it single:
    the same thing is told once. Facts name no person."""

    institution = models.ForeignKey(Institution, null=True, on_delete=models.PROTECT, related_name="+")
    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    code = models.CharField(max_length=40)
    key = models.CharField(max_length=160, unique=True)
    facts = models.JSONField(default=dict)
    raised_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-raised_at", "-pk")
        indexes = [models.Index(fields=["institution", "-raised_at"], name="alarms_newest")]

    def __str__(self) -> str:
        return f"{self.code} {self.key}"


class Acknowledgement(TenantModel):
    """That an institution has looked into an alarm, and what it found. Who did it stands in the audit trail."""

    alarm = models.ForeignKey(Alarm, on_delete=models.PROTECT, related_name="acknowledgements")
    reason = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["institution", "alarm"], name="acknowledged_once")]

    def __str__(self) -> str:
        return f"acknowledgement of {self.alarm_id}"
