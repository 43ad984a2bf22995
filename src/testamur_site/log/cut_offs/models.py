from __future__ import annotations

from django.db import models
from django.utils import timezone

from testamur_site.foundation.tenancy.api import TenantModel, new_public_id

from ..models import Shard


class LogRequirement(TenantModel):
    """From when on the institution's credentials must be in the log. No row: it requires nothing."""

    required_from = models.DateTimeField()
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["institution"], name="one_log_requirement_per_institution")]

    def __str__(self) -> str:
        return f"required from {self.required_from:%Y-%m-%d} by {self.institution_id}"


class KeyCutOff(TenantModel):
    """What the key `fragment` signed counts only where it is in the log before `index` of `shard`. It is never deleted and never moved
    later; a second row of the same key in an earlier place takes its place."""

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    fragment = models.CharField(max_length=40)
    shard = models.ForeignKey(Shard, on_delete=models.PROTECT, related_name="+")
    index = models.PositiveBigIntegerField()
    reason = models.CharField(max_length=40, default="key_compromise")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-made_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "fragment", "shard", "index"], name="one_cut_off_per_key_and_place"
            )
        ]

    def __str__(self) -> str:
        return f"{self.fragment} of {self.institution_id} before {self.index}"
